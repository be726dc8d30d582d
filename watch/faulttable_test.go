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

	apierrors "k8s.io/apimachinery/pkg/api/errors"

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
)

// outage is a fault that lasts.
type outage struct {
	name string
	// begin makes it, and returns what ends it.
	begin func(*simcluster.Link, *cluster) (end func())
	// gentle is set when the fault keeps nobody from hearing everything in time.
	gentle bool
	// lists is set when it is about lists alone.
	lists bool
}

// outages are the faults of the table.
func outages() []outage {
	network := func(begin, end func(*simcluster.Link)) func(*simcluster.Link, *cluster) func() {
		return func(l *simcluster.Link, _ *cluster) func() {
			begin(l)
			return func() { end(l) }
		}
	}
	lost := func(way simcluster.Way) func(*simcluster.Link, *cluster) func() {
		return network(
			func(l *simcluster.Link) { l.Lose(way, true) },
			func(l *simcluster.Link) { l.Lose(way, false); l.Cut() }, // what was lost is lost: TCP would know
		)
	}
	answers := func(do simcluster.Action) func(*simcluster.Link, *cluster) func() {
		return func(_ *simcluster.Link, c *cluster) func() { return resuming(always("", "", do))(c) }
	}
	return []outage{
		{name: "connections cut, and refused", begin: func(_ *simcluster.Link, c *cluster) func() { c.Down(); return c.up }},
		{name: "closed by the server's side alone", begin: network(func(l *simcluster.Link) { l.HalfClose(simcluster.Down) }, func(*simcluster.Link) {}), gentle: true},
		{name: "closed by our side alone", begin: network(func(l *simcluster.Link) { l.HalfClose(simcluster.Up) }, func(*simcluster.Link) {}), gentle: true},
		{name: "frozen", begin: network((*simcluster.Link).Freeze, (*simcluster.Link).Thaw)},
		{name: "what the server sends is lost", begin: lost(simcluster.Down)},
		{name: "what we send is lost", begin: lost(simcluster.Up)},
		{name: "3 s late", begin: network(func(l *simcluster.Link) { l.Delay(1500 * time.Millisecond) }, func(l *simcluster.Link) { l.Delay(0) })},
		{name: "200 bytes a second", begin: network(func(l *simcluster.Link) { l.Drip(200) }, func(l *simcluster.Link) { l.Drip(0) })},
		{name: "401", begin: answers(simcluster.Unauthorize())},
		{name: "403", begin: answers(simcluster.Forbid())},
		{name: "410", begin: answers(simcluster.Answer(expired))},
		{name: "429, Retry-After 1", begin: answers(simcluster.Throttle(time.Second))},
		{name: "500", begin: answers(simcluster.Answer(apierrors.NewInternalError(fmt.Errorf("etcd is away"))))},
		{name: "no answers", begin: func(_ *simcluster.Link, c *cluster) func() { return resuming(hanging("", ""))(c) }},
		{name: "redirects elsewhere", begin: answers(simcluster.Redirect("https://elsewhere.test"))},
		{name: "GOAWAY", begin: answers(simcluster.GoAway()), gentle: true},
		{name: "objects of another kind", begin: answers(simcluster.WrongKind())},
		{name: "the same page again and again", begin: answers(simcluster.RepeatPages()), lists: true},
		{name: "pages without end", begin: answers(simcluster.EndlessPages()), lists: true},
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
	requests     int
}

// TestFaultTable lets each fault last for 1, 10 and 45 seconds, while the cluster is watched and while it has to be listed.
func TestFaultTable(t *testing.T) {
	var rows sync.Map
	t.Run("faults", func(t *testing.T) {
		for i, o := range outages() {
			for k, phase := range []string{"watch", "list"} {
				for m, lasts := range []time.Duration{time.Second, 10 * time.Second, 45 * time.Second} {
					if phase == "watch" && o.lists {
						continue
					}
					t.Run(fmt.Sprintf("%s/%s/%v", o.name, phase, lasts), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) {
							got := suffer(t, &o, phase, lasts)
							got.judge(t, &o, phase, lasts)
							rows.Store([3]int{i, k, m}, got.row(&o, phase, lasts))
						})
					})
				}
			}
		}
	})
	text := "| fault | phase | lasts | named | stale | recovered | unnoticed | lost of | requests a second |\n|---|---|---|---|---|---|---|---|---|\n"
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
	before := len(c.Requests())
	begun := time.Now()
	if phase == "list" {
		c.fault("", "", simcluster.RefuseStreaming())
		c.Compact()
	}
	end := o.begin(link, c)
	if phase == "list" {
		c.EndWatches("")
	}
	goOn(lasts)
	asked := len(c.Requests()) - before
	end()
	over := time.Now()
	goOn(15 * time.Second)
	synctest.Wait()
	r.expectTruth(t, c)
	r.end(t)
	got := r.measure(happened, begun, over)
	got.requests = asked
	return got
}

