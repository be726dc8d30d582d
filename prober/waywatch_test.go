package prober

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/probetop/probetop/model"
)

// freezes is a way of some length on which nothing gets through for a while, from a second moment of its life on.
type freezes struct {
	trip        time.Duration
	born        time.Time
	from, until time.Duration
}

// ping takes the way there and back.
func (f *freezes) ping(ctx context.Context) error {
	f.pass(ctx, f.trip/2)
	f.pass(ctx, f.trip/2)
	return ctx.Err()
}

// pass takes the way once.
func (f *freezes) pass(ctx context.Context, d time.Duration) {
	idle(ctx, d)
	if at := time.Since(f.born); at >= f.from && at < f.until {
		idle(ctx, f.until-at)
	}
}

func idle(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// TestAWayThatIsHeldUp makes no failure of a container that answers in time.
func TestAWayThatIsHeldUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers time.Duration
		way     freezes
		want    model.ShadowVerdict
	}{
		"nothing is":                           {20 * time.Millisecond, freezes{}, model.ShadowSuccess},
		"the container is slow":                {1500 * time.Millisecond, freezes{}, model.ShadowFailure},
		"the container hangs":                  {time.Hour, freezes{}, model.ShadowFailure},
		"the way is, and the answer is late":   {20 * time.Millisecond, freezes{from: 10 * time.Millisecond, until: 1200 * time.Millisecond}, model.ShadowNone},
		"the way is, and nothing comes":        {50 * time.Millisecond, freezes{from: 40 * time.Millisecond, until: 1600 * time.Millisecond}, model.ShadowNone},
		"the way is for less than it matters":  {20 * time.Millisecond, freezes{from: 10 * time.Millisecond, until: 500 * time.Millisecond}, model.ShadowSuccess},
		"the way is later, when nothing comes": {time.Hour, freezes{from: 500 * time.Millisecond, until: 1100 * time.Millisecond}, model.ShadowNone},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				way := c.way
				way.born, way.trip = time.Now(), 20*time.Millisecond
				var server net.Conn
				dial := func(context.Context, string, string) (net.Conn, error) {
					ours, theirs := net.Pipe()
					server = theirs
					go func() {
						if _, err := http.ReadRequest(bufio.NewReader(theirs)); err != nil {
							return
						}
						idle(t.Context(), c.answers)
						way.pass(t.Context(), way.trip)
						_, _ = theirs.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
					}()
					return ours, nil
				}
				alive := func(context.Context) error { return nil }
				r := webCheck(t).Run(t.Context(), Paths{Dial: dial, Alive: alive, Ping: way.ping, RoundTrip: way.trip})
				if r.Verdict != c.want {
					t.Errorf("got %s %s: %s", r.Verdict, r.Lack, r.Text)
				}
				_ = server.Close()
				time.Sleep(2 * time.Hour)
			})
		})
	}
}

// TestAPingThatFails is no silence: the next one tells how long the way is.
func TestAPingThatFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fails int32 // so many pings
		took  time.Duration
		worst time.Duration // after a second
	}{
		"none does":        {0, 20 * time.Millisecond, 20 * time.Millisecond},
		"the first does":   {1, 20 * time.Millisecond, 140 * time.Millisecond},
		"the first do":     {3, 20 * time.Millisecond, 380 * time.Millisecond},
		"all do, at once":  {100, 0, 900 * time.Millisecond},
		"all do, but late": {100, 20 * time.Millisecond, 900 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				pings := int32(0)
				w := watchWay(t.Context(), func(ctx context.Context) error {
					idle(ctx, c.took)
					if pings++; pings <= c.fails {
						return errRetired
					}
					return ctx.Err()
				})
				time.Sleep(time.Second - time.Millisecond)
				synctest.Wait()
				if got := w.worst().Round(10 * time.Millisecond); got != c.worst {
					t.Errorf("the way took %v at worst, want %v", got, c.worst)
				}
				if got := w.usual(); c.fails < 100 && got != c.took {
					t.Errorf("the way takes %v, want %v", got, c.took)
				}
				w.stop()
			})
		})
	}
}

