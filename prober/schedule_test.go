package prober_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

// TestGating runs the probes of pods in every state for a minute, and counts which are run.
func TestGating(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pod  known
		opts prober.Options
		runs bool
	}{
		"passing":                    {pod: known{state: model.StatePassing}, runs: true},
		"failing":                    {pod: known{state: model.StateFailing}, runs: true},
		"erroring":                   {pod: known{state: model.StateErroring}, runs: true},
		"not decided":                {pod: known{state: model.StateUnknown}, runs: true},
		"starting":                   {pod: known{state: model.StateStarting, typ: model.Startup}, runs: true},
		"unready":                    {pod: known{state: model.StateFailed, typ: model.Readiness}, runs: true},
		"restart due by liveness":    {pod: known{state: model.StateFailed, typ: model.Liveness}},
		"restart due by startup":     {pod: known{state: model.StateFailed, typ: model.Startup}},
		"initial delay":              {pod: known{state: model.StateDelayed}},
		"startup has not succeeded":  {pod: known{state: model.StateGated}},
		"container waits":            {pod: known{state: model.StateWaiting}},
		"pod terminates":             {pod: known{state: model.StateSuspended, typ: model.Liveness}},
		"startup has succeeded":      {pod: known{state: model.StateHeld, typ: model.Startup}},
		"command":                    {pod: known{state: model.StatePassing, handler: model.Exec}},
		"command that is allowed":    {pod: known{state: model.StatePassing, handler: model.Exec}, opts: prober.Options{AllowExec: true}, runs: true},
		"handler of another version": {pod: known{state: model.StatePassing, handler: model.UnknownHandler}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFleet(tcpSocket())
				if c.pod.handler == model.Exec {
					f = newFleet(execute("true"))
				}
				p, end := started(t, f, c.opts)
				c.pod.name = "a"
				p.Follow(snapshot(c.pod))
				p.View([]model.UID{"uid-a"})
				p.Auto(true)
				time.Sleep(time.Minute)
				shadows := end()
				if got := len(shadows); (got > 0) != c.runs || c.runs && (got < 6 || got > 7) || len(f.of("a")) != got {
					t.Errorf("%d runs, %d of them reached the container", got, len(f.of("a")))
				}
			})
		})
	}
}

// TestThePeriodIsKept switches between views as fast as a person scrolls: no probe is run twice in its period.
func TestThePeriodIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(tcpSocket())
		f.takes = time.Second
		p, end := started(t, f, prober.Options{})
		p.Follow(snapshot(known{name: "a", state: model.StatePassing}, known{name: "b", state: model.StatePassing}))
		p.Auto(true)
		for i := range 1200 {
			p.View([]model.UID{[]string{"uid-a", "uid-b"}[i%7%2]})
			time.Sleep(300 * time.Millisecond)
		}
		end()
		for _, pod := range []string{"a", "b"} {
			times := f.of(pod)
			if len(times) < 3 {
				t.Errorf("%d runs of %s", len(times), pod)
			}
			for i := 1; i < len(times); i++ {
				if gap := times[i].Sub(times[i-1]); gap < 10*time.Second {
					t.Errorf("run %d of %s came %v after the one before", i, pod, gap)
				}
			}
		}
	})
}

// TestThePeriodIsKeptOverAWayOfChangingLength: what counts is when the container is asked.
func TestThePeriodIsKeptOverAWayOfChangingLength(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(tcpSocket())
		slow := false
		f.open = func(string) error {
			if slow = !slow; slow {
				time.Sleep(4 * time.Second)
			}
			return nil
		}
		p, end := started(t, f, prober.Options{All: true})
		p.Follow(snapshot(known{name: "a", state: model.StatePassing}))
		p.Auto(true)
		time.Sleep(5 * time.Minute)
		end()
		times := f.of("a")
		for i := 1; i < len(times); i++ {
			if gap := times[i].Sub(times[i-1]); gap < 10*time.Second {
				t.Errorf("run %d came %v after the one before", i, gap)
			}
		}
		if len(times) < 20 {
			t.Errorf("%d runs in five minutes", len(times))
		}
	})
}

// TestEverythingAtOnce is for the race detector: all that the board may do while snapshots come and pods go.
func TestEverythingAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(tcpSocket())
		f.takes = 100 * time.Millisecond
		p, end := started(t, f, prober.Options{PerSecond: 100})
		var group sync.WaitGroup
		again := func(every time.Duration, do func(i int)) {
			group.Go(func() {
				for i := range 200 {
					do(i)
					time.Sleep(every)
				}
			})
		}
		again(70*time.Millisecond, func(i int) { p.Follow(snapshot(many(i%30, known{state: model.State(i % 11), period: 1})...)) })
		again(110*time.Millisecond, func(i int) { p.View([]model.UID{fmt.Sprintf("uid-pod-%d", i%30)}) })
		again(900*time.Millisecond, func(i int) { p.Auto(i%3 > 0) })
		again(30*time.Millisecond, func(i int) { p.Begin(subject(fmt.Sprintf("pod-%d", i%30), "app"), false) })
		again(50*time.Millisecond, func(int) {
			for _, probe := range p.State().Running {
				if probe.Container != "app" {
					t.Errorf("running %v", probe)
				}
			}
		})
		group.Wait()
		if n := len(end()); n < 200 || f.overlaps > 0 {
			t.Errorf("%d runs, of one pod %d at once", n, f.overlaps)
		}
		if got := p.State().Running; len(got) > 0 {
			t.Errorf("running %v after the end", got)
		}
	})
}

