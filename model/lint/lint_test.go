package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/lint"
)

// spec edits of a probe, for tables.
func every(seconds, times int32) func(*ProbeSpec) {
	return func(p *ProbeSpec) { p.Period, p.FailureThreshold = time.Duration(seconds)*time.Second, times }
}

func timeout(seconds int) func(*ProbeSpec) {
	return func(p *ProbeSpec) { p.Timeout = time.Duration(seconds) * time.Second }
}

func asking(port string) func(*ProbeSpec) { return func(p *ProbeSpec) { p.Port = port } }

func path(path string) func(*ProbeSpec) { return func(p *ProbeSpec) { p.Path = path } }

func runs(command ...string) func(*ProbeSpec) {
	return func(p *ProbeSpec) { *p = *probe(); p.Handler, p.Command, p.Port = Exec, command, "" }
}

func host(h string) func(*ProbeSpec) { return func(p *ProbeSpec) { p.Host = h } }

func stopsIn(seconds int) func(*ProbeSpec) {
	d := time.Duration(seconds) * time.Second
	return func(p *ProbeSpec) { p.TerminationGracePeriod = &d }
}

func specified(s ContainerSpec) func(*Pod) { return func(p *Pod) { p.Containers[0].Spec = &s } }

// restarts are what the ledger holds of container web.
func restarts(cause RestartCause, times int, edit func(*Restart)) []Restart {
	r := Restart{Container: "web", Cause: cause}
	edit(&r)
	return slices.Repeat([]Restart{r}, times)
}

