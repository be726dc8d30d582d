package model_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// tape is what a played kubelet says in so many seconds, with what others say of its pod and node.
func tape(seed uint64, seconds int) []Change {
	rng := rand.New(rand.NewPCG(seed, 77))
	k := newKubelet(rng)
	if seed%2 == 1 {
		k.looks = 2 * time.Second
	}
	versions := [...]string{"v1.37.1", "v1.36.3", "v1.31.9", "v1.34.2", ""}
	node := Node{Name: "n1", Ready: True, KubeletVersion: versions[rng.IntN(len(versions))]}
	say := func(f Fact, gone bool) {
		k.mail = append(k.mail, letter{k.now, Change{At: k.now, Stream: streamOf(f), Gone: gone, Fact: f}})
	}
	say(&node, false)
	for k.now.Before(at(seconds)) {
		k.advance(k.now.Add(time.Duration(1+rng.IntN(20)) * time.Second))
		switch rng.IntN(30) {
		case 0:
			n := node
			n.Ready, n.Since = Tri(rng.IntN(3)), k.now
			say(&n, false)
		case 1:
			say(&Source{Kind: Events, State: []SourceState{SourceSynced, SourceForbidden}[rng.IntN(2)], Since: k.now}, false)
		case 2:
			p := *k.pod
			p.Deleted = k.floor().Add(p.GracePeriod)
			say(&p, false)
		case 3:
			p := *k.pod
			say(&p, rng.IntN(2) == 0)
		case 4:
			for _, e := range k.events {
				say(NewEvent(*e), true)
				break
			}
		}
	}
	slices.SortStableFunc(k.mail, func(a, b letter) int { return a.at.Compare(b.at) })
	changes := make([]Change, len(k.mail))
	for i, l := range k.mail {
		changes[i] = l.ch
	}
	return shaded(rand.New(rand.NewPCG(seed, 9)), changes)
}

// mangled loses, repeats and delays what a tape says. Time still goes on.
func mangled(rng *rand.Rand, changes []Change) []Change {
	lose, repeat, swap := rng.IntN(6), rng.IntN(6), rng.IntN(20)
	var facts []Change
	for _, ch := range changes {
		if rng.IntN(20) < lose {
			continue
		}
		facts = append(facts, ch)
		if rng.IntN(20) < repeat {
			facts = append(facts, ch)
		}
	}
	for i := range facts {
		if rng.IntN(20) < swap {
			j := min(len(facts)-1, i+rng.IntN(1+rng.IntN(len(facts))))
			at, other := facts[i].At, facts[j].At
			facts[i], facts[j] = facts[j], facts[i]
			facts[i].At, facts[j].At = at, other
		}
	}
	return facts
}

// impossible says what of a row cannot be, whatever was heard; nothing when all of it can.
func impossible(r *Row, now time.Time) string {
	for i := range r.Probes {
		p := &r.Probes[i]
		c, f := p.Container, p.Failures
		counting := p.State == StateFailing || p.State == StateFailed || p.State == StateStarting
		forecast := r.Forecast(p, now)
		switch name := fmt.Sprintf("%v of %s is %s (%s) ", p.Type, c.Name, p.State, p.Certainty); {
		case p.Type != Readiness && f.Run > f.Threshold:
			return name + fmt.Sprintf("with %d of %d failures", f.Run, f.Threshold)
		case f.Run < 0 || !counting && f.Run != 0:
			return name + fmt.Sprintf("with %d failures", f.Run)
		case c.State != Running && p.State != StateWaiting:
			return name + "and its container does not run"
		case p.Certainty >= CertaintyHigh && r.Node != nil && r.Node.Ready != True:
			return name + "and its node is silent"
		case p.State == StateSuspended && !r.Pod.Deleting():
			return name + "and nobody deleted the pod"
		case p.State == StateStarting && p.Type != Startup, p.State == StateGated && (p.Type == Startup || c.Probes[Startup] == nil):
			return name + "which it cannot be"
		case p.Certainty >= CertaintyHigh && p.Evidence == 0:
			return name + "on no evidence"
		case p.Type == Readiness && p.State == StatePassing && !c.Ready, p.Type == Readiness && p.State == StateFailed && c.Ready:
			return name + fmt.Sprintf("and the container is ready: %v", c.Ready)
		case forecast.Next.Latest.Before(forecast.Next.Earliest), forecast.Consequence.Latest.Before(forecast.Consequence.Earliest):
			return name + fmt.Sprintf("with a forecast backwards: %+v", forecast)
		case forecast.Consequence.Kind != NoConsequence && !counting:
			return name + "and something follows"
		case !p.Until.IsZero() && !p.Until.After(now):
			return name + "until a moment that is past"
		}
	}
	if !r.Due.IsZero() && !r.Due.After(now) {
		return "something was due"
	}
	return impossibleRestart(r)
}

