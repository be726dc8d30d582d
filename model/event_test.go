package model_test

import (
	"strings"
	"testing"

	. "github.com/probetop/probetop/model"
)

func TestProbeMessages(t *testing.T) {
	cases := []struct {
		message string
		typ     ProbeType
		outcome Outcome
		text    string
	}{
		{"Liveness probe failed: HTTP probe failed with statuscode: 500", Liveness, Failed, "HTTP probe failed with statuscode: 500"},
		{"Readiness probe failed: ", Readiness, Failed, ""},
		{"Startup probe failed: line one\nline two\n", Startup, Failed, "line one\nline two\n"},
		{"Readiness probe errored and resulted in unknown state: rpc error: code = Unknown", Readiness, Errored, "rpc error: code = Unknown"},
		{"Readiness probe errored and resulted in failure state: context deadline exceeded", Readiness, Errored, "context deadline exceeded"},
		{"Liveness probe errored: strconv.Atoi: parsing \"http\": invalid syntax", Liveness, Errored, "strconv.Atoi: parsing \"http\": invalid syntax"},
		{"Liveness probe warning: Probe terminated redirects, Response body: x", Liveness, Warned, "Probe terminated redirects, Response body: x"},
		{"(combined from similar events): Liveness probe failed: read tcp 10.0.0.1:4242", Liveness, Failed, "read tcp 10.0.0.1:4242"},
		{"Liveness probe failed (1/3, will be ignored): HTTP probe failed with statuscode: 500", Liveness, Failed, "HTTP probe failed with statuscode: 500"},
		{"Readiness probe failed (attempt 1/3, below threshold): EOF", Readiness, Failed, "EOF"},
		{"(combined from similar events): Startup probe failed (attempt 2/30, below threshold): x", Startup, Failed, "x"},
		{"Readiness probe failed (it seems): x", 0, NoOutcome, "Readiness probe failed (it seems): x"},
		{"Something probe failed: x", 0, NoOutcome, "Something probe failed: x"},
		{"Liveness probe exploded: x", 0, NoOutcome, "Liveness probe exploded: x"},
		{"", 0, NoOutcome, ""},
	}
	for _, c := range cases {
		e := NewEvent(Event{Reason: ReasonUnhealthy, Message: c.message})
		if ignored := NewEvent(Event{Reason: ReasonProbeFailureIgnored, Message: c.message}); ignored.Outcome != e.Outcome || ignored.Text() != e.Text() {
			t.Errorf("%q: of reason %s it is %v %q", c.message, ignored.Reason, ignored.Outcome, ignored.Text())
		}
		if e.Probe != c.typ || e.Outcome != c.outcome || e.Text() != c.text {
			t.Errorf("%q: got %v %v %q", c.message, e.Probe, e.Outcome, e.Text())
		}
		if e.Combined != strings.HasPrefix(c.message, "(combined") {
			t.Errorf("%q: combined %v", c.message, e.Combined)
		}
	}
}

// TestUnreadEventsAreCounted is about a kubelet that words its events anew.
func TestUnreadEventsAreCounted(t *testing.T) {
	p := web(with(Liveness, probe()))
	said := func(name, reason, message string, count int32) *Event {
		return NewEvent(Event{UID: name, Namespace: p.Namespace, Name: name, Pod: p.UID, Container: "web", Reason: reason, Message: message, Count: count, First: at(9), Last: at(9)})
	}
	w := newWorld(t).hears(p, said("a", ReasonUnhealthy, "Liveness probe failed: x", 1), said("b", ReasonFailed, "Error: y", 1))
	if got := w.Snapshot().Unread; got != (Unread{}) {
		t.Errorf("got %+v of events that are read", got)
	}
	w.hears(said("c", ReasonUnhealthy, "Probe of web is sick", 1), said("c", ReasonUnhealthy, "Probe of web is sick", 2), said("d", ReasonProbeWarning, "so so", 1))
	if got := w.Snapshot().Unread; got != (Unread{Count: 2, Sample: "so so"}) {
		t.Errorf("got %+v, want two events", got)
	}
}

