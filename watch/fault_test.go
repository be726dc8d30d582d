package watch

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/simcluster"
)

// These are the promises of the board: how long it may take for a source to be called stale, or forbidden, that
// nothing is heard from; and for one to be synced that answers again.
const (
	saidWithin   = 2 * time.Second
	syncedWithin = 5 * time.Second
)

// trouble is a fault with its beginning and its end.
type trouble struct {
	name string
	// begin makes it, and returns what ends it.
	begin beginning
	// says is what a source is called that it keeps us from hearing; empty when it does not.
	says model.SourceState
	// whole is set when the server can go on where it was interrupted: then every step is seen.
	whole bool
	// about is the source that it is about; empty for all.
	about model.SourceKind
	// lasts is how much longer than ten seconds it lasts, while nothing happens.
	lasts time.Duration
	// crowd is how many pods there are beside those of the story.
	crowd int
}

// troubles are the faults that there are.
func troubles() []trouble {
	return slices.Concat(brokenWatches(), brokenLists(), brokenServers(), missingPermissions())
}

func brokenWatches() []trouble {
	internal := simcluster.ErrorEvent(apierrors.NewInternalError(errors.New("etcd is away")))
	tooMany := simcluster.ErrorEvent(apierrors.NewTooManyRequests("slow down", 1))
	expired := simcluster.ErrorEvent(apierrors.NewResourceExpired("too old resource version: 1 (2)"))
	return []trouble{
		{name: "a watch is cut off in mid-object", whole: true, begin: once("watch", simcluster.CutWatch()), about: model.Pods},
		{name: "every watch is cut off in mid-object", whole: true, begin: always("pods", "watch", simcluster.CutWatch()), about: model.Pods},
		{name: "a watch is reset in mid-object", whole: true, begin: once("watch", simcluster.ResetWatch()), about: model.Pods},
		{name: "every watch is reset in mid-object", whole: true, begin: always("", "watch", simcluster.ResetWatch())},
		{name: "a watch ends", whole: true, begin: once("watch", simcluster.EndWatch()), about: model.Pods},
		{name: "every watch ends", whole: true, begin: always("", "watch", simcluster.EndWatch())},
		{name: "410 on resume", begin: resuming(always("", "watch", simcluster.Expire()))},
		{name: "an error event", whole: true, begin: once("watch", internal), says: model.SourceStale, about: model.Pods},
		{name: "nothing but error events", whole: true, begin: always("", "watch", internal), says: model.SourceStale},
		{name: "an error event with 410", begin: once("watch", expired), says: model.SourceStale, about: model.Pods},
		{name: "an error event with 429", whole: true, begin: once("watch", tooMany), says: model.SourceStale, about: model.Pods},
		{name: "duplicate events", whole: true, begin: always("", "watch", simcluster.Duplicate())},
		{name: "reordered events", whole: true, begin: always("", "watch", simcluster.Reorder())},
		{name: "reordered events, and the watch ends", whole: true, begin: resuming(always("", "watch", simcluster.Reorder()))},
	}
}

func brokenLists() []trouble {
	return []trouble{
		{name: "streaming lists are refused", begin: relisting(always("", "", simcluster.RefuseStreaming()))},
		{name: "a slow list", begin: paged(always("pods", "list", simcluster.Delay(3*time.Second))), says: model.SourceStale, about: model.Pods},
		{name: "a slow streaming list", begin: relisting(always("pods", "watch", simcluster.Delay(3*time.Second))), says: model.SourceStale, about: model.Pods},
		{name: "a hanging list", begin: paged(hanging("pods", "list")), says: model.SourceStale, about: model.Pods},
		{name: "a hanging streaming list", begin: relisting(hanging("pods", "watch")), says: model.SourceStale, about: model.Pods},
		{name: "an expired continue token", begin: paged(once("list", simcluster.ExpireContinue())), about: model.Pods, crowd: pageSize},
		{name: "no continue token is good", begin: paged(always("pods", "list", simcluster.ExpireContinue())), about: model.Pods, crowd: pageSize},
	}
}

