package watch

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/simcluster"
	"github.com/probetop/probetop/simcluster/section"
)

var tableFile = flag.String("faults", "", "document to write the table of faults into")

// The goals of the table.
const (
	namedWithin     = 5 * time.Second
	staleWithin     = 10 * time.Second
	recoveredWithin = 5 * time.Second
	memoryMost      = 200 << 20
)

// outage is a fault of the table.
type outage struct {
	simcluster.Outage
	// grows is set when what is read may be far larger than what there is.
	grows bool
}

// outages are the faults of the table.
func outages() []outage {
	var all []outage
	for _, o := range simcluster.Outages() {
		all = append(all, outage{o, o.Lists || o.Name == "200 bytes a second" || o.Name == "objects of another kind"})
	}
	return append(all,
		outage{simcluster.Outage{Name: "kilobytes that unfold without end", Begin: ofPods(simcluster.Unfold()), Requests: true}, true},
		outage{simcluster.Outage{Name: "an object without end", Begin: ofPods(simcluster.Flood()), Requests: true}, true},
		outage{simcluster.Outage{Name: "millions of empty objects", Begin: ofPods(simcluster.Crowd()), Requests: true}, true},
		outage{simcluster.Outage{Name: "the server's clock 5 min ahead", Begin: skewed(5 * time.Minute)}, false},
		outage{simcluster.Outage{Name: "the server's clock 5 min behind", Begin: skewed(-5 * time.Minute)}, false},
		outage{simcluster.Outage{Name: "the server's clock jumps", Begin: jumping(3*time.Minute, 10*time.Second)}, false},
	)
}

// ofPods is what happens to requests for pods alone.
func ofPods(do simcluster.Action) func(*simcluster.Link, *simcluster.Cluster) func() error {
	return func(_ *simcluster.Link, c *simcluster.Cluster) func() error {
		rule := c.Faults().Add(simcluster.Fault{Resource: "pods", Do: do})
		return func() error {
			rule.Remove()
			return nil
		}
	}
}

// skewed sets the server's clock wrong.
func skewed(ahead time.Duration) func(*simcluster.Link, *simcluster.Cluster) func() error {
	return func(_ *simcluster.Link, c *simcluster.Cluster) func() error {
		c.Skew(ahead)
		return func() error {
			c.Skew(0)
			return nil
		}
	}
}

// jumping sets the server's clock ahead and behind in turn, every so often.
func jumping(by, every time.Duration) func(*simcluster.Link, *simcluster.Cluster) func() error {
	return func(_ *simcluster.Link, c *simcluster.Cluster) func() error {
		done, ended := make(chan struct{}), make(chan struct{})
		c.Skew(by)
		go func() {
			defer close(ended)
			turn := time.NewTicker(every)
			defer turn.Stop()
			for ahead := by; ; c.Skew(ahead) {
				select {
				case <-turn.C:
					ahead = -ahead
				case <-done:
					return
				}
			}
		}()
		return func() error {
			close(done)
			<-ended
			c.Skew(0)
			return nil
		}
	}
}

// measured is what came of an outage.
type measured struct {
	// named, stale and recovered are when the board said that something is wrong, that it hears nothing, and that all is
	// well and up to date again; negative for never.
	named, stale, recovered time.Duration
	// unnoticed is the longest that something has happened and was neither heard of nor was anything said.
	unnoticed time.Duration
	steps     int
	// lost are the steps that were never seen, and untold those of them that may not be missing by what was said.
	lost, untold int
	// wrong counts what was false for longer than it may: a state of the pod that is told, and a time.
	wrong    int
	requests int
	// memory is the most that the heap has held; zero when that was not measured.
	memory int64
}

