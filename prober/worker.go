package prober

import (
	"math/rand/v2"
	"time"

	"github.com/probetop/probetop/model"
)

// worker runs one probe again and again, as a kubelet's worker does, until it is stopped. A run that has begun goes on.
type worker struct {
	prober *Prober
	probe  model.Key
	stop   chan struct{} // closed by the Prober
}

// work is the goroutine of a worker.
func (w *worker) work() {
	timer := time.NewTimer(w.prober.firstWait(w.probe))
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-w.stop:
			return
		case <-w.prober.ctx.Done():
			return
		}
		subject, wait := w.prober.due(w.probe)
		if wait == 0 {
			w.prober.runDue(w, subject)
			_, wait = w.prober.due(w.probe)
		}
		timer.Reset(wait)
	}
}

// stopped reports whether the worker is to end.
func (w *worker) stopped() bool {
	select {
	case <-w.stop:
		return true
	default:
		return false
	}
}

// firstWait is how long a new worker waits: some part of the period, so that not all begin at once.
func (p *Prober) firstWait(probe model.Key) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := p.probeLocked(probe)
	if found == nil {
		return time.Second
	}
	return rand.N(periodOf(found))
}

// due returns how long it is until a probe may be run by itself; zero for now.
func (p *Prober) due(probe model.Key) (Subject, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := p.probeLocked(probe)
	if found == nil {
		return Subject{}, time.Second // the worker is about to be stopped
	}
	period := periodOf(found)
	switch rest, pause := p.restLocked(probe, period), p.pauseLocked(probe.Pod); {
	case rest > 0 || pause > 0:
		return Subject{}, max(rest, pause)
	case !runs(found), p.isRunningLocked(probe):
		return Subject{}, period
	}
	return SubjectOf(p.rows[probe.Pod], found), 0
}

// restLocked returns how long it is until a period has passed since the newest run of a probe.
func (p *Prober) restLocked(probe model.Key, period time.Duration) time.Duration {
	pl := p.places[probe.Pod]
	if pl == nil || pl.began[probe].IsZero() {
		return 0
	}
	return max(0, time.Until(pl.began[probe].Add(period)))
}

// pauseLocked returns how long the API server, or the way to a pod, is left alone.
func (p *Prober) pauseLocked(uid model.UID) time.Duration {
	until := p.backoff.over()
	if pl := p.places[uid]; pl != nil {
		until = latest(until, pl.backoff.over())
	}
	return max(0, time.Until(until))
}

func periodOf(p *model.Probe) time.Duration { return max(p.Spec.Period, time.Second) }
