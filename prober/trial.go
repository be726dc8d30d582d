package prober

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/probetop/probetop/model"
)

// handler makes one attempt, and says what the kubelet would have made of it. There is one for each kind of probe.
type handler func(ctx context.Context, t *trial) outcome

// outcome is what an attempt came to.
type outcome struct {
	verdict model.ShadowVerdict
	lack    model.ShadowLack
	text    string
	cause   error // why there is no verdict, when the way said so
}

func success(text string) outcome { return outcome{verdict: model.ShadowSuccess, text: text} }
func failure(text string) outcome { return outcome{verdict: model.ShadowFailure, text: text} }
func errored(text string) outcome { return outcome{verdict: model.ShadowErrored, text: text} }

// trial is an attempt under way.
type trial struct {
	// immutable
	via    Paths
	wire   *wire
	budget *budget
	way    *wayWatch

	mu sync.Mutex
	// guarded by mu
	hops  []Hop
	since time.Time // of the phase that is under way
	ended time.Time // when the handler was through; zero while it is not
	body  []byte
}

const (
	// bodyKept is how much of a body or an output a transcript keeps.
	bodyKept = 1024
	// bodyBeyond is how much more is looked at, so that a secret at its end is not cut in two before it is seen.
	bodyBeyond = 1024
)

// newTrial begins an attempt. Connections go to one host only.
func newTrial(via Paths, host string, timeout time.Duration) *trial {
	return &trial{via: via, wire: &wire{dial: via.Dial, host: host}, budget: newBudget(timeout, via.RoundTrip, via.Linger)}
}

// hop begins the next request.
func (t *trial) hop(target string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.endLocked()
	t.hops = append(t.hops, Hop{Target: target})
}

// phase begins a phase of the request under way, and ends the one before.
func (t *trial) phase(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.ended.IsZero() {
		return // a library that has not heard yet that the attempt is over
	}
	t.endLocked()
	t.since = time.Now()
	last := &t.hops[len(t.hops)-1]
	last.Phases = append(last.Phases, Phase{Name: name})
}

// note changes what is known of the request under way.
func (t *trial) note(change func(h *Hop)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.hops[len(t.hops)-1])
}

// keep keeps the beginning of a body.
func (t *trial) keep(body []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.body = slices.Clone(body[:min(len(body), bodyKept+bodyBeyond)])
}

// over notes that the handler is through, and ends its last phase: what comes after it, such as a sign of life of the
// way, is not the container's time.
func (t *trial) over() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.endLocked()
	t.ended = time.Now()
}

// endLocked ends the phase that is under way.
func (t *trial) endLocked() {
	if t.since.IsZero() {
		return
	}
	phases := t.hops[len(t.hops)-1].Phases
	phases[len(phases)-1].Took = time.Since(t.since)
	t.since = time.Time{}
}

// end returns the attempt. What goroutines of libraries still say of it is not heard.
func (t *trial) end(o outcome) Attempt {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended.IsZero() { // the handler panicked
		t.endLocked()
		t.ended = time.Now()
	}
	took := t.ended.Sub(t.budget.start)
	a := Attempt{
		At: t.budget.start, Took: took, Effective: t.budget.effective(took), RoundTrip: t.budget.length(), RoundTrips: t.budget.taken(),
		Verdict: o.verdict, Text: o.text, Body: t.body,
	}
	for _, h := range t.hops {
		h.Phases = slices.Clone(h.Phases)
		a.Hops = append(a.Hops, h)
	}
	return a
}

// closedAt returns when the container's side closed the connection at whose end we are now, at the latest: not before it
// sent the last that has come.
func (t *trial) closedAt() time.Time {
	end := time.Now().Add(-t.via.Linger)
	if last := t.wire.heard(); last.After(end) {
		return last
	}
	return end
}

// late reports whether an error came when the kubelet would have given up already, and so has not seen it. What is said
// of the connection itself, a refusal or a reset, keeps its words: no way makes them up.
func (t *trial) late() bool {
	_, refusal, _ := t.wire.said()
	return refusal == nil && !t.wire.wasReset() && t.budget.lateAt(t.closedAt())
}

// What no server of a probe sends before it has answered, and what none sends in all: a client of HTTP/2 takes 4 MiB of a body
// without being asked.
const (
	floodBefore = 1 << 20
	floodAfter  = 6 << 20
)

// floods reports whether the container has sent so much that it is to blame for whatever becomes of the attempt: for a way that
// has no room for anything else, and for an answer that does not come.
func (t *trial) floods() bool {
	t.mu.Lock()
	answered := t.hops[len(t.hops)-1].Status != 0
	t.mu.Unlock()
	if answered {
		return t.wire.amount() > floodAfter
	}
	return t.wire.amount() > floodBefore
}

// blame returns, after over, an outcome for which the container is to blame, unless the way to it is. What the runtime
// said in so many words is the container's, whatever becomes of the way.
func (t *trial) blame(ctx context.Context, o outcome) outcome {
	_, refusal, _ := t.wire.said()
	if o.verdict != model.ShadowFailure && o.verdict != model.ShadowErrored || refusal != nil || t.wire.wasReset() || t.via.Alive == nil || t.floods() {
		return o
	}
	over := t.budget.over(t.ended)
	explained := func() *Broken { return t.way.explains(over, t.budget.length(), t.budget.taken()) }
	if b := explained(); b != nil {
		return b.none() // a way that has been slow need not be asked again, slowly
	}
	ctx, cancel := context.WithTimeout(ctx, (workers+1)*t.via.RoundTrip*3/2+time.Second) // a ping may be under way
	defer cancel()
	if err := t.via.Alive(ctx); err != nil {
		b := broken(err)
		if b == nil {
			b = &Broken{Err: err}
		}
		return b.none()
	}
	if b := explained(); b != nil {
		return b.none()
	}
	return o
}
