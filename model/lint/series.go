package lint

import (
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

// Series is a number of failures of a probe in a row, as a recording tells of them.
type Series struct {
	Subject

	Pod   string
	Probe model.ProbeType
	// Spec is the probe as it was.
	Spec *model.ProbeSpec
	// First and Last are when the first and the last of the failures were told.
	First, Last time.Time
	// Runs is how many there were, as far as that is known; Exact is set when it is all of them.
	Runs  int32
	Exact bool
	// Timeouts is set when a run timed out, and Others when one failed otherwise. Neither is set when no text is known.
	Timeouts, Others bool
	// Recovered is set when a run succeeded afterwards, and Killed when the kubelet killed the container for it. Neither is set
	// when the recording, or the container, ended for another reason.
	Recovered, Killed bool
	// Acted is set when the kubelet acted on it: killed the container, or made it unready.
	Acted bool
	// Unready is how long the container was not ready by it, and Out how long no Service sent it traffic meanwhile.
	// It was not ready to begin with when Never is set.
	Unready, Out time.Duration
	Never        bool
	// Runs from here in that time: the longest that succeeded, and whether any failed.
	ShadowTook   time.Duration
	ShadowFailed bool
}

// Collector finds the series of failures in a recording. It is told of every row that changes, in order.
type Collector struct {
	open map[model.Key]*openSeries
	done []Series
}

// openSeries is a series that has not ended.
type openSeries struct {
	Series

	instance string
	looked   time.Time
	ready    bool
	out      bool
}

// NewCollector returns a collector that has heard nothing.
func NewCollector() *Collector { return &Collector{open: map[model.Key]*openSeries{}} }

// Observe hears of a change of a row.
func (c *Collector) Observe(at time.Time, ch model.RowChange) {
	if ch.Is == nil {
		for i := range ch.Was.Probes {
			c.end(keyOf(ch.Was, &ch.Was.Probes[i]), at)
		}
		return
	}
	for i := range ch.Is.Probes {
		c.look(at, ch.Is, &ch.Is.Probes[i], was(ch.Was, &ch.Is.Probes[i]))
	}
}

// End returns the series that were found, up to the end of the recording.
func (c *Collector) End(at time.Time) []Series {
	for key := range c.open {
		c.end(key, at)
	}
	return c.done
}

func keyOf(row *model.Row, p *model.Probe) model.Key {
	return model.Key{Pod: row.Pod.UID, Container: p.Container.Name, Type: p.Type}
}

// was returns the same probe as it was before; nil for none.
func was(row *model.Row, p *model.Probe) *model.Probe {
	if row == nil {
		return nil
	}
	for i := range row.Probes {
		if q := &row.Probes[i]; q.Type == p.Type && q.Container.Name == p.Container.Name {
			return q
		}
	}
	return nil
}

// look looks at one probe of a row that has changed.
func (c *Collector) look(at time.Time, row *model.Row, p, before *model.Probe) {
	key := keyOf(row, p)
	s := c.open[key]
	if s != nil {
		s.pass(at)
		if p.Container.ID != s.instance || p.Container.State != model.Running || p.Failures.Run == 0 {
			s.Killed = killed(row, s)
			s.Acted = s.Acted || s.Killed
			s.Recovered = !s.Killed && p.Container.ID == s.instance && p.Container.State == model.Running
			c.end(key, at)
			s = nil
		}
	}
	if p.Failures.Run == 0 || p.Container.State != model.Running {
		return
	}
	if s == nil {
		s = &openSeries{instance: p.Container.ID, looked: at, Series: Series{
			Subject: subjectOf(row.Pod, p.Container), Pod: row.Pod.Name, Probe: p.Type, Spec: p.Spec, First: firstOf(p, at),
			Never: before == nil || !before.Container.Ready && !p.Container.Ready,
		}}
		c.open[key] = s
	}
	s.hear(at, row, p)
}

// firstOf is when the first failure of a run that has just begun was told.
func firstOf(p *model.Probe, at time.Time) time.Time {
	if n := len(p.Events); n > 0 && p.Failures.Run == 1 {
		return p.Events[n-1].Last
	}
	return at
}

// pass lets time pass in which nothing changed.
func (s *openSeries) pass(at time.Time) {
	if s.Probe == model.Readiness && s.Acted && !s.ready {
		s.Unready += at.Sub(s.looked)
		if s.out {
			s.Out += at.Sub(s.looked)
		}
	}
	s.looked = at
}

// hear takes what a row says of a series that goes on.
func (s *openSeries) hear(at time.Time, row *model.Row, p *model.Probe) {
	if p.Failures.Run >= s.Runs {
		s.Runs, s.Exact = p.Failures.Run, p.Failures.Bound == model.Exact
	}
	s.ready = p.Container.Ready
	if s.Probe == model.Readiness && !s.ready && p.State == model.StateFailed {
		s.Acted = true
	}
	s.out = false
	for _, t := range row.Traffic {
		s.out = s.out || !t.Ready && !t.PublishNotReady
	}
	for _, e := range p.Events {
		if e.Outcome != model.Failed || e.Last.Before(s.First) {
			continue
		}
		s.Last = later(s.Last, e.Last)
		if timedOut(row.Node.Version().CauseOf(p.Spec.Handler, e.Outcome, e.Text())) {
			s.Timeouts = true
		} else {
			s.Others = true
		}
	}
	if p.Shadow != nil {
		s.shadow(p.Shadow.Last())
	}
	if s.Last.IsZero() {
		s.Last = at
	}
}

// shadow takes the result of a run from here in the time of the series.
func (s *openSeries) shadow(run *model.Shadow) {
	switch {
	case run.Instance != s.instance || run.At.Before(s.First.Add(-s.Spec.Period)):
	case run.Verdict == model.ShadowFailure:
		s.ShadowFailed = true
	case run.Verdict.Succeeds() && run.Timed(s.Spec.Handler):
		s.ShadowTook = max(s.ShadowTook, run.Took)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// timedOut reports whether a cause is that there was no answer in time.
func timedOut(c model.Cause) bool { return strings.HasPrefix(string(c), "TIMEOUT") }

// killed reports whether the kubelet killed the container of a series for it.
func killed(row *model.Row, s *openSeries) bool {
	cause := map[model.ProbeType]model.RestartCause{model.Startup: model.CauseStartup, model.Liveness: model.CauseLiveness}[s.Probe]
	for i := range row.Restarts {
		r := &row.Restarts[i]
		if r.Container == s.Container && r.Cause == cause && !r.At.Before(s.First) {
			return true
		}
	}
	return false
}

// end puts a series to those that have ended.
func (c *Collector) end(key model.Key, at time.Time) {
	if s := c.open[key]; s != nil {
		s.pass(at)
		c.done = append(c.done, s.Series)
		delete(c.open, key)
	}
}
