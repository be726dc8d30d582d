package model_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// scenario is a pod on a kubelet of a version (1.37.1 when none is given), what happens to it, and what has to be
// said of it on the way. Scenarios are named by their ids in docs/kubelet.md, or by the section
// of it that they come from.
type scenario struct {
	kubelet string
	pod     []func(*Pod)
	plot    plot
}

// plot is what happens, each at so many seconds after the epoch.
type plot []beat

type beat struct {
	at float64
	do act
}

// act is something that happens, or a look at what is said.
type act func(testing.TB, *stage)

// stage is a world of one pod, web, behind the Service web.
type stage struct {
	*world
	pod    *Pod
	node   *Node
	who    string            // the container that is acted upon
	events map[string]*Event // by container, reason and message: the kubelet's correlator
	slice  Endpoint
	lags   bool          // the EndpointSlice does not follow
	wait   time.Duration // of an event on its way
}

// play plays scenarios.
func play(t *testing.T, scenarios map[string]scenario) {
	t.Helper()
	for name, sc := range scenarios {
		t.Run(name, func(t *testing.T) {
			s := &stage{world: newWorld(t), who: "web", events: map[string]*Event{}, slice: Endpoint{Pod: "none"}}
			s.pod = settled(sc.pod...)
			s.node = &Node{Name: "n1", Ready: True, KubeletVersion: cmp.Or(sc.kubelet, "v1.37.1")}
			s.hears(s.node, service("web"))
			for i := range s.pod.Containers { // which are heard of when all have started
				if at := s.pod.Containers[i].StartedAt; at.After(s.now) {
					s.now = at
				}
			}
			s.publish()
			for _, b := range sc.plot {
				s.now = epoch.Add(time.Duration(b.at * float64(time.Second)))
				s.Apply(Change{At: s.now})
				b.do(t, s)
			}
		})
	}
}

func (s *stage) floor() time.Time { return s.now.Truncate(time.Second) }

func (s *stage) container() *Container { return s.pod.Container(s.who) }

// publish writes the pod's status, and the EndpointSlice that follows from it.
func (s *stage) publish() {
	p := *s.pod
	p.Containers, p.Conditions = slices.Clone(p.Containers), slices.Clone(p.Conditions)
	s.hears(&p)
	ready := p.Ready()
	if ep := (Endpoint{Pod: p.UID, Ready: ready && !p.Deleting(), Serving: ready, Terminating: p.Deleting()}); ep != s.slice && !s.lags {
		s.slice = ep
		s.hears(&EndpointSlice{Namespace: "shop", Name: "web-1", Service: "web", Endpoints: []Endpoint{ep}})
	}
}

// agree makes the conditions what the containers say.
func (s *stage) agree() {
	var waiting []string
	for i := range s.pod.Containers {
		if c := &s.pod.Containers[i]; c.Kind != Init && !c.Ready {
			waiting = append(waiting, c.Name)
		}
	}
	for _, typ := range []string{"ContainersReady", "Ready"} {
		c := s.pod.Condition(typ)
		if status := TriOf(waiting == nil); c.Status != status {
			c.Status, c.Since = status, s.floor()
		}
		c.Reason, c.Message = "", ""
		if waiting != nil {
			c.Reason, c.Message = "ContainersNotReady", fmt.Sprint("containers with unready status: ", waiting)
		}
	}
}

// write correlates and writes an event as the kubelet does while it has tokens.
func (s *stage) write(reason, message string, times int32) {
	key := s.who + "|" + reason + "|" + message
	if strings.HasPrefix(message, "(combined") {
		key = s.who + "|" + reason + "|combined"
	}
	e := s.events[key]
	if e == nil {
		e = &Event{
			UID: fmt.Sprintf("%s %d", key, s.now.UnixNano()), Namespace: "shop", Name: fmt.Sprintf("web-0.%x", s.now.UnixNano()+int64(len(s.events))),
			Pod: cmp.Or(s.pod.MirrorUID, s.pod.UID), Container: s.who, Reason: reason, First: s.floor(),
		}
		s.events[key] = e
	}
	e.Message, e.Count, e.Last = message, e.Count+times, s.floor()
	s.now = s.now.Add(s.wait)
	s.hears(NewEvent(*e))
}

// What may happen.

