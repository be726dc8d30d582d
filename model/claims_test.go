package model_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// claims is what the model claimed about played kubelets, and how much of it was true.
type claims struct {
	t *testing.T
	// wrongly reports a claim that was wrong.
	wrongly func(format string, args ...any)

	cells, resolved, sure shares // states of probes; those better than unknown, and those of high certainty or more
	exact                 shares // counts of failures that are not lower bounds
	held, sureHeld        shares // forecasts that came true while the probe did not succeed; those for states of high certainty
	plainHeld             shares // of these, those of probes that could be carried out every time: the others count a failure less
	known                 shares // restarts whose cause the ledger has in the end
	neverMisled           shares // restarts of which no wrong cause was ever claimed with high certainty
	widths                []span // of the windows of forecasts for states of high certainty

	wrong map[string]int // claims that were wrong, by what they were about

	// of the kubelet that plays
	open   []promise
	misled map[int32]bool // restarts of which a wrong cause was claimed
	row    *Row           // the last
}

// The claims that must never be wrong.
const (
	wrongState = "sure states"
	wrongExact = "exact counts"
	wrongBound = "lower bounds"
	wrongCause = "causes at high certainty in the end"
	onceWrong  = "at some time"
	noLine     = "restarts without a line"
)

// promise is a forecast that was made.
type promise struct {
	made    time.Time
	typ     ProbeType
	kind    ConsequenceKind
	window  Window
	episode int
	sure    bool
	errors  int
}

// span is how wide a window was, and of which kubelet.
type span struct {
	width   time.Duration
	kubelet int
}

// within are the windows that are no wider than that.
func (c *claims) within(width time.Duration) shares {
	s := make(shares, len(c.cells))
	for _, w := range c.widths {
		if s[w.kubelet].whole++; w.width <= width {
			s[w.kubelet].part++
		}
	}
	return s
}

// quantile is the width that so many of the windows do not exceed.
func (c *claims) quantile(q float64) time.Duration {
	if len(c.widths) == 0 {
		return 0
	}
	return c.widths[int(q*float64(len(c.widths)-1))].width
}

// claimsAbout plays n kubelets, made so by the edits, and judges all that is claimed of them.
func claimsAbout(t *testing.T, n uint64, wrongly func(format string, args ...any), edits ...func(*kubelet)) *claims {
	c := &claims{t: t, wrongly: wrongly, wrong: map[string]int{}}
	var playing *kubelet
	plays(t, n, edits, func(seed uint64, k *kubelet, r *Row) {
		if k != playing {
			playing = k
			c.begin()
		}
		if r == nil {
			c.end(seed, k)
			return
		}
		c.row = r
		for i := range r.Probes {
			c.state(seed, k, &r.Probes[i])
			c.count(seed, k, &r.Probes[i])
			c.forecast(k, r, &r.Probes[i])
		}
		c.outcomes(seed, k)
		c.causes(seed, k, r)
	})
	slices.SortFunc(c.widths, func(a, b span) int { return int(a.width - b.width) })
	return c
}

// begin makes room for another kubelet.
func (c *claims) begin() {
	for _, s := range []*shares{&c.cells, &c.resolved, &c.sure, &c.exact, &c.held, &c.sureHeld, &c.plainHeld, &c.known, &c.neverMisled} {
		*s = append(*s, share{})
	}
	c.open, c.misled, c.row = nil, map[int32]bool{}, nil
}

// refute counts a claim that was wrong, and tells of the first of each kind.
func (c *claims) refute(what string, seed uint64, k *kubelet, format string, args ...any) {
	if c.wrong[what]++; c.wrong[what] < 9 {
		c.wrongly("seed %d, %v: %s", seed, k.now.Sub(epoch), fmt.Sprintf(format, args...))
	}
}

// state judges a state that is claimed with high certainty, or more, against the worker.
func (c *claims) state(seed uint64, k *kubelet, p *Probe) {
	sure := p.Certainty >= CertaintyHigh
	c.cells.add(true)
	c.resolved.add(p.State != StateUnknown)
	if c.sure.add(sure); !sure {
		return
	}
	if truth, ok := k.bears(p); !ok {
		c.refute(wrongState, seed, k, "%v is %s, %s (%s), truth %v", p.Type, p.State, p.Certainty, p.Spec.Summary(), truth)
	}
}