func brokenServers() []trouble {
	down := func(up func(c *cluster)) beginning {
		return func(c *cluster) func() {
			c.Down()
			return func() { up(c) }
		}
	}
	restart := func(version uint64) func(c *cluster) {
		return func(c *cluster) {
			if err := c.Restart(version); err != nil {
				c.t.Fatal(err)
			}
		}
	}
	return []trouble{
		{name: "connections are cut off", whole: true, begin: func(c *cluster) func() { c.CutConnections(); return func() {} }},
		{name: "connection refused", whole: true, begin: down((*cluster).up), says: model.SourceStale},
		{name: "connection refused, and back without history", begin: down(func(c *cluster) { c.Compact(); c.up() }), says: model.SourceStale},
		{name: "connection refused, and back with higher versions", begin: down(restart(50_000)), says: model.SourceStale},
		{name: "connection refused, and back with lower versions", begin: down(restart(10)), says: model.SourceStale},
		{name: "connection refused for long, and back with lower versions", begin: down(restart(10)), says: model.SourceStale, lasts: 5 * time.Minute},
		{name: "the server hangs", whole: true, begin: resuming(hanging("", "")), says: model.SourceStale},
		{name: "the server hangs behind a cut connection", whole: true, begin: severed(hanging("", "")), says: model.SourceStale},
		{name: "429 with Retry-After", whole: true, begin: severed(always("", "", simcluster.Throttle(2*time.Second))), says: model.SourceStale},
		{name: "429 with Retry-After on lists", begin: paged(always("", "list", simcluster.Throttle(2*time.Second))), says: model.SourceStale},
		{name: "503 with Retry-After", whole: true, begin: resuming(always("", "", simcluster.Answer(apierrors.NewServerTimeout(podResource, "watch", 1)))), says: model.SourceStale},
		{name: "500", whole: true, begin: resuming(always("", "", simcluster.Answer(apierrors.NewInternalError(errors.New("etcd is away"))))), says: model.SourceStale},
		{name: "401", whole: true, begin: resuming(always("", "", simcluster.Unauthorize())), says: model.SourceStale},
		{name: "401 for long", begin: resuming(always("", "", simcluster.Unauthorize())), says: model.SourceStale, lasts: 5 * time.Minute},
		{name: "401 behind a cut connection", whole: true, begin: severed(always("", "", simcluster.Unauthorize())), says: model.SourceStale},
	}
}

// missingPermissions are a permission each that is taken away and given back.
func missingPermissions() []trouble {
	var all []trouble
	for _, kind := range apiSources {
		all = append(
			all,
			trouble{name: "403 on " + string(kind), whole: true, begin: resuming(always(string(kind), "", simcluster.Forbid())), says: model.SourceForbidden, about: kind},
			trouble{name: "403 on watching " + string(kind), whole: true, begin: resuming(always(string(kind), "watch", simcluster.Forbid())), says: model.SourceForbidden, about: kind},
			trouble{name: "403 on listing " + string(kind), begin: paged(always(string(kind), "list", simcluster.Forbid())), says: model.SourceForbidden, about: kind},
		)
	}
	return all
}

// TestFaults tells a story in a cluster while something goes wrong. Whatever it is, the model ends with what the
// cluster holds, without having gone back or seen anything twice; and the source says in time that it is stale,
// and that it is synced again. The bubble fails when a goroutine is left.
func TestFaults(t *testing.T) {
	for _, trouble := range troubles() {
		t.Run(trouble.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { endure(t, &trouble) })
		})
	}
}

func endure(t *testing.T, trouble *trouble) {
	c := newCluster(t, podNames(0, trouble.crowd)...)
	if err := c.Restart(1000); err != nil {
		t.Fatal(err)
	}
	s := &story{cluster: c}
	s.step()
	r := start(t, c, Scope{})
	s.goOn(2 * time.Second)
	begun := time.Now()
	end := trouble.begin(c)
	s.goOn(10 * time.Second)
	time.Sleep(trouble.lasts)
	end()
	over := time.Now()
	s.goOn(2 * time.Second)
	time.Sleep(syncedWithin)
	synctest.Wait()
	r.expectTruth(t, c)
	r.end(t)
	for _, kind := range apiSources {
		if trouble.about == "" || trouble.about == kind {
			r.expectInTime(t, kind, begun, over, trouble.says)
		}
	}
	steps := r.seen(t)
	if !slices.IsSorted(steps) || len(slices.Compact(slices.Clone(steps))) != len(steps) {
		t.Errorf("the pod that flips went through %v", steps)
	}
	if trouble.whole && len(steps) != int(s.steps) {
		t.Errorf("the pod that flips went through %d of %d steps", len(steps), s.steps)
	}
	if last := steps[len(steps)-1]; last != s.steps {
		t.Errorf("the pod that flips was last seen at step %d of %d", last, s.steps)
	}
}

// expectInTime checks when a source was called stale, or forbidden, and synced again.
func (r *run) expectInTime(t *testing.T, kind model.SourceKind, begun, over time.Time, says model.SourceState) {
	t.Helper()
	var said, synced time.Time
	state := model.SourceOff
	for _, ch := range r.changes {
		src, ok := ch.Fact.(*model.Source)
		if !ok || src.Kind != kind {
			continue
		}
		switch state = src.State; {
		case state == model.SourceSynced:
			synced = ch.At
		case said.IsZero() && !ch.At.Before(begun) && (state == says || says == ""):
			said = ch.At
		}
	}
	if says != "" && (said.IsZero() || said.Sub(begun) > saidWithin) {
		t.Errorf("%s were not called %s in time", kind, says)
	}
	if state != model.SourceSynced || synced.Sub(over) > syncedWithin {
		t.Errorf("%s are %s, since %v after the fault ended", kind, state, synced.Sub(over))
	}
	t.Log(delays(kind, begun, over, said, synced))
}

// delays says when a source said that it could not be heard, and that it was synced.
func delays(kind model.SourceKind, begun, over, said, synced time.Time) string {
	text := string(kind) + ": said nothing"
	if !said.IsZero() {
		text = fmt.Sprintf("%s: said so after %.1f s", kind, said.Sub(begun).Seconds())
	}
	if synced.After(over) {
		return text + fmt.Sprintf(", synced %.1f s after the end", synced.Sub(over).Seconds())
	}
	return text + ", synced before the end"
}
