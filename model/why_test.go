package model_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/lint"
)

// settled is web with everything the kubelet and the scheduler say of a pod that is well, behind Service web.
func settled(edit ...func(*Pod)) *Pod {
	p := web(func(p *Pod) {
		p.Labels, p.IP = "app=web", "10.0.0.7"
		p.Containers[0].Spec = &ContainerSpec{Ports: []ContainerPort{{Name: "http", Number: 8080}}}
		for _, typ := range []string{"PodScheduled", "PodReadyToStartContainers", "Initialized"} {
			p.Conditions = append(p.Conditions, Condition{Type: typ, Status: True, Since: epoch})
		}
	})
	for _, e := range edit {
		e(p)
	}
	return p
}

// condition sets a condition of a pod.
func condition(typ string, status Tri, reason, message string) func(*Pod) {
	return func(p *Pod) {
		set := Condition{Type: typ, Status: status, Reason: reason, Message: message, Since: at(5)}
		if c := p.Condition(typ); c != nil {
			*c = set
			return
		}
		p.Conditions = append(p.Conditions, set)
	}
}

// unready is what the kubelet writes of a pod with a container that is not ready.
func unready(p *Pod) {
	p.Containers[0].Ready = false
	for _, typ := range []string{"ContainersReady", "Ready"} {
		condition(typ, False, "ContainersNotReady", "containers with unready status: [web]")(p)
	}
}

// bare takes away what a pod has once its containers were made.
func bare(p *Pod) {
	unready(p)
	p.Phase, p.IP = "Pending", ""
	c := &p.Containers[0]
	c.State, c.Reason, c.ID, c.Started = Waiting, "ContainerCreating", "", False
	condition("PodReadyToStartContainers", False, "", "")(p)
}

// initializing puts an init container before the others.
func initializing(c Container) func(*Pod) {
	return func(p *Pod) {
		unready(p)
		p.Containers[0].State, p.Containers[0].Reason, p.Containers[0].ID = Waiting, "PodInitializing", ""
		p.Containers = append([]Container{c}, p.Containers...)
		condition("Initialized", False, "ContainersNotInitialized", "containers with incomplete status: ["+c.Name+"]")(p)
	}
}

func container(state ContainerState, reason string) func(*Pod) {
	return func(p *Pod) {
		unready(p)
		p.Containers[0].State, p.Containers[0].Reason = state, reason
	}
}

func gated(gate string) func(*Pod) { return func(p *Pod) { p.Gates = append(p.Gates, gate) } }

func slice(service string, ep Endpoint) *EndpointSlice {
	ep.Pod = "u-web"
	return &EndpointSlice{Namespace: "shop", Name: service + "-1", Service: service, Endpoints: []Endpoint{ep}}
}

func service(name string) *Service {
	return &Service{Namespace: "shop", Name: name, Selector: "app=web"}
}

var (
	inTraffic  = slice("web", Endpoint{Ready: true, Serving: true})
	outTraffic = slice("web", Endpoint{})
	goodNode   = &Node{Name: "n1", Ready: True, KubeletVersion: "v1.36.3"}
	lostNode   = &Node{Name: "n1", Ready: Unknown, Reason: "NodeStatusUnknown", Since: at(40)}
)