// TestBeginningsAreSpread: not all probes begin when auto does.
func TestBeginningsAreSpread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(tcpSocket())
		p, end := started(t, f, prober.Options{All: true, PerSecond: 1000})
		p.Follow(snapshot(many(100, known{state: model.StatePassing})...))
		begin := time.Now()
		p.Auto(true)
		time.Sleep(10 * time.Second)
		end()
		times := f.all()
		early := slices.IndexFunc(times, func(at time.Time) bool { return at.Sub(begin) >= 5*time.Second })
		if len(times) != 100 || early < 25 || early > 75 {
			t.Errorf("%d probes began, %d of them in the first half of their period", len(times), early)
		}
	})
}

// TestOnlyWhatIsInViewOrFails is about which probes are run by themselves.
func TestOnlyWhatIsInViewOrFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pods := []known{{name: "a", state: model.StatePassing}, {name: "b", state: model.StatePassing}, {name: "c", state: model.StateFailing}}
		f := newFleet(tcpSocket())
		p, end := started(t, f, prober.Options{})
		count := func() [3]int { return [3]int{len(f.of("a")), len(f.of("b")), len(f.of("c"))} }
		p.Follow(snapshot(pods...))
		p.View([]model.UID{"uid-a"})
		settle(time.Minute)
		if got := count(); got != [3]int{} {
			t.Errorf("runs %v while auto is off", got)
		}
		p.Auto(true)
		settle(10 * time.Second)
		if got := count(); got != [3]int{1, 0, 1} {
			t.Errorf("runs %v with a in view and c failing", got)
		}
		pods[2].state = model.StatePassing
		p.Follow(snapshot(pods...))
		p.View([]model.UID{"uid-b"})
		settle(10 * time.Second)
		if got := count(); got != [3]int{1, 1, 1} {
			t.Errorf("runs %v with b in view and c passing", got)
		}
		p.Auto(false)
		settle(time.Minute)
		if got := count(); got != [3]int{1, 1, 1} {
			t.Errorf("runs %v after auto was switched off", got)
		}
		end()
	})
}

// TestPodGoes: workers end, and the ways to the pod are closed, while other pods are left alone.
func TestPodGoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(tcpSocket())
		p, end := started(t, f, prober.Options{All: true})
		a, b := known{name: "a", state: model.StatePassing}, known{name: "b", state: model.StatePassing}
		p.Follow(snapshot(a, b))
		p.Auto(true)
		settle(11 * time.Second)
		p.Follow(snapshot(b))
		before := len(f.of("a"))
		settle(time.Minute)
		if after := len(f.of("a")); before == 0 || after != before {
			t.Errorf("%d runs of a pod before it was gone, %d after", before, after-before)
		}
		if !slices.Equal(f.gone(), []model.UID{"uid-a"}) {
			t.Errorf("forgot %v", f.gone())
		}
		moved := snapshot(b)
		moved.Rows[0].Pod.IP = "10.0.0.6"
		p.Follow(moved)
		if !slices.Equal(f.gone(), []model.UID{"uid-a", "uid-b"}) {
			t.Errorf("forgot %v after b has moved", f.gone())
		}
		end()
	})
}

// TestPodIsReadAgainWhenItHasChanged counts requests.
func TestPodIsReadAgainWhenItHasChanged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(tcpSocket())
		p, end := started(t, f, prober.Options{All: true})
		p.Follow(snapshot(known{name: "a", state: model.StatePassing, version: "1"}))
		p.Auto(true)
		settle(time.Minute)
		if n := f.number(&f.reads); n != 1 {
			t.Errorf("read %d times", n)
		}
		settle(time.Minute)
		if n := f.number(&f.reads); n != 2 {
			t.Errorf("read %d times within two minutes", n)
		}
		p.Follow(snapshot(known{name: "a", state: model.StatePassing, version: "2"}))
		settle(10 * time.Second)
		if n := f.number(&f.reads); n != 3 {
			t.Errorf("read %d times after a change", n)
		}
		p.Run(t.Context(), subject("a", "app"), false)
		if n := f.number(&f.reads); n != 4 {
			t.Errorf("read %d times after a run by hand", n)
		}
		end()
	})
}

// settle lets time pass, and waits for what that sets off.
func settle(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func busyServer(code int, seconds int32) error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: int32(code), Reason: metav1.StatusReasonTooManyRequests,
		Details: &metav1.StatusDetails{RetryAfterSeconds: seconds},
	}}
}

