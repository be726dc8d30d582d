package lint

import (
	"fmt"
	"time"

	"github.com/probetop/probetop/model"
)

// Effect is what would have become of a series of failures.
type Effect string

// The effects.
const (
	// Same is that nothing would have been different.
	Same Effect = "same"
	// Avoided is that the kubelet would not have acted.
	Avoided Effect = "avoided"
	// Later and Sooner are that it would have acted, at another moment.
	Later  Effect = "later"
	Sooner Effect = "sooner"
	// Added is that it would have acted, and did not.
	Added Effect = "added"
	// Unsettled is that the recording does not tell.
	Unsettled Effect = "unknown"
)

// Outcome is what would have become of a series, how sure that is, and what it rests on.
type Outcome struct {
	Effect    Effect
	Certainty model.Certainty
	// Why is a sentence without a full stop.
	Why string
	// Shift is how much later, or sooner, the kubelet would have acted; of Unready and Out so much is saved, or added when it is negative.
	Shift time.Duration
}

// WhatIf says what would have become of a series with other settings of its probe. It reports false when none of them is
// about that probe, or changes it.
//
// It never claims certainty: that a probe would have failed, or not, at a moment at which it was not run, is a conclusion from
// the runs around it.
func WhatIf(s *Series, settings []Setting) (Outcome, bool) {
	with, changed := applied(settings, s.Container, s.Probe, s.Spec)
	if !changed {
		return Outcome{}, false
	}
	if s.Never && s.Probe == model.Readiness && !s.Recovered {
		return Outcome{Same, model.CertaintyMedium, "it was not ready before either, and no run succeeded", 0}, true
	}
	if with.Timeout > s.Spec.Timeout && (s.Timeouts || !s.Others) {
		return s.longerTimeout(with), true
	}
	if with.Period != s.Spec.Period {
		return s.otherPeriod(with), true
	}
	return s.otherThreshold(with), true
}

// longerTimeout judges a series in which runs timed out that would have had more time. What they would have answered is
// not known, unless runs from here tell.
func (s *Series) longerTimeout(with *model.ProbeSpec) Outcome {
	switch {
	case !s.Timeouts:
		return Outcome{Unsettled, model.CertaintyNone, "no text says whether these runs timed out", 0}
	case s.Others:
		return Outcome{Unsettled, model.CertaintyNone, "some of the runs timed out, and what they would have answered is not known", 0}
	case s.ShadowTook > 0 && !s.ShadowFailed && s.ShadowTook <= with.Timeout:
		return s.avoided(model.CertaintyLow, fmt.Sprintf("runs from here took up to %v then, and succeeded", round(s.ShadowTook)))
	case s.ShadowTook > with.Timeout:
		return Outcome{Same, model.CertaintyLow, fmt.Sprintf("a run from here took %v then", round(s.ShadowTook)), 0}
	}
	return Outcome{
		Unsettled, model.CertaintyNone,
		fmt.Sprintf("the runs had no answer within %v; whether one would have come within %v is not known", s.Spec.Timeout, with.Timeout), 0,
	}
}

// avoided is the outcome of a series that the kubelet would not have acted on: a series that it did not act on stays the same.
func (s *Series) avoided(c model.Certainty, why string) Outcome {
	if !s.Acted {
		return Outcome{Same, c, "the kubelet did not act on it: " + why, 0}
	}
	return Outcome{Avoided, c, why, s.Unready}
}

