package simcluster

import (
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// late is how much later than a probe its event may be, whose times are in seconds.
const late = 2 * time.Second

// remark is what the newest event about a probe says.
type remark struct {
	at            time.Time
	outcome, text string // outcome is failed, warning or errored
}

// plays returns how the server of a probe behaves.
func (p *recordedProbe) plays(events []*corev1.Event, now time.Time) conduct {
	if p.starting() && p.kind != "Startup" {
		first := *p
		first.kind, first.spec = "Startup", p.container.StartupProbe
		if a := first.plays(events, now); a.manner == refuses {
			return a
		}
		return conduct{}
	}
	said, ok := p.remark(events)
	switch {
	case ok && p.holds(said, now):
		return p.read(said)
	case p.starting():
		return conduct{manner: refuses}
	}
	return conduct{}
}

// remark returns what the newest event says of a probe since its container has started.
func (p *recordedProbe) remark(events []*corev1.Event) (newest remark, found bool) {
	for _, e := range events {
		kind, said, ok := remarkOf(e)
		if !ok || kind != p.kind || e.InvolvedObject.FieldPath != "" && !strings.HasSuffix(e.InvolvedObject.FieldPath, "{"+p.container.Name+"}") {
			continue
		}
		if said.at.Before(p.status.State.Running.StartedAt.Time) || found && said.at.Before(newest.at) {
			continue
		}
		newest, found = said, true
	}
	return newest, found
}

// holds reports whether what was said still goes for the server. After some time the kubelet leaves events of a pod
// out, and then its status tells.
func (p *recordedProbe) holds(said remark, now time.Time) bool {
	switch {
	case p.kind == "Readiness" && !p.status.Ready, p.starting():
		return true
	case p.kind == "Readiness" && said.outcome != "warning" && p.spec.FailureThreshold == 1:
		return false // it is ready
	}
	period, timeout := max(p.spec.PeriodSeconds, 1), max(p.spec.TimeoutSeconds, 1)
	return now.Sub(said.at) <= time.Duration(2*period+timeout)*time.Second+late
}

// remarkOf reads an event as the kubelet words it.
func remarkOf(e *corev1.Event) (kind string, said remark, ok bool) {
	if e.Reason != "Unhealthy" && e.Reason != "ProbeWarning" {
		return "", remark{}, false
	}
	message := strings.TrimPrefix(e.Message, "(combined from similar events): ")
	kind, rest, _ := strings.Cut(message, " probe ")
	how, text, ok := strings.Cut(rest, ": ")
	outcome, _, _ := strings.Cut(how, " ")
	return kind, remark{at: heard(e), outcome: outcome, text: text}, ok
}

// heard is when an event has happened last.
func heard(e *corev1.Event) time.Time {
	switch {
	case e.Series != nil && !e.Series.LastObservedTime.IsZero():
		return e.Series.LastObservedTime.Time
	case !e.LastTimestamp.IsZero():
		return e.LastTimestamp.Time
	case !e.EventTime.IsZero():
		return e.EventTime.Time
	}
	return e.CreationTimestamp.Time
}