// Every case is a pod and what others say of it, and the first broken link of its chain: its name, what its
// text says, and who can mend it.
func TestFirstBrokenLink(t *testing.T) {
	const awsGate = "target-health.elbv2.k8s.aws/k8s-shop-web"
	cases := map[string]struct {
		pod   *Pod
		facts []Fact
		step  StepName
		text  string
		since int
	}{
		"unschedulable": {
			pod:  settled(condition("PodScheduled", False, "Unschedulable", "0/3 nodes are available: 3 Insufficient cpu."), func(p *Pod) { p.Node = "" }),
			step: StepScheduled, text: "not scheduled: 0/3 nodes are available: 3 Insufficient cpu.", since: 5,
		},
		"S17 scheduling gated": {
			pod:  settled(condition("PodScheduled", False, "SchedulingGated", ""), func(p *Pod) { p.Node = "" }),
			step: StepScheduled, text: "not scheduled: SchedulingGated", since: 5,
		},
		"S01 no sandbox yet":                    {pod: settled(bare), step: StepSandbox, text: "containers are being created", since: 5},
		"sandbox of an old kubelet, not a word": {pod: settled(bare, container(Waiting, "ErrImagePull")), step: StepStarted, text: "web: ErrImagePull", since: 5},
		"no sandbox, and why": {
			pod: settled(bare), facts: []Fact{NewEvent(Event{Namespace: "shop", Name: "web-0.1", Pod: "u-web", Reason: "FailedCreatePodSandBox", Message: "Failed to create pod sandbox: no addresses", First: at(3), Last: at(9)})},
			step: StepSandbox, text: "no sandbox: no addresses", since: 3,
		},
		"sandbox gone": {
			pod: settled(condition("PodReadyToStartContainers", False, "", ""), unready), step: StepSandbox,
			text: "the sandbox is gone, a new one is being made", since: 5,
		},
		"init container runs": {
			pod:  settled(initializing(Container{Name: "migrate", Kind: Init, State: Running, StartedAt: at(2), ID: "i1"})),
			step: StepInitialized, text: "init container migrate is running", since: 2,
		},
		"init container fails": {
			pod:  settled(initializing(Container{Name: "migrate", Kind: Init, State: Terminated, Reason: "Error", ExitCode: 2, FinishedAt: at(4), ID: "i1"})),
			step: StepInitialized, text: "migrate ended: Error, exit code 2", since: 4,
		},
		"init container waits": {
			pod:  settled(initializing(Container{Name: "migrate", Kind: Init, State: Waiting, Reason: "CreateContainerConfigError", Message: `secret "x" not found`})),
			step: StepInitialized, text: `migrate: CreateContainerConfigError: secret "x" not found`, since: 5,
		},
		"K10 sidecar's startup probe holds the next container back": {
			pod:   settled(initializing(Container{Name: "web-mesh", Kind: Sidecar, State: Running, Started: False, StartedAt: at(1), ID: "s1", Probes: [3]*ProbeSpec{Startup: probe()}})),
			facts: []Fact{sidecarFailure("Startup probe failed: HTTP probe failed with statuscode: 503")},
			step:  StepInitialized, text: "startup of web-mesh is starting: HTTP 503 from /healthz", since: 1,
		},
		"crash loop":        {pod: settled(container(Waiting, "CrashLoopBackOff")), step: StepStarted, text: "web: CrashLoopBackOff, it waits to be started again", since: 5},
		"container ended":   {pod: settled(container(Terminated, "Completed")), step: StepStarted, text: "web ended: Completed, exit code 0"},
		"W31 startup pends": {pod: settled(with(Startup, probe()), unready, notYet), step: StepStarted, text: "startup of web is starting"},
		"startup cannot be carried out": {
			pod: settled(with(Startup, probe()), unready, notYet), facts: []Fact{unhealthy("Startup probe errored and resulted in unknown state: no such file", 4, 1, 39)},
			step: StepStarted, text: "startup of web: no such file",
		},
		"W33 readiness fails": {
			pod: settled(with(Readiness, probe()), unready), facts: []Fact{outTraffic, unhealthy("Readiness probe failed: HTTP probe failed with statuscode: 503", 3, 1, 9)},
			step: StepReadiness, text: "readiness of web: HTTP 503 from /healthz", since: 5,
		},
		"S16 static pod, events under its other identity": {
			pod:   settled(with(Readiness, probe()), unready, func(p *Pod) { p.MirrorUID = "hash" }),
			facts: []Fact{mirrored("Readiness probe failed: connection refused")},
			step:  StepReadiness, text: "readiness of web: connection refused on :8080", since: 5,
		},
		"H31 named port missing": {
			pod:   settled(with(Readiness, probe(func(p *ProbeSpec) { p.Port = "admin" })), unready),
			facts: []Fact{unhealthy(`Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing "admin": invalid syntax`, 4, 1, 39)},
			step:  StepReadiness, text: `readiness of web: no port "admin" in web (it has http)`, since: 5,
		},
		"S01 containers ready, condition not yet": {
			pod:  settled(condition("ContainersReady", False, "ContainersNotReady", "containers with unready status: [web]"), condition("Ready", False, "ContainersNotReady", "")),
			step: StepContainersReady, text: "containers with unready status: [web]", since: 5,
		},
		"S03 gate missing": {
			pod:  settled(gated(awsGate), condition("Ready", False, "ReadinessGatesNotReady", "corresponding condition does not exist")),
			step: StepGates, text: "gate " + awsGate + ": it was never set",
		},
		"S03 gate False": {
			pod:  settled(gated(awsGate), condition(awsGate, False, "Target.FailedHealthChecks", "Health checks failed"), condition("Ready", False, "ReadinessGatesNotReady", "")),
			step: StepGates, text: "gate " + awsGate + " is False: Health checks failed", since: 5,
		},
		"node lost, by its signature": {
			pod: settled(with(Readiness, probe()), condition("Ready", False, "", "")), facts: []Fact{lostNode, outTraffic},
			step: StepReady, text: "node n1 is not ready: NodeStatusUnknown", since: 40,
		},
		"node lost, nodes not read": {
			pod: settled(condition("Ready", False, "", ""), func(p *Pod) { p.Node = "n7" }), step: StepReady,
			text: "node n7 was lost: its pods were taken out of traffic, whatever their probes say", since: 5,
		},
		"node back, kubelet has not corrected it": {
			pod: settled(condition("Ready", False, "", "")), step: StepReady,
			text: "node n1 was lost for a time: its kubelet has not said yet that the pod is ready", since: 5,
		},
		"node lost after a readiness failure": {
			pod:   settled(with(Readiness, probe()), unready),
			facts: []Fact{lostNode, unhealthy("Readiness probe failed: refused", 3, 1, 9)},
			step:  StepReadiness, text: "node n1 is not ready: NodeStatusUnknown; before that, readiness of web: refused", since: 40,
		},
		"selected, and in no slice": {
			pod: settled(), step: StepEndpoints, text: "web: selects the pod, but none of its EndpointSlices has it",
		},
		"ready, and the slice has not followed": {
			pod: settled(condition("Ready", True, "", "")), facts: []Fact{outTraffic}, step: StepEndpoints,
			text: "web: out, its EndpointSlice has not followed the pod yet", since: 5,
		},
		"one of two Services": {
			pod: settled(), facts: []Fact{inTraffic, service("canary")}, step: StepEndpoints,
			text: "canary: selects the pod, but none of its EndpointSlices has it; web: in",
		},
		"target port names no port": {
			pod: settled(), facts: []Fact{inTraffic, &Service{Namespace: "shop", Name: "web", Selector: "app=web", Ports: "grpc"}},
			step: StepEndpoints, text: `web: in, but without a port: no container names one "grpc"`,
		},
		"many Services": {
			pod: settled(), facts: []Fact{service("a"), service("b"), service("c")}, step: StepEndpoints,
			text: "a: selects the pod, but none of its EndpointSlices has it; b: selects the pod, but none of its EndpointSlices has it; " +
				"c: selects the pod, but none of its EndpointSlices has it; and 1 more",
		},
		"S04 terminating, serving": {
			pod: settled(func(p *Pod) { p.Deleted = at(60) }), facts: []Fact{slice("web", Endpoint{Serving: true, Terminating: true})},
			step: StepEndpoints, text: "web: drains, because the pod was deleted",
		},
		"S04 terminating, not serving": {
			pod: settled(func(p *Pod) { p.Deleted = at(60) }), facts: []Fact{slice("web", Endpoint{Terminating: true})},
			step: StepEndpoints, text: "web: out, because the pod was deleted",
		},
		"K07 readiness fails while the pod terminates": {
			pod:   settled(with(Readiness, probe()), unready, func(p *Pod) { p.Deleted = at(60) }),
			facts: []Fact{slice("web", Endpoint{Terminating: true}), unhealthy("Readiness probe failed: cat: no such file", 3, 31, 39)},
			step:  StepReadiness, text: "readiness of web: cat: no such file", since: 5,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t).hears(goodNode, service("web"), c.pod).hears(c.facts...)
			if name == "node lost, nodes not read" {
				w.loses(&Node{Name: "n7"})
			}
			row := w.after(40).row(t, "u-web")
			got := row.Broken()
			if got == nil {
				t.Fatalf("nothing is broken:\n%s", spelled(row))
			}
			if got.Name != c.step || got.Text != c.text {
				t.Errorf("got  %s %q\nwant %s %q\n%s", got.Name, got.Text, c.step, c.text, spelled(row))
			}
			if !got.Since.Equal(at(c.since)) && c.since != 0 {
				t.Errorf("since %v, want %v", got.Since, at(c.since))
			}
			if !row.Pod.Ready() && row.Headline(at(40)) == "" {
				t.Error("a link is broken, and the headline is empty")
			}
		})
	}
}

