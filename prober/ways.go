package prober

import (
	"context"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
)

// Ways leads to the containers of a cluster. Its methods are called from many goroutines, and give up when their
// context ends.
type Ways interface {
	// Pod reads a pod. The error is the API server's.
	Pod(ctx context.Context, namespace, name string) (*corev1.Pod, error)
	// Denied returns why a subresource of the pods in a namespace may not be used; empty when it may, or when that is
	// not known. It remembers what it was told.
	Denied(ctx context.Context, namespace, subresource string) string
	// Open opens the way to a pod that a check needs. The error is a *Broken.
	Open(ctx context.Context, pod *corev1.Pod, check *Check) (Paths, error)
	// PodIP makes the request of an HTTP check from where the API server is; nil when there is none to make.
	PodIP(ctx context.Context, pod *corev1.Pod, check *Check) *model.PodIPVantage
	// Unfinished reports whether an earlier command of a probe may still run in its container.
	Unfinished(probe model.Key) bool
	// Forget closes the ways to a pod that is gone, or has another address. It does not wait.
	Forget(pod model.UID)
}

// The subresources of pods that a probe may need, as in RBAC rules.
const (
	portForwarding = "portforward"
	commands       = "exec"
	proxying       = "proxy"
)

// Subject is a probe of a container of a pod, and what the pod's node says of itself.
type Subject struct {
	// Namespace and Name are the pod's.
	Namespace, Name string
	Probe           model.Key
	Node            NodeInfo
}

// SubjectOf returns a probe of a row.
func SubjectOf(r *model.Row, p *model.Probe) Subject {
	s := Subject{Namespace: r.Pod.Namespace, Name: r.Pod.Name, Probe: p.Key(r.Pod)}
	if r.Node != nil {
		s.Node = NodeInfo{KubeletVersion: r.Node.KubeletVersion, RuntimeVersion: r.Node.RuntimeVersion}
	}
	return s
}
