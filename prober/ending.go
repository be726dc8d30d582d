package prober

import (
	"context"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/probetop/probetop/model"
)

// doubt takes a verdict back that says more about the end of the container than about its health: a pod that is deleted
// while its probe is run breaks the connection off, or kills the command. The API server knows of the deletion before
// the container does. A command's success is doubted as well: it was asked for by the name of the pod, which another may
// have by now.
func (e *oneRun) doubt(ctx context.Context, before *corev1.Pod, check *Check) {
	succeeded := e.Result.Verdict.Succeeds()
	if check.settled != nil || e.Result.Verdict == model.ShadowNone || e.spoken() || succeeded && check.Handler != model.Exec {
		return
	}
	within, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	began := time.Now()
	pod, err := e.ways.Pod(within, before.Namespace, before.Name)
	e.answered(ctx, began, err)
	switch {
	case apierrors.IsNotFound(err), err == nil && pod.UID != before.UID:
		e.without(model.LackGone, "the pod was deleted meanwhile")
	case err != nil: // nothing speaks against the verdict
	case succeeded: // by the pod that was meant
	case pod.DeletionTimestamp != nil && before.DeletionTimestamp == nil:
		e.without(model.LackGone, "the pod was being deleted meanwhile")
	case instanceOf(pod, e.Subject.Probe.Container) != e.Instance:
		e.without(model.LackGone, "the container "+e.Subject.Probe.Container+" ended meanwhile")
	}
}

// spoken reports whether the verdict is the container's own word: the status of a response.
func (e *oneRun) spoken() bool {
	attempts := e.Result.Attempts
	if e.Handler != model.HTTP || e.Result.Verdict != model.ShadowFailure || len(attempts) == 0 {
		return false
	}
	hops := attempts[len(attempts)-1].Hops
	return len(hops) > 0 && hops[len(hops)-1].Status >= http.StatusOK
}

// instanceOf returns the instance (containerID) of a container that runs; empty when none does.
func instanceOf(pod *corev1.Pod, container string) string {
	for _, list := range [...][]corev1.ContainerStatus{pod.Status.ContainerStatuses, pod.Status.InitContainerStatuses} {
		for i := range list {
			if s := &list[i]; s.Name == container && s.State.Running != nil {
				return s.ContainerID
			}
		}
	}
	return ""
}