// measure reads what came of an outage off the changes.
func (r *run) measure(happened []time.Time, begun, over time.Time) measured {
	got := measured{named: -1, stale: -1, recovered: -1, steps: len(happened)}
	heard := make([]time.Time, len(happened))
	var missed []model.Span
	var src model.Source
	type span struct{ from, to time.Time }
	var well []span // while nothing was said
	fine := func() bool { return src.Listening() && src.Error == "" }
	latest := 0
	for _, ch := range r.changes {
		switch f := ch.Fact.(type) {
		case *model.Pod:
			if n := len(f.Containers); f.Name == "flips" && n > 0 {
				if i := int(f.Containers[0].Restarts) - 1; heard[i].IsZero() {
					heard[i], latest = ch.At, max(latest, i)
				}
			}
		case *model.Source:
			if f.Kind != model.Pods {
				continue
			}
			was := fine()
			src = *f
			if !f.Missed.IsZero() {
				missed = append(missed, f.Missed)
			}
			if is := fine(); is && !was {
				well = append(well, span{from: ch.At})
			} else if was && !is {
				well[len(well)-1].to = ch.At
			}
			if got.named < 0 && !ch.At.Before(begun) && !fine() {
				got.named = ch.At.Sub(begun)
			}
			if got.stale < 0 && !ch.At.Before(begun) && src.State != model.SourceSynced {
				got.stale = ch.At.Sub(begun)
			}
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
			}
		}
	}
	return got
}

// judge holds what came of an outage against the goals.
func (m *measured) judge(t *testing.T, o *outage, phase string, lasts time.Duration) {
	t.Helper()
	if m.unnoticed > namedWithin {
		t.Errorf("for %v something had happened of which nothing was heard, and nothing was said", m.unnoticed)
	}
	if lasts >= staleWithin && !o.gentle && m.named < 0 {
		t.Error("it was never said that something is wrong")
	}
	if m.recovered < 0 || m.recovered > recoveredWithin {
		t.Errorf("recovered after %v", m.recovered)
	}
	if m.untold > 0 || phase == "watch" && m.lost > 0 && !strings.Contains(o.name, "410") && !strings.Contains(o.name, "kind") {
		t.Errorf("%d of %d steps were lost, %d without a word", m.lost, m.steps, m.untold)
	}
	if rate := float64(m.requests) / lasts.Seconds(); lasts > staleWithin && rate > 20 {
		t.Errorf("the server was asked %.0f times a second", rate)
	}
}

// row is a line of the table.
func (m *measured) row(o *outage, phase string, lasts time.Duration) string {
	return fmt.Sprintf("| %s | %s | %.0f s | %s | %s | %s | %s | %d of %d | %.1f |\n", o.name, phase, lasts.Seconds(),
		secondsOf(m.named), secondsOf(m.stale), secondsOf(m.recovered), secondsOf(m.unnoticed), m.lost, m.steps, float64(m.requests)/lasts.Seconds())
}

func secondsOf(d time.Duration) string {
	if d < 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
