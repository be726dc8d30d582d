package model_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// laneOf returns the lane of that kind; a probe's by its type.
func laneOf(t *testing.T, r *Row, kind LaneKind, typ ProbeType) Lane {
	t.Helper()
	line := r.Timeline()
	for _, l := range line.Lanes {
		if l.Kind == kind && (kind != LaneProbe || l.Probe == typ) {
			return l
		}
	}
	t.Fatalf("no lane of kind %d", kind)
	return Lane{}
}

// told words the what was known of a lane, in seconds after the epoch.
func told(l Lane) string {
	var words []string
	for _, s := range l.Known {
		what := s.Stage.String()
		if l.Kind == LaneProbe {
			what = fmt.Sprintf("%s(%s) %d", s.State, s.Certainty, s.Failures.Run)
		}
		if s.Later {
			what += "*"
		}
		words = append(words, fmt.Sprintf("%d %s", int(s.From.Sub(epoch).Seconds()), what))
	}
	return strings.Join(words, "; ")
}

// seen takes a snapshot after that many seconds.
func (w *world) seen(second int, facts ...Fact) *world {
	w.after(second).hears(facts...).Snapshot()
	return w
}

func TestTimelineKeepsWhatWasKnownThen(t *testing.T) {
	pod := with(Readiness, probe())
	slice := func(ready bool) *EndpointSlice {
		return &EndpointSlice{Namespace: "shop", Name: "web-1", Service: "web", Endpoints: []Endpoint{{Pod: "u-web", Ready: ready, Serving: ready}}}
	}
	w := newWorld(t)
	w.Snapshot()
	w.seen(5, goodNode, service("web"), slice(true), web(pod))
	w.seen(62, unhealthy("Readiness probe failed: boom", 1, 62, 62))
	w.seen(72, unhealthy("Readiness probe failed: boom", 2, 62, 72))
	w.seen(82, unhealthy("Readiness probe failed: boom", 3, 62, 82))
	w.seen(83, web(pod, notReady), slice(false))
	for n := int32(4); n < 40; n++ {
		w.seen(52+10*int(n), unhealthy("Readiness probe failed: boom", n, 62, 52+10*int(n)))
	}
	r := w.row(t, "u-web")
	probes := laneOf(t, r, LaneProbe, Readiness)
	got := told(probes)
	for _, want := range []string{"62 failing(", " 1; 72 failing(", " 2; 82 fail", "83 failed("} {
		if !strings.Contains(got, want) {
			t.Errorf("the lane of the probe lacks %q: %s", want, got)
		}
	}
	if n := len(probes.Known); n > 12 {
		t.Errorf("%d what was known: failures beyond the threshold are nothing new: %s", n, got)
	}
	if got := told(laneOf(t, r, LanePod, 0)); got != "5 ready; 83 not ready" {
		t.Errorf("the lane of the pod: %s", got)
	}
	if got := told(laneOf(t, r, LaneContainer, 0)); got != "0 running*; 5 ready; 83 not ready" {
		t.Errorf("the lane of the container: %s", got)
	}
	if got := told(laneOf(t, r, LaneEndpoint, 0)); got != "5 ready; 83 not ready" {
		t.Errorf("the lane of the endpoint: %s", got)
	}
	if s, ok := probes.At(at(75)); !ok || s.State != StateFailing || s.Failures.Run != 2 {
		t.Errorf("at 75 s the probe was %+v, %t", s, ok)
	}
	if _, ok := probes.At(at(4)); ok {
		t.Error("something was known of the probe before anybody looked")
	}
}

func TestTimelineMarksRunsKillsAndRestarts(t *testing.T) {
	live := with(Liveness, probe())
	w := newWorld(t)
	w.Snapshot()
	w.seen(5, goodNode, web(live))
	for n := int32(1); n <= 3; n++ {
		second := 30 + 10*int(n)
		w.seen(second, unhealthy("Liveness probe failed: boom", n, 40, second))
	}
	w.seen(60, said(ReasonKilling, "Container web failed liveness probe, will be restarted", 1, 60, 60))
	w.seen(64, web(live, func(p *Pod) {
		c := &p.Containers[0]
		c.Restarts, c.StartedAt, c.ID, c.Ready = 1, at(64), "c2", false
		c.Last = &Termination{Reason: "Error", ExitCode: 137, StartedAt: epoch, FinishedAt: at(62)}
	}))
	r := w.row(t, "u-web")
	var marks []string
	for _, l := range []Lane{laneOf(t, r, LaneProbe, Liveness), laneOf(t, r, LaneContainer, 0)} {
		for _, m := range l.Marks {
			marks = append(marks, fmt.Sprintf("%d %s", int(m.At.Sub(epoch).Seconds()), strings.TrimSpace(m.Kind.String()+" "+string(m.Cause))))
		}
	}
	want := "40 failed, 50 failed, 60 failed, 60 kill liveness, 62 ended liveness, 64 started again"
	if got := strings.Join(marks, ", "); got != want {
		t.Errorf("the marks are %s, want %s", got, want)
	}
}

func TestTimelineBeginsWhenTheListsAreRead(t *testing.T) {
	w := &world{Cluster: NewCluster(), now: epoch}
	w.Apply(Change{At: epoch, Stream: 1, Fact: &Source{Kind: Events, State: SourceSyncing, Since: epoch}})
	pod := with(Readiness, probe())
	w.seen(1, web(pod, notReady))
	w.seen(2, web(pod))
	w.Apply(Change{At: at(3), Stream: 1, Fact: &Source{Kind: Events, State: SourceSynced, Since: at(3)}})
	w.seen(3)
	line := w.row(t, "u-web").Timeline()
	if got := line.Watched.Sub(epoch); got < time.Second || got > 3*time.Second {
		t.Errorf("watched since %s", got)
	}
	for i := range line.Lanes {
		if l := &line.Lanes[i]; l.Kind != LaneContainer && len(l.Known) != 1 {
			t.Errorf("while lists were read, turns were kept: %s", told(*l))
		}
	}
}

func TestTimelineIsBounded(t *testing.T) {
	pod := with(Readiness, probe())
	w := newWorld(t)
	w.Snapshot()
	w.seen(1, goodNode, web(pod))
	for i := range 400 {
		if i%2 == 0 {
			w.seen(10+i, web(pod, notReady))
		} else {
			w.seen(10+i, web(pod))
		}
	}
	line := w.row(t, "u-web").Timeline()
	turns := 0
	for _, l := range line.Lanes {
		turns += len(l.Known) - 1
	}
	if turns > 256+1 {
		t.Errorf("%d turns are kept", turns)
	}
	if !line.Watched.After(at(100)) {
		t.Errorf("the turns before %s are said to be known", line.Watched)
	}
}

func TestTimelineOfACloneIsItsOwn(t *testing.T) {
	pod := with(Readiness, probe())
	w := newWorld(t)
	w.Snapshot()
	w.seen(1, goodNode, web(pod))
	w.seen(10, web(pod, notReady))
	other := &world{Cluster: w.Clone(), now: w.now}
	w.seen(20, web(pod))
	other.seen(30, web(pod))
	if got := told(laneOf(t, w.row(t, "u-web"), LanePod, 0)); got != "1 ready; 10 not ready; 20 ready" {
		t.Errorf("the cluster: %s", got)
	}
	if got := told(laneOf(t, other.row(t, "u-web"), LanePod, 0)); got != "1 ready; 10 not ready; 30 ready" {
		t.Errorf("its clone: %s", got)
	}
}
