package model_test

import (
	"strings"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// unborn is a pod that was given to its node at the epoch and has never been ready; its container does not run.
func unborn(reason, message string) func(*Pod) {
	return func(p *Pod) {
		waitsFor(reason, message)(p)
		neverReady(p)
	}
}

// neverReady makes the kubelet's word that the pod is not ready as old as the pod.
func neverReady(p *Pod) {
	for _, typ := range []string{"Ready", "ContainersReady"} {
		condition(typ, False, "ContainersNotReady", "")(p)
		p.Condition(typ).Since = epoch
	}
	p.Containers[0].Ready = false
}

// failedEvent is an event of that reason about the container, with its first and last second.
func failedEvent(message string, count int32, first, last int) *Event {
	return said("Failed", message, count, first, last)
}

func owned(p *Pod) { p.Owner = Owner{Kind: "Deployment", Name: "web", Revision: "web-1"} }

// A pod cannot become ready when what keeps it from that cannot pass. What may pass by itself, or has not lasted, is waited for.
func TestHopeless(t *testing.T) {
	port := func(p string) func(*ProbeSpec) { return func(s *ProbeSpec) { s.Port = p } }
	const denied = `Failed to pull image "r.example/web:2": rpc error: code = NotFound desc = failed to pull and unpack image "r.example/web:2": failed to resolve reference "r.example/web:2": r.example/web:2: not found`
	const silent = `Failed to pull image "r.example/web:2": rpc error: code = Unknown desc = failed to pull and unpack image "r.example/web:2": dial tcp 10.0.0.1:443: i/o timeout`
	const noSecret = `secret "db" not found`
	backOff := func(p *Pod) {
		unborn("ImagePullBackOff", `Back-off pulling image "r.example/web:2"`)(p)
		p.Containers[0].Spec.Image = "r.example/web:2"
	}
	command := func(s *ProbeSpec) { s.Handler, s.Command, s.Port, s.Path = Exec, []string{"/bin/check"}, "", "" }
	const noCommand = `Readiness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: failed to start exec "0c72da6a1acb18397ee0cca478c10ebc5c32183dd56d1c2d27dd5d2c14c7c6f9": OCI runtime exec failed: exec failed: unable to start container process: exec: "/bin/check": stat /bin/check: no such file or directory: unknown`
	refusedOn := "Startup probe failed: Get \"http://10.0.0.7:8080/healthz\": dial tcp 10.0.0.7:8080: connect: connection refused"
	ended := func(restarts int32, code int32) func(*Pod) {
		return func(p *Pod) {
			loops(restarts, Termination{Reason: "Error", ExitCode: code})(p)
			neverReady(p)
		}
	}
	slow := func(s *ProbeSpec) { s.FailureThreshold = 6 }
	for name, c := range map[string]struct {
		pod    *Pod
		facts  []Fact
		second int
		aim    Aim
		want   string // a part of the rule; empty for hope
	}{
		"a port that the container does not name": {settled(with(Readiness, probe(port("admin"))), neverReady), nil, 3, AimReady, "do not change in the life of a pod"},
		"the same, for what has started":          {settled(with(Readiness, probe(port("admin"))), neverReady), nil, 3, AimStarted, ""},
		"the same port of a liveness probe":       {settled(with(Liveness, probe(port("admin"))), neverReady), nil, 3, AimReady, ""},
		"a container that was ready before":       {settled(with(Readiness, probe(port("admin")))), nil, 3, AimReady, ""},
		"a port that the container names":         {settled(with(Readiness, probe(port("http"))), neverReady), nil, 3, AimReady, ""},
		"a command that was not there twice":      {settled(with(Readiness, probe(command)), neverReady), []Fact{unhealthy(noCommand, 2, 5, 15)}, 20, AimReady, "tried 2 times in 15s"},
		"a command that was not there in two execs": {
			settled(with(Readiness, probe(command)), neverReady),
			[]Fact{unhealthy(noCommand, 1, 5, 5), unhealthy(strings.Replace(noCommand, "0c72", "9a41", 1), 1, 15, 15)},
			18, AimReady, "tried 2 times in 13s",
		},
		"a command that was not there once":          {settled(with(Readiness, probe(command)), neverReady), []Fact{unhealthy(noCommand, 1, 5, 5)}, 20, AimReady, ""},
		"a command that was not there for a moment":  {settled(with(Readiness, probe(command)), neverReady), []Fact{unhealthy(noCommand, 4, 1, 5)}, 6, AimReady, ""},
		"an image that the registry does not have":   {settled(backOff), []Fact{failedEvent(denied, 3, 5, 36)}, 40, AimReady, "asked 3 times in 31s"},
		"an image that was refused twice":            {settled(backOff), []Fact{failedEvent(denied, 2, 5, 16)}, 300, AimReady, ""},
		"a registry that does not answer":            {settled(backOff), []Fact{failedEvent(silent, 9, 5, 290)}, 300, AimReady, ""},
		"a registry that refused, and is silent now": {settled(backOff), []Fact{failedEvent(denied, 5, 5, 100), failedEvent(silent, 2, 200, 290)}, 300, AimReady, ""},
		"an image name that is none":                 {settled(unborn("InvalidImageName", "")), nil, 3, AimReady, "does not become valid"},
		"a Secret that stays missing":                {settled(unborn("CreateContainerConfigError", noSecret)), []Fact{failedEvent("Error: "+noSecret, 7, 5, 65)}, 70, AimReady, "missing for 65s"},
		"a Secret that is missing for half a minute": {settled(unborn("CreateContainerConfigError", noSecret)), []Fact{failedEvent("Error: "+noSecret, 4, 5, 30)}, 35, AimReady, ""},
		"a config error that may pass":               {settled(unborn("CreateContainerError", "context deadline exceeded")), []Fact{failedEvent("Error: context deadline exceeded", 9, 5, 290)}, 300, AimReady, ""},
		"a startup budget that three starts missed": {
			settled(with(Startup, probe(port("8080"))), ended(2, 143)),
			[]Fact{unhealthy(refusedOn, 9, 5, 79), said("Killing", "Container web failed startup probe, will be restarted", 3, 20, 80)},
			100, AimReady, "budget of 30s was not enough in any of 3 starts",
		},
		"a startup budget that two starts missed": {
			settled(with(Startup, probe(port("8080"))), ended(1, 143)),
			[]Fact{unhealthy(refusedOn, 6, 5, 79), said("Killing", "Container web failed startup probe, will be restarted", 2, 20, 80)},
			100, AimReady, "",
		},
		"a long startup budget that two starts missed": {
			settled(with(Startup, probe(port("8080"), slow)), ended(1, 143)),
			[]Fact{unhealthy(refusedOn, 12, 5, 79), said("Killing", "Container web failed startup probe, will be restarted", 2, 20, 80)},
			100, AimStarted, "budget of 60s was not enough in any of 2 starts",
		},
		"killed by liveness three times, never ready": {
			settled(with(Liveness, probe()), ended(2, 137)),
			[]Fact{unhealthy("Liveness probe failed: HTTP probe failed with statuscode: 503", 9, 5, 79), said("Killing", "Container web failed liveness probe, will be restarted", 3, 20, 80)},
			100, AimReady, "each of its 3 instances was killed",
		},
		"killed by liveness three times, and ready before": {
			settled(with(Liveness, probe()), ended(2, 137), condition("Ready", False, "ContainersNotReady", "")),
			[]Fact{unhealthy("Liveness probe failed: HTTP probe failed with statuscode: 503", 9, 5, 79), said("Killing", "Container web failed liveness probe, will be restarted", 3, 20, 80)},
			100, AimReady, "",
		},
		"ended by itself five times":                {settled(ended(4, 1)), nil, 200, AimReady, ""},
		"ended by itself six times":                 {settled(ended(5, 1)), nil, 200, AimReady, "started 6 times in 3m20s and ended each time"},
		"ended by itself six times in a short time": {settled(ended(5, 1)), nil, 100, AimReady, ""},
		"failed, with nothing to replace it":        {settled(never, finished("Failed", "", "")), nil, 100, AimReady, "nothing makes another"},
		"failed, with a controller":                 {settled(never, finished("Failed", "", ""), owned), nil, 100, AimReady, ""},
		"a readiness probe that fails":              {settled(with(Readiness, probe(path("/readyz"))), neverReady), []Fact{unhealthy("Readiness probe failed: HTTP probe failed with statuscode: 404", 60, 5, 595)}, 600, AimReady, ""},
		"not scheduled":                             {settled(func(p *Pod) { p.Node = "" }, condition("PodScheduled", False, "Unschedulable", "0/3 nodes are available: 3 Insufficient cpu."), neverReady), nil, 600, AimReady, ""},
	} {
		t.Run(name, func(t *testing.T) {
			row := newWorld(t).hears(goodNode, service("web"), c.pod).hears(c.facts...).after(c.second).row(t, "u-web")
			p := row.Prospect(Goal{Aim: c.aim}, at(c.second))
			switch {
			case p.Hopeless == nil && c.want != "":
				d := row.Diagnosis(at(c.second))
				t.Fatalf("there is hope, want %q; the diagnosis is %+v", c.want, d)
			case p.Hopeless == nil:
			case c.want == "":
				t.Fatalf("there is no hope: %+v", p.Hopeless)
			case !strings.Contains(p.Hopeless.Rule, c.want) || p.Hopeless.Certainty < CertaintyHigh || p.Hopeless.Text == "":
				t.Errorf("got %+v, want %q", p.Hopeless, c.want)
			}
		})
	}
}

// While pods are not heard of, nothing is hopeless: they may be others by now.
func TestNothingIsHopelessThatIsNotHeard(t *testing.T) {
	w := newWorld(t).hears(goodNode, settled(with(Readiness, probe(func(s *ProbeSpec) { s.Port = "admin" })), neverReady)).after(3)
	if w.row(t, "u-web").Prospect(Goal{Aim: AimReady}, at(3)).Hopeless == nil {
		t.Fatal("there is hope while the pods are heard of")
	}
	w.hears(&Source{Kind: Pods, State: SourceStale, Since: at(4), Error: "gone"}).after(5)
	if h := w.row(t, "u-web").Prospect(Goal{Aim: AimReady}, at(5)).Hopeless; h != nil {
		t.Errorf("got %+v", h)
	}
}

func TestAims(t *testing.T) {
	fails := unhealthy("Readiness probe failed: HTTP probe failed with statuscode: 503", 1, 95, 95)
	for name, c := range map[string]struct {
		pod   *Pod
		facts []Fact
		met   map[Aim]bool
	}{
		"well":                   {settled(with(Readiness, probe())), nil, map[Aim]bool{AimReady: true, AimStarted: true, AimHealthy: true}},
		"ready, and fails":       {settled(with(Readiness, probe())), []Fact{fails}, map[Aim]bool{AimReady: true, AimStarted: true}},
		"ready, and out":         {settled(), []Fact{&EndpointSlice{Namespace: "shop", Name: "web-x", Service: "web", Endpoints: []Endpoint{{Pod: "u-web"}}}}, map[Aim]bool{AimReady: true, AimStarted: true}},
		"started, not ready":     {settled(with(Readiness, probe()), unready), nil, map[Aim]bool{AimStarted: true}},
		"succeeded":              {settled(never, finished("Succeeded", "", ""), func(p *Pod) { p.Containers[0].ExitCode = 0 }), nil, map[Aim]bool{AimReady: true, AimStarted: true, AimHealthy: true}},
		"being deleted":          {settled(func(p *Pod) { p.Deleted = at(130) }), nil, nil},
		"a startup probe so far": {settled(with(Startup, probe()), unready, func(p *Pod) { p.Containers[0].Started = False }), nil, nil},
	} {
		facts := c.facts
		if len(facts) == 0 || name != "ready, and out" {
			facts = append([]Fact{inTraffic}, facts...)
		}
		row := newWorld(t).hears(goodNode, service("web"), c.pod).hears(facts...).after(100).row(t, "u-web")
		for _, aim := range Aims {
			if got := row.Prospect(Goal{Aim: aim}, at(100)).Met; got != c.met[aim] {
				t.Errorf("%s: %s is %v, want %v", name, aim, got, c.met[aim])
			}
		}
	}
}

// revision adds pods of a revision, the first ready of which are so.
func revision(w *world, name string, pods, ready int, edit ...func(*Pod)) {
	for i := range pods {
		p := settled(edit...)
		p.UID, p.Name = name+string(rune('a'+i)), name+"-"+string(rune('a'+i))
		p.Owner = Owner{Kind: "Deployment", Name: "web", Revision: name}
		if i >= ready {
			neverReady(p)
		} else {
			p.Condition("Ready").Since = at(12)
		}
		w.hears(p)
	}
}

// Of a workload as many pods count as it wants, of its newest revision.
func TestOutlookKnowsRevisions(t *testing.T) {
	ready := Goal{Aim: AimReady}
	w := newWorld(t).hears(goodNode)
	revision(w, "web-1", 3, 3)
	rows := func() []*Row { return w.after(60).Snapshot().Rows }
	o := Rollout{Known: true, Want: 3, Revision: "web-1"}
	if got := o.Outlook(rows(), ready, at(60)); !got.Met || got.Good != 3 || got.Old != 0 {
		t.Errorf("a settled workload: %+v", got)
	}
	o.Behind = true
	if got := o.Outlook(rows(), ready, at(60)); got.Met {
		t.Errorf("before the newest revision is made: %+v", got)
	}
	o = Rollout{Known: true, Want: 3, Revision: "web-2"}
	if got := o.Outlook(rows(), ready, at(60)); got.Met || got.Pods != 0 || got.Old != 3 {
		t.Errorf("only older pods: %+v", got)
	}
	revision(w, "web-2", 2, 2)
	if got := o.Outlook(rows(), ready, at(60)); got.Met || got.Good != 2 {
		t.Errorf("two of three: %+v", got)
	}
	revision(w, "web-2", 3, 2)
	got := o.Outlook(rows(), ready, at(60))
	if got.Met || got.Worst == nil || got.Worst.Pod.Owner.Revision != "web-2" || got.Expect.IsZero() {
		t.Errorf("one is not ready yet: %+v", got)
	}
	revision(w, "web-2", 3, 3)
	if got := o.Outlook(rows(), ready, at(60)); !got.Met || got.Old != 3 {
		t.Errorf("all of them, and older ones: %+v", got)
	}
	revision(w, "web-1", 3, 0, with(Readiness, probe(func(s *ProbeSpec) { s.Port = "admin" })))
	if got := o.Outlook(rows(), ready, at(60)); !got.Met || got.Hopeless != nil {
		t.Errorf("an older revision is blamed: %+v", got)
	}
	revision(w, "web-2", 3, 2, with(Readiness, probe(func(s *ProbeSpec) { s.Port = "admin" })))
	if got := o.Outlook(rows(), ready, at(60)); got.Hopeless == nil || got.Worst.Pod.Owner.Revision != "web-2" {
		t.Errorf("the newest revision is not blamed: %+v", got)
	}
}

func TestOutlookOfControllers(t *testing.T) {
	ready := Goal{Aim: AimReady}
	quota := Rollout{Known: true, Want: 2, Refused: "pods \"web-\" is forbidden: exceeded quota: q", RefusedSince: epoch}
	if got := quota.Outlook(nil, ready, at(600)); got.Met || got.Hopeless != nil {
		t.Errorf("a quota may be freed: %+v", got)
	}
	policy := Rollout{Known: true, Want: 2, Refused: `pods "web-" is forbidden: violates PodSecurity "restricted:latest"`, RefusedSince: epoch}
	if got := policy.Outlook(nil, ready, at(30)); got.Hopeless != nil {
		t.Errorf("a policy that has just refused: %+v", got)
	}
	if got := policy.Outlook(nil, ready, at(90)); got.Hopeless == nil || got.Hopeless.Certainty < CertaintyHigh {
		t.Errorf("a policy: %+v", got)
	}
	if got := (&Rollout{Failed: "Job has reached the specified backoff limit"}).Outlook(nil, ready, at(1)); got.Hopeless == nil {
		t.Errorf("a failed Job: %+v", got)
	}
	if got := (&Rollout{Done: true}).Outlook(nil, ready, at(1)); !got.Met {
		t.Errorf("a Job that is done: %+v", got)
	}
	if got := (&Rollout{Known: true}).Outlook(nil, ready, at(1)); !got.Met {
		t.Errorf("a workload that wants no pods: %+v", got)
	}
	if got := (&Rollout{}).Outlook(nil, ready, at(1)); got.Met {
		t.Errorf("no pod at all: %+v", got)
	}
	if got := (&Rollout{}).Outlook(nil, Goal{Aim: AimGone}, at(1)); !got.Met {
		t.Errorf("gone: %+v", got)
	}
}

// A pod that does not live as long as it must stay ready is hopeless, though it is ready now and then.
func TestNoInstanceLivesLongEnough(t *testing.T) {
	w := newWorld(t).hears(goodNode)
	for n := range int32(7) {
		p := settled(func(p *Pod) {
			c := &p.Containers[0]
			began := at(int(n) * 30)
			c.Restarts, c.ID, c.StartedAt = n, "c"+string('0'+n), began
			if n > 0 {
				c.Last = &Termination{Reason: "Error", ExitCode: 1, StartedAt: began.Add(-30 * time.Second), FinishedAt: began.Add(-20 * time.Second)}
			}
		})
		w.after(int(n)*30 + 1).hears(p)
	}
	row := w.after(185).row(t, "u-web")
	if p := row.Prospect(Goal{Aim: AimReady}, at(185)); !p.Met || p.Hopeless != nil {
		t.Errorf("for a moment: %+v", p)
	}
	if p := row.Prospect(Goal{Aim: AimReady, Stable: 5 * time.Second}, at(185)); p.Hopeless != nil {
		t.Errorf("for 5 s: %+v", p.Hopeless)
	}
	if p := row.Prospect(Goal{Aim: AimReady, Stable: time.Minute}, at(185)); p.Hopeless == nil || !strings.Contains(p.Hopeless.Rule, "ended 6 times, and no instance that is known lived for 60s") {
		t.Errorf("for a minute: %+v", p.Hopeless)
	}
}