// Every case is a pod, and whether a rule finds something, with the evidence that it names.
func TestRules(t *testing.T) {
	http := ContainerSpec{Ports: []ContainerPort{{Name: "http", Number: 8080}}}
	live, ready := func(edit ...func(*ProbeSpec)) func(*Pod) { return with(Liveness, probe(edit...)) },
		func(edit ...func(*ProbeSpec)) func(*Pod) { return with(Readiness, probe(edit...)) }
	start := func(edit ...func(*ProbeSpec)) func(*Pod) { return with(Startup, probe(edit...)) }
	took := func(d time.Duration) lint.Measures { return lint.Measures{Start: map[string]time.Duration{"web": d}} }
	lasted := func(typ ProbeType, d time.Duration) lint.Measures {
		return lint.Measures{Duration: map[Key]time.Duration{{Pod: "u-web", Container: "web", Type: typ}: d}}
	}
	cases := map[string]struct {
		rule     lint.Rule
		pod      *Pod
		facts    []Fact
		restarts []Restart
		measures lint.Measures
		want     string // evidence; empty for no finding
		level    lint.Level
		fields   []string
	}{
		"no readiness behind a Service": {
			rule: lint.NoReadiness, pod: settled(live()), facts: []Fact{service("web")}, level: lint.Warning,
			want: "Service web sends traffic to web, which has no readiness probe", fields: []string{"spec.containers{web}.readinessProbe"},
		},
		"no readiness, the Service's port is the container's": {
			rule: lint.NoReadiness, pod: settled(sidekick("mesh", true)), level: lint.Warning, want: "sends traffic to web,",
			facts: []Fact{&Service{Namespace: "shop", Name: "web", Selector: "app=web", Ports: "http"}},
		},
		"no readiness, the Service's port is another container's": {
			rule: lint.NoReadiness, pod: settled(ready(), sidekick("mesh", false)),
			facts: []Fact{&Service{Namespace: "shop", Name: "web", Selector: "app=web", Ports: "8080"}},
		},
		"readiness behind a Service":                {rule: lint.NoReadiness, pod: settled(ready()), facts: []Fact{service("web")}},
		"no readiness, no Service":                  {rule: lint.NoReadiness, pod: settled(live())},
		"no readiness, a Service that publishes":    {rule: lint.NoReadiness, pod: settled(live()), facts: []Fact{&Service{Namespace: "shop", Name: "web", Selector: "app=web", PublishNotReady: true}}},
		"no readiness, another one's Service":       {rule: lint.NoReadiness, pod: settled(func(p *Pod) { p.Labels = "app=worker" }), facts: []Fact{service("web")}},
		"another container has the readiness":       {rule: lint.NoReadiness, pod: settled(sidekick("mesh", true)), facts: []Fact{service("web")}},
		"slow start, measured, without startup":     {rule: lint.LivenessWithoutStartup, pod: web(live()), measures: took(18 * time.Second), level: lint.Warning, want: "web took up to 18s to start, liveness restarts it after 20s", fields: []string{"spec.containers{web}.startupProbe", "spec.containers{web}.livenessProbe.initialDelaySeconds"}},
		"slow start, seen, without startup":         {rule: lint.LivenessWithoutStartup, pod: web(live()), restarts: restarts(CauseExited, 1, func(r *Restart) { r.ToReady = 19 * time.Second }), level: lint.Warning, want: "took up to 19s"},
		"ready long after liveness passed":          {rule: lint.LivenessWithoutStartup, pod: web(live()), restarts: restarts(CauseExited, 1, func(r *Restart) { r.ToReady = 90 * time.Second })},
		"quick start without startup":               {rule: lint.LivenessWithoutStartup, pod: web(live(delay(60))), measures: took(5 * time.Second)},
		"killed before it was up":                   {rule: lint.LivenessWithoutStartup, pod: web(live()), restarts: restarts(CauseLiveness, 3, func(r *Restart) { r.Lived = 35 * time.Second }), level: lint.Error, want: "liveness has restarted web 3 times within 41s of its start"},
		"killed after hours":                        {rule: lint.LivenessWithoutStartup, pod: web(live()), restarts: restarts(CauseLiveness, 3, func(r *Restart) { r.Lived = time.Hour })},
		"a long initial delay":                      {rule: lint.LivenessWithoutStartup, pod: web(live(delay(60))), level: lint.Advice, want: "liveness of web waits 1m0s after each start"},
		"a short initial delay":                     {rule: lint.LivenessWithoutStartup, pod: web(live(delay(10)))},
		"slow start with startup":                   {rule: lint.LivenessWithoutStartup, pod: web(live(), start()), measures: took(time.Minute)},
		"liveness asks what readiness asks":         {rule: lint.LivenessIsReadiness, pod: web(live(), ready()), level: lint.Warning, want: "liveness and readiness of web ask the same: http-get http://:8080/healthz", fields: []string{"spec.containers{web}.livenessProbe"}},
		"the same in other words":                   {rule: lint.LivenessIsReadiness, pod: web(specified(http), live(asking("http"), path("healthz")), ready(asking("8080"))), level: lint.Warning, want: "ask the same"},
		"the same, but much later":                  {rule: lint.LivenessIsReadiness, pod: web(live(every(10, 9)), ready()), level: lint.Advice, want: "ask the same"},
		"another path":                              {rule: lint.LivenessIsReadiness, pod: web(live(path("/live")), ready())},
		"another header":                            {rule: lint.LivenessIsReadiness, pod: web(live(func(p *ProbeSpec) { p.Headers = []Header{{Name: "X", Value: "1"}} }), ready())},
		"another scheme":                            {rule: lint.LivenessIsReadiness, pod: web(live(func(p *ProbeSpec) { p.Scheme = "https" }), ready())},
		"another host":                              {rule: lint.LivenessIsReadiness, pod: web(live(host("10.1.1.1")), ready())},
		"the same header, spelled otherwise":        {rule: lint.LivenessIsReadiness, pod: web(live(func(p *ProbeSpec) { p.Headers = []Header{{Name: "x-a", Value: "1"}} }), ready(func(p *ProbeSpec) { p.Headers = []Header{{Name: "X-A", Value: "1"}} })), level: lint.Warning, want: "ask the same"},
		"liveness faster than readiness":            {rule: lint.LivenessFaster, pod: web(live(every(5, 2)), ready()), level: lint.Warning, want: "liveness gives up after 10s (2 × 5s), readiness after 30s (3 × 10s)", fields: []string{"spec.containers{web}.livenessProbe.failureThreshold", "spec.containers{web}.livenessProbe.periodSeconds"}},
		"liveness as fast as readiness":             {rule: lint.LivenessFaster, pod: web(live(), ready())},
		"liveness alone":                            {rule: lint.LivenessFaster, pod: web(live(every(1, 1)))},
		"a probe that nearly times out":             {rule: lint.TimeoutTight, pod: web(ready()), measures: lasted(Readiness, 850*time.Millisecond), level: lint.Warning, want: "readiness of web took up to 850ms of the 1s it may take", fields: []string{"spec.containers{web}.readinessProbe.timeoutSeconds"}},
		"a probe with time to spare":                {rule: lint.TimeoutTight, pod: web(ready()), measures: lasted(Readiness, 500*time.Millisecond)},
		"a probe that nobody measured":              {rule: lint.TimeoutTight, pod: web(ready())},
		"another probe was measured":                {rule: lint.TimeoutTight, pod: web(ready()), measures: lasted(Liveness, time.Second)},
		"timeout as long as the period":             {rule: lint.TimeoutOverPeriod, pod: web(live(timeout(10))), level: lint.Advice, want: "liveness of web may take 10s and is due every 10s", fields: []string{"spec.containers{web}.livenessProbe.timeoutSeconds", "spec.containers{web}.livenessProbe.periodSeconds"}},
		"timeout shorter than the period":           {rule: lint.TimeoutOverPeriod, pod: web(live(timeout(9)))},
		"startup needs nearly all it may":           {rule: lint.StartupBudget, pod: web(start(every(10, 7))), measures: took(50 * time.Second), level: lint.Warning, want: "web took up to 50s to start, and the startup probe allows 1m0s", fields: []string{"spec.containers{web}.startupProbe.failureThreshold", "spec.containers{web}.startupProbe.periodSeconds"}},
		"startup has room":                          {rule: lint.StartupBudget, pod: web(start(every(10, 7))), measures: took(20 * time.Second)},
		"startup, nobody measured":                  {rule: lint.StartupBudget, pod: web(start())},
		"startup restarts it":                       {rule: lint.StartupBudget, pod: web(start()), restarts: restarts(CauseStartup, 2, func(*Restart) {}), level: lint.Error, want: "the startup probe has restarted web 2 times: it allows 20s"},
		"startup of another container":              {rule: lint.StartupBudget, pod: web(start()), restarts: restarts(CauseStartup, 2, func(r *Restart) { r.Container = "mesh" })},
		"H31 a port nobody names":                   {rule: lint.PortUnresolved, pod: web(specified(http), live(asking("admin"))), level: lint.Error, want: `liveness of web asks port "admin", and the container names no such port`, fields: []string{"spec.containers{web}.livenessProbe.httpGet.port", "spec.containers{web}.ports"}},
		"a port somebody names":                     {rule: lint.PortUnresolved, pod: web(specified(http), live(asking("http")))},
		"a port by number":                          {rule: lint.PortUnresolved, pod: web(specified(http), live(asking("9999")))},
		"a port of a container nobody read":         {rule: lint.PortUnresolved, pod: web(live(asking("admin")))},
		"H31 a name of digits, 1.37":                {rule: lint.PortUnresolved, pod: web(live(func(p *ProbeSpec) { p.DigitName = true })), facts: []Fact{&Node{Name: "n1", Ready: True, KubeletVersion: "v1.37.2"}}, level: lint.Error, want: "which is a name to kubelet 1.37.2"},
		"a name of digits, 1.36":                    {rule: lint.PortUnresolved, pod: web(live(func(p *ProbeSpec) { p.DigitName = true })), facts: []Fact{goodNode}, level: lint.Warning, want: "a text and not a number"},
		"H32 a host":                                {rule: lint.HostSet, pod: web(live(host("example.com"))), level: lint.Warning, want: "liveness of web asks host example.com instead of the pod", fields: []string{"spec.containers{web}.livenessProbe.httpGet.host"}},
		"a loopback host":                           {rule: lint.HostSet, pod: web(live(host("127.0.0.1"))), level: lint.Warning, want: "asks host 127.0.0.1"},
		"a loopback host of a static pod":           {rule: lint.HostSet, pod: web(live(host("127.0.0.1")), func(p *Pod) { p.MirrorUID = "f00" })},
		"a loopback host in the node's network":     {rule: lint.HostSet, pod: web(live(host("127.0.0.1")), func(p *Pod) { p.Setting = &Setting{HostNetwork: true} })},
		"no host":                                   {rule: lint.HostSet, pod: web(live())},
		"E3 a variable from elsewhere":              {rule: lint.VariableEmpty, pod: web(specified(ContainerSpec{ValueFrom: []string{"TOKEN"}}), live(runs("check", "--token=$(TOKEN)"))), level: lint.Error, want: "liveness of web has $(TOKEN) in its command", fields: []string{"spec.containers{web}.livenessProbe.exec.command"}},
		"E3 of another probe's command":             {rule: lint.VariableEmpty, pod: web(specified(ContainerSpec{ValueFrom: []string{"TOKEN"}}), live(runs("check")))},
		"E3 a variable with a value":                {rule: lint.VariableEmpty, pod: web(specified(http), live(runs("check", "--token=$(TOKEN)")))},
		"preStop longer than the grace period":      {rule: lint.GraceBelowPreStop, pod: web(specified(ContainerSpec{PreStop: 30 * time.Second})), level: lint.Error, want: "the preStop hook of web sleeps 30s, and the pod has 30s to stop", fields: []string{"spec.terminationGracePeriodSeconds", "spec.containers{web}.lifecycle.preStop"}},
		"preStop shorter than the grace period":     {rule: lint.GraceBelowPreStop, pod: web(specified(ContainerSpec{PreStop: 15 * time.Second}))},
		"preStop of a pod deleted in a hurry":       {rule: lint.GraceBelowPreStop, pod: web(specified(ContainerSpec{PreStop: 15 * time.Second}), func(p *Pod) { p.Deleted, p.GracePeriod = at(60), time.Second })},
		"preStop longer than the probe's grace":     {rule: lint.GraceBelowPreStop, pod: web(specified(ContainerSpec{PreStop: 15 * time.Second}), live(stopsIn(10))), level: lint.Warning, want: "the container has 10s to stop when liveness restarts it", fields: []string{"spec.containers{web}.livenessProbe.terminationGracePeriodSeconds", "spec.containers{web}.lifecycle.preStop"}},
		"preStop shorter than the probe's grace":    {rule: lint.GraceBelowPreStop, pod: web(specified(ContainerSpec{PreStop: 5 * time.Second}), live(stopsIn(10)))},
		"a pod that has run to its end has no rule": {rule: lint.TimeoutOverPeriod, pod: web(live(timeout(10)), func(p *Pod) { p.Phase = "Failed" })},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			row := *seen(append([]Fact{c.pod}, c.facts...)...)[0]
			row.Restarts = c.restarts
			found := slices.DeleteFunc(lint.Pod(&row, c.measures), func(f lint.Finding) bool { return f.Rule != c.rule || f.Container != "web" })
			if c.want == "" {
				if len(found) > 0 {
					t.Errorf("found %+v, want nothing", found)
				}
				return
			}
			if len(found) != 1 || !strings.Contains(found[0].Evidence, c.want) || found[0].Level != c.level || found[0].Consequence == "" {
				t.Fatalf("found %+v, want %s %q", found, c.level, c.want)
			}
			if c.fields != nil && !slices.Equal(found[0].Fields, c.fields) {
				t.Errorf("fields %q, want %q", found[0].Fields, c.fields)
			}
		})
	}
}