// otherThreshold judges a series whose probe is run at the same moments, and has another threshold.
func (s *Series) otherThreshold(with *model.ProbeSpec) Outcome {
	shift := time.Duration(with.FailureThreshold-s.Spec.FailureThreshold) * s.Spec.Period
	switch runs := s.spread(); {
	case with.FailureThreshold == s.Spec.FailureThreshold:
		return s.otherSuccess(with)
	case !s.Acted && with.FailureThreshold <= s.Runs:
		return Outcome{Added, model.CertaintyHigh, fmt.Sprintf("%d failures in a row were told", s.Runs), 0}
	case !s.Acted && s.Exact:
		return Outcome{Same, model.CertaintyHigh, fmt.Sprintf("it failed %d times", s.Runs), 0}
	case !s.Acted && shift > 0:
		return Outcome{Same, model.CertaintyHigh, "the kubelet did not act on it, and would have waited longer", 0}
	case !s.Acted:
		return Outcome{Unsettled, model.CertaintyNone, fmt.Sprintf("it failed at least %d times", s.Runs), 0}
	case shift < 0:
		return Outcome{Sooner, model.CertaintyHigh, fmt.Sprintf("%d failures would have been enough", with.FailureThreshold), shift}
	case s.Killed:
		return Outcome{Unsettled, model.CertaintyNone, fmt.Sprintf("the kill would have come %v later at the soonest; what it would have answered until then is not known", shift), shift}
	case s.Recovered && s.Exact && s.Runs < with.FailureThreshold:
		return s.avoided(model.CertaintyHigh, fmt.Sprintf("it failed %d times and was well again", s.Runs))
	case runs >= with.FailureThreshold:
		return Outcome{Later, model.CertaintyMedium, fmt.Sprintf("it failed for %v", s.Last.Sub(s.First).Round(time.Second)), min(shift, s.Unready)}
	}
	return Outcome{Unsettled, model.CertaintyNone, fmt.Sprintf("it failed at least %d times, and how many runs there would have been is not known", s.Runs), 0}
}

// certainty is how sure it is that a series was what was told of it: of some runs there may be no text.
func (s *Series) certainty() model.Certainty {
	if s.Exact {
		return model.CertaintyHigh
	}
	return model.CertaintyMedium
}

// spread is how many runs at least there are, a period apart, from the first failure to the last. The kubelet runs readiness more
// often while the container is not ready, so that there may have been more.
func (s *Series) spread() int32 { return int32(s.Last.Sub(s.First)/s.Spec.Period) + 1 }

// otherSuccess judges a series that ends otherwise: the probe has to succeed more, or less, often to be well again.
func (s *Series) otherSuccess(with *model.ProbeSpec) Outcome {
	more := time.Duration(with.SuccessThreshold-s.Spec.SuccessThreshold) * s.Spec.Period
	switch {
	case more == 0:
		return Outcome{Same, s.certainty(), "the runs that failed had an answer, or would have failed sooner", 0}
	case !s.Acted || !s.Recovered:
		return Outcome{Same, model.CertaintyHigh, "it was not ready again by its successes", 0}
	case more > 0:
		return Outcome{Later, model.CertaintyMedium, fmt.Sprintf("it would have been ready again %v later, if all runs then succeed", more), -more}
	}
	return Outcome{Sooner, model.CertaintyMedium, fmt.Sprintf("it would have been ready again %v sooner", -more), min(-more, s.Unready)}
}

// otherPeriod judges a series whose probe is run at other moments. It takes it that whatever was wrong was so all the time between
// two failures, and at most a period before the first and after the last.
func (s *Series) otherPeriod(with *model.ProbeSpec) Outcome {
	shortest := s.Last.Sub(s.First)
	longest := shortest + 2*s.Spec.Period + s.Spec.Timeout
	least, most := int32(shortest/with.Period), int32(longest/with.Period)+1
	before := time.Duration(s.Spec.FailureThreshold-1) * s.Spec.Period
	shift := time.Duration(with.FailureThreshold-1)*with.Period - before
	lasted := fmt.Sprintf("it was wrong for %v to %v, which is %d to %d runs", shortest.Round(time.Second), longest.Round(time.Second), least, most)
	switch acts, open := least >= with.FailureThreshold, s.Killed || !s.Recovered; {
	case acts && !s.Acted:
		return Outcome{Added, model.CertaintyMedium, lasted, 0}
	case acts && shift > 0:
		return Outcome{Later, model.CertaintyMedium, lasted, min(shift, max(s.Unready, 0))}
	case acts && shift < 0:
		return Outcome{Sooner, model.CertaintyMedium, lasted, shift}
	case acts:
		return Outcome{Same, model.CertaintyMedium, lasted, 0}
	case s.Killed && shift <= 0:
		return Outcome{Sooner, model.CertaintyLow, "it failed until it was killed", shift}
	case open:
		return Outcome{Unsettled, model.CertaintyNone, fmt.Sprintf("it was wrong for %v at least, and how much longer is not known", shortest.Round(time.Second)), 0}
	case most < with.FailureThreshold:
		return s.avoided(model.CertaintyMedium, lasted)
	}
	return Outcome{Unsettled, model.CertaintyNone, lasted, 0}
}
