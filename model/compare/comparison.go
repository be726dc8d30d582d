package compare

import (
	"fmt"
	"slices"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// comparison holds a probe's runs from here against what the kubelet finds.
type comparison struct {
	infer.Facts
	all   []*model.Row
	row   *model.Row
	probe *infer.Probe
	// run is the newest run, and runs those with a verdict of the running instance, oldest first.
	run  *fact.Shadow
	runs []*fact.Shadow
	// cause is what run failed of.
	cause fact.Cause
	// streak is how many of the newest runs are alike; since is the first of these.
	streak int
	since  time.Time
	word   infer.LastWord
	// troubles are the kubelet's failures, and spell the newest row of them.
	troubles []infer.Failure
	spell    infer.Spell
}

func newComparison(s *model.Snapshot, r *model.Row, p *infer.Probe, now time.Time) *comparison {
	c := &comparison{Facts: r.Facts, all: s.Rows, row: r, probe: p, run: p.Shadow.Last()}
	c.Now = now
	for _, run := range p.Shadow.Runs {
		if run.Instance == p.Container.ID && run.Verdict != fact.ShadowNone {
			c.runs = append(c.runs, run)
		}
	}
	c.cause = c.Node.Version().CauseOf(p.Spec.Handler, c.run.Verdict.Outcome(), c.run.Text)
	c.streak, c.since = p.Shadow.Alike, p.Shadow.Since
	c.word = c.LastWord(p)
	c.troubles = c.Troubles(p)
	c.spell = p.SpellOf(c.troubles)
	return c
}

// agrees reports whether both sides come to the same verdict.
func (c *comparison) agrees() bool { return c.run.Verdict.Alike(c.word.Verdict) }

// better reports whether the probe succeeds from here and not for the kubelet; worse the opposite.
func (c *comparison) better() bool { return c.run.Verdict.Succeeds() && !c.word.Verdict.Succeeds() }
func (c *comparison) worse() bool  { return c.run.Verdict == fact.ShadowFailure && !c.fails() }

// fails reports whether the kubelet's last word is a failure; that it could not run the probe is another matter.
func (c *comparison) fails() bool { return c.word.Verdict == fact.ShadowFailure }

// cycle is how long it takes at most until a result of the kubelet that follows a moment is known.
func (c *comparison) cycle() time.Duration {
	return c.probe.Spec.Period + c.probe.Spec.Timeout + infer.EventSlack
}

// contradictions is how often the kubelet has come to another verdict between two runs that came to the same. Once may be
// an accident of time; more often hardly is.
func (c *comparison) contradictions() int {
	if c.streak < 2 {
		return 0
	}
	if c.word.Verdict.Succeeds() {
		return c.passedBetween()
	}
	if len(c.troubles) == 0 {
		return c.withheldBetween()
	}
	n, at := 0, c.since
	for i := range c.troubles {
		if told := c.troubles[i].Event.Outcome; told != c.word.Verdict.Outcome() {
			n, at = 0, fact.Latest(at, c.troubles[i].To()) // it had yet another verdict meanwhile
			continue
		}
		earliest, latest := c.troubles[i].Moment(infer.SpanOfEvent(c.probe.Spec, c.troubles[i].Event).Longest)
		if !earliest.After(at) {
			continue
		}
		for _, run := range c.runs {
			if run.At.After(latest) {
				n, at = n+1, run.At
				break
			}
		}
	}
	return n
}

// passedBetween is how often the kubelet has succeeded for sure since the runs are alike, at most once between two.
func (c *comparison) passedBetween() int {
	from := c.since
	if n := len(c.troubles); n > 0 && c.troubles[n-1].To().After(from) {
		from = c.troubles[n-1].To()
	}
	n := int(c.run.At.Sub(from) / c.cycle())
	if _, at, known := c.measuredSuccess(); known && at.Earliest.After(from) && at.Latest.Before(c.run.At) {
		n = max(n, 1)
	}
	return max(0, min(n, c.streak-1))
}

// withheldBetween is how often the kubelet has withheld for sure what a success would have brought about.
func (c *comparison) withheldBetween() int {
	if !c.fails() {
		return 0
	}
	needs := time.Duration(c.probe.Spec.SuccessThreshold) * c.cycle()
	return min(int(c.run.At.Sub(c.since)/needs), c.streak-1)
}

// contradicted reports whether the kubelet has come to another verdict between two runs that came to the same, and not
// by a failure that was over at once.
func (c *comparison) contradicted() bool {
	n := c.contradictions()
	return n >= 2 || n == 1 && (c.word.Verdict.Succeeds() || len(c.troubles) == 0 || c.lasting())
}

// measuredSuccess is the newest result that the counters tell, if it is a success.
func (c *comparison) measuredSuccess() (fact.Failures, fact.Window, bool) {
	success, f, ok := c.Measured(c.probe)
	if !ok || !success {
		return f, fact.Window{}, false
	}
	_, at, known := c.Counts(c.probe.Container.Name, c.probe.Type).LastResult()
	return f, at, known
}

// lasting reports whether the kubelet has failed so often in a row that it is hardly over just now.
func (c *comparison) lasting() bool {
	return c.spell.N >= max(3, c.probe.Spec.FailureThreshold) && c.spell.Last.Sub(c.spell.First) >= 2*c.probe.Spec.Period-time.Second
}

// weight is how sure it is that the two differ by where they ask from, and not by when.
func (c *comparison) weight() infer.Certainty {
	switch {
	case c.contradictions() >= 2:
		return infer.CertaintyHigh
	case c.contradicted():
		return infer.CertaintyMedium
	case c.better() && (!c.lasting() || c.succeededThere()), c.worse() && c.succeededHere():
		return infer.CertaintyNone
	}
	return infer.CertaintyLow
}

// succeededHere reports whether a run from here has succeeded in the life of the running instance, and succeededThere
// whether one of the kubelet's has, as far as a container that was ready shows it.
func (c *comparison) succeededHere() bool {
	return slices.ContainsFunc(c.runs, func(run *fact.Shadow) bool { return run.Verdict.Succeeds() })
}

func (c *comparison) succeededThere() bool {
	k := c.probe.Container
	return c.probe.Type == fact.Readiness && (k.Ready || c.LastFlip(k, infer.FlipReady, false).After(k.StartedAt))
}

// unless ends a sentence that is not sure to be about more than a moment.
func unless(certainty infer.Certainty) string {
	if certainty > infer.CertaintyLow {
		return ""
	}
	return ", unless it has changed since"
}

// vantage returns what the same request came to by way of the pod IP; ShadowNone when it was not made.
func (c *comparison) vantage() (fact.ShadowVerdict, fact.Cause) {
	v := c.run.PodIP
	if v == nil {
		return fact.ShadowNone, ""
	}
	return v.Verdict, c.Node.Version().CauseOf(c.probe.Spec.Handler, v.Verdict.Outcome(), v.Text)
}

// dominated reports whether the way to the container takes so long that a timeout means little.
func (c *comparison) dominated() bool { return c.run.RoundTrip > c.probe.Spec.Timeout/2 }

// undecided is a comparison that nothing follows from yet.
func (c *comparison) undecided(text, check string) Agreement {
	return Agreement{Certainty: infer.CertaintyLow, Text: text, Check: check}
}

// found is an explanation.
func found(class AgreementClass, certainty infer.Certainty, check, format string, args ...any) (Agreement, bool) {
	return Agreement{Class: class, Certainty: certainty, Check: check, Text: fmt.Sprintf(format, args...)}, true
}
