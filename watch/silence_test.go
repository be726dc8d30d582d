package watch

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/simcluster"
)

// linked runs a Live behind a link, by the clock of the server.
func linked(t *testing.T, c *cluster) (*run, *simcluster.Link) {
	t.Helper()
	cfg := c.RESTConfig()
	link := simcluster.NewLink(cfg.Dial)
	cfg.Dial = link.Dial
	clock := NewServerClock(nil)
	cfg.Wrap(clock.Heed)
	r := prepare(t, cfg, Scope{})
	r.live.Clock, r.clock, r.server = clock.Now, clock, c.Now
	r.begin(t)
	return r, link
}

// heardOf returns what is known of pods as a source.
func (r *run) heardOf() model.Source {
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cluster.Snapshot().Source(model.Pods)
}

// A connection that has frozen is silent within five seconds and stale within ten, from its beginning; and whatever happened
// meanwhile is heard once the network is back.
func TestSilenceIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		s := &story{cluster: c}
		s.step()
		r, link := linked(t, c)
		time.Sleep(20 * time.Second)
		if src := r.heardOf(); !src.Listening() {
			t.Fatalf("in a cluster in which nothing happens, pods are %+v", src)
		}
		s.step()
		synctest.Wait()
		frozen := time.Now()
		link.Freeze()
		s.goOn(5 * time.Second)
		src := r.heardOf()
		if src.State != model.SourceSynced || src.Silent.IsZero() || src.Silent.After(frozen) || frozen.Sub(src.Silent) > askAfter {
			t.Errorf("5 s into the silence pods are %+v, want silent since %v", src, frozen)
		}
		s.goOn(5 * time.Second)
		src = r.heardOf()
		if src.State != model.SourceStale || src.Since.After(frozen) || frozen.Sub(src.Since) > askAfter || src.Error != errSilent.Error() {
			t.Errorf("10 s into the silence pods are %+v, want stale since %v", src, frozen)
		}
		s.goOn(35 * time.Second)
		link.Thaw()
		back := time.Now()
		s.goOn(syncedWithin)
		synctest.Wait()
		if src := r.heardOf(); !src.Listening() || !src.Missed.IsZero() {
			t.Errorf("%v after the network is back, pods are %+v", time.Since(back), src)
		}
		r.expectTruth(t, c)
		r.end(t)
		if steps := r.seen(t); len(steps) != int(s.steps) {
			t.Errorf("the pod that flips went through %d of %d steps", len(steps), s.steps)
		}
	})
}

// A server that takes seconds to answer is not silent, and is said to be slow.
func TestDelayIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, pod("a"))
		r, link := linked(t, c)
		time.Sleep(5 * time.Second)
		link.Delay(1500 * time.Millisecond)
		time.Sleep(8 * time.Second)
		if src := r.heardOf(); src.State != model.SourceSynced || src.Error != "the API server takes 3 s to answer" {
			t.Errorf("behind a delay pods are %+v", src)
		}
		link.Delay(0)
		time.Sleep(8 * time.Second)
		if src := r.heardOf(); !src.Listening() || src.Error != "" {
			t.Errorf("after the delay pods are %+v", src)
		}
		r.end(t)
	})
}