func TestKillingMessages(t *testing.T) {
	for message, want := range map[string]KillCause{
		"Container web failed liveness probe, will be restarted":                                 KilledByLiveness,
		"Container web failed liveness probe":                                                    KilledByLiveness,
		"Container web failed startup probe, will be restarted":                                  KilledByStartup,
		"Init container web failed liveness probe":                                               KilledByLiveness,
		"Init container web failed startup probe":                                                KilledByStartup,
		"Stopping container web":                                                                 KilledByStop,
		"Container web definition changed, will be restarted":                                    KilledByDefinition,
		"FailedPostStartHook":                                                                    KilledByPostStart,
		"Container is in \"unknown\" state, try killing it":                                      KilledByOther,
		"Container other failed liveness probe, will be restarted":                               KilledByOther,
		"(combined from similar events): Container web failed liveness probe, will be restarted": KilledByLiveness,
	} {
		if got := NewEvent(Event{Reason: ReasonKilling, Container: "web", Message: message}).Kill; got != want {
			t.Errorf("%q: got %d, want %d", message, got, want)
		}
	}
}

func TestContainerOfFieldPath(t *testing.T) {
	for path, want := range map[string]string{
		"spec.containers{web}": "web", "spec.initContainers{proxy}": "proxy", "spec.containers[2]": "", "": "",
	} {
		if got := ContainerOf(path); got != want {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
	}
}

func TestCauses(t *testing.T) {
	cases := []struct {
		handler HandlerKind
		outcome Outcome
		text    string
		want    Cause
	}{
		{HTTP, Failed, "HTTP probe failed with statuscode: 503", "STATUS(503)"},
		{HTTP, Failed, `Get "http://10.0.0.5:8080/": dial tcp 10.0.0.5:8080: connect: connection refused`, CauseRefused},
		{HTTP, Failed, `Get "http://10.0.0.5:8080/": dial tcp 10.0.0.5:8080: connect: no route to host`, CauseNoRoute},
		{HTTP, Failed, `Get "http://10.0.0.5:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, CauseUnanswered},
		{HTTP, Failed, `Get "http://10.0.0.5:8080/": EOF`, CauseEOF},
		{HTTP, Failed, `Get "http://x/": read tcp 10.0.0.1:5->10.0.0.5:8080: read: connection reset by peer`, CauseReset},
		{HTTP, Failed, `Get "https://x/": http: server gave HTTP response to HTTPS client`, CausePlainServer},
		{HTTP, Failed, `Get "/a": stopped after 10 redirects`, CauseRedirects},
		{HTTP, Failed, `Get "http://x/": remote error: tls: handshake failure`, CauseTLS},
		{TCP, Failed, "dial tcp 10.0.0.5:5432: i/o timeout", CauseTimeout},
		{TCP, Failed, "dial tcp: lookup x: no such host", CauseDNS},
		{GRPC, Failed, `timeout: failed to connect service "10.0.0.5:9090" within 1s: context deadline exceeded`, CauseTimeout},
		{GRPC, Failed, "timeout: health rpc did not complete within 2s", CauseRPC},
		{GRPC, Failed, `service unhealthy (responded with "NOT_SERVING")`, "GRPC_STATUS(NOT_SERVING)"},
		{GRPC, Failed, "error: health rpc probe failed: rpc error: code = NotFound desc = unknown service", "GRPC_CODE(NotFound)"},
		{GRPC, Failed, "error: this server does not implement the grpc health protocol (grpc.health.v1.Health): x", CauseNoGRPCHealth},
		{Exec, Failed, `command timed out: "sleep 5" timed out after 1s`, CauseExecTimeout},
		{Exec, Failed, "command timed out", CauseExecTimeout},
		{Exec, Failed, "curl: connection refused", CauseExit},
		{Exec, Failed, "", CauseExit},
		{Exec, Errored, "rpc error: executable file not found in $PATH", CauseErrored},
		{HTTP, Warned, "Probe terminated redirects", CauseRedirected},
		{HTTP, NoOutcome, "x", ""},
		{HTTP, Failed, "something new", CauseOther},
	}
	for _, c := range cases {
		if got := CauseOf(c.handler, c.outcome, c.text); got != c.want {
			t.Errorf("%s %q: got %s, want %s", c.handler, c.text, got, c.want)
		}
	}
}

func FuzzEventMessage(f *testing.F) {
	f.Add("Liveness probe failed: x", "web")
	f.Add("(combined from similar events): Readiness probe errored: \xff", "")
	f.Fuzz(func(t *testing.T, message, container string) {
		for _, reason := range []string{ReasonUnhealthy, ReasonKilling, ReasonProbeWarning} {
			e := NewEvent(Event{Reason: reason, Message: message, Container: container})
			if !strings.HasSuffix(message, e.Text()) {
				t.Errorf("text %q is not the end of message %q", e.Text(), message)
			}
			CauseOf(Exec, e.Outcome, e.Text())
		}
	})
}