func notYet(p *Pod) { p.Containers[0].Started = False }

func sidecarFailure(message string) *Event {
	e := unhealthy(message, 2, 2, 38)
	e.Container = "web-mesh"
	return e
}

func mirrored(message string) *Event {
	e := unhealthy(message, 4, 1, 39)
	e.Pod = "hash"
	return e
}

// spelled is the whole chain.
func spelled(r *Row) string {
	var b strings.Builder
	for _, s := range r.Why() {
		mark := "✗"
		if s.OK {
			mark = "✓"
		}
		b.WriteString("  " + mark + " " + string(s.Name) + ": " + s.Text + "\n")
	}
	return b.String()
}

func TestChainOfAPodThatIsWell(t *testing.T) {
	row := newWorld(t).hears(goodNode, service("web"), settled(with(Readiness, probe())), inTraffic).after(40).row(t, "u-web")
	want := []StepName{
		StepScheduled, StepSandbox, StepInitialized, StepStarted, StepReadiness,
		StepContainersReady, StepGates, StepReady, StepEndpoints,
	}
	steps := row.Why()
	if len(steps) != len(want) || row.Broken() != nil {
		t.Fatalf("%d links, broken %v:\n%s", len(steps), row.Broken(), spelled(row))
	}
	for i, s := range steps {
		if s.Name != want[i] || !s.OK || s.Unknown || s.Text == "" {
			t.Errorf("link %d is %+v, want %s and well", i, s, want[i])
		}
	}
	if got := row.Headline(at(40)); got != "" {
		t.Errorf("a pod that is well has the headline %q", got)
	}
}

