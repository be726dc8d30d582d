//go:build !tunnel

package prober

import (
	"context"
	"errors"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/model"
)

// Remote stands in for the ways through the API server until there are tunnels. It leads nowhere, and says so.
type Remote struct{}

var _ Ways = (*Remote)(nil)

var errNoWay = errors.New("there is no way through the API server yet")

// NewRemote returns ways that lead nowhere.
func NewRemote(*rest.Config) (*Remote, error) { return &Remote{}, nil }

// Close does nothing.
func (*Remote) Close() {}

// Pod reads no pod.
func (*Remote) Pod(context.Context, string, string) (*corev1.Pod, error) { return nil, errNoWay }

// Denied knows nothing.
func (*Remote) Denied(context.Context, string, string) string { return "" }

// Open opens nothing.
func (*Remote) Open(context.Context, *corev1.Pod, *Check) (Paths, error) {
	return Paths{}, &Broken{Err: errNoWay, Lack: model.LackUnsupported}
}

// PodIP asks nobody.
func (*Remote) PodIP(context.Context, *corev1.Pod, *Check) *model.PodIPVantage { return nil }

// Unfinished knows of no command.
func (*Remote) Unfinished(model.Key) bool { return false }

// Forget has nothing to forget.
func (*Remote) Forget(model.UID) {}
