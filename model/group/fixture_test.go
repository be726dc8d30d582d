package group_test

import (
	"fmt"
	"time"

	. "github.com/probetop/probetop/model"
)

// epoch is when every container has started.
var epoch = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return epoch.Add(time.Duration(seconds) * time.Second) }

// seen returns the rows of what was heard at the epoch, and events when they happened, so many seconds after the epoch.
func seen(seconds int, facts ...Fact) []*Row {
	c := NewCluster()
	for i, kind := range SourceKinds {
		for _, f := range []Fact{&Source{Kind: kind, State: SourceSynced, Since: epoch}, &Listing{Kind: kind}, &Listing{Kind: kind, Done: true}} {
			c.Apply(Change{At: epoch, Stream: Stream(i), Fact: f})
		}
	}
	for _, f := range facts {
		heard := epoch
		if e, ok := f.(*Event); ok {
			heard = e.Last
		}
		c.Apply(Change{At: heard, Fact: f})
	}
	c.Apply(Change{At: at(seconds)})
	return c.Snapshot().Rows
}

// probe is a spec with the API's defaults and a threshold of three.
func probe(edit ...func(*ProbeSpec)) *ProbeSpec {
	p := &ProbeSpec{
		Handler: HTTP, Scheme: "http", Path: "/healthz", Port: "8080",
		Timeout: time.Second, Period: 10 * time.Second, SuccessThreshold: 1, FailureThreshold: 3,
	}
	for _, e := range edit {
		e(p)
	}
	return p
}

// web is a running, ready pod of one container with the probes given.
func web(edit ...func(*Pod)) *Pod {
	p := &Pod{
		UID: "u-web", Namespace: "shop", Name: "web-0", Node: "n1", Phase: "Running", RestartPolicy: "Always",
		Created: epoch, GracePeriod: 30 * time.Second,
		Conditions: []Condition{{Type: "ContainersReady", Status: True, Since: epoch}, {Type: "Ready", Status: True, Since: epoch}},
		Containers: []Container{{Name: "web", State: Running, StartedAt: epoch, Started: True, Ready: true, ID: "c1"}},
	}
	for _, e := range edit {
		e(p)
	}
	return p
}

func with(typ ProbeType, spec *ProbeSpec) func(*Pod) {
	return func(p *Pod) { p.Containers[0].Probes[typ] = spec }
}

func notReady(p *Pod) {
	p.Containers[0].Ready = false
	for i := range p.Conditions {
		p.Conditions[i].Status, p.Conditions[i].Reason = False, "ContainersNotReady"
	}
}

// unhealthy is an event about the container web of a pod, first and last heard at these seconds.
func unhealthy(p *Pod, message string, count int32, first, last int) *Event {
	return NewEvent(Event{
		UID: p.UID + message, Namespace: "shop", Name: fmt.Sprintf("%s.%x", p.Name, first), Pod: p.UID, Container: "web",
		Reason: ReasonUnhealthy, Message: message, Count: count, First: at(first), Last: at(last),
	})
}
