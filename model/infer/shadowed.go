package infer

import (
	"slices"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/kubelet"
)

// maxShadows is how many runs of a probe are kept.
const maxShadows = 8

// Shadowed is what the runs of a probe from here have come to. It never changes.
type Shadowed struct {
	// Runs are the newest runs, oldest first; there is at least one.
	Runs []*fact.Shadow
	// Count is how many runs there were, Failures how many of them failed, and Lacking how many had no verdict.
	Count, Failures, Lacking int
	// Alike is how many of the newest runs with a verdict, all of one instance, had the same one, and Since when the
	// first of these began.
	Alike int
	Since time.Time
	// Tally is what a kubelet's worker would have made of them.
	Tally kubelet.Tally
	// Durations are those of the runs that succeeded, or took longer than the timeout.
	Durations fact.Durations

	verdict fact.ShadowVerdict // the newest that there was, of the same instance
}

// Last returns the newest run.
func (s *Shadowed) Last() *fact.Shadow { return s.Runs[len(s.Runs)-1] }

// Next returns what the runs have come to after one more. It is s itself for a run that is not newer than the newest:
// each is told once, in order.
func (s *Shadowed) Next(run *fact.Shadow, spec *fact.ProbeSpec) *Shadowed {
	next := Shadowed{}
	if s != nil {
		if !run.At.After(s.Last().At) {
			return s
		}
		next = *s
	}
	if s == nil || s.Last().Instance != run.Instance {
		next.Tally = next.Tally.Anew(run.Probe.Type)
		next.Alike, next.verdict = 0, fact.ShadowNone
	}
	if run.Verdict != fact.ShadowNone {
		if next.Alike == 0 || !next.verdict.Alike(run.Verdict) {
			next.Alike, next.Since = 0, run.At
		}
		next.Alike, next.verdict = next.Alike+1, run.Verdict
	}
	next.Runs = keep(slices.Clip(next.Runs), maxShadows, run)
	next.Count++
	next.Tally = next.Tally.Next(run.Probe.Type, spec, run.Verdict)
	switch run.Verdict {
	case fact.ShadowNone:
		next.Lacking++
	case fact.ShadowFailure:
		next.Failures++
	}
	if run.Verdict.Succeeds() && run.Timed(spec.Handler) || run.Verdict == fact.ShadowFailure && run.Took >= spec.Timeout {
		next.Durations = next.Durations.With(run.Took)
	}
	return &next
}

// PodShadows are what the runs of a pod's probes have come to. It never changes: rows and clones share it.
type PodShadows []probeShadows

type probeShadows struct {
	Container string
	typ       fact.ProbeType
	*Shadowed
}

// Find returns what the runs of a probe have come to; nil when it was not run.
func (p PodShadows) Find(container string, typ fact.ProbeType) *Shadowed {
	for i := range p {
		if s := &p[i]; s.typ == typ && s.Container == container {
			return s.Shadowed
		}
	}
	return nil
}

// With returns what is known with another thing known of one probe.
func (p PodShadows) With(container string, typ fact.ProbeType, s *Shadowed) PodShadows {
	next := slices.Clone(p)
	for i := range next {
		if next[i].typ == typ && next[i].Container == container {
			next[i].Shadowed = s
			return next
		}
	}
	return append(next, probeShadows{container, typ, s})
}

// Age is how long ago the newest run began.
func (s *Shadowed) Age(now time.Time) time.Duration { return now.Sub(s.Last().At) }