// sidekick adds a sidecar with a port and, if asked for, a readiness probe of its own.
func sidekick(name string, ready bool) func(*Pod) {
	return func(p *Pod) {
		c := Container{Name: name, Kind: Sidecar, State: Running, Started: True, Ready: true, Spec: &ContainerSpec{Ports: []ContainerPort{{Name: "mesh", Number: 15020}}}}
		if ready {
			c.Probes[Readiness] = probe()
		}
		p.Containers = append([]Container{c}, p.Containers...)
	}
}

func TestFindingsComeWorstFirst(t *testing.T) {
	pod := web(specified(ContainerSpec{PreStop: time.Minute}), with(Liveness, probe(timeout(10), every(10, 1))), with(Readiness, probe()))
	var levels []lint.Level
	for _, f := range lint.Pod(seen(pod)[0], lint.Measures{}) {
		levels = append(levels, f.Level)
	}
	if want := []lint.Level{lint.Error, lint.Warning, lint.Warning, lint.Warning, lint.Advice}; !slices.Equal(levels, want) {
		t.Errorf("got %v, want %v", levels, want)
	}
}

func TestExecProbesOfANode(t *testing.T) {
	crowded := func(n int, edit ...func(*Pod)) []*Row {
		facts := []Fact{&Node{Name: "n1", Ready: True}}
		for i := range n {
			p := web(append([]func(*Pod){with(Liveness, probe(runs("check"), every(1, 3))), with(Startup, probe(runs("check"), every(1, 3)))}, edit...)...)
			p.UID, p.Name, p.Owner = fmt.Sprint("u", i), fmt.Sprint("web-", i), Owner{Kind: "DaemonSet", Name: []string{"a", "b", "b"}[i%3]}
			facts = append(facts, p)
		}
		return seen(facts...)
	}
	got := lint.Nodes(crowded(12))
	if len(got) != 1 || got[0].Node != "n1" || got[0].Rule != lint.ExecRate ||
		got[0].Evidence != "12.0 exec probes a second on n1, of 12 pods; 8.0 of them of shop/DaemonSet/b" {
		t.Errorf("found %+v", got)
	}
	for name, rows := range map[string][]*Row{
		"ten a second":       crowded(10),
		"containers waiting": crowded(20, func(p *Pod) { p.Containers[0].State = Waiting }),
		"not exec":           crowded(20, with(Liveness, probe(every(1, 3)))),
		"seldom":             crowded(20, with(Liveness, probe(runs("check"), every(10, 3)))),
	} {
		if got := lint.Nodes(rows); len(got) != 0 {
			t.Errorf("%s: found %+v", name, got)
		}
	}
}