// apart wants requests to come so far apart.
func apart(t *testing.T, times []time.Duration, least time.Duration) {
	t.Helper()
	for i := 1; i < len(times); i++ {
		if gap := times[i] - times[i-1]; gap < least {
			t.Errorf("request %d came %v after the one before", i, gap)
		}
	}
}

// TestAPIServerIsLeftAlone: after a 429 nothing is asked for as long as the server says, and then seldom.
func TestAPIServerIsLeftAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(tcpSocket())
		begin := time.Now()
		var times []time.Duration
		f.read = func(string) error {
			times = append(times, time.Since(begin))
			return busyServer(http.StatusTooManyRequests, 20)
		}
		p, end := started(t, f, prober.Options{All: true, InFlight: 1})
		p.Follow(snapshot(many(50, known{state: model.StatePassing, period: 5})...))
		p.Auto(true)
		time.Sleep(10 * time.Minute)
		end()
		apart(t, times, 20*time.Second)
		if n := len(times); n < 10 || n > 18 {
			t.Errorf("%d requests in ten minutes: %v", n, times)
		}
	})
}

// TestAPIServerIsLeftAloneByCommands, which ask it for a connection of their own.
func TestAPIServerIsLeftAloneByCommands(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(execute("true"))
		begin := time.Now()
		var times []time.Duration
		f.run = func() error {
			times = append(times, time.Since(begin))
			return &prober.Broken{Err: fmt.Errorf("running a command: %w", busyServer(http.StatusTooManyRequests, 20))}
		}
		p, end := started(t, f, prober.Options{All: true, InFlight: 1, AllowExec: true})
		p.Follow(snapshot(many(50, known{state: model.StatePassing, period: 5})...))
		p.Auto(true)
		time.Sleep(5 * time.Minute)
		end()
		apart(t, times, 20*time.Second)
		if len(times) < 4 {
			t.Errorf("%d commands in five minutes: %v", len(times), times)
		}
	})
}

// TestAPIServerIsLeftAloneForAsLongAsItAsks, also when somebody reads a pod from it by hand meanwhile.
func TestAPIServerIsLeftAloneForAsLongAsItAsks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(execute("true"))
		var mu sync.Mutex
		var refused time.Time
		early := 0
		f.run = func() error {
			mu.Lock()
			defer mu.Unlock()
			if refused.IsZero() {
				refused = time.Now()
				return &prober.Broken{Err: fmt.Errorf("running a command: %w", busyServer(http.StatusTooManyRequests, 20))}
			}
			if time.Since(refused) < 20*time.Second {
				early++
			}
			return nil
		}
		p, end := started(t, f, prober.Options{All: true, InFlight: 4, AllowExec: true})
		p.Follow(snapshot(many(50, known{state: model.StatePassing, period: 5})...))
		p.Auto(true)
		settle(3 * time.Second)
		p.Run(t.Context(), subject("pod-0", "app"), true)
		settle(time.Minute)
		end()
		if early != 1 || len(f.all()) < 50 {
			t.Errorf("%d commands while the server was to be left alone, want the one by hand; %d in all", early, len(f.all()))
		}
	})
}

// TestFailuresTogetherCountOnce: a server that is busy for a moment is not left alone for a minute because many asked it.
func TestFailuresTogetherCountOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(tcpSocket())
		begin := time.Now()
		f.read = func(string) error {
			time.Sleep(2 * time.Second)
			if time.Since(begin) < 4*time.Second {
				return busyServer(http.StatusTooManyRequests, 0)
			}
			return nil
		}
		p, end := started(t, f, prober.Options{All: true, PerSecond: 1000})
		p.Follow(snapshot(many(50, known{state: model.StatePassing, period: 1})...))
		p.Auto(true)
		time.Sleep(15 * time.Second)
		end()
		if n := len(f.all()); n < 50 {
			t.Errorf("%d runs", n)
		}
	})
}

// TestPodWithoutAWayIsLeftAlone: a kubelet that does not answer costs its own pods only.
func TestPodWithoutAWayIsLeftAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(tcpSocket())
		f.open = func(name string) error {
			if name == "pod-0" {
				return &prober.Broken{Err: apierrors.NewInternalError(errCut)}
			}
			return nil
		}
		p, end := started(t, f, prober.Options{All: true})
		p.Follow(snapshot(many(2, known{state: model.StatePassing, period: 1})...))
		p.Auto(true)
		time.Sleep(10 * time.Minute)
		shadows := end()
		lost, fine := 0, 0
		for _, s := range shadows {
			switch {
			case s.Verdict == model.ShadowSuccess && s.Probe.Pod == "uid-pod-1":
				fine++
			case s.Lack == model.LackTunnel && s.Probe.Pod == "uid-pod-0":
				lost++
			default:
				t.Errorf("unexpected %+v", s)
			}
		}
		if lost < 12 || lost > 18 || fine < 595 {
			t.Errorf("%d runs without a way, %d of the other pod", lost, fine)
		}
	})
}
