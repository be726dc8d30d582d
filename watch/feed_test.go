package watch

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/probetop/probetop/model"
)

// script is a source that a function plays.
type script func(ctx context.Context, emit func(model.Change)) error

func (s script) Run(ctx context.Context, emit func(model.Change)) error { return s(ctx, emit) }

// podChange is news of a pod; a version is in its name.
func podChange(uid, name string) model.Change {
	return model.Change{At: time.Now(), Fact: &model.Pod{UID: uid, Name: name, Phase: "Succeeded"}}
}

// feeding runs a feed in a bubble and returns it with a function that emits into it.
func feeding(t *testing.T) (*Feed, func(model.Change)) {
	t.Helper()
	f := NewFeed(0)
	ctx, stop := context.WithCancel(t.Context())
	var emit func(model.Change)
	ready, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		err := f.Run(ctx, script(func(ctx context.Context, e func(model.Change)) error {
			emit = e
			close(ready)
			<-ctx.Done()
			return nil
		}))
		if err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	<-ready
	t.Cleanup(func() { stop(); <-done })
	return f, emit
}

func TestFeedPublishesTheFirstChangeAtOnceAndTheRestTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, emit := feeding(t)
		emit(podChange("a", "a"))
		synctest.Wait()
		if s := f.Snapshot(); s.Seq != 1 || len(s.Rows) != 1 {
			t.Fatalf("snapshot %d has %d rows, want 1 and 1", s.Seq, len(s.Rows))
		}
		for i := range 3000 {
			emit(podChange(fmt.Sprint(i), "p"))
		}
		time.Sleep(DefaultFrame - 1)
		synctest.Wait()
		if s := f.Snapshot(); s.Seq != 1 {
			t.Errorf("snapshot %d within a frame", s.Seq)
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if s := f.Snapshot(); s.Seq != 2 || len(s.Rows) != 3001 {
			t.Errorf("snapshot %d has %d rows, want 2 and 3001", s.Seq, len(s.Rows))
		}
	})
}

func TestFeedIsSilentWhenNothingChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, emit := feeding(t)
		emit(podChange("a", "a"))
		time.Sleep(time.Hour)
		synctest.Wait()
		if s := f.Snapshot(); s.Seq != 1 {
			t.Errorf("snapshot %d after an hour of silence, want 1", s.Seq)
		}
	})
}

func TestFeedMovesConclusionsWithTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, emit := feeding(t)
		spec := &model.ProbeSpec{Period: time.Second, Timeout: time.Second, InitialDelay: time.Minute, FailureThreshold: 1}
		c := model.Container{Name: "web", State: model.Running, StartedAt: time.Now(), Ready: false, Started: model.True}
		c.Probes[model.Readiness] = spec
		emit(model.Change{At: time.Now(), Fact: &model.Pod{UID: "a", Phase: "Running", Containers: []model.Container{c}}})
		state := func() model.State {
			synctest.Wait()
			return f.Snapshot().Rows[0].Probes[0].State
		}
		if got := state(); got != model.StateDelayed {
			t.Fatalf("at first the probe is %v, want delayed", got)
		}
		time.Sleep(70 * time.Second)
		if got := state(); got != model.StateFailed {
			t.Errorf("after its delay the probe is %v, want failed", got)
		}
	})
}

func TestReadersSeeTheLatestEachInItsOwnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, emit := feeding(t)
		fast, slow := f.Reader(), f.Reader()
		for i := range 10 {
			emit(podChange("a", fmt.Sprint("v", i)))
			s, err := fast.Next(t.Context())
			if err != nil || s.Seq != uint64(i+1) {
				t.Fatalf("fast reader got snapshot %v, %v, want %d", s, err, i+1)
			}
		}
		s, err := slow.Next(t.Context())
		if err != nil || s.Seq != 10 || s.Rows[0].Pod.Name != "v9" {
			t.Errorf("slow reader got snapshot %v, %v, want 10", s, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if s, err := slow.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("with nothing new Next returned %v, %v", s, err)
		}
	})
}

func TestReadersMissNoWakeUp(t *testing.T) {
	f := NewFeed(time.Nanosecond)
	const last = 2000
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			var seen uint64
			for r := f.Reader(); ; {
				s, err := r.Next(t.Context())
				switch {
				case errors.Is(err, ErrEnded):
					if got := f.Snapshot().Seq; seen != got {
						t.Errorf("ended at snapshot %d, want %d", seen, got)
					}
					return
				case err != nil || s.Seq <= seen:
					t.Errorf("got snapshot %v after %d: %v", s, seen, err)
					return
				}
				seen = s.Seq
			}
		})
	}
	emits := script(func(_ context.Context, emit func(model.Change)) error {
		for i := range last {
			emit(podChange("a", fmt.Sprint("v", i)))
		}
		return nil
	})
	if err := f.Run(t.Context(), emits); err != nil {
		t.Fatal(err)
	}
	readers.Wait()
	if got, want := f.Snapshot().Rows[0].Pod.Name, fmt.Sprint("v", last-1); got != want {
		t.Errorf("the last snapshot has %s, want %s", got, want)
	}
}

func TestFeedEndsWithItsFirstFailingSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		f := NewFeed(0)
		waits := script(func(ctx context.Context, emit func(model.Change)) error {
			for ctx.Err() == nil { // more than the feed's backlog
				emit(podChange("a", "a"))
			}
			return nil
		})
		fails := script(func(context.Context, func(model.Change)) error { return broken })
		if err := f.Run(t.Context(), waits, fails); !errors.Is(err, broken) {
			t.Errorf("Run: %v, want %v", err, broken)
		}
	})
}
