package watch

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording/mask"
)

// Rollouts reads how far workloads are rolled out. It belongs to one goroutine.
type Rollouts struct {
	client *client
	policy mask.Policy
}

// NewRollouts returns what reads the workloads of a cluster.
func NewRollouts(cfg *rest.Config, policy mask.Policy) (*Rollouts, error) {
	c, err := newClient(cfg)
	if err != nil {
		return nil, accessError(err)
	}
	return &Rollouts{client: c, policy: policy}, nil
}

// IsWorkload reports whether an argument TYPE/NAME means something that makes pods, which Read reads.
func IsWorkload(arg string) bool {
	typ, _, _ := strings.Cut(arg, "/")
	t, _ := typeOf(typ)
	switch t.kind {
	case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job":
		return true
	}
	return false
}

// Read returns how far the workload that an argument TYPE/NAME means is rolled out in a namespace; found is false when there is none.
// The error is an *AccessError.
func (r *Rollouts) Read(ctx context.Context, arg, namespace string) (out model.Rollout, found bool, err error) {
	typ, name, _ := strings.Cut(arg, "/")
	t, _ := typeOf(typ)
	objects, err := objectsOf[rolled](ctx, r.client, t, namespace, metav1.ListOptions{FieldSelector: fields.OneTermEqualSelector("metadata.name", name).String()})
	if err != nil || len(objects) == 0 {
		return model.Rollout{}, false, accessError(err)
	}
	o := &objects[0]
	out = o.rollout(t.kind)
	if t.kind == "Deployment" {
		sets, err := r.replicaSets(ctx, o)
		if err != nil {
			return model.Rollout{}, false, accessError(err)
		}
		o.newest(&out, sets)
	}
	out.Refused, out.Failed = r.policy.Text(out.Refused), r.policy.Text(out.Failed)
	return out, true, nil
}

// rolled is the part that is read of a workload.
type rolled struct {
	Metadata struct {
		Namespace, Name, UID string
		Generation           int64
		Annotations          map[string]string
		OwnerReferences      []struct{ UID string }
	}
	Spec struct {
		Selector       json.RawMessage
		Replicas       *int
		UpdateStrategy struct {
			Type          string
			RollingUpdate *struct{ Partition int }
		}
	}
	Status struct {
		ObservedGeneration     int64
		UpdateRevision         string
		DesiredNumberScheduled int
		UpdatedNumberScheduled int
		Conditions             []struct {
			Type, Status, Message string
			LastTransitionTime    time.Time
		}
	}
}

// revisionAnnotation numbers the revisions of a Deployment, on itself and on its ReplicaSets (pkg/controller/deployment/util).
const revisionAnnotation = "deployment.kubernetes.io/revision"

// rollout is what the workload says of itself.
func (o *rolled) rollout(kind string) model.Rollout {
	out := model.Rollout{Behind: o.Status.ObservedGeneration < o.Metadata.Generation}
	switch kind {
	case "Job":
		out.Behind = false // it does not say which spec it has seen
		out.Failed, _ = o.condition("Failed")
		_, completed := o.condition("Complete")
		out.Done = !completed.IsZero()
		return out
	case "DaemonSet":
		out.Known, out.Want = true, o.Status.DesiredNumberScheduled
		out.Behind = out.Behind || o.Spec.UpdateStrategy.Type != "OnDelete" && o.Status.UpdatedNumberScheduled < out.Want
	default:
		out.Known, out.Want = true, 1 // the API server's default
		if o.Spec.Replicas != nil {
			out.Want = *o.Spec.Replicas
		}
	}
	update := o.Spec.UpdateStrategy
	if kind == "StatefulSet" && update.Type != "OnDelete" && (update.RollingUpdate == nil || update.RollingUpdate.Partition == 0) {
		out.Revision = o.Status.UpdateRevision
	}
	out.Refused, out.RefusedSince = o.condition("ReplicaFailure")
	return out
}

// condition returns the message of a condition that is True, and since when it is; nothing for another.
func (o *rolled) condition(typ string) (message string, since time.Time) {
	for _, c := range o.Status.Conditions {
		if c.Type == typ && c.Status == "True" {
			return c.Message, c.LastTransitionTime
		}
	}
	return "", time.Time{}
}

// replicaSets reads those of a Deployment.
func (r *Rollouts) replicaSets(ctx context.Context, o *rolled) ([]rolled, error) {
	t, _ := typeOf("replicaset")
	selector, err := t.selector(o.Spec.Selector)
	if err != nil {
		return nil, fmt.Errorf("reading the selector of Deployment %s: %w", o.Metadata.Name, err)
	}
	sets, err := objectsOf[rolled](ctx, r.client, t, o.Metadata.Namespace, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil, err
	}
	var owned []rolled
	for _, s := range sets {
		for _, owner := range s.Metadata.OwnerReferences {
			if owner.UID == o.Metadata.UID {
				owned = append(owned, s)
			}
		}
	}
	return owned, nil
}

// newest adds which of its ReplicaSets is a Deployment's newest. Until its controller has made it, it is behind.
func (o *rolled) newest(out *model.Rollout, sets []rolled) {
	revision := o.Metadata.Annotations[revisionAnnotation]
	for i := range sets {
		if s := &sets[i]; revision != "" && s.Metadata.Annotations[revisionAnnotation] == revision {
			out.Revision = s.Metadata.Name
			if message, since := s.condition("ReplicaFailure"); message != "" {
				out.Refused, out.RefusedSince = message, since
			}
			return
		}
	}
	out.Behind = true
}