// TestFaultTable lets each fault last for 1, 10 and 45 seconds, while the cluster is watched and while it has to be listed. When the table is
// written, the rows are played one after another, and their memory is measured.
func TestFaultTable(t *testing.T) {
	var rows sync.Map
	t.Run("faults", func(t *testing.T) {
		for i, o := range outages() {
			for k, phase := range phases(&o) {
				for m, lasts := range []time.Duration{time.Second, 10 * time.Second, 45 * time.Second} {
					t.Run(fmt.Sprintf("%s/%s/%v", o.Name, phase, lasts), func(t *testing.T) {
						if *tableFile == "" {
							t.Parallel()
						}
						got := play(t, &o, phase, lasts)
						got.judge(t, &o, phase, lasts)
						rows.Store([3]int{i, k, m}, got.row(&o, phase, lasts))
					})
				}
			}
		}
	})
	text := "| fault | phase | lasts | named | stale | recovered | unnoticed | false | lost of | requests a second | memory |\n|---|---|---|---|---|---|---|---|---|---|---|\n"
	for i := range outages() {
		for k := range 2 {
			for m := range 3 {
				if row, ok := rows.Load([3]int{i, k, m}); ok {
					text += row.(string)
				}
			}
		}
	}
	t.Log("\n" + text)
	if *tableFile != "" {
		if err := section.Replace(*tableFile, "api", text); err != nil {
			t.Error(err)
		}
	}
}

// TestFaultsTakeLittleMemory measures the faults that could take much.
func TestFaultsTakeLittleMemory(t *testing.T) {
	for _, o := range outages() {
		for _, phase := range phases(&o) {
			if !o.grows {
				continue
			}
			t.Run(o.Name+"/"+phase, func(t *testing.T) {
				memory := section.HeapPeak(func() { play(t, &o, phase, 10*time.Second) })
				if t.Logf("%d MiB", memory>>20); memory > memoryMost {
					t.Errorf("%d MiB of memory", memory>>20)
				}
			})
		}
	}
}

// phases are those in which an outage can be.
func phases(o *outage) []string {
	if o.Lists {
		return []string{"list"}
	}
	return []string{"watch", "list"}
}

// play plays an outage in a bubble.
func play(t *testing.T, o *outage, phase string, lasts time.Duration) (got measured) {
	suffering := func() { synctest.Test(t, func(t *testing.T) { got = suffer(t, o, phase, lasts) }) }
	if *tableFile == "" {
		suffering()
		return got
	}
	memory := section.HeapPeak(suffering)
	got.memory = memory
	return got
}

// suffer plays an outage.
func suffer(t *testing.T, o *outage, phase string, lasts time.Duration) measured {
	const step = 500 * time.Millisecond
	c := newCluster(t)
	if err := c.Restart(1000); err != nil {
		t.Fatal(err)
	}
	s := &story{cluster: c}
	var happened []time.Time
	goOn := func(d time.Duration) {
		for range d / step {
			s.step()
			happened = append(happened, time.Now())
			time.Sleep(step)
		}
	}
	goOn(step)
	r, link := linked(t, c)
	goOn(15 * time.Second)
	time.Sleep(offBeat(o, lasts)) // between two signs of life
	before := len(c.Requests())
	begun := time.Now()
	if phase == "list" {
		c.fault("", "", simcluster.RefuseStreaming())
		c.Compact()
	}
	end := o.Begin(link, c.Cluster)
	if phase == "list" || o.Requests {
		c.EndWatches("")
	}
	goOn(lasts)
	asked := len(c.Requests()) - before
	if err := end(); err != nil {
		t.Error(err)
	}
	over := time.Now()
	goOn(15 * time.Second)
	synctest.Wait()
	r.expectTruth(t, c)
	r.end(t)
	got := r.measure(happened, begun, over)
	got.requests = asked
	return got
}

// offBeat is how much later than others an outage begins.
func offBeat(o *outage, lasts time.Duration) time.Duration {
	return time.Duration(len(o.Name)+int(lasts.Seconds())) % 10 * 300 * time.Millisecond
}

