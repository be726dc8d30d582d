package watch

import (
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/probetop/probetop/model"
)

const (
	// mirrorAnnotation is kubetypes.ConfigMirrorAnnotationKey of the kubelet.
	mirrorAnnotation = "kubernetes.io/config.mirror"
	// hashLabel is apps/v1 DefaultDeploymentUniqueLabelKey.
	hashLabel = "pod-template-hash"
	// defaultGrace is core/v1 DefaultTerminationGracePeriodSeconds.
	defaultGrace = corev1.DefaultTerminationGracePeriodSeconds
)

// podFact converts a pod.
func podFact(in *interner, p *corev1.Pod) *model.Pod {
	return &model.Pod{
		UID:             string(p.UID),
		Namespace:       in.string(p.Namespace),
		Name:            p.Name,
		ResourceVersion: p.ResourceVersion,
		Node:            in.string(p.Spec.NodeName),
		Owner:           ownerOf(in, p),
		MirrorUID:       p.Annotations[mirrorAnnotation],
		Labels:          in.labels(p.Labels),
		IP:              p.Status.PodIP,
		Setting:         in.setting(p),
		Phase:           in.string(string(p.Status.Phase)),
		Reason:          in.text(p.Status.Reason),
		Message:         in.policy.Text(p.Status.Message),
		RestartPolicy:   in.string(string(p.Spec.RestartPolicy)),
		Created:         utc(p.CreationTimestamp),
		Deleted:         deletionOf(p),
		Finalizers:      finalizersOf(p),
		GracePeriod:     graceOf(p),
		Accepted:        acceptedOf(in, p.Annotations),
		Gates:           in.readinessGates(p.Spec.ReadinessGates),
		Conditions:      conditionFacts(in, p.Status.Conditions),
		Containers:      containerFacts(in, p),
	}
}

// ownerOf names the controller of a pod, looking through a Deployment's ReplicaSet.
func ownerOf(in *interner, p *corev1.Pod) model.Owner {
	ref := metav1.GetControllerOfNoCopy(p)
	if ref == nil {
		return model.Owner{}
	}
	name := in.string(ref.Name)
	if hash := p.Labels[hashLabel]; ref.Kind == "ReplicaSet" && hash != "" {
		if deployment, ok := strings.CutSuffix(name, "-"+hash); ok && deployment != "" {
			return model.Owner{Kind: "Deployment", Name: in.string(deployment), Revision: name}
		}
	}
	return model.Owner{Kind: in.string(ref.Kind), Name: name}
}

func deletionOf(p *corev1.Pod) time.Time {
	if p.DeletionTimestamp == nil {
		return time.Time{}
	}
	return utc(*p.DeletionTimestamp)
}

// finalizersOf lists the finalizers of a deleted pod. Those of one that is not deleted hold nothing up.
func finalizersOf(p *corev1.Pod) []string {
	if p.DeletionTimestamp == nil {
		return nil
	}
	return p.Finalizers
}

func graceOf(p *corev1.Pod) time.Duration {
	for _, n := range []*int64{p.DeletionGracePeriodSeconds, p.Spec.TerminationGracePeriodSeconds} {
		if n != nil {
			return seconds(*n)
		}
	}
	return seconds(int64(defaultGrace))
}

func conditionFacts(in *interner, conditions []corev1.PodCondition) []model.Condition {
	if len(conditions) == 0 {
		return nil
	}
	facts := make([]model.Condition, len(conditions))
	for i := range conditions {
		c := &conditions[i]
		facts[i] = model.Condition{
			Type:    in.string(string(c.Type)),
			Status:  triOf(c.Status),
			Reason:  in.text(c.Reason),
			Message: in.text(c.Message),
			Since:   utc(c.LastTransitionTime),
		}
	}
	return facts
}

// triOf reads a condition's status; anything that is neither True nor False is not known.
func triOf(s corev1.ConditionStatus) model.Tri {
	switch s {
	case corev1.ConditionTrue:
		return model.True
	case corev1.ConditionFalse:
		return model.False
	}
	return model.Unknown
}

// utc returns the time in UTC; zero stays zero.
func utc(t metav1.Time) time.Time { return t.UTC() }
