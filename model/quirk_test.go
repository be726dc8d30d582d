package model_test

import (
	"strings"
	"testing"

	. "github.com/probetop/probetop/model"
)

func TestVersionsAsNodesReportThem(t *testing.T) {
	for text, want := range map[string]string{
		"v1.36.3":               "1.36.3",
		"v1.36.3-eks-3025e55":   "1.36.3",
		"v1.33.1+k3s1":          "1.33.1",
		"v1.31.14-gke.1027000":  "1.31.14",
		"v1.37.0-rc.1+4af34c2e": "1.37.0",
		"":                      "unknown",
		"1.36.3":                "unknown",
		"v1.36":                 "unknown",
		"v1.x.3":                "unknown",
	} {
		if got := ParseVersion(text).String(); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
	v := ParseVersion("v1.36.3")
	if !v.AtLeast(1, 36) || !v.AtLeast(1, 35) || !v.AtLeast(0, 99) || v.AtLeast(1, 37) || v.AtLeast(2, 0) || !v.Before(1, 37) {
		t.Errorf("%v is not where it belongs", v)
	}
	var none *Node
	if u := none.Version(); u.Known() || u.Before(1, 99) {
		t.Errorf("no node has version %v", u)
	}
	if old := ParseVersion("v1.31.4"); !ForgetsAtRestart(old) || ForgetsAtRestart(v) {
		t.Error("1.31 and 1.36 behave alike")
	}
}

// Every case is a pod on a kubelet of a version, and what its quirk says; nothing for none.
func TestQuirks(t *testing.T) {
	command := probe(func(p *ProbeSpec) { p.Handler, p.Command = Exec, []string{"cat", "/ready"} })
	deleted := func(p *Pod) { p.Deleted = at(60) }
	restarted := func(p *Pod) {
		c := &p.Containers[0]
		c.Restarts, c.StartedAt, c.Last = 1, at(30), &Termination{ExitCode: 137, StartedAt: epoch, FinishedAt: at(30)}
	}
	digits := with(Readiness, probe(func(p *ProbeSpec) { p.DigitName = true }))
	cases := map[string]struct {
		version string
		pod     *Pod
		facts   []Fact
		now     int
		want    string
	}{
		"W23 exec readiness, 1.35":              {version: "v1.35.2", pod: web(with(Readiness, command), deleted), now: 35, want: "cannot run exec probes of a terminating pod"},
		"K07 exec readiness, 1.36.3":            {version: "v1.36.3-eks-1", pod: web(with(Readiness, command), deleted), now: 35, want: "readiness of web stays what it was"},
		"exec readiness, 1.36.2":                {version: "v1.36.2", pod: web(with(Readiness, command), deleted), now: 35},
		"exec readiness, 1.37.0":                {version: "v1.37.0", pod: web(with(Readiness, command), deleted), now: 35},
		"http readiness, 1.36.3":                {version: "v1.36.3", pod: web(with(Readiness, probe()), deleted), now: 35},
		"exec readiness, not deleted":           {version: "v1.36.3", pod: web(with(Readiness, command)), now: 35},
		"exec readiness, nobody knows":          {version: "", pod: web(with(Readiness, command), deleted), now: 35},
		"W38 started after a kill, 1.36":        {version: "v1.36.1", pod: web(with(Startup, probe()), with(Liveness, probe()), restarted), now: 33, want: "may call web started because the instance before it was"},
		"W38 started after a kill, 1.37.0":      {version: "v1.37.0", pod: web(with(Startup, probe()), restarted), now: 33, want: "may call web started"},
		"started after a kill, 1.37.1":          {version: "v1.37.1", pod: web(with(Startup, probe()), restarted), now: 33, want: "may call web started"},
		"W38 started after a kill, 1.38":        {version: "v1.38.0", pod: web(with(Startup, probe()), restarted), now: 33},
		"started after a kill, 1.34":            {version: "v1.34.4", pod: web(with(Startup, probe()), restarted), now: 33},
		"started after a kill, long ago":        {version: "v1.36.1", pod: web(with(Startup, probe()), restarted), now: 120},
		"S08 starved, 1.31":                     {version: "v1.31.14", pod: web(with(Liveness, probe())), facts: []Fact{unhealthy("Liveness probe failed: x", 40, 0, 290)}, now: 291, want: "drops events of kills"},
		"starved, 1.32":                         {version: "v1.32.0", pod: web(with(Liveness, probe())), facts: []Fact{unhealthy("Liveness probe failed: x", 40, 0, 290)}, now: 291},
		"startup may run on, 1.31":              {version: "v1.31.0", pod: web(with(Startup, probe())), facts: []Fact{unhealthy("Startup probe failed: x", 1, 12, 12)}, now: 60, want: "once more after it succeeded"},
		"startup may run on, 1.33":              {version: "v1.33.0", pod: web(with(Startup, probe())), facts: []Fact{unhealthy("Startup probe failed: x", 1, 12, 12)}, now: 60},
		"H31 a port of digits is a name, 1.37":  {version: "v1.37.1", pod: web(digits), now: 60, want: `takes port "8080" of readiness of web for a name`},
		"a port of digits is a number, 1.36":    {version: "v1.36.1", pod: web(digits), now: 60},
		"H13 redirected to another host":        {version: "v1.34.0", pod: web(with(Readiness, probe())), facts: []Fact{said(ReasonProbeWarning, "Readiness probe warning: Probe terminated redirects, Response body: moved", 5, 5, 55)}, now: 60, want: "is redirected to another host"},
		"W22 the kubelet writes the same again": {version: "v1.33.1", pod: web(with(Readiness, probe())), facts: twice(), now: 60, want: "the kubelet was restarted between 03:00:20 and 03:00:41"},
		"a pod that has run to its end":         {version: "v1.35.2", pod: web(with(Readiness, command), deleted, func(p *Pod) { p.Phase = "Failed" }), now: 35},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t).hears(&Node{Name: "n1", Ready: True, KubeletVersion: c.version})
			w.after(int(c.pod.Containers[0].StartedAt.Sub(epoch).Seconds())).hears(c.pod).hears(c.facts...)
			quirks := w.after(c.now).row(t, "u-web").Quirks()
			switch {
			case c.want == "" && len(quirks) > 0:
				t.Errorf("got %+v, want none", quirks)
			case c.want != "" && (len(quirks) != 1 || !strings.Contains(quirks[0].Text, c.want)):
				t.Errorf("got %+v, want %q", quirks, c.want)
			}
		})
	}
}

