package watch

import (
	"context"
	"fmt"
	"sync"
	"time"

	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
	"github.com/probetop/probetop/recording/mask"
)

// metricsStream is the stream of kubelets' counters, beyond those of a Live.
const metricsStream = model.MaxStreams - 1

// Metrics reads the probe counters of the kubelets that run the pods of a snapshot, through the API server. That
// takes the permission to get nodes/proxy, which allows much else; so it is for those who ask for it.
//
// A kubelet is asked half as long after the last time as the shortest period of its probes is, but at most once
// a second. No more than four are asked at a time, and no more than 100 in turn, each 100 for a minute.
type Metrics struct {
	// immutable after NewMetrics
	client   *client
	snapshot func() *model.Snapshot
	// Clock tells when something is heard; it may be set before Run.
	Clock Clock
	// Mask says how what the kubelets say is masked; it may be set before Run.
	Mask mask.Policy

	mu sync.Mutex
	// guarded by mu
	recorder CounterRecorder
	health   *health // nil before Run
}

var _ Source = (*Metrics)(nil)

// CounterRecorder is told what counters say. *recording.Writer is one. Its methods must not block.
type CounterRecorder interface {
	Source(at time.Time, stream uint8, s recording.Source)
	Counters(at time.Time, stream uint8, c recording.Counters)
}

// NewMetrics returns a source that reads the counters of the cluster that cfg points to, for the pods that the
// latest snapshot holds: those of Feed.Snapshot, usually of the feed that the source itself feeds. It sends nothing.
func NewMetrics(cfg *rest.Config, snapshot func() *model.Snapshot) (*Metrics, error) {
	c, err := newClient(cfg)
	if err != nil {
		return nil, fmt.Errorf("preparing the client: %w", err)
	}
	return &Metrics{client: c, snapshot: snapshot}, nil
}

// Run emits what the counters say until ctx ends, and then returns nil. The first change announces the source as
// syncing, and it is synced when every node has been asked once. What fails is tried again; it stops nothing else.
func (m *Metrics) Run(ctx context.Context, emit func(model.Change)) error {
	emit = masked(m.Mask, emit)
	s := newScraper(m.client, m.Clock, m.snapshot, func(ch model.Change) {
		m.record(ch)
		emit(ch)
	})
	m.mu.Lock()
	m.health = s.health
	m.mu.Unlock()
	s.run(ctx)
	return nil
}

// Record makes r hear everything that is read from now on; nil ends that.
func (m *Metrics) Record(r CounterRecorder) {
	m.mu.Lock()
	h := m.health
	m.recorder = r
	m.mu.Unlock()
	if r != nil && h != nil {
		r.Source(m.Clock.now(), uint8(metricsStream), entryOf(h.current()))
	}
}

// record tells the recorder a change.
func (m *Metrics) record(ch model.Change) {
	m.mu.Lock()
	r := m.recorder
	m.mu.Unlock()
	if r == nil {
		return
	}
	switch f := ch.Fact.(type) {
	case *model.Source:
		r.Source(ch.At, uint8(ch.Stream), entryOf(*f))
	case *model.Counters:
		r.Counters(ch.At, uint8(ch.Stream), countersEntry(f, ch.Gone))
	}
}

// countersEntry returns counters as a recording has them.
func countersEntry(f *model.Counters, gone bool) recording.Counters {
	c := recording.Counters{Node: f.Node, Gone: gone, Asked: f.Asked, Started: f.Started}
	for _, p := range f.Pods {
		pod := recording.PodCounters{UID: p.Pod}
		for _, n := range p.Probes {
			pod.Probes = append(pod.Probes, recording.Counter{
				Container: n.Container, Type: n.Type.String(), Successes: n.Successes, Failures: n.Failures,
			})
		}
		c.Pods = append(c.Pods, pod)
	}
	return c
}

// countersFact returns counters that a recording has.
func countersFact(in *interner, at time.Time, c *recording.Counters) *model.Counters {
	f := &model.Counters{Node: in.string(c.Node), Asked: c.Asked, At: at, Started: c.Started}
	for _, p := range c.Pods {
		pod := model.PodCounters{Pod: in.string(p.UID)}
		for _, n := range p.Probes {
			if typ, ok := probeTypeOf(n.Type); ok {
				pod.Probes = append(pod.Probes, model.Counter{
					Container: in.string(n.Container), Type: typ, Successes: max(0, n.Successes), Failures: max(0, n.Failures),
				})
			}
		}
		f.Pods = append(f.Pods, pod)
	}
	f.Sort()
	return f
}

// probeTypeOf returns the type that is spelled so in the report.
func probeTypeOf(word string) (model.ProbeType, bool) {
	for _, typ := range model.ProbeTypes {
		if typ.String() == word {
			return typ, true
		}
	}
	return 0, false
}
