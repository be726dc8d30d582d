package model_test

import (
	"fmt"
	"testing"

	. "github.com/probetop/probetop/model"
)

// probedBy gives the first container a liveness probe of its own, and its ports.
func probedBy(spec *ProbeSpec, ports ...ContainerPort) func(*Pod) {
	return func(p *Pod) {
		p.IP = "10.0.0.7"
		p.Containers[0].Probes[Liveness], p.Containers[0].Spec = spec, &ContainerSpec{Ports: ports}
	}
}

// beside adds a container with a liveness probe of its own, and its ports.
func beside(name string, spec *ProbeSpec, ports ...ContainerPort) func(*Pod) {
	return func(p *Pod) {
		c := Container{Name: name, State: Running, StartedAt: epoch, Started: True, Ready: true, ID: name + "1", Spec: &ContainerSpec{Ports: ports}}
		c.Probes[Liveness] = spec
		p.Containers = append(p.Containers, c)
	}
}

func httpAt(port, path string) *ProbeSpec {
	return probe(func(p *ProbeSpec) { p.Port, p.Path, p.FailureThreshold = port, path, 30 })
}

func tcpAt(port string) *ProbeSpec {
	return probe(func(p *ProbeSpec) { p.Handler, p.Port, p.Path = TCP, port, "" })
}

func grpcAt(port string) *ProbeSpec {
	return probe(func(p *ProbeSpec) { p.Handler, p.Port, p.Path = GRPC, port, "" })
}

func running(command ...string) *ProbeSpec {
	return probe(func(p *ProbeSpec) { p.Handler, p.Command, p.Port, p.Path = Exec, command, "", "" })
}

const resetAt = `Get "http://10.0.0.7:%d%s": read tcp 10.0.0.1:4000->10.0.0.7:1: read: connection reset by peer`