// twice is the same failure in two event objects.
func twice() []Fact {
	older, newer := unhealthy("Readiness probe failed: x", 2, 10, 20), unhealthy("Readiness probe failed: x", 1, 41, 41)
	newer.UID += "-2"
	return []Fact{older, newer}
}

// What a kubelet's version changes in the state of a probe.
func TestStateByVersion(t *testing.T) {
	command := with(Readiness, probe(runs("cat", "/ready")))
	deleted := func(p *Pod) { p.Deleted = at(60) }
	sidecar := func(p *Pod) { p.Containers[0].Kind = Sidecar }
	restarted := func(p *Pod) {
		c := &p.Containers[0]
		c.Restarts, c.StartedAt, c.Last = 1, at(30), &Termination{ExitCode: 137, StartedAt: epoch, FinishedAt: at(30)}
	}
	for name, c := range map[string]struct {
		version   string
		pod       *Pod
		now       int
		typ       ProbeType
		state     State
		certainty Certainty
	}{
		"W23 exec readiness while deleted, 1.36.3": {"v1.36.3", web(command, deleted), 50, Readiness, StateUnknown, CertaintyNone},
		"W23 exec readiness while deleted, 1.37.0": {"v1.37.0", web(command, deleted), 50, Readiness, StatePassing, CertaintyHigh},
		"K07 unready before it was deleted":        {"v1.36.3", web(command, notReady, deleted), 50, Readiness, StateFailed, CertaintyMedium},
		"W38 started after a kill, 1.36":           {"v1.36.1", web(with(Startup, probe()), restarted), 33, Startup, StateUnknown, CertaintyMedium},
		"started after a kill, 1.34":               {"v1.34.4", web(with(Startup, probe()), restarted), 33, Startup, StateHeld, Certain},
		"started after a kill, 1.37.1":             {"v1.37.1", web(with(Startup, probe()), restarted), 33, Startup, StateUnknown, CertaintyMedium},
		"W38 started after a kill, 1.38":           {"v1.38.0-beta.0", web(with(Startup, probe()), restarted), 33, Startup, StateHeld, Certain},
		"1.9 sidecar while deleted, 1.37":          {"v1.37.2", web(with(Liveness, probe()), sidecar, deleted), 40, Liveness, StatePassing, CertaintyHigh},
		"1.9 sidecar while deleted, 1.38":          {"v1.38.0-beta.0", web(with(Liveness, probe()), sidecar, deleted), 40, Liveness, StateSuspended, CertaintyMedium},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t).hears(&Node{Name: "n1", Ready: True, KubeletVersion: c.version}, c.pod).after(c.now)
			if p := w.row(t, "u-web").WorstOf(c.typ); p.State != c.state || p.Certainty != c.certainty {
				t.Errorf("got %v (%v), want %v (%v)", p.State, p.Certainty, c.state, c.certainty)
			}
		})
	}
}
