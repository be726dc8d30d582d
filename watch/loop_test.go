package watch

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/simcluster"
)

var expired = apierrors.NewResourceExpired("too old resource version: 1 (2)")

// A server that would keep a stream asking for ever is asked a few times a second, and what it does is said.
func TestLoopsAreSlow(t *testing.T) {
	const lasts, most = 30 * time.Second, 4 // requests of a stream a second
	for name, tt := range map[string]struct {
		begin beginning
		says  string
	}{
		"every watch ends after one event": {resuming(func(c *cluster) func() {
			end := always("pods", "watch", simcluster.EndWatch())(c)
			return end
		}), ""},
		"the same page again and again": {paged(always("pods", "list", simcluster.RepeatPages())), errRepeats.Error()},
		"pages without end":             {paged(always("pods", "list", simcluster.EndlessPages())), errEndless.Error()},
		"lists of another kind":         {paged(always("pods", "list", simcluster.WrongKind())), "the server sent objects of another kind"},
		"watches of another kind":       {resuming(always("pods", "watch", simcluster.WrongKind())), "the server sent objects of another kind"},
		"410 on everything":             {paged(always("pods", "", simcluster.Answer(expired))), expired.Error()},
		"429 without Retry-After":       {paged(always("pods", "", simcluster.Throttle(0))), "Too many requests, please try again later."},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCluster(t, podNames(0, 3)...)
				s := &story{cluster: c}
				s.step()
				r := start(t, c, Scope{})
				time.Sleep(5 * time.Second)
				before := len(c.asked("pods"))
				end := tt.begin(c)
				s.goOn(lasts)
				if n := len(c.asked("pods")) - before; n > most*int(lasts/time.Second) {
					t.Errorf("the server was asked %d times in %v", n, lasts)
				}
				if tt.says != "" && !r.wasSaid(model.Pods, tt.says) {
					t.Errorf("it was never said of pods that %s; they are %+v", tt.says, r.heardOf())
				}
				end()
				s.goOn(syncedWithin)
				if src := r.heardOf(); src.State != model.SourceSynced {
					t.Errorf("%v after the end pods are %s: %s", syncedWithin, src.State, src.Error)
				}
				r.expectTruth(t, c)
				r.end(t)
			})
		})
	}
}

// wasSaid reports whether a source has ever been stale for that reason.
func (r *run) wasSaid(kind model.SourceKind, why string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.changes, func(ch model.Change) bool {
		s, ok := ch.Fact.(*model.Source)
		return ok && s.Kind == kind && s.State == model.SourceStale && s.Error == why
	})
}
