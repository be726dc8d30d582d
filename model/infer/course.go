package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/kubelet"
)

// course is what a probe's worker has gone through up to now, as far as it was told.
type course struct {
	kubelet.Workers
	// newest is the newest failure of the running instance that counts; nil for none.
	newest *Failure
	// Until is when time alone changes the set; zero for never.
	Until time.Time
	// told is until when the kill that has ended the instance before may be told; zero for not any more.
	told time.Time
}

// limit is the number of failures in a row that holds the worker; zero for a readiness probe, which is run on.
func (p *Probe) limit() int32 {
	if p.Type == fact.Readiness {
		return 0
	}
	return p.Spec.FailureThreshold
}

// course plays the worker from the last moment at which its count was surely zero, or from the first failure that is known.
func (r *reckoning) course() course {
	var c course
	var last *Failure
	for i := range r.Failures() {
		f := &r.History.Failures[i]
		if !r.mine(f) || !r.zero.Earliest.IsZero() && !f.To().After(r.zero.Earliest) {
			continue
		}
		if last == nil {
			c.Workers = r.origin(f)
		} else {
			c.Workers = r.across(c.Workers, last, f)
		}
		if started := r.Probe.Container.StartedAt; last != nil && last.To().Before(started) && !f.To().Before(started) {
			c.carried(r.unsureKill())
		}
		c.Workers = r.take(c.Workers, f)
		last = f
	}
	if last == nil {
		c.Workers = kubelet.Anew()
		if until, deaf := r.deafIn(fact.Latest(r.Probe.Container.StartedAt, r.zero.Latest), r.Now); deaf {
			c.Workers = kubelet.Anything(r.Probe.limit())
			if r.Now.Before(until) {
				c.Until = until
			}
		}
		return c
	}
	if last.To().Before(r.Probe.Container.StartedAt) {
		c.carried(r.unsureKill())
	} else {
		c.newest = last
	}
	r.sofar(&c, last)
	next := Soonest{c.Until}
	next.Add(c.told)
	c.Until = next.At
	return c
}

// across returns the states after the time between two failures.
func (r *reckoning) across(w kubelet.Workers, older, newer *Failure) kubelet.Workers {
	switch r.between(older, newer) {
	case broken:
		w = w.Succeeds()
	case doubtful:
		w = w.MaySucceed()
	}
	if soonest := r.Soonest(older); soonest.Before(newer.begin()) {
		if _, deaf := r.deafIn(soonest, newer.begin()); deaf {
			w = w.MayFail(r.runsIn(newer.begin().Sub(soonest)), r.Probe.limit())
		}
	}
	return w
}

// Soonest is when the run after a failure has begun at the earliest, by the node's clock.
func (r *reckoning) Soonest(f *Failure) time.Time {
	if !r.onBeat(f) {
		return f.To()
	}
	return f.To().Add(max(0, r.Probe.Spec.Period-r.took(f).Longest))
}

// runsIn is how often the probe can have run in a time.
func (r *reckoning) runsIn(d time.Duration) int32 {
	return int32(min(max(0, d/r.Probe.Spec.Period)+1, maxCounted))
}

// origin is in what states the worker was before the first failure that is known. A worker carries its count over a restart
// that it did not cause, and events older than an hour have expired.
func (r *reckoning) origin(first *Failure) kubelet.Workers {
	_, deaf := r.deafIn(fact.Latest(r.Probe.Container.StartedAt, r.zero.Latest), first.begin())
	if r.zero.Earliest.IsZero() && r.beginning(first) == fact.AtLeast || deaf {
		return kubelet.Anything(r.Probe.limit())
	}
	return kubelet.Anew()
}