func webCheck(t *testing.T) *Check {
	t.Helper()
	get := corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Port: intstr.FromInt32(8080)}}
	pod := &corev1.Pod{
		Spec:   corev1.PodSpec{Containers: []corev1.Container{{Name: "app", LivenessProbe: &corev1.Probe{ProbeHandler: get, TimeoutSeconds: 1}}}},
		Status: corev1.PodStatus{PodIP: "10.0.0.5"},
	}
	c, err := NewCheck(pod, "app", model.Liveness, NodeInfo{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fakeRemote is a command at the end of a way.
type fakeRemote struct {
	way   freezes
	ended chan struct{}
	asked atomic.Int32
}

func (f *fakeRemote) over() <-chan struct{}           { return f.ended }
func (f *fakeRemote) result() (ExecResult, error)     { return ExecResult{}, nil }
func (f *fakeRemote) alive(ctx context.Context) error { return f.ask(ctx) }
func (f *fakeRemote) ask(ctx context.Context) error   { f.asked.Add(1); return f.way.ping(ctx) }
func (f *fakeRemote) close()                          {}

// TestACommandIsTimedWithoutItsWay: what the way takes is not the command's.
func TestACommandIsTimedWithoutItsWay(t *testing.T) {
	t.Parallel()
	const long = 300 * time.Millisecond
	for name, c := range map[string]struct {
		ends time.Duration // after which its end is known here
		way  freezes
		want string
		took time.Duration
	}{
		"in time":                       {900 * time.Millisecond, freezes{trip: long}, "ended", 900 * time.Millisecond},
		"in time, but for the way":      {1200 * time.Millisecond, freezes{trip: long}, "ended", 1200 * time.Millisecond},
		"late":                          {1600 * time.Millisecond, freezes{trip: long}, "late", 1600 * time.Millisecond},
		"never":                         {time.Hour, freezes{trip: long}, "timed out", 2 * time.Second},
		"never, nearby":                 {time.Hour, freezes{trip: time.Millisecond}, "timed out", 1260 * time.Millisecond},
		"the way was held up meanwhile": {1200 * time.Millisecond, freezes{trip: 20 * time.Millisecond, from: 300 * time.Millisecond, until: 1190 * time.Millisecond}, "broken", 1200 * time.Millisecond},
		"the way is held up, and the command is given that": {time.Hour, freezes{trip: 20 * time.Millisecond, from: 300 * time.Millisecond, until: 1600 * time.Millisecond}, "timed out", 3300 * time.Millisecond},
		"the way is held up for long":                       {time.Hour, freezes{trip: 20 * time.Millisecond, from: 300 * time.Millisecond, until: 5 * time.Second}, "broken", 5100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &Pool{opts: PoolOptions{Beat: 10 * time.Second}}
				p.ctx, p.cancel = context.WithCancel(t.Context())
				r := &fakeRemote{way: c.way, ended: make(chan struct{})}
				r.way.born = time.Now()
				go func() { time.Sleep(c.ends); close(r.ended) }()
				over := []fate{} // what it is said to have become, for each time that it is said
				began := time.Now()
				result, err := p.await(t.Context(), r, time.Second, func(f fate) { over = append(over, f) })
				took := time.Since(began)
				b := newBudget(time.Second, 0, 0)
				b.start, b.roundTrip = began, result.RoundTrip
				got := "ended"
				var broken *Broken
				switch {
				case errors.As(err, &broken):
					got = "broken"
				case result.TimedOut:
					got = "timed out"
				case b.lateAt(began.Add(took)):
					got = "late"
				}
				if got != c.want || took > c.took {
					t.Errorf("%s after %v (%v), want %s after %v", got, took, err, c.want, c.took)
				}
				before := r.asked.Load()
				time.Sleep(time.Minute)
				if asked := r.asked.Load() - before; c.ends == time.Hour && asked < 5 {
					t.Errorf("the command was asked %d times for a sign of life in a minute", asked)
				}
				p.cancel()
				p.running.Wait()
				if len(over) != 1 || over[0] != ended {
					t.Errorf("it is said to have become %v", over)
				}
				time.Sleep(2 * time.Hour)
			})
		})
	}
}

// TestALostCommandThatUsedToEnd is taken to run for many times as long as it took, once.
func TestALostCommandThatUsedToEnd(t *testing.T) {
	t.Parallel()
	for took, forsaken := range map[time.Duration]time.Duration{
		100 * time.Millisecond: 2 * time.Second, 500 * time.Millisecond: 5 * time.Second, 10 * time.Second: time.Minute,
	} {
		synctest.Test(t, func(t *testing.T) {
			u, probe := &unfinished{runs: map[model.Key]*running{}}, model.Key{Pod: "p", Container: "c"}
			run := func(f fate) {
				done, err := u.begin(probe)
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(took)
				done(f)
			}
			run(ended)
			run(lost)
			for _, wait := range []time.Duration{forsaken, 2 * time.Minute} { // that it is lost again is a sign
				time.Sleep(wait - time.Millisecond)
				if !u.is(probe) {
					t.Errorf("a command that took %v and was lost is not said to run after %v", took, wait)
				}
				time.Sleep(time.Millisecond)
				run(lost)
			}
			if len(u.runs) != 1 {
				t.Errorf("%d commands are remembered", len(u.runs))
			}
			u.forget("p")
			run(lost)
			time.Sleep(time.Minute - time.Millisecond)
			if !u.is(probe) {
				t.Error("how long it took is remembered of a pod that is gone")
			}
		})
	}
}

// TestALostCommandIsNotStartedAgainAndAgain, for it may be one that hangs.
func TestALostCommandIsNotStartedAgainAndAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, probe := &unfinished{runs: map[model.Key]*running{}}, model.Key{Pod: "p", Container: "c"}
		for _, wait := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute} {
			done, err := u.begin(probe)
			if err != nil {
				t.Fatal(err)
			}
			done(lost)
			time.Sleep(wait - time.Second)
			if _, err := u.begin(probe); err == nil || !u.is(probe) {
				t.Errorf("it is started again within %v", wait)
			}
			time.Sleep(time.Second)
			refused, err := u.begin(probe)
			if err != nil {
				t.Fatal(err)
			}
			refused(neverBegan)
			if u.is(probe) {
				t.Error("a command that was refused is said to run")
			}
		}
		late, err := u.begin(probe)
		if err != nil {
			t.Fatal(err)
		}
		u.forget("p")
		if _, err := u.begin(probe); err != nil {
			t.Fatal(err)
		}
		late(ended) // of the pod of before
		if !u.is(probe) {
			t.Error("the end of an earlier command is taken for that of the present one")
		}
	})
}
