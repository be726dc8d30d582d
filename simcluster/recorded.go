package simcluster

import (
	"context"
	"net"
	"slices"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

const (
	// Listens is the label of a pod that tells where its servers listen.
	Listens = "demo.probetop.dev/listens"
	// Loopback is the value of Listens for a pod that cannot be reached by its IP.
	Loopback = "loopback"
)

const (
	// closing is how long a connection goes on after one side has ended it. The servers here end at once.
	closing = 100 * time.Millisecond
	// unanswered is how long the system tries to connect where nothing answers.
	unanswered = 30 * time.Second
)

// recorded is how the containers of a pod behave that are not there: as its status and the newest events about it
// say that they did. It reads both anew for each connection, by the cluster's clock.
type recorded struct {
	// immutable
	cluster *Cluster
	pod     key
	uid     types.UID
}

// behaveAsRecorded is an Options.Behaviour.
func (c *Cluster) behaveAsRecorded(pod *corev1.Pod) Behaviour {
	if pod.Status.Phase != corev1.PodRunning {
		return nil
	}
	r := &recorded{cluster: c, pod: keyOf(pod), uid: pod.UID}
	return &Local{Dial: r.dial, Run: r.run, Output: r.output, Linger: closing}
}

// now returns the pod as it is, and the events about it; nil when it is gone.
func (r *recorded) now() (*corev1.Pod, []*corev1.Event) {
	res := r.cluster.kinds.resource(corev1.SchemeGroupVersion.WithResource("pods"))
	pod, ok := r.cluster.store.get(res, r.pod).(*corev1.Pod)
	if !ok || pod.UID != r.uid {
		return nil, nil
	}
	var about []*corev1.Event
	all, _ := r.cluster.store.now(r.cluster.kinds.resource(corev1.SchemeGroupVersion.WithResource("events")))
	for _, o := range all {
		if e, ok := o.(*corev1.Event); ok && e.InvolvedObject.UID == r.uid {
			about = append(about, e)
		}
	}
	return pod, about
}

// dial connects to the server that the probes of a port tell of.
func (r *recorded) dial(ctx context.Context, port int32, loopback bool) (net.Conn, error) {
	pod, events := r.now()
	if pod == nil {
		return nil, syscall.ECONNREFUSED
	}
	hidden := pod.Labels[Listens] == Loopback
	if hidden && !loopback {
		return nil, syscall.ECONNREFUSED
	}
	s := &server{certificate: r.cluster.front.tls.Certificates[0]}
	for _, p := range probesOf(pod) {
		if p.port() != port {
			continue
		}
		a := p.plays(events, r.cluster.Now())
		if a.manner == refuses && hidden && !p.starting() {
			a = conduct{}
		}
		s.routes = append(s.routes, route{p, a})
	}
	switch {
	case len(s.routes) == 0, s.any(refuses):
		return nil, syscall.ECONNREFUSED
	case s.any(cutOff) && !loopback:
		return nil, syscall.EHOSTUNREACH
	case s.raw() && s.any(stalls):
		return nil, noAnswer(ctx)
	}
	return s.connect(), nil
}

// noAnswer is how a connection fails that is not accepted.
func noAnswer(ctx context.Context) error {
	timer := time.NewTimer(unanswered)
	defer timer.Stop()
	select {
	case <-timer.C:
		return syscall.ETIMEDOUT
	case <-ctx.Done():
		return ctx.Err()
	}
}

// recordedProbe is a probe of a container that runs.
type recordedProbe struct {
	container *corev1.Container
	status    *corev1.ContainerStatus
	kind      string // as events have it: Startup, Readiness or Liveness
	spec      *corev1.Probe
}

// probesOf lists the probes of the containers of a pod that run.
func probesOf(pod *corev1.Pod) []recordedProbe {
	var all []recordedProbe
	containers := slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers)
	statuses := slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses)
	for i := range containers {
		c := &containers[i]
		at := slices.IndexFunc(statuses, func(s corev1.ContainerStatus) bool { return s.Name == c.Name })
		if at < 0 || statuses[at].State.Running == nil {
			continue
		}
		for _, p := range []recordedProbe{
			{c, &statuses[at], "Startup", c.StartupProbe},
			{c, &statuses[at], "Readiness", c.ReadinessProbe},
			{c, &statuses[at], "Liveness", c.LivenessProbe},
		} {
			if p.spec != nil {
				all = append(all, p)
			}
		}
	}
	return all
}

// port returns the number of the port that the probe connects to; 0 when it connects to none.
func (p *recordedProbe) port() int32 {
	switch s := p.spec; {
	case s.GRPC != nil:
		return s.GRPC.Port
	case s.HTTPGet != nil:
		return p.number(s.HTTPGet.Port.IntVal, s.HTTPGet.Port.StrVal)
	case s.TCPSocket != nil:
		return p.number(s.TCPSocket.Port.IntVal, s.TCPSocket.Port.StrVal)
	}
	return 0
}

func (p *recordedProbe) number(number int32, name string) int32 {
	for _, named := range p.container.Ports {
		if name != "" && named.Name == name {
			return named.ContainerPort
		}
	}
	return number
}

// starting reports whether the startup probe has not succeeded yet.
func (p *recordedProbe) starting() bool {
	return p.container.StartupProbe != nil && (p.status.Started == nil || !*p.status.Started)
}