// says is an event about the container, by its reason and message.
func says(reason, message string) act { return saysAgain(reason, message, 1) }

// saysAgain is an event that occurred so many times since it was last written.
func saysAgain(reason, message string, times int32) act {
	return func(_ testing.TB, s *stage) { s.write(reason, message, times) }
}

// waits is what is heard so many seconds after it happened.
func waits(seconds float64, do act) act {
	return func(t testing.TB, s *stage) {
		s.wait = time.Duration(seconds * float64(time.Second))
		defer func() { s.wait = 0 }()
		do(t, s)
	}
}

// fails is a probe that fails and says so.
func fails(typ ProbeType, text string) act { return failsAgain(typ, text, 1) }

// failsAgain is the only write of so many failures.
func failsAgain(typ ProbeType, text string, times int32) act {
	return saysAgain(ReasonUnhealthy, capital(typ)+" probe failed: "+text, times)
}

// errs is a probe that cannot be carried out, in the words of kubelets since 1.33.
func errs(typ ProbeType, text string) act {
	return says(ReasonUnhealthy, capital(typ)+" probe errored and resulted in unknown state: "+text)
}

func capital(typ ProbeType) string {
	return map[ProbeType]string{Startup: "Startup", Readiness: "Readiness", Liveness: "Liveness"}[typ]
}

func kills(typ ProbeType) act {
	return func(_ testing.TB, s *stage) {
		message := fmt.Sprintf("Container %s failed %s probe, will be restarted", s.who, typ)
		if s.container().Kind == Sidecar {
			message = fmt.Sprintf("Init container %s failed %s probe", s.who, typ)
		}
		s.write(ReasonKilling, message, 1)
	}
}

// readies is a container that becomes ready, or ceases to be.
func readies(is bool) act {
	return func(_ testing.TB, s *stage) {
		s.container().Ready = is
		s.agree()
		s.publish()
	}
}

func starts(_ testing.TB, s *stage) {
	c := s.container()
	if c.Started = True; c.Probes[Readiness] == nil {
		c.Ready = true
		s.agree()
	}
	s.publish()
}

// ends is a container that ended and waits for its next instance.
func ends(reason string, code int32) act {
	return func(_ testing.TB, s *stage) {
		c := s.container()
		c.Last = &Termination{Reason: reason, ExitCode: code, StartedAt: c.StartedAt, FinishedAt: s.floor()}
		c.State, c.Reason, c.ID, c.Started, c.Ready, c.StartedAt = Waiting, "CrashLoopBackOff", "", False, false, time.Time{}
		s.agree()
		s.publish()
	}
}

// stays is a container that ended for good.
func stays(reason string, code int32) act {
	return func(_ testing.TB, s *stage) {
		c := s.container()
		c.State, c.Reason, c.ExitCode, c.Started, c.Ready, c.FinishedAt = Terminated, reason, code, False, false, s.floor()
		s.agree()
		s.publish()
	}
}

// begins is the next instance of a container that ended.
func begins(_ testing.TB, s *stage) {
	c := s.container()
	c.Restarts++
	c.State, c.Reason, c.StartedAt, c.ID = Running, "", s.floor(), fmt.Sprint("c", c.Restarts+1)
	c.Started, c.Ready = TriOf(c.Probes[Startup] == nil), c.Probes[Startup] == nil && c.Probes[Readiness] == nil
	s.agree()
	s.publish()
}

// again is a container that ends and begins within one status.
func again(reason string, code int32) act {
	return func(t testing.TB, s *stage) {
		c := s.container()
		c.Last = &Termination{Reason: reason, ExitCode: code, StartedAt: c.StartedAt, FinishedAt: s.floor()}
		begins(t, s)
	}
}

// replaced is a container that ends and begins within one sync, and is called started because the last one was.
func replaced(reason string, code int32) act {
	return func(_ testing.TB, s *stage) {
		c := s.container()
		c.Last = &Termination{Reason: reason, ExitCode: code, StartedAt: c.StartedAt, FinishedAt: s.floor()}
		c.Restarts++
		c.StartedAt, c.ID, c.Started, c.Ready = s.floor(), fmt.Sprint("c", c.Restarts+1), True, c.Probes[Readiness] == nil
		s.agree()
		s.publish()
	}
}

