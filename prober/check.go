package prober

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
)

// maxAttempts is how often the kubelet tries while a probe errors (pkg/kubelet/prober/prober.go).
const maxAttempts = 3

// Check is one probe of one container, ready to be run. It does not change, and may be run any number of times.
type Check struct {
	Probe   model.Key
	Handler model.HandlerKind
	// Timeout is the probe's own.
	Timeout time.Duration
	// Target is what is asked: the URL, the address or the command; empty when the probe cannot be carried out.
	Target string

	// host is the only one that is dialled; empty when the request names none and will fail by itself.
	host, podIP string
	address     string   // host and port of TCP and gRPC
	argv        []string // of exec
	service     string   // of gRPC
	secure      bool     // gRPC with TLS
	request     *httpRequest
	namespace   string
	pod         string
	node        NodeInfo
	run         handler
	// settled is the outcome of a probe that need not be tried.
	settled *outcome
}

// NewCheck returns the check that the kubelet of a node makes for a probe of a pod's container. What the kubelet
// cannot carry out is a Check too, whose result says so. It is an error when the pod has no such probe.
func NewCheck(pod *corev1.Pod, container string, t model.ProbeType, node NodeInfo) (*Check, error) {
	c := containerNamed(pod, container)
	if c == nil {
		return nil, fmt.Errorf("preparing a probe: pod %q has no container %q", pod.Name, container)
	}
	probe := [...]*corev1.Probe{model.Startup: c.StartupProbe, model.Readiness: c.ReadinessProbe, model.Liveness: c.LivenessProbe}[t]
	if probe == nil {
		return nil, fmt.Errorf("preparing a probe: container %q of pod %q has no %s probe", container, pod.Name, t)
	}
	check := &Check{
		Probe:     model.Key{Pod: model.UID(pod.UID), Container: container, Type: t},
		Handler:   model.UnknownHandler,
		Timeout:   time.Duration(cmp.Or(probe.TimeoutSeconds, 1)) * time.Second,
		podIP:     pod.Status.PodIP,
		namespace: pod.Namespace, pod: pod.Name, node: node,
	}
	check.prepare(probe, c)
	return check, nil
}

// toPod returns the host that a probe asks: its own, or the pod IP. Without one there is nothing to ask yet.
func (c *Check) toPod(host string) string {
	host = cmp.Or(host, c.podIP)
	if host == "" {
		c.settled = &outcome{lack: model.LackGone, text: "the pod has no IP"}
	}
	return host
}

// containerNamed returns a container that can have probes; nil when there is none of that name.
func containerNamed(pod *corev1.Pod, name string) *corev1.Container {
	for _, list := range [...][]corev1.Container{pod.Spec.Containers, pod.Spec.InitContainers} {
		for i := range list {
			if list[i].Name == name {
				return &list[i]
			}
		}
	}
	return nil
}

// prepare reads the handler, in the kubelet's order.
func (c *Check) prepare(probe *corev1.Probe, container *corev1.Container) {
	switch {
	case probe.Exec != nil:
		c.Handler, c.run = model.Exec, c.execute
		c.argv = expandCommand(probe.Exec.Command, container.Env, c.node)
		c.Target = commandLine(c.argv)
	case probe.HTTPGet != nil:
		c.Handler, c.run = model.HTTP, c.get
		c.prepareHTTP(probe.HTTPGet, container)
	case probe.TCPSocket != nil:
		c.Handler, c.run = model.TCP, c.connect
		port, err := resolvePort(probe.TCPSocket.Port, container, c.node)
		if err != nil {
			c.fail(err)
			return
		}
		c.aim(c.toPod(probe.TCPSocket.Host), port)
	case probe.GRPC != nil:
		c.Handler, c.run = model.GRPC, c.ask
		if probe.GRPC.Service != nil {
			c.service = *probe.GRPC.Service
		}
		// The API server drops a mode unless it has the gate on; the kubelets have it with it or are older.
		c.secure = !c.node.before(37) && probe.GRPC.Mode != nil && *probe.GRPC.Mode == corev1.GRPCProbeModeTLS
		c.aim(c.toPod(""), int(probe.GRPC.Port))
	default:
		c.settled = &outcome{lack: model.LackUnsupported, text: "the probe has a handler that this version does not know"}
	}
}

func (c *Check) aim(host string, port int) {
	c.host = host
	c.address = net.JoinHostPort(host, strconv.Itoa(port))
	c.Target = c.address
}

// fail settles the check: the kubelet cannot carry it out either.
func (c *Check) fail(err error) {
	o := errored(err.Error())
	c.settled = &o
}

// Run runs the probe. It is tried up to three times while it errors, each time with a fresh timeout, as the kubelet
// does. When ctx ends before there is a verdict, there is none.
func (c *Check) Run(ctx context.Context, via Paths) Result {
	r := Result{At: time.Now(), RoundTrip: via.RoundTrip}
	o := c.settled
	if o == nil {
		o = c.barred(via)
	}
	for o == nil || o.verdict == model.ShadowErrored && len(r.Attempts) > 0 && len(r.Attempts) < maxAttempts {
		if b := via.reopen(ctx, len(r.Attempts)); b != nil {
			next := b.none()
			o = &next
			break
		}
		attempt, next := c.try(ctx, via)
		r.Attempts = append(r.Attempts, attempt)
		r.RoundTrip = attempt.RoundTrip
		o = &next
	}
	r.Verdict, r.Lack, r.Text, r.cause = o.verdict, o.lack, o.text, o.cause
	r.cut()
	return r
}

// barred returns why there is no way to the probe's target; nil when there is one.
func (c *Check) barred(via Paths) *outcome {
	switch {
	case c.Handler == model.Exec && via.Exec == nil:
		return &outcome{lack: model.LackUnsupported, text: "there is no way to run a command in the container"}
	case c.Handler != model.Exec && via.Dial == nil:
		return &outcome{lack: model.LackUnsupported, text: "there is no way to connect to the container"}
	case c.Handler != model.Exec && c.host != "" && c.host != c.podIP && (via.Reaches == nil || !via.Reaches(c.host)):
		return &outcome{lack: model.LackHost, text: fmt.Sprintf("the probe asks host %q, which only the node reaches as it does", c.host)}
	}
	return nil
}

// try makes one attempt.
func (c *Check) try(ctx context.Context, via Paths) (a Attempt, o outcome) {
	t := newTrial(via, c.host, c.Timeout)
	t.way = watchWay(ctx, via.Ping)
	t.budget.measured = t.way.usual
	defer func() {
		t.wire.close()
		t.way.stop()
		if reason := recover(); reason != nil {
			o = panicked("probing", reason).none()
		}
		if ctx.Err() != nil && o.verdict != model.ShadowSuccess && o.verdict != model.ShadowWarning {
			o = outcome{lack: model.LackTunnel, text: "the run was given up: " + context.Cause(ctx).Error()}
		}
		a = t.end(o)
	}()
	t.hop(c.Target)
	o = c.run(ctx, t)
	t.over()
	if c.Handler != model.Exec {
		o = t.blame(ctx, o)
	}
	return a, o
}

// commandLine writes a command as a line for a shell, or as a text where there is no such line.
func commandLine(argv []string) string {
	return cmp.Or(model.ShellLine(argv), model.Printable(strings.Join(argv, " ")))
}