// take returns the states after the failures of one write.
func (r *reckoning) take(w kubelet.Workers, f *Failure) kubelet.Workers {
	limit := r.Probe.limit()
	alone := f.N > 1 && f.Event.Combined && r.alone(f)
	switch {
	case f.N > 1 && !alone && (!r.inARow(f) || f.Event.Combined), // not all of them need be of this probe, or in a row
		f.N > 1 && !r.zero.IsZero() && !f.from.After(r.zero.Latest): // or after the success
		w = kubelet.Workers{Failing: true, Lo: 1, Hi: kubelet.Sum(w.Most(), f.N)}
		if n := r.minRunWhileUnready(0, f); n > w.Lo && r.shows(f) {
			w.Lo = n
		}
		w = w.Under(limit)
	default:
		for range min(f.N, maxCounted) {
			w = w.Fails(limit)
		}
		if alone {
			w = w.Or(kubelet.Workers{Failing: true, Lo: max(w.Lo, 1), Hi: kubelet.Many}).Under(limit)
		}
	}
	switch {
	case !f.To().Before(r.zero.Latest):
	case r.succeededAfter(f):
		return kubelet.Anew()
	case !r.unbroken(f) || r.mayPrecedeSuccess(f) || r.Start != nil && r.zero == r.Start.window():
		w = w.Or(kubelet.Anew()) // the success, or the restart of the kubelet, may have come after it
	}
	if r.askedPreviousInstance(f) && w.Held {
		w = w.Or(kubelet.Anew()) // it reached the threshold when there was no instance left to be killed
	}
	return w
}

// maxCounted is how many failures of one write are counted one by one.
const maxCounted = 10_000

// sofar brings the states from the newest failure up to now.
func (r *reckoning) sofar(c *course, last *Failure) {
	if c.Stopped() {
		return // the probe is not run
	}
	switch e := r.eligibility(); {
	case r.orphan(last):
		c.Workers = c.MaySucceed() // it may have been of the instance before
		if !r.unbroken(last) {
			r.silence(c, last)
		}
	case r.unbroken(last):
		r.withoutSuccess(c, last)
		if !r.shows(last) && (r.Probe.Type == fact.Readiness || !r.Now.Before(r.Soonest(last))) {
			c.Workers = c.MaySucceed() // and the status that says so is late
		}
	case last.To().Before(e.Latest) && !r.Now.Before(e.Earliest) && r.Now.Before(r.silent(last)):
		c.Workers, c.Until = c.MaySucceed(), r.silent(last) // the instance has been probed since, or not
	default:
		r.silence(c, last)
	}
}

// withoutSuccess brings the states from a failure after which every run fails up to now. One of which nothing was told is one whose event
// was dropped.
func (r *reckoning) withoutSuccess(c *course, last *Failure) {
	silent := r.silent(last)
	if e := r.lastOf(r.Probe, fact.Errored); e != nil && !e.Last.Before(last.To()) {
		return // it was not carried out
	}
	if r.Now.Before(silent) {
		c.Until = silent
		return
	}
	most := kubelet.Sum(c.Most(), r.runsIn(r.Now.Sub(r.Soonest(last))))
	c.Workers = c.Or(kubelet.Workers{Failing: true, Lo: max(c.Lo, 1), Hi: most}).Under(r.Probe.limit())
}

// silence brings the states from a failure after which every run is told up to now.
func (r *reckoning) silence(c *course, last *Failure) {
	prompt, silent := r.prompt(last), r.silent(last)
	if until, deaf := r.deafIn(r.Soonest(last), r.Now); deaf {
		c.Workers = c.MayFail(r.runsIn(r.Now.Sub(r.Soonest(last))), r.Probe.limit())
		prompt = until
		silent = fact.Latest(silent, until.Add(r.Probe.Spec.Pace()+r.Probe.Spec.LongestRun()+EventLag))
	}
	switch {
	case r.Now.Before(prompt):
		c.Until = prompt
	case r.Now.Before(silent):
		c.Workers, c.Until = c.MaySucceed(), silent // it has succeeded since, or takes its time
	default:
		c.Workers = c.Succeeds()
	}
}