// deleted is the deletion of the pod with that grace.
func deleted(grace int) act {
	return func(_ testing.TB, s *stage) {
		s.pod.GracePeriod = time.Duration(grace) * time.Second
		s.pod.Deleted = s.floor().Add(s.pod.GracePeriod)
		s.publish()
	}
}

// edits is any other change of the pod.
func edits(edit ...func(*Pod)) act {
	return func(_ testing.TB, s *stage) {
		for _, e := range edit {
			e(s.pod)
		}
		s.publish()
	}
}

// node is a change of what is said of the node.
func node(ready Tri, reason string) act {
	return func(_ testing.TB, s *stage) {
		n := *s.node
		n.Ready, n.Reason, n.Since = ready, reason, s.floor()
		s.node = &n
		s.hears(s.node)
	}
}

// counts is a look at the kubelet's counters; process numbers the kubelet's process.
func counts(process int, counters ...Counter) act {
	return func(_ testing.TB, s *stage) {
		f := &Counters{Node: "n1", Asked: s.now.Add(-50 * time.Millisecond), At: s.now, Started: epoch.Add(time.Duration(process-1) * time.Hour)}
		f.Pods = []PodCounters{{Pod: s.pod.UID, Probes: counters}}
		f.Sort()
		s.Apply(Change{At: s.now, Stream: 63, Fact: f})
	}
}

// source is a change of a source.
func source(kind SourceKind, state SourceState) act {
	return func(_ testing.TB, s *stage) { s.hears(&Source{Kind: kind, State: state, Since: s.now}) }
}

// of lets something happen to another container.
func of(container string, do act) act {
	return func(t testing.TB, s *stage) {
		s.who = container
		do(t, s)
		s.who = "web"
	}
}

// lagging keeps the EndpointSlice as it is.
func lagging(_ testing.TB, s *stage) { s.lags = true }

// repeated is something that happens again and again, from one second to another.
func repeated(from, to, period int, do act) plot {
	var p plot
	for at := from; at <= to; at += period {
		p = append(p, beat{float64(at) + 0.1, do})
	}
	return p
}

// plots joins plots.
func plots(parts ...plot) plot { return slices.Concat(parts...) }

// The pods.

func threshold(n int32) func(*ProbeSpec) { return func(p *ProbeSpec) { p.FailureThreshold = n } }

func successes(n int32) func(*ProbeSpec) { return func(p *ProbeSpec) { p.SuccessThreshold = n } }

func period(seconds int) func(*ProbeSpec) {
	return func(p *ProbeSpec) { p.Period = time.Duration(seconds) * time.Second }
}

func by(kind HandlerKind) func(*ProbeSpec) { return func(p *ProbeSpec) { p.Handler = kind } }

func livenessOf(edit ...func(*ProbeSpec)) func(*Pod)  { return with(Liveness, probe(edit...)) }
func readinessOf(edit ...func(*ProbeSpec)) func(*Pod) { return with(Readiness, probe(edit...)) }
func startupOf(edit ...func(*ProbeSpec)) func(*Pod)   { return with(Startup, probe(edit...)) }

// fresh is a pod whose containers have just begun: those with a startup probe have not started, and those with
// probes of readiness or startup are not ready.
func fresh(p *Pod) {
	for i := range p.Containers {
		c := &p.Containers[i]
		c.Started = TriOf(c.Probes[Startup] == nil)
		c.Ready = c.Started == True && c.Probes[Readiness] == nil
	}
	(&stage{world: &world{now: epoch}, pod: p}).agree()
}

// policy is the pod's restart policy.
func policy(name string) func(*Pod) { return func(p *Pod) { p.RestartPolicy = name } }

// second adds a container that is like the first.
func second(name string) func(*Pod) {
	return func(p *Pod) {
		c := p.Containers[0]
		c.Name, c.ID = name, name+"1"
		p.Containers = append(p.Containers, c)
	}
}

// sidecar puts a running sidecar with a probe before the others.
func sidecar(typ ProbeType, spec *ProbeSpec) func(*Pod) {
	return func(p *Pod) {
		c := Container{Name: "mesh", Kind: Sidecar, State: Running, StartedAt: epoch, Started: True, Ready: true, ID: "s1"}
		c.Probes[typ] = spec
		p.Containers = append([]Container{c}, p.Containers...)
	}
}