func TestTrafficThatIsNotLikeThePod(t *testing.T) {
	row := newWorld(t).hears(goodNode, settled(with(Readiness, probe()), unready), service("web"), inTraffic).after(20).row(t, "u-web")
	if s := row.Why()[8]; !s.OK || s.Text != "web: still in, its EndpointSlice has not followed the pod yet" || !s.Since.Equal(at(5)) {
		t.Errorf("S22: got %+v", s)
	}
	public := &Service{Namespace: "shop", Name: "web", Selector: "app=web", PublishNotReady: true}
	row = newWorld(t).hears(goodNode, settled(unready), public, inTraffic).after(20).row(t, "u-web")
	if s := row.Why()[8]; !s.OK || s.Text != "web: in, as it is for pods that are not ready too" {
		t.Errorf("S04 publishNotReadyAddresses: got %+v", s)
	}
	numbered := &Service{Namespace: "shop", Name: "web", Selector: "app=web", Ports: "9999,grpc"}
	row = newWorld(t).hears(goodNode, settled(), numbered, inTraffic).after(20).row(t, "u-web")
	if s := row.Why()[8]; !s.OK || s.Text != "web: in" {
		t.Errorf("a target port by number: got %+v", s)
	}
	deleted := settled(func(p *Pod) { p.Deleted = at(60) })
	row = newWorld(t).hears(goodNode, deleted, service("web"), inTraffic).after(31).row(t, "u-web")
	if s := row.Why()[8]; !s.OK || s.Text != "web: still in, its EndpointSlice has not followed the deletion yet" || !s.Since.Equal(at(30)) {
		t.Errorf("deleted, still in: got %+v", s)
	}
}

