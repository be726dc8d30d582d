package prober_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

// TestLimits presses the key for many probes at once.
func TestLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		opts            prober.Options
		takes           time.Duration
		most, perSecond int
	}{
		"the defaults, slow probes":  {takes: 4 * time.Second, most: 64, perSecond: 20},
		"the defaults, quick probes": {takes: time.Millisecond, most: 64, perSecond: 20},
		"few at once":                {opts: prober.Options{InFlight: 3}, takes: time.Second, most: 3, perSecond: 20},
		"few a second":               {opts: prober.Options{PerSecond: 2}, takes: 3 * time.Second, most: 64, perSecond: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFleet(tcpSocket())
				f.takes = c.takes
				p, end := started(t, f, c.opts)
				var group sync.WaitGroup
				for _, pod := range many(100, known{}) {
					for _, typ := range model.ProbeTypes {
						group.Go(func() {
							s := subject(pod.name, "app")
							s.Probe.Type = typ
							p.Run(t.Context(), s, false)
						})
					}
				}
				group.Wait()
				if n := len(end()); n != 300 {
					t.Errorf("%d runs were reported", n)
				}
				if f.most > c.most || f.overlaps > 0 {
					t.Errorf("%d at once, of one pod %d times", f.most, f.overlaps)
				}
				times := f.all()
				for i := range times {
					if j := i + c.perSecond; j < len(times) && times[j].Sub(times[i]) < time.Second-time.Millisecond {
						t.Fatalf("%d starts within %v", c.perSecond+1, times[j].Sub(times[i]))
					}
				}
			})
		})
	}
}

// TestLimitsAreUsed: the limits do not hold up what they need not.
func TestLimitsAreUsed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(tcpSocket())
		f.takes = 4 * time.Second
		p, end := started(t, f, prober.Options{})
		begin := time.Now()
		var group sync.WaitGroup
		for _, pod := range many(100, known{}) {
			group.Go(func() { p.Run(t.Context(), subject(pod.name, "app"), false) })
		}
		group.Wait()
		// 64 within 3.2 s; the other 36 as those end, from 4 s on.
		if took := time.Since(begin); took > 10*time.Second || f.most != 64 {
			t.Errorf("100 probes of four seconds took %v, %d at once", took, f.most)
		}
		end()
	})
}

// TestNoVerdict is about everything that keeps a run from one.
func TestNoVerdict(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change    func(f *fleet)
		container string
		exec      bool
		lack      model.ShadowLack
		text      string
	}{
		"pod is gone": {
			change: func(f *fleet) {
				f.read = func(name string) error { return apierrors.NewNotFound(schema.GroupResource{Resource: "pods"}, name) }
			},
			lack: model.LackGone, text: "not found",
		},
		"pod may not be read": {
			change: func(f *fleet) {
				f.read = func(name string) error {
					return apierrors.NewForbidden(schema.GroupResource{Resource: "pods"}, name, nil)
				}
			},
			lack: model.LackForbidden, text: "forbidden",
		},
		"server does not answer": {
			change: func(f *fleet) { f.read = func(string) error { return errCut } }, lack: model.LackTunnel, text: errCut.Error(),
		},
		"container does not run":   {container: "idle", lack: model.LackGone, text: "idle does not run"},
		"no such container":        {container: "other", lack: model.LackGone, text: `no container "other"`},
		"subresource is forbidden": {change: func(f *fleet) { f.denied = "no rule" }, lack: model.LackForbidden, text: "pods/portforward is forbidden in the namespace shop: no rule"},
		"no way": {
			change: func(f *fleet) {
				f.open = func(string) error { return &prober.Broken{Err: errCut, Lack: model.LackGone} }
			},
			lack: model.LackGone, text: errCut.Error(),
		},
		"panic":                      {change: func(f *fleet) { f.open = func(string) error { panic("oops") } }, lack: model.LackUnsupported, text: "oops"},
		"panic of the way":           {change: func(f *fleet) { f.dial = func(string) error { panic("oops") } }, lack: model.LackUnsupported, text: "oops"},
		"command without a yes":      {change: func(f *fleet) { f.handler = execute("true") }, lack: model.LackUnsupported, text: "agreed"},
		"command that is forbidden":  {change: func(f *fleet) { f.handler, f.denied = execute("true"), "no" }, exec: true, lack: model.LackForbidden, text: "pods/exec"},
		"command that has not ended": {change: func(f *fleet) { f.handler = execute("true"); f.unfinished[subject("a", "app").Probe] = true }, exec: true, lack: model.LackUnfinished, text: "may not have ended"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(tcpSocket())
			if c.change != nil {
				c.change(f)
			}
			if c.container == "" {
				c.container = "app"
			}
			p, end := started(t, f, prober.Options{})
			transcript, shadow := p.Run(t.Context(), subject("a", c.container), c.exec)
			if shadow.Verdict != model.ShadowNone || shadow.Lack != c.lack || !strings.Contains(shadow.Text, c.text) || transcript.Result.Text != shadow.Text {
				t.Errorf("got %+v", shadow)
			}
			if n := len(f.all()); n > 0 && name != "panic of the way" {
				t.Errorf("the container was asked %d times", n)
			}
			if got := end(); len(got) != 1 || got[0].Lack != c.lack {
				t.Errorf("reported %+v", got)
			}
		})
	}
}