// An event that names no container, and one that merges others, is that of the only probe that can have said it.
func TestWhichProbeAnEventIsAbout(t *testing.T) {
	http := ContainerPort{Name: "http", Number: 8080}
	admin := ContainerPort{Name: "http", Number: 9090}
	for name, c := range map[string]struct {
		first, other func(*Pod)
		text, want   string
	}{
		"the port of the URL":               {probedBy(httpAt("8080", "/")), beside("b", httpAt("9090", "/")), fmt.Sprintf(resetAt, 9090, "/"), "b"},
		"the path of the URL":               {probedBy(httpAt("8080", "/a")), beside("b", httpAt("8080", "/b?x=1")), fmt.Sprintf(resetAt, 8080, "/b?x=1"), "b"},
		"a path that a redirect has led to": {probedBy(httpAt("8080", "/a")), beside("b", httpAt("9090", "/b")), fmt.Sprintf(resetAt, 9090, "/login"), "b"},
		"no such port":                      {probedBy(httpAt("8080", "/")), beside("b", httpAt("9090", "/")), fmt.Sprintf(resetAt, 7070, "/"), ""},
		"the same URL":                      {probedBy(httpAt("8080", "/")), beside("b", httpAt("8080", "/")), fmt.Sprintf(resetAt, 8080, "/"), ""},
		"a named port":                      {probedBy(httpAt("http", "/"), http), beside("b", httpAt("http", "/"), admin), fmt.Sprintf(resetAt, 9090, "/"), "b"},
		"an unquoted URL":                   {probedBy(httpAt("8080", "/")), beside("b", httpAt("9090", "/x")), "Get http://10.0.0.7:9090/x: net/http: request canceled", "b"},
		"an IPv6 address":                   {probedBy(httpAt("8080", "/")), beside("b", httpAt("9090", "/")), `Get "http://[fd00::7]:9090/": EOF`, "b"},
		"a host of the probe's": {
			probedBy(httpAt("8080", "/")), beside("b", probe(func(p *ProbeSpec) { p.Host, p.Path = "db.test", "/" })), `Get "http://10.0.0.7:8080/": EOF`, "web",
		},
		"a path alone":            {probedBy(httpAt("8080", "/a")), beside("b", httpAt("9090", "/b")), `Get "/c": stopped after 10 redirects`, ""},
		"a status code":           {probedBy(httpAt("8080", "/")), beside("b", httpAt("9090", "/")), "HTTP probe failed with statuscode: 500", ""},
		"a status code, and TCP":  {probedBy(httpAt("8080", "/")), beside("b", tcpAt("9090")), "HTTP probe failed with statuscode: 500", "web"},
		"dial":                    {probedBy(tcpAt("8080")), beside("b", tcpAt("9090")), "dial tcp 10.0.0.7:9090: connect: connection refused", "b"},
		"dial, and its own port":  {probedBy(tcpAt("8080")), beside("b", tcpAt("9090")), "dial tcp 10.0.0.1:8080->10.0.0.7:9090: i/o timeout", "b"},
		"the name server's words": {probedBy(tcpAt("8080")), beside("b", tcpAt("9090")), "dial tcp: lookup x: no such host", ""},
		"gRPC": {
			probedBy(grpcAt("8080")), beside("b", grpcAt("9090")), `timeout: failed to connect service "10.0.0.7:9090" within 1s: context deadline exceeded`, "b",
		},
		"gRPC that answers":     {probedBy(grpcAt("8080")), beside("b", grpcAt("9090")), `service unhealthy (responded with "NOT_SERVING")`, ""},
		"gRPC beside HTTP":      {probedBy(grpcAt("8080")), beside("b", httpAt("9090", "/")), `service unhealthy (responded with "NOT_SERVING")`, ""},
		"a command that hangs":  {probedBy(running("sleep", "5")), beside("b", running("check", "-x")), `command timed out: "check -x" timed out after 1s`, "b"},
		"what a command prints": {probedBy(running("sleep", "5")), beside("b", running("check")), "connection refused", ""},
		"a command, and a URL":  {probedBy(running("sleep", "5")), beside("b", httpAt("9090", "/")), fmt.Sprintf(resetAt, 9090, "/"), "b"},
		"the only probe":        {probedBy(httpAt("8080", "/")), beside("b", nil), "whatever", "web"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, combined := range []bool{false, true} {
				message, container := "Liveness probe failed: "+c.text, ""
				if combined {
					message, container = "(combined from similar events): "+message, "web"
				}
				e := NewEvent(Event{UID: "e", Namespace: "shop", Name: "web-0.1", Pod: "u-web", Container: container, Reason: ReasonUnhealthy, Message: message, Count: 1, First: at(100), Last: at(100)})
				for _, facts := range [][]Fact{{web(c.first, c.other), e}, {e, web(c.first, c.other)}} {
					r := newWorld(t).after(101).hears(facts...).row(t, "u-web")
					got := ""
					for i := range r.Probes {
						if p := &r.Probes[i]; len(p.Events) > 0 {
							got += p.Container.Name
						}
						if f := r.Probes[i].State == StateFailing && r.Probes[i].Failures.Run > 0; f != (r.Probes[i].Container.Name == c.want) {
							t.Errorf("combined %v: %s is %s", combined, r.Probes[i].Container.Name, r.Probes[i].State)
						}
					}
					if got != c.want {
						t.Errorf("combined %v: it is that of %q, want %q", combined, got, c.want)
					}
				}
			}
		})
	}
}

// A Killing event that names no container by its field path does so by its words.
func TestKillingEventWithoutAFieldPath(t *testing.T) {
	for message, want := range map[string]struct {
		container string
		kill      KillCause
	}{
		"Container app failed liveness probe, will be restarted":   {"app", KilledByLiveness},
		"Init container mesh failed startup probe":                 {"mesh", KilledByStartup},
		"Container app definition changed, will be restarted":      {"app", KilledByDefinition},
		"Stopping container app":                                   {"app", KilledByStop},
		"FailedPostStartHook":                                      {"", KilledByPostStart},
		"Container is in \"unknown\" state, try killing it":        {"", KilledByOther},
		"(combined from similar events): Stopping container proxy": {"proxy", KilledByStop},
	} {
		if e := NewEvent(Event{Reason: ReasonKilling, Message: message}); e.Container != want.container || e.Kill != want.kill {
			t.Errorf("%q: got %q, %d", message, e.Container, e.Kill)
		}
	}
	if e := NewEvent(Event{Reason: ReasonKilling, Container: "web", Message: "(combined from similar events): Stopping container proxy"}); e.Container != "proxy" {
		t.Errorf("got %q, want the container of the newest words", e.Container)
	}
}