func TestChainSaysWhatItDoesNotKnow(t *testing.T) {
	c := NewCluster()
	c.Apply(Change{At: epoch, Stream: 0, Fact: &Source{Kind: Pods, State: SourceSynced}})
	c.Apply(Change{At: epoch, Stream: 0, Fact: settled()})
	last := func() Step { return c.Snapshot().Rows[0].Why()[8] }
	if s := last(); !s.OK || !s.Unknown || s.Text != "not known: Services and EndpointSlices are not read" {
		t.Errorf("nothing read: got %+v", s)
	}
	read := func(id Stream, kind SourceKind, facts ...Fact) {
		c.Apply(Change{At: epoch, Stream: id, Fact: &Source{Kind: kind, State: SourceSynced}})
		c.Apply(Change{At: epoch, Stream: id, Fact: &Listing{Kind: kind}})
		for _, f := range facts {
			c.Apply(Change{At: epoch, Stream: id, Fact: f})
		}
		c.Apply(Change{At: epoch, Stream: id, Fact: &Listing{Kind: kind, Done: true}})
	}
	read(1, Services, service("web"))
	if s := last(); !s.OK || !s.Unknown || s.Text != "web: not known, EndpointSlices are not read" {
		t.Errorf("Services read: got %+v", s)
	}
	read(2, EndpointSlices)
	if s := last(); s.OK || s.Unknown {
		t.Errorf("everything read: got %+v", s)
	}
	finished := settled(func(p *Pod) { p.Phase = "Succeeded" })
	c.Apply(Change{At: epoch, Stream: 0, Fact: finished})
	if r := c.Snapshot().Rows[0]; r.Why() != nil || r.Broken() != nil {
		t.Error("a pod that has run to its end has a chain")
	}
}

func TestServicesThatSelectAPod(t *testing.T) {
	w := newWorld(t).hears(settled(), web(func(p *Pod) { p.UID, p.Name = "u-other", "other" }))
	before := w.row(t, "u-other")
	if row := w.hears(service("web"), &Service{Namespace: "shop", Name: "bare"}, &Service{Namespace: "else", Name: "web", Selector: "app=web"}).row(t, "u-web"); len(row.Services) != 1 {
		t.Fatalf("selected by %d Services, want one", len(row.Services))
	}
	if w.row(t, "u-other") != before {
		t.Error("a Service that does not select a pod made it a new row")
	}
	clone := w.Clone()
	wider := service("web")
	wider.Selector = "app=web,tier=front"
	if row := w.hears(wider).row(t, "u-web"); len(row.Services) != 0 {
		t.Errorf("selected by %d Services after the selector changed, want none", len(row.Services))
	}
	if row := w.hears(service("web")).loses(service("web")).row(t, "u-web"); len(row.Services) != 0 {
		t.Error("a Service that is gone selects")
	}
	if rows := clone.Snapshot().Rows; len(rows[0].Services)+len(rows[1].Services) != 1 {
		t.Error("the clone went along")
	}
}

func TestSelectors(t *testing.T) {
	for _, c := range []struct {
		selector, labels Labels
		want             bool
	}{
		{"app=web", "app=web,tier=front", true},
		{"app=web,tier=front", "app=web,tier=front,x=", true},
		{"tier=front", "app=web,tier=frontend", false},
		{"app=web", "", false},
		{"", "app=web", false},
		{"", "", false},
	} {
		if got := c.selector.Selects(c.labels); got != c.want {
			t.Errorf("%q selects %q: %v, want %v", c.selector, c.labels, got, c.want)
		}
	}
}

