package compare

import (
	"fmt"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// tunnelOverhead is a run that has timed out because the way to the container is long.
func (c *comparison) tunnelOverhead() (Agreement, bool) {
	if !c.dominated() || !c.worse() || !timedOut(c.cause) {
		return Agreement{}, false
	}
	return found(TunnelOverhead, infer.CertaintyLow, "run it from nearer to the cluster, or go by the kubelet",
		"the way to the container takes %s, against a timeout of %s: that it timed out from here means little", took(c.run.RoundTrip), took(c.probe.Spec.Timeout))
}

// timedOut reports whether a cause is that time was over.
func timedOut(c fact.Cause) bool {
	return c == fact.CauseExecTimeout || c != fact.CauseNoRoute && unanswered(c)
}

// tight reports whether a run took about as long as it may.
func (c *comparison) tight(run *fact.Shadow) bool {
	timeout := c.probe.Spec.Timeout
	return run.Timed(c.probe.Spec.Handler) && run.Took > timeout-c.margin() && run.Took < timeout+c.margin()
}

// margin is how near to the timeout a duration is when it could as well be on its other side.
func (c *comparison) margin() time.Duration { return max(c.probe.Spec.Timeout/5, c.run.RoundTrip) }

// timeoutMargin is a probe that takes about as long as it may.
func (c *comparison) timeoutMargin() (Agreement, bool) {
	d, timeout := &c.probe.Shadow.Durations, c.probe.Spec.Timeout
	near := false
	switch {
	case c.better() && timedOut(c.word.Cause):
		near = c.tight(c.run) || d.Quantile(0.95) > timeout-c.margin()
	case c.worse() && timedOut(c.cause) && c.word.Verdict.Succeeds():
		for _, run := range c.runs {
			near = near || run.Verdict.Succeeds() && run.Timed(c.probe.Spec.Handler) && run.Took >= timeout/2
		}
	}
	if !near {
		return Agreement{}, false
	}
	return c.tooTight(fmt.Sprintf("from here the probe %s, the kubelet %s", c.here(), c.there()))
}

func (c *comparison) tooTight(what string) (Agreement, bool) {
	d, timeout := &c.probe.Shadow.Durations, c.probe.Spec.Timeout
	certainty := infer.CertaintyMedium
	if d.Count >= 3 {
		certainty = infer.CertaintyHigh
	}
	if c.dominated() {
		certainty = infer.CertaintyLow
	}
	return found(TimeoutMargin, certainty, "raise timeoutSeconds, or find out what makes the answer slow",
		"the answer takes about as long as it may, which is %s: 95%% of %s from here took %s or less, the longest %s; %s",
		took(timeout), runsOf(d.Count), took(d.Quantile(0.95)), took(d.Max), what)
}

func runsOf(n int) string {
	if n == 1 {
		return "one run"
	}
	return fmt.Sprintf("%d runs", n)
}

// unsteady is a probe that comes to another verdict every now and then.
func (c *comparison) unsteady() (Agreement, bool) {
	changes, failures := 0, 0
	for i, run := range c.runs {
		if i > 0 && !run.Verdict.Alike(c.runs[i-1].Verdict) {
			changes++
		}
		if !run.Verdict.Succeeds() {
			failures++
		}
	}
	if changes >= 2 {
		class, check := FlappingVerdicts, "look for what else changes at these times: load, a dependency, one of several processes on the port"
		if c.probe.Spec.Handler == fact.Exec {
			class, check = ExecUnsteady, "look for what the command depends on: a lock, a file, the time, another run of itself"
		}
		return found(class, infer.CertaintyHigh, check, "the verdict changes from run to run: %d of the last %d runs from here failed; the kubelet %s",
			failures, len(c.runs), c.there())
	}
	if n := c.flips(); n >= 2 {
		return found(FlappingVerdicts, infer.CertaintyMedium, "look for what else changes at these times: load, a dependency",
			"the kubelet changes its mind all the time: %d times in the last %s; from here the probe %s", n, brieflyFor(flapPeriods*c.probe.Spec.Period), c.here())
	}
	return Agreement{}, false
}

// flapPeriods is how many periods two changes of readiness lie apart at most when it is called flapping.
const flapPeriods = 6

// flips counts how often the container has become ready, or ceased to be, of late.
func (c *comparison) flips() int {
	n := 0
	if c.History == nil || c.probe.Type != fact.Readiness {
		return 0
	}
	for _, f := range c.History.Flips {
		if f.Container == c.probe.Container.Name && f.What == infer.FlipReady && !f.At.Before(c.Now.Add(-flapPeriods*c.probe.Spec.Period)) &&
			f.At.After(c.probe.Container.StartedAt.Add(time.Second)) {
			n++
		}
	}
	return n
}

// belowThreshold is a failure that the kubelet has not counted as often as it takes.
func (c *comparison) belowThreshold() (Agreement, bool) {
	if !c.worse() || c.contradicted() || c.word.Verdict == fact.ShadowErrored {
		return Agreement{}, false
	}
	next := c.row.Forecast(c.probe, c.Now).Next
	left := time.Duration(max(c.probe.Spec.FailureThreshold-c.probe.Failures.Run, 1) - 1)
	end := next.Shift(left*c.probe.Spec.Period, left*c.probe.Spec.Period+c.probe.Spec.Timeout)
	then := "the pod is unready"
	if c.probe.Type != fact.Readiness {
		then = map[infer.ConsequenceKind]string{infer.WillRestart: "the container is restarted", infer.WillKill: "the container is killed"}[c.Ending(c.probe.Container)]
	}
	return found(BelowTheThreshold, infer.CertaintyMedium, "wait for the kubelet's next run, in "+inWords(next, c.Now)+": it should fail",
		"the probe has begun to fail (%s), and the kubelet %s: if that goes on, %s in %s, at the failure that makes %d in a row",
		phraseOf(c.cause, c.run.Text), c.there(), then, inWords(end, c.Now), c.probe.Spec.FailureThreshold)
}

// recovering is a success that the kubelet has not counted as often as it takes.
func (c *comparison) recovering() (Agreement, bool) {
	if !c.better() || c.contradicted() || c.word.Verdict == fact.ShadowErrored {
		return Agreement{}, false
	}
	next := c.row.Forecast(c.probe, c.Now).Next
	if next.IsZero() {
		return found(Recovering, infer.CertaintyLow, "wait for the restart, which is due", "from here the probe %s, but the kubelet has decided already: %s", c.here(), c.counted())
	}
	times := "its next run"
	if n := c.probe.Spec.SuccessThreshold; n > 1 {
		times = fmt.Sprintf("%d successes in a row", n)
		next = next.Shift(0, time.Duration(n-1)*c.probe.Spec.Period)
	}
	certainty := infer.CertaintyMedium
	if !c.lasting() {
		certainty = infer.CertaintyLow
	}
	state := "it seems to have recovered"
	if c.probe.Type == fact.Startup {
		state = "the container seems to be up"
	}
	return found(Recovering, certainty, "wait for the kubelet's next run, and run it again: if it fails again, the two ask in different ways",
		"from here the probe %s, the kubelet %s: %s, and %s should show that, in %s", c.here(), c.there(), state, times, inWords(next, c.Now))
}

// unexplained is a difference that is there every time.
func (c *comparison) unexplained() (Agreement, bool) {
	known := c.word.Verdict.Succeeds() || c.word.Cause != ""
	if !c.contradicted() || !known || c.word.Certainty < infer.CertaintyMedium || c.dominated() {
		return Agreement{}, false // one of the two is not known well enough to be loud about it
	}
	weight := c.weight()
	if c.word.Verdict == fact.ShadowErrored {
		weight = min(weight, infer.CertaintyMedium) // what cannot be carried out now may be the next time
	}
	return found(Unexplained, weight, "compare the two requests: server log, source address, headers; tell the project what it was",
		"from here the probe %s, %d times in a row, the kubelet %s: nothing that is known explains it", c.here(), c.streak, c.there())
}