// TestForbiddenIsSaid in the state, until it is allowed.
func TestForbiddenIsSaid(t *testing.T) {
	t.Parallel()
	f := newFleet(tcpSocket())
	f.denied = "no rule"
	p, end := started(t, f, prober.Options{})
	p.Run(t.Context(), subject("a", "app"), false)
	if got := p.State().Lack; got != "pods/portforward is forbidden" {
		t.Errorf("lack %q", got)
	}
	f.denied = ""
	if _, s := p.Run(t.Context(), subject("a", "app"), false); s.Verdict != model.ShadowSuccess || s.Instance != "containerd://1" {
		t.Errorf("got %+v", s)
	}
	if got := p.State().Lack; got != "" {
		t.Errorf("lack %q after it was allowed", got)
	}
	end()
}

// TestForbiddenWithoutWarningIsSaid: an access review may promise what is refused then.
func TestForbiddenWithoutWarningIsSaid(t *testing.T) {
	t.Parallel()
	f := newFleet(tcpSocket())
	f.open = func(string) error { return &prober.Broken{Err: errCut, Lack: model.LackForbidden} }
	p, end := started(t, f, prober.Options{})
	for range 2 { // the second review promises it again
		p.Run(t.Context(), subject("a", "app"), false)
		if got := p.State().Lack; got != "pods/portforward is forbidden" {
			t.Errorf("lack %q", got)
		}
	}
	f.open = nil
	p.Run(t.Context(), subject("a", "app"), false)
	if got := p.State().Lack; got != "" {
		t.Errorf("lack %q after it was allowed", got)
	}
	end()
}

// TestTheOtherVantage is asked for HTTP by hand always, and otherwise when the verdicts differ.
func TestTheOtherVantage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(httpGet("/"))
		f.dial = func(string) error { return &prober.Refusal{Reason: prober.ReasonRefused} }
		p, end := started(t, f, prober.Options{All: true})
		if _, s := p.Run(t.Context(), subject("a", "app"), false); f.number(&f.looks) != 1 || s.PodIP == nil || s.Verdict != model.ShadowFailure {
			t.Errorf("%d looks by hand, %+v", f.number(&f.looks), s)
		}
		p.Follow(snapshot(known{name: "a", state: model.StateFailed}))
		p.Auto(true)
		settle(time.Minute)
		if n := f.number(&f.looks); n != 1 {
			t.Errorf("%d looks while both fail", n)
		}
		p.Follow(snapshot(known{name: "a", state: model.StatePassing}))
		settle(10 * time.Second)
		if n := f.number(&f.looks); n != 2 {
			t.Errorf("%d looks while they differ", n)
		}
		end()
	})
}

// TestPressedTwice runs a probe once, and says that it is being run.
func TestPressedTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(tcpSocket())
		f.takes = time.Second
		p, end := started(t, f, prober.Options{})
		s := subject("a", "app")
		p.Begin(s, false)
		p.Begin(s, false)
		synctest.Wait()
		if got := p.State().Running; len(got) != 1 || got[0] != s.Probe {
			t.Errorf("running %v", got)
		}
		settle(5 * time.Second)
		if got := p.State().Running; len(got) != 0 || len(f.of("a")) != 1 {
			t.Errorf("running %v after %d runs", got, len(f.of("a")))
		}
		end()
	})
}

// TestClose waits for what runs, and nothing runs after it. A bubble does not end while a goroutine is left.
func TestClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(tcpSocket())
		f.takes = time.Hour
		p, end := started(t, f, prober.Options{All: true})
		p.Follow(snapshot(many(200, known{state: model.StatePassing})...))
		p.Auto(true)
		for _, pod := range many(20, known{}) {
			p.Begin(subject(pod.name, "app"), false)
		}
		time.Sleep(4500 * time.Millisecond)
		begin := time.Now()
		for _, s := range end() {
			if s.Lack != model.LackTunnel {
				t.Errorf("got %+v", s)
			}
		}
		if took := time.Since(begin); took != 0 || len(f.busy) != 0 {
			t.Errorf("closing took %v, %d are still run", took, len(f.busy))
		}
		before := len(f.all())
		p.Begin(subject("a", "app"), false)
		if _, s := p.Run(t.Context(), subject("a", "app"), false); s.Lack != model.LackTunnel || len(f.all()) != before {
			t.Errorf("got %+v after it was closed", s)
		}
	})
}

// TestGivenUp: a run that waits for its turn ends with its context, and does not take the turn.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(tcpSocket())
		f.takes = 4 * time.Second
		p, end := started(t, f, prober.Options{})
		p.Begin(subject("a", "app"), false)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		liveness := subject("a", "app")
		liveness.Probe.Type = model.Liveness
		begin := time.Now()
		if _, s := p.Run(ctx, liveness, false); s.Lack != model.LackTunnel || time.Since(begin) != time.Second {
			t.Errorf("got %+v after %v", s, time.Since(begin))
		}
		if _, s := p.Run(t.Context(), liveness, false); s.Verdict != model.ShadowSuccess {
			t.Errorf("got %+v", s)
		}
		end()
	})
}

// TestReportsGoOn: nobody has to hear of runs, and who does hears of each once.
func TestReportsGoOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(tcpSocket())
		p, _ := started(t, f, prober.Options{PerSecond: 1e6})
		for range 5000 {
			p.Run(t.Context(), subject("a", "app"), false)
		}
		heard := 0
		done := make(chan error)
		go func() { done <- p.Reports().Run(t.Context(), func(model.Change) { heard++ }) }()
		synctest.Wait()
		if heard != 4096 {
			t.Errorf("heard of %d", heard)
		}
		p.Run(t.Context(), subject("a", "app"), false)
		synctest.Wait()
		if heard != 4097 {
			t.Errorf("heard of %d", heard)
		}
		p.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