func TestGateOwners(t *testing.T) {
	for gate, want := range map[string]string{
		"target-health.alb.ingress.k8s.aws/web_80": "ALB Ingress",
		"cloud.google.com/load-balancer-neg-ready": "NEG",
		"InPlaceUpdateReady":                       "OpenKruise",
		"KruisePodReady":                           "OpenKruise",
		"apps.kruise.io/podunavailablebudget":      "OpenKruise",
		"kubevirt.io/virtual-machine-unpaused":     "KubeVirt",
	} {
		if got := GateOwner(gate); !strings.Contains(got, want) {
			t.Errorf("gate %s: %q, want %s", gate, got, want)
		}
	}
	if got := GateOwner("cloud.google.com/load-balancer-neg-ready-2"); got != "" {
		t.Errorf("a gate of nobody we know: %q", got)
	}
}

// TestChainOfAnyPod puts pods together at random: a pod that is not ready has a broken link up to ready, and a row with
// a fault has a headline.
func TestChainOfAnyPod(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 11))
	some := func(edits ...func(*Pod)) func(*Pod) { return edits[rng.IntN(len(edits))] }
	nothing := func(*Pod) {}
	reasons := []string{"", "ContainerCreating", "CrashLoopBackOff", "ImagePullBackOff"}
	for i := range 5000 {
		pod := settled(
			some(nothing, with(Readiness, probe())), some(nothing, with(Startup, probe())), some(nothing, with(Liveness, probe())),
			some(nothing, unready, bare, notYet, initializing(Container{Name: "init", Kind: ContainerKind(rng.IntN(3))})),
			some(nothing, container(ContainerState(rng.IntN(4)), reasons[rng.IntN(len(reasons))])),
			some(nothing, condition("Ready", Tri(rng.IntN(3)), "", "")), some(nothing, condition("PodScheduled", False, "", "")),
			some(nothing, gated("InPlaceUpdateReady")), some(nothing, func(p *Pod) { p.Conditions = nil }),
			some(nothing, func(p *Pod) { p.Deleted = at(60) }), some(nothing, func(p *Pod) { p.Containers = nil }))
		moment := rng.IntN(80)
		row := newWorld(t).hears(pod, &Node{Name: "n1", Ready: Tri(rng.IntN(3))}, service("web"), inTraffic).after(moment).row(t, "u-web")
		var first *Step
		for _, s := range row.Why() {
			if s.Text == "" {
				t.Fatalf("pod %d: link %s says nothing", i, s.Name)
			}
			if !s.OK && first == nil {
				first = &s
			}
		}
		broken := row.Broken()
		switch {
		case (first == nil) != (broken == nil) || first != nil && *first != *broken:
			t.Fatalf("pod %d: the first broken link is %v, Broken says %v", i, first, broken)
		case !pod.Ready() && (broken == nil || broken.Name == StepEndpoints):
			t.Fatalf("pod %d is not ready, and nothing before the endpoints is broken:\n%s", i, spelled(row))
		case (row.Severity.Fault() || row.Severity == Starting) && row.Headline(at(moment)) == "":
			t.Fatalf("pod %d is %s and has no headline:\n%s", i, row.Severity, spelled(row))
		case row.Worst >= len(row.Probes):
			t.Fatalf("pod %d: probe %d of %d is to blame", i, row.Worst, len(row.Probes))
		}
		row.Quirks()
		lint.Pod(row, lint.Measures{})
	}
}

// BenchmarkFoldUnready is one change of a pod whose note is the chain's. Budget: 5 µs.
func BenchmarkFoldUnready(b *testing.B) {
	w := newWorld(b).hears(goodNode, service("web"), outTraffic)
	p := settled(with(Readiness, probe()), with(Liveness, probe(path("/live"))), unready)
	w.hears(p, unhealthy("Readiness probe failed: dial tcp 10.0.0.7:8080: connect: connection refused", 3, 1, 21)).after(25)
	b.ReportAllocs()
	for b.Loop() {
		w.hears(p).Snapshot()
	}
}

// BenchmarkWhy is the whole chain of one pod, as a page asks for it.
func BenchmarkWhy(b *testing.B) {
	row := newWorld(b).hears(goodNode, service("web"), inTraffic, settled(with(Readiness, probe()))).after(40).row(b, "u-web")
	b.ReportAllocs()
	for b.Loop() {
		row.Why()
	}
}