// count judges a count of failures against the worker's own: an exact one must be the number, a lower bound must not exceed it.
func (c *claims) count(seed uint64, k *kubelet, p *Probe) {
	if p.State != StateFailing && p.State != StateFailed && p.State != StateStarting {
		return
	}
	truth, f := k.runs(p.Type), p.Failures
	if p.State == StateFailed && p.Type != Readiness {
		truth = append(truth, f.Threshold) // the worker is held while the kill is under way
	}
	exact := f.Bound == Exact
	c.exact.add(exact)
	what := wrongBound
	if exact {
		what = wrongExact
	}
	if exact && !slices.Contains(truth, f.Run) || !exact && f.Run > slices.Max(truth) {
		c.refute(what, seed, k, "%v %s (%s, %s) says %d/%d %s, truth %v", p.Type, p.State, p.Spec.Summary(), p.Cause(), f.Run, f.Threshold, f.Bound, truth)
	}
}

// forecast notes what is forecast.
func (c *claims) forecast(k *kubelet, r *Row, p *Probe) {
	f := r.Forecast(p, k.now).Consequence
	if f.Kind == NoConsequence || p.State == StateFailed || k.ambiguous(p.Type) {
		return
	}
	c.open = append(c.open, promise{k.now, p.Type, f.Kind, f.Window, k.episode(p.Type), p.Certainty >= CertaintyHigh, k.errors(p.Type)})
}

// outcomes compares what was forecast with what happened when the probe did not succeed meanwhile.
func (c *claims) outcomes(seed uint64, k *kubelet) {
	for _, o := range k.outcomes {
		for _, pr := range c.open {
			if pr.typ != o.typ || pr.episode != o.episode {
				continue
			}
			held := !o.at.Before(pr.window.Earliest) && !o.at.After(pr.window.Latest)
			if c.held.add(held); !pr.sure {
				continue
			}
			c.sureHeld.add(held)
			if pr.errors == k.errors(pr.typ) {
				c.plainHeld.add(held)
			}
			c.widths = append(c.widths, span{pr.window.Latest.Sub(pr.window.Earliest), len(c.cells) - 1})
			if sum := c.sureHeld.sum(); !held && sum.whole-sum.part < 9 {
				c.t.Logf("seed %d: at %v a %s by %v was due from %v to %v, and came at %v", seed, pr.made.Sub(epoch), pr.kind, pr.typ,
					pr.window.Earliest.Sub(epoch), pr.window.Latest.Sub(epoch), o.at.Sub(epoch))
			}
		}
		c.open = slices.DeleteFunc(c.open, func(pr promise) bool { return pr.typ == o.typ })
	}
	k.outcomes = nil
}

// causes notes the restarts of which a wrong cause is claimed with high certainty, or more.
func (c *claims) causes(seed uint64, k *kubelet, r *Row) {
	for i := range r.Restarts {
		l := &r.Restarts[i]
		if l.Certainty < CertaintyHigh || l.Count < 1 || int(l.Count) > len(k.ends) || c.misled[l.Count] {
			continue
		}
		if truth := k.ends[l.Count-1]; l.Cause != truth.cause {
			c.misled[l.Count] = true
			if c.wrong[onceWrong]++; c.wrong[onceWrong] < 9 {
				c.t.Logf("seed %d, %v: the restart at %v is put down to %s (%s), and was %s: %+v", seed, k.now.Sub(epoch), truth.at.Sub(epoch), l.Cause, l.Certainty, truth.cause, *l)
			}
		}
	}
}

// end judges what the ledger has in the end. Restarts of a moment ago are left out, and those that nothing told of: not of an
// instance, either, that ended in the moment in which it began.
func (c *claims) end(seed uint64, k *kubelet) {
	for _, truth := range k.ends {
		c.neverMisled.add(!c.misled[truth.count])
	}
	for i := max(0, len(k.ends)-30); i < len(k.ends); i++ { // the ledger keeps no more
		truth := k.ends[i]
		if c.row == nil || k.now.Sub(truth.at) < 3*time.Second || k.unheard(truth) || i+1 < len(k.ends) && k.ends[i+1].at.Equal(truth.at) {
			continue
		}
		line := find(c.row.Restarts, truth)
		switch {
		case line == nil:
			c.refute(noLine, seed, k, "no line for the restart at %v", truth.at.Sub(epoch))
		case line.Cause != truth.cause && line.Certainty >= CertaintyHigh:
			c.refute(wrongCause, seed, k, "the restart at %v is put down to %s (%s), and was %s", truth.at.Sub(epoch), line.Cause, line.Certainty, truth.cause)
		}
		c.known.add(line != nil && line.Cause == truth.cause)
	}
}

func find(lines []Restart, truth ended) *Restart {
	for i := range lines {
		if lines[i].Count == truth.count {
			return &lines[i]
		}
	}
	return nil
}

// TestClaimsAreTrue holds every claim about usual kubelets against what they did: nothing that is claimed for sure may be wrong,
// and no less may be claimed than was when the floors were measured.
func TestClaimsAreTrue(t *testing.T) {
	c := claimsAbout(t, *usualKubelets, t.Errorf)
	t.Logf("usual: %v", c)
	c.meetFloors(t)
}
