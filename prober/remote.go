package prober

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/model"
)

// lingering is how long container runtimes wait for the other direction of a forwarded connection after one has ended
// (containerd and CRI-O).
const lingering = time.Second

// Remote leads to the containers of a cluster through its API server.
type Remote struct {
	core    rest.Interface
	pulse   *pulse
	access  *Access
	pool    *Pool
	vantage *Vantage
}

var _ Ways = (*Remote)(nil)

// NewRemote returns the ways through the API server that config points to. It sends nothing. Its owner closes it.
func NewRemote(config *rest.Config) (*Remote, error) {
	core, err := newGroup(config, "/api", corev1.SchemeGroupVersion, corev1.AddToScheme)
	if err != nil {
		return nil, fmt.Errorf("preparing to read pods: %w", err)
	}
	rights, err := NewReviews(config)
	if err != nil {
		return nil, err
	}
	vantage, err := NewVantage(config)
	if err != nil {
		return nil, fmt.Errorf("preparing to ask pod IPs: %w", err)
	}
	r := &Remote{core: core, pulse: vantage.pulse, access: NewAccess(rights, nil), vantage: vantage}
	if r.pool, err = NewPool(config, PoolOptions{Confirm: r.confirm}); err != nil {
		vantage.Close()
		return nil, fmt.Errorf("preparing tunnels: %w", err)
	}
	return r, nil
}

// Close closes all ways, and returns after they have ended.
func (r *Remote) Close() {
	r.pool.Close()
	r.vantage.Close()
}

// Pod reads a pod. A server that asks for a pause is not asked again here: that is the Prober's to decide.
func (r *Remote) Pod(ctx context.Context, namespace, name string) (*corev1.Pod, error) {
	ctx, done := r.pulse.during(ctx)
	defer done()
	pod := &corev1.Pod{}
	err := r.core.Get().MaxRetries(0).Namespace(namespace).Resource("pods").Name(name).Do(ctx).Into(pod)
	return pod, silenced(ctx, err)
}

// confirm returns an error unless a target is the pod that has its name now.
func (r *Remote) confirm(ctx context.Context, t Target) error {
	pod, err := r.Pod(ctx, t.Namespace, t.Name)
	if err == nil && pod.UID != t.UID {
		err = errReplaced
	}
	return err
}

// Denied returns why a subresource of the pods in a namespace may not be used; empty when it may, or that is not known.
func (r *Remote) Denied(ctx context.Context, namespace, subresource string) string {
	if g := r.access.To(ctx, namespace, Subresource(subresource)); g.Permission == PermissionDenied {
		return g.Reason
	}
	return ""
}

// Open opens the tunnel that a check needs, if it needs one; a command has a connection of its own.
func (r *Remote) Open(ctx context.Context, pod *corev1.Pod, check *Check) (Paths, error) {
	target := targetOf(pod)
	if check.Handler == model.Exec {
		return Paths{Exec: r.pool.Exec(target, check.Probe)}, nil
	}
	paths := Paths{Dial: r.pool.Dial(target), Alive: r.pool.Alive(target), Ping: r.pool.Ping(target), Linger: lingering}
	if pod.Spec.HostNetwork {
		paths.Reaches = func(host string) bool { return isNode(pod, host) }
		paths.Dial = toNode(pod, paths.Dial)
	}
	if check.settled != nil || check.barred(paths) != nil {
		return paths, nil // nothing is going to be asked
	}
	paths.Reopen = func(ctx context.Context) (time.Duration, error) { return r.pool.Open(ctx, target) }
	var err error
	paths.RoundTrip, err = paths.Reopen(ctx)
	return paths, err
}

// PodIP makes the request of an HTTP check over pods/proxy; nil when it does not go to the pod IP.
func (r *Remote) PodIP(ctx context.Context, pod *corev1.Pod, check *Check) *model.PodIPVantage {
	if check.request == nil || check.host != check.podIP {
		return nil
	}
	request, err := check.request.make(ctx)
	if err != nil {
		return nil // the probe errors everywhere
	}
	asked := PodRequest{URL: request.URL, Header: request.Header}
	switch _, password := request.Header["Authorization"]; {
	case password || request.URL.User != nil:
		asked.Lacks = "Authorization"
	case request.Host != "":
		asked.Lacks = "Host"
	}
	return r.vantage.Ask(ctx, targetOf(pod), asked, check.Timeout)
}

// Unfinished reports whether an earlier command of a probe may still run in its container.
func (r *Remote) Unfinished(probe model.Key) bool { return r.pool.Unfinished(probe) }

// Forget closes the tunnel to a pod that is gone, or has another address.
func (r *Remote) Forget(pod model.UID) { r.pool.Forget(types.UID(pod)) }

func targetOf(pod *corev1.Pod) Target {
	return Target{Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID, IP: pod.Status.PodIP}
}

// isNode reports whether a host is the node of a pod in the node's network: there a tunnel ends where the kubelet is.
func isNode(pod *corev1.Pod, host string) bool {
	if address, err := netip.ParseAddr(host); err == nil && address.IsLoopback() {
		return true
	}
	return host == "localhost" || host != "" && host == pod.Status.HostIP
}

// toNode makes a Dial that takes the names of the node of a pod for the pod's own address, which they are.
func toNode(pod *corev1.Pod, dial Dial) Dial {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err == nil && isNode(pod, host) {
			address = net.JoinHostPort(pod.Status.PodIP, port)
		}
		return dial(ctx, network, address)
	}
}
