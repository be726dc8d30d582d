package cmd_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/probetop/probetop/simcluster"
	"github.com/probetop/probetop/simcluster/section"
)

var tableFile = flag.String("faults", "", "document to write what enduring faults costs into")

// catchUp is how long a process may need on a busy machine until it has written all that has changed.
const catchUp = 5 * time.Minute

// ordeal is what is to be endured.
type ordeal struct {
	pods int
	// lasts is how long faults happen, one every so often, each for between shortest and longest.
	lasts, every, shortest, longest time.Duration
	// calm is how long after a fault it is quiet.
	calm time.Duration
	// rush is how many changes there are before the first fault.
	rush int
	// seed chooses what happens.
	seed uint64
}

// newOrdeal returns that of make endure, or a short one that only shows that this test works.
func newOrdeal(t *testing.T) (o ordeal, long bool) {
	t.Helper()
	text := os.Getenv("ENDURE")
	if text == "" {
		return ordeal{pods: 200, lasts: 20 * time.Second, every: 2 * time.Second, shortest: 500 * time.Millisecond, longest: 500 * time.Millisecond, calm: time.Second, rush: 100, seed: 1}, false
	}
	lasts, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("ENDURE is how long to endure, such as 45m: %v", err)
	}
	seed, err := strconv.ParseUint(cmp.Or(os.Getenv("ENDURE_SEED"), "1"), 10, 64)
	if err != nil {
		t.Fatalf("ENDURE_SEED is a number: %v", err)
	}
	return ordeal{pods: 2000, lasts: lasts, every: 20 * time.Second, shortest: time.Second, longest: 11500 * time.Millisecond, calm: 8 * time.Second, rush: 2000 / busyOf * rushed, seed: seed}, true
}

// TestEndure lets the board, get -w and record look at many pods, in which much happens, while one thing after another goes wrong on the
// way to the cluster. None of them may end, and what they say at last must be so. For as long as ENDURE says, their memory, goroutines
// and descriptors must stay what they were after the warm-up, too.
func TestEndure(t *testing.T) {
	t.Parallel()
	o, long := newOrdeal(t)
	g := gather(t, &o)
	g.until("at first", g.falsehood)
	g.crowd.rush(t.Context(), o.rush)
	g.until("before anything goes wrong", g.falsehood)
	g.look()
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	running.Go(func() { g.crowd.goOn(ctx) })
	running.Go(func() { g.observe(ctx, 5*time.Second) })
	begun := g.endure()
	stop()
	running.Wait()
	report := g.report(begun)
	t.Log("\n" + report)
	g.crowd.settle()
	g.until("after all", g.falsehood)
	g.until("on the board", g.screenLacks)
	g.until("after all", g.excess)
	g.profiles()
	if long {
		g.judge(begun)
	}
	g.expectEnds()
	g.expectRecording()
	if *tableFile != "" && !t.Failed() {
		if err := section.Replace(*tableFile, "endure", report); err != nil {
			t.Error(err)
		}
	}
}

// until waits until nothing is wrong.
func (g *gathering) until(when string, wrong func() string) {
	g.t.Helper()
	for late := time.Now().Add(catchUp); ; g.rest(time.Now().Add(50 * time.Millisecond)) {
		switch said := wrong(); {
		case said == "":
			return
		case time.Now().After(late):
			g.t.Fatalf("%s: %s", when, said)
		}
	}
}

// falsehood is what the lines of get -w tell that is not so; empty for nothing.
func (g *gathering) falsehood() string {
	got, _, err := g.lines.now()
	if err != nil {
		g.t.Fatal(err)
	}
	return difference(got, g.crowd.truth())
}

// screenLacks is what the board does not show that it should: that it is live, and as many pods as there are, and are ready.
func (g *gathering) screenLacks() string {
	ready := 0
	for _, p := range g.crowd.pods {
		if p.Status.ContainerStatuses[0].Ready {
			ready++
		}
	}
	g.screen.forget()
	g.resizes++
	g.resize(40, 120+g.resizes%2)
	g.rest(time.Now().Add(500 * time.Millisecond))
	screen := strings.NewReplacer(",", "", " ", "").Replace(ansi.Strip(g.screen.text())) // blanks may be skipped
	for _, want := range []string{"live", fmt.Sprintf("%dpods", len(g.crowd.pods)), fmt.Sprintf("%dready", ready)} {
		if !strings.Contains(screen, want) {
			return fmt.Sprintf("%q is not in %q", want, screen)
		}
	}
	return ""
}