// impossibleRestart is impossible for the ledger and the chain.
func impossibleRestart(r *Row) string {
	for i, l := range r.Restarts {
		if l.Lived < 0 || l.Down < 0 || l.ToReady < 0 || l.ToStarted < 0 || l.Failing < 0 {
			return fmt.Sprintf("a restart took less than no time: %+v", l)
		}
		if i > 0 && l.At.After(r.Restarts[i-1].At) {
			return "the ledger is out of order"
		}
		if (l.Text != "") && l.Cause != CauseLiveness && l.Cause != CauseStartup {
			return fmt.Sprintf("a probe speaks for another cause: %+v", l)
		}
	}
	if steps := r.Why(); !r.Pod.Terminal() && len(steps) != 9 {
		return fmt.Sprintf("a chain of %d links", len(steps))
	}
	if r.Severity == Healthy && !r.Pod.Ready() {
		return "healthy, and not ready"
	}
	r.Quirks()
	return ""
}

// TestNothingImpossibleIsSaid folds tapes that were mangled, and looks at every row on the way.
func TestNothingImpossibleIsSaid(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 5))
		for range 3 {
			saysNothingImpossible(t, seed, mangled(rng, tape(seed, 300)))
		}
	}
}

func saysNothingImpossible(t *testing.T, seed uint64, changes []Change) {
	t.Helper()
	w := newWorld(t)
	for i, ch := range changes {
		w.Apply(ch)
		if ch.At.After(w.now) {
			w.now = ch.At
		}
		s := w.Snapshot()
		for _, r := range s.Rows {
			if what := cmp.Or(impossible(r, w.now), impossibleAgreement(s, r, w.now)); what != "" {
				t.Fatalf("seed %d, change %d, %v: %s", seed, i, w.now.Sub(epoch), what)
			}
		}
	}
}

// TestBatchesDoNotMatter folds the same tape with a snapshot after every change, now and then, and at the end only:
// what is said at the end, and some time after it, is the same.
func TestBatchesDoNotMatter(t *testing.T) {
	for seed := range uint64(80) {
		rng := rand.New(rand.NewPCG(seed, 6))
		changes := tape(seed, 300)
		if seed%4 == 3 {
			changes = mangled(rng, changes)
		}
		batchesDoNotMatter(t, seed, rng, changes[:rng.IntN(len(changes)+1)])
	}
}

func batchesDoNotMatter(t *testing.T, seed uint64, rng *rand.Rand, changes []Change) {
	t.Helper()
	always, sometimes, once := newWorld(t), newWorld(t), newWorld(t)
	end := epoch
	for _, ch := range changes {
		for _, w := range []*world{always, sometimes, once} {
			w.Apply(ch)
		}
		always.Snapshot()
		if rng.IntN(10) == 0 {
			sometimes.Snapshot()
		}
		end = ch.At
	}
	end = end.Add(time.Duration(rng.IntN(3*(1+rng.IntN(400)))) * time.Second / 2)
	want := saidAt(always, end)
	for _, w := range []*world{sometimes, once} {
		if got := saidAt(w, end); !slices.EqualFunc(got, want, func(a, b *Row) bool { return reflect.DeepEqual(a, b) }) {
			t.Errorf("seed %d, %v, %d changes: %s", seed, end.Sub(epoch), len(changes), differ(want, got))
		}
	}
}

// saidAt is what is said at a moment, pod by pod.
func saidAt(w *world, at time.Time) []*Row {
	w.Apply(Change{At: at})
	rows := slices.Clone(w.Snapshot().Rows)
	for i := range rows {
		rows[i] = rows[i].WithoutPast()
	}
	slices.SortFunc(rows, func(a, b *Row) int { return cmp.Compare(a.Pod.UID, b.Pod.UID) })
	return rows
}

// differ says in which field two lists of rows differ first.
func differ(a, b []*Row) string {
	if len(a) != len(b) {
		return fmt.Sprintf("%d rows and %d", len(a), len(b))
	}
	for i := range a {
		for j := range a[i].Probes {
			if x, y := a[i].Probes[j], b[i].Probes[j]; !reflect.DeepEqual(x, y) {
				return fmt.Sprintf("%v is %+v %+v and %+v %+v", x.Type, x.Verdict, x.Failures, y.Verdict, y.Failures)
			}
		}
		x, y := reflect.ValueOf(*a[i]), reflect.ValueOf(*b[i])
		for f := range x.NumField() {
			if s, o := fmt.Sprintf("%+v", x.Field(f)), fmt.Sprintf("%+v", y.Field(f)); s != o {
				return fmt.Sprintf("%s: %s and %s", x.Type().Field(f).Name, s, o)
			}
		}
	}
	return "somewhere deep"
}

// FuzzFold folds tapes of up to two minutes that are mangled in ways that the fuzzer chooses.
func FuzzFold(f *testing.F) {
	for seed := range uint64(4) {
		f.Add(seed, seed*3, uint8(seed))
	}
	f.Fuzz(func(t *testing.T, seed, mangle uint64, quarters uint8) {
		rng := rand.New(rand.NewPCG(mangle, 8))
		changes := mangled(rng, tape(seed, 15*(1+int(quarters%8))))
		saysNothingImpossible(t, seed, changes)
		batchesDoNotMatter(t, seed, rng, changes)
	})
}