// measure reads what came of an outage off the changes.
func (r *run) measure(happened []time.Time, begun, over time.Time) measured {
	got := measured{named: -1, stale: -1, recovered: -1, steps: len(happened)}
	heard := make([]time.Time, len(happened))
	var missed []model.Span
	var src model.Source
	type span struct{ from, to time.Time }
	var well []span // while nothing was said
	fine, wrongSince := false, time.Time{}
	latest := 0
	for i, ch := range r.changes {
		h := r.heard[i]
		switch f := ch.Fact.(type) {
		case *model.Pod:
			if n := len(f.Containers); f.Name == "flips" && n > 0 {
				if i := int(f.Containers[0].Restarts) - 1; heard[i].IsZero() {
					heard[i], latest = h.at, max(latest, i)
				}
			}
		case *model.Source:
			if f.Kind != model.Pods {
				continue
			}
			src = *f
			if !f.Missed.IsZero() {
				missed = append(missed, r.local(f.Missed, h))
			}
			if got.stale < 0 && !h.at.Before(begun) && src.State != model.SourceSynced {
				got.stale = h.at.Sub(begun)
			}
		}
		was := fine
		fine = src.Listening() && src.Error == "" && h.ahead.Abs() < worthTelling
		if fine && !was {
			well = append(well, span{from: h.at})
		} else if was && !fine {
			well[len(well)-1].to = h.at
		}
		if got.named < 0 && !h.at.Before(begun) && !fine {
			got.named = h.at.Sub(begun)
		}
		switch {
		case h.off.Abs() <= worthTelling+time.Second: // dates are told to the second
			wrongSince = time.Time{}
		case wrongSince.IsZero():
			wrongSince = h.at
		case h.at.Sub(wrongSince) > namedWithin:
			got.wrong++
		}
	}
	if len(well) > 0 && well[len(well)-1].to.IsZero() {
		last := &well[len(well)-1]
		got.recovered = max(0, last.from.Sub(over))
		for i, at := range happened {
			if !at.Before(over) && !heard[i].IsZero() { // the first of those that happen after the end
				got.recovered = max(got.recovered, heard[i].Sub(over))
				break
			}
		}
	}
	for i, at := range happened {
		until := heard[i]
		if until.IsZero() {
			got.lost++
			if !slices.ContainsFunc(missed, func(m model.Span) bool { return !at.Before(m.From) && !at.After(m.To) }) {
				got.untold++
			}
			continue
		}
		for _, w := range well {
			if to := w.to; !at.Before(w.from) && (to.IsZero() || at.Before(to)) {
				if to.IsZero() || until.Before(to) {
					to = until
				}
				got.unnoticed = max(got.unnoticed, to.Sub(at))
				if to.Sub(at) > namedWithin {
					got.wrong++
				}
			}
		}
	}
	return got
}

// worthTelling is from when on it is told that two clocks differ, as cmd does.
const worthTelling = 2 * time.Second

// local returns a span of the server's time by the local clock, as it was taken when it was heard.
func (r *run) local(s model.Span, h hearing) model.Span {
	return model.Span{From: s.From.Add(-h.ahead), To: s.To.Add(-h.ahead)}
}

// judge holds what came of an outage against the goals.
func (m *measured) judge(t *testing.T, o *outage, phase string, lasts time.Duration) {
	t.Helper()
	if m.unnoticed > namedWithin {
		t.Errorf("for %v something had happened of which nothing was heard, and nothing was said", m.unnoticed)
	}
	if m.wrong > 0 {
		t.Errorf("%d times something false was told", m.wrong)
	}
	if lasts >= staleWithin && !o.Gentle && (m.named < 0 || m.named > namedWithin) {
		t.Errorf("it was said after %v that something is wrong", m.named)
	}
	if m.memory > memoryMost {
		t.Errorf("%d MiB of memory", m.memory>>20)
	}
	if m.recovered < 0 || m.recovered > recoveredWithin {
		t.Errorf("recovered after %v", m.recovered)
	}
	if m.untold > 0 || phase == "watch" && m.lost > 0 && !strings.Contains(o.Name, "410") {
		t.Errorf("%d of %d steps were lost, %d without a word", m.lost, m.steps, m.untold)
	}
	if rate := float64(m.requests) / lasts.Seconds(); lasts > staleWithin && rate > 20 {
		t.Errorf("the server was asked %.0f times a second", rate)
	}
}

// row is a line of the table.
func (m *measured) row(o *outage, phase string, lasts time.Duration) string {
	return fmt.Sprintf("| %s | %s | %.0f s | %s | %s | %s | %s | %d | %d of %d | %.1f | %s |\n", o.Name, phase, lasts.Seconds(),
		secondsOf(m.named), secondsOf(m.stale), secondsOf(m.recovered), secondsOf(m.unnoticed), m.wrong, m.lost, m.steps, float64(m.requests)/lasts.Seconds(), mebibytes(m.memory))
}

func mebibytes(n int64) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprintf("%d MiB", (n+1<<20-1)>>20)
}

func secondsOf(d time.Duration) string {
	if d < 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