// excess is what the processes have more of than before the first fault, by more than what half of the faults could have left behind:
// a connection that was told to go away carries its watches until they end, and one that was made in vain is kept for a while.
func (g *gathering) excess() string {
	g.look()
	few := int(g.lasts/g.every) / 2
	var more []string
	for _, e := range g.all {
		first, last := &e.samples[0], &e.samples[len(e.samples)-1]
		if last.Goroutines > first.Goroutines+few || last.descriptors > first.descriptors+few {
			more = append(more, fmt.Sprintf("%s has %d goroutines and %d descriptors, and had %d and %d", e.name, last.Goroutines, last.descriptors, first.Goroutines, first.descriptors))
		}
	}
	return strings.Join(more, "; ")
}

// profiles makes the processes write profiles, when they are to be kept.
func (g *gathering) profiles() {
	if os.Getenv(profilesDir) == "" {
		return
	}
	for _, e := range g.all {
		if err := os.WriteFile(filepath.Join(e.dir, "profiles"), nil, 0o600); err != nil {
			g.t.Error(err)
		}
		e.until("profiles", func() bool { _, err := os.Stat(filepath.Join(e.dir, "profiles")); return os.IsNotExist(err) })
	}
}

// judge holds what was measured against the goals.
func (g *gathering) judge(begun time.Time) {
	g.t.Helper()
	for _, e := range g.all {
		v := newVerdict(e.samples, begun, g.lasts)
		for _, fault := range v.faults() {
			g.t.Errorf("%s: %s", e.name, fault)
		}
	}
}

// report says what has happened, and what it cost.
func (g *gathering) report(begun time.Time) string {
	_, lines, _ := g.lines.now()
	faults, least, most := 0, math.MaxInt, 0
	for _, o := range simcluster.Outages() {
		n := g.happens[o.Name]
		faults, least, most = faults+n, min(least, n), max(most, n)
	}
	size := int64(0)
	if info, err := os.Stat(g.file); err == nil {
		size = info.Size()
	}
	text := fmt.Sprintf("%v at %d pods, seed %d: %d faults, each of the %d kinds %d or %d times, %d of them without a request to strike. Meanwhile %d updates of pods, "+
		"%d of events, %d of endpoint slices, and %d pods replaced. `get -w` wrote %d lines, the recording has %.1f MB. 0 panics, 0 ends.\n\n",
		g.lasts, g.pods, g.seed, faults, len(simcluster.Outages()), least, most, g.unmet, g.crowd.updated, g.crowd.told, g.crowd.written, g.crowd.replaced, lines, float64(size)/1e6)
	text += verdictHeader
	for _, e := range g.all {
		v := newVerdict(e.samples, begun, g.lasts)
		text += v.row(e.name)
	}
	return text
}

// expectEnds tells every process to end.
func (g *gathering) expectEnds() {
	g.t.Helper()
	for _, e := range g.all {
		e.tell(e.signal)
		code, want := e.ends(), 0
		if e.name == "board" {
			want = 130 // a signal has ended it
		}
		if said := e.last.text(); code != want || strings.Contains(said, "panic:") || strings.Contains(said, "fatal error:") {
			g.t.Errorf("%s: exit code %d, it says %q", e.name, code, said)
		}
	}
}

// expectRecording looks at the end of what was recorded.
func (g *gathering) expectRecording() {
	g.t.Helper()
	got := run(g.t, g.t.Context(), "get", "--replay", g.file, "-o", "jsonl")
	end := &picture{}
	_, _ = io.WriteString(end, got.out)
	pods, _, err := end.now()
	if said := difference(pods, g.crowd.truth()); said != "" || err != nil || got.code != 0 {
		g.t.Errorf("the recording: exit code %d, %q, %v, %s", got.code, got.err, err, said)
	}
}
