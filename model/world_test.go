package model_test

import (
	"fmt"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// epoch is when every test history begins.
var epoch = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return epoch.Add(time.Duration(seconds) * time.Second) }

// startStream is the stream of the starts of kubelets.
const startStream = Stream(len(SourceKinds))

// world folds changes given in seconds after the epoch.
type world struct {
	*Cluster
	now time.Time
}

// newWorld returns a cluster whose sources have all been read.
func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{Cluster: NewCluster(), now: epoch}
	for i, kind := range append(SourceKinds[:], NodeEvents) {
		w.Apply(Change{At: epoch, Stream: Stream(i), Fact: &Source{Kind: kind, State: SourceSynced, Since: epoch}})
		w.Apply(Change{At: epoch, Stream: Stream(i), Fact: &Listing{Kind: kind}})
		w.Apply(Change{At: epoch, Stream: Stream(i), Fact: &Listing{Kind: kind, Done: true}})
	}
	return w
}

// hears folds facts heard now, each in the stream of its kind.
func (w *world) hears(facts ...Fact) *world {
	for _, f := range facts {
		if e, ok := f.(*Event); ok && e.Last.After(w.now) {
			w.now = e.Last // nobody hears of what has not happened yet
		}
		w.Apply(Change{At: w.now, Stream: streamOf(f), Fact: f})
	}
	return w
}

// lists folds lists of pods and of events, both of which tell these facts and nothing else.
func (w *world) lists(facts ...Fact) *world {
	edge := func(done bool) {
		for i, kind := range [...]SourceKind{Pods, Events} {
			w.Apply(Change{At: w.now, Stream: Stream(i), Fact: &Listing{Kind: kind, Done: done}})
		}
	}
	edge(false)
	for _, f := range facts {
		w.Apply(Change{At: w.now, Stream: streamOf(f), Fact: f})
	}
	edge(true)
	return w
}

// loses folds the deletion of objects.
func (w *world) loses(facts ...Fact) *world {
	for _, f := range facts {
		w.Apply(Change{At: w.now, Stream: streamOf(f), Gone: true, Fact: f})
	}
	return w
}

// after lets time pass to that many seconds after the epoch.
func (w *world) after(seconds int) *world {
	w.now = at(seconds)
	w.Apply(Change{At: w.now})
	return w
}

func streamOf(f Fact) Stream {
	switch f := f.(type) {
	case *Event:
		return 1
	case *EndpointSlice:
		return 2
	case *Service:
		return 3
	case *Node:
		return 4
	case *KubeletStart:
		return startStream
	case *Source:
		for i, k := range SourceKinds {
			if k == f.Kind {
				return Stream(i)
			}
		}
	}
	return 0
}

// row returns the only row of that pod.
func (w *world) row(t testing.TB, uid UID) *Row {
	t.Helper()
	for _, r := range w.Snapshot().Rows {
		if r.Pod.UID == uid {
			return r
		}
	}
	t.Fatalf("no row for pod %q", uid)
	return nil
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

func delay(seconds int) func(*ProbeSpec) {
	return func(p *ProbeSpec) { p.InitialDelay = time.Duration(seconds) * time.Second }
}

func timeout(seconds int) func(*ProbeSpec) {
	return func(p *ProbeSpec) { p.Timeout = time.Duration(seconds) * time.Second }
}

func path(path string) func(*ProbeSpec) { return func(p *ProbeSpec) { p.Path = path } }

func runs(command ...string) func(*ProbeSpec) {
	return func(p *ProbeSpec) { *p = *probe(); p.Handler, p.Command, p.Port = Exec, command, "" }
}

func host(h string) func(*ProbeSpec) { return func(p *ProbeSpec) { p.Host = h } }

// web is a running, ready pod of one container with the probes given, started at the epoch.
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

func notStarted(p *Pod) {
	notReady(p)
	p.Containers[0].Started = False
}

// said is an event about the container web, first and last heard at these seconds.
func said(reason, message string, count int32, first, last int) *Event {
	return NewEvent(Event{
		UID: message, Namespace: "shop", Name: fmt.Sprintf("web-0.%x", len(message)*7919+first),
		Pod: "u-web", Container: "web", Reason: reason, Message: message, Count: count, First: at(first), Last: at(last),
	})
}

func unhealthy(message string, count int32, first, last int) *Event {
	return said(ReasonUnhealthy, message, count, first, last)
}