func TestRestartByAKillWithoutAFieldPath(t *testing.T) {
	bare := func(reason, message string, count int32, first, last int) *Event {
		e := *said(reason, message, count, first, last)
		e.Container = ""
		return NewEvent(e)
	}
	w := newWorld(t).after(71).lists(web(livenessOf(), second("proxy"), func(p *Pod) {
		c := &p.Containers[0]
		c.Restarts, c.StartedAt, c.Last = 1, at(61), &Termination{Reason: "Error", ExitCode: 143, StartedAt: epoch, FinishedAt: at(60)}
		p.Containers[1].Probes[Liveness] = nil
	}), bare(ReasonUnhealthy, "Liveness probe failed: HTTP probe failed with statuscode: 500", 3, 39, 59),
		bare(ReasonKilling, "Container web failed liveness probe, will be restarted", 1, 59, 59))
	lines := w.row(t, "u-web").Restarts
	if len(lines) != 1 || lines[0].Cause != CauseLiveness || lines[0].Text != "HTTP probe failed with statuscode: 500" {
		t.Errorf("got %+v, want liveness and what it said", lines)
	}
}

// resets is a liveness probe that fails every period with another text each time, which the kubelet merges from the tenth on.
func resets(from, times, period, port int) plot {
	var p plot
	for i := range times {
		message := fmt.Sprintf(`Liveness probe failed: Get "http://10.0.0.7:%d/": read tcp 10.0.0.1:%d->10.0.0.7:%d: read: connection reset by peer`, port, 40000+i, port)
		if i >= 9 {
			message = "(combined from similar events): " + message
		}
		p = append(p, beat{float64(from+period*i) + 0.1, says(ReasonUnhealthy, message)})
	}
	return p
}

func TestCombinedEventsOfTwoContainers(t *testing.T) {
	pod := []func(*Pod){probedBy(httpAt("9090", "/")), beside("api", httpAt("8080", "/"))}
	play(t, map[string]scenario{
		"heard one by one": {pod: pod, plot: plots(resets(20, 12, 10, 9090), plot{
			{130.2, shows("web/liveness failing high 12/30 exact")}, {130.2, shows("api/liveness passing high")},
		})},
	})
}

// listedCombined is a pod of which a list tells nine single failures, and n that were merged, the last two seconds ago.
func listedCombined(t *testing.T, n int, more ...Fact) *Row {
	t.Helper()
	facts := []Fact{web(probedBy(httpAt("9090", "/")), beside("api", httpAt("8080", "/")))}
	message := func(i int) string { return "Liveness probe failed: " + fmt.Sprintf(resetAt, 9090, "/") + fmt.Sprint(i) }
	for i := range 9 {
		facts = append(facts, unhealthy(message(i), 1, 10*i+5, 10*i+5))
	}
	facts = append(facts, unhealthy("(combined from similar events): "+message(10), int32(n), 95, 95+10*(n-1)))
	return newWorld(t).after(97+10*(n-1)).lists(append(facts, more...)...).row(t, "u-web")
}

func TestCombinedEventOfAList(t *testing.T) {
	r := listedCombined(t, 2)
	if p := probeNamed(r, "web/liveness"); p.State != StateFailing || p.Failures != (Failures{Run: 11, Threshold: 30, Bound: AtLeast}) {
		t.Errorf("got %s %+v, want 11 failures at least", p.State, p.Failures)
	}
	// One of the two may have been another probe's, had another failed.
	other := *unhealthy("Liveness probe failed: "+fmt.Sprintf(resetAt, 8080, "/"), 1, 3, 3)
	other.Container = "api"
	if p := probeNamed(listedCombined(t, 2, &other), "web/liveness"); p.Failures != (Failures{Run: 1, Threshold: 30, Bound: AtLeast}) {
		t.Errorf("beside another that failed: got %+v, want one at least", p.Failures)
	}
	if p := probeNamed(listedCombined(t, 6), "api/liveness"); p.State != StatePassing || p.Certainty >= CertaintyHigh {
		t.Errorf("got %s (%s), want doubt: one of the merged failures may be its", p.State, p.Certainty)
	}
}
