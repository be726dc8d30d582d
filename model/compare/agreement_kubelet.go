package compare

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
	"github.com/probetop/probetop/model/why"
)

// lacking is a run without a verdict.
func (c *comparison) lacking() (Agreement, bool) {
	if c.run.Verdict != fact.ShadowNone {
		return Agreement{}, false
	}
	switch c.run.Lack {
	case fact.LackForbidden:
		return found(ShadowForbidden, infer.Certain, "ask for "+c.missing()+" in namespace "+c.Pod.Namespace,
			"no verdict: the API server does not let you run the probe: %s", c.reason("the right to it is missing"))
	case fact.LackUnsupported:
		return found(ShadowUnsupported, infer.Certain, "go by the kubelet's own events", "no verdict: this probe cannot be run from here: %s", c.reason("its kind is not known"))
	case fact.LackHost:
		return c.notComparable(infer.Certain)
	case fact.LackGone:
		return c.undecided("no verdict: "+c.probe.Container.Name+" did not run, or ended meanwhile", "run it again when the container runs"), true
	case fact.LackEndless:
		return found(EndlessOutput, infer.Certain, "look at what comes of "+why.Asked(c.probe.Spec)+", and let it end",
			"no verdict: %s sends far more than a probe reads: %s", c.probe.Container.Name, c.reason("it does not end"))
	case fact.LackUnfinished:
		return found(ExecOrphan, infer.Certain, "look for the command in the container (ps), and end it; raise timeoutSeconds if it needs that long",
			"no verdict: the command of an earlier run from here may still run in %s, and is not started twice", c.probe.Container.Name)
	}
	return found(TunnelBroke, infer.Certain, "run it again; if it stays, look at the API server and the kubelet of "+c.Node.Called(),
		"no verdict: the way to the container broke before there was one: %s", c.reason("nobody said why"))
}

// reason is what the run said, or something else.
func (c *comparison) reason(otherwise string) string {
	if c.run.Text == "" {
		return otherwise
	}
	return c.run.Text
}

// missing is the right that a run lacks, read from what the API server said.
func (c *comparison) missing() string {
	if strings.Contains(c.run.Text, `cannot get resource "pods" `) {
		return "get on pods"
	}
	return "create on pods/" + c.subresource()
}

// subresource is what of a pod the probe is run through.
func (c *comparison) subresource() string {
	if c.probe.Spec.Handler == fact.Exec {
		return "exec"
	}
	return "portforward"
}

// replaced is a run against another instance than the running one.
func (c *comparison) replaced() (Agreement, bool) {
	k := c.probe.Container
	if k.State == fact.Running && k.ID == c.run.Instance {
		return Agreement{}, false
	}
	return c.undecided("this was a run against an instance of "+k.Name+" that has ended", "run it again when the container runs"), true
}

// frozenBug is a readiness that the kubelet cannot find out any more.
func (c *comparison) frozenBug() (Agreement, bool) {
	if !c.Frozen(c.probe) {
		return Agreement{}, false
	}
	return found(KubeletBug, infer.CertaintyHigh, "take the pod out of traffic yourself if it matters; kubelet 1.37 does not do this (kubernetes/kubernetes#140881)",
		"kubelet %v cannot run exec probes of a terminating pod: ready stays what it was, whatever this run (%s) says", c.Node.Version(), c.here())
}

// stale is a kubelet whose word is of no use now.
func (c *comparison) stale() (Agreement, bool) {
	if c.Node != nil && c.Node.Ready != fact.True {
		return found(KubeletStale, infer.CertaintyHigh, "see to node "+c.Node.Name+" first",
			"node %s does not report: what its kubelet said last is old, and from here the probe %s", c.Node.Name, c.here())
	}
	if until, anew := c.KubeletAnew(); anew {
		return found(KubeletStale, infer.CertaintyMedium, "wait, and run it again",
			"the kubelet was restarted a moment ago and has yet to run the probe again (%s at most); from here it %s", brieflyFor(until.Sub(c.Now)), c.here())
	}
	return Agreement{}, false
}

// idle is a probe that the kubelet does not run now.
func (c *comparison) idle() (Agreement, bool) {
	if !c.word.Idle {
		return Agreement{}, false
	}
	if c.word.Verdict.Succeeds() {
		return c.over()
	}
	why, check := c.whyIdle()
	a, _ := found(NotProbedYet, c.word.Certainty, check, "the kubelet does not run this probe now: %s; from here it %s", why, c.here())
	return a, true
}

// over is a startup probe that has succeeded, and is not run again while the instance lives.
func (c *comparison) over() (Agreement, bool) {
	const over = "startup has succeeded, and the kubelet does not run it again before the next restart; from here it "
	if c.run.Verdict.Succeeds() {
		return found(AgreePass, min(infer.CertaintyHigh, c.word.Certainty), "nothing: all is well", "%s", over+c.here())
	}
	return c.undecided(over+c.here()+", which counts for nothing now", "look at readiness and liveness"), true
}

func (c *comparison) whyIdle() (why, check string) {
	name := c.probe.Container.Name
	switch c.probe.State {
	case infer.StateDelayed:
		if until := c.probe.Container.StartedAt.Add(c.probe.Spec.InitialDelay); c.Now.Before(until) {
			return fmt.Sprintf("its initial delay ends in %s", brieflyFor(until.Sub(c.Now))), "wait for the first run of the kubelet"
		}
		return "its first result is not there yet", "wait for the first run of the kubelet"
	case infer.StateGated:
		return "the startup probe of " + name + " has not succeeded", "look at the startup probe"
	case infer.StateHeld:
		return name + " has started, and is asked again after its next restart", "look at readiness and liveness"
	case infer.StateSuspended:
		return "the pod is terminating", "nothing: the pod is going"
	}
	return name + " does not run", "look at why the container does not run"
}

// otherHost is a probe of another host than the pod.
func (c *comparison) otherHost() (Agreement, bool) {
	host := c.probe.Spec.Host
	if host == "" || host == c.Pod.IP {
		return Agreement{}, false
	}
	if ip, err := netip.ParseAddr(host); c.Pod.SettingOrNone().HostNetwork && (err == nil && ip.IsLoopback() || host == "localhost") {
		return Agreement{}, false // the node's own, which is where a tunnel ends
	}
	return c.notComparable(infer.CertaintyHigh)
}

func (c *comparison) notComparable(certainty infer.Certainty) (Agreement, bool) {
	host, node := c.probe.Spec.Host, c.Node.Called()
	if _, err := netip.ParseAddr(host); err != nil && host != "" {
		return found(HostResolver, certainty, "look the name up, and ask it, on "+node,
			"not comparable: the probe asks %s, a name that %s looks up, and not the pod", host, node)
	}
	return found(HostField, certainty, "ask the same address on "+node+"; leave host out of the probe to ask the pod",
		"not comparable: the probe asks host %s from %s, and not the pod", host, node)
}

// gatingBug is a container that may be called started because the instance before it was.
func (c *comparison) gatingBug() (Agreement, bool) {
	until, doubt := c.StartedInDoubt(c.probe.Container)
	if !doubt || c.word.Verdict != fact.ShadowNone && c.agrees() {
		return Agreement{}, false
	}
	return found(KubeletBug, infer.CertaintyMedium, "wait for the startup probe, and run it again (kubernetes/kubernetes#141155)",
		"kubelet %v may call %s started because the instance before it was: for %s its word means little; from here the probe %s",
		c.Node.Version(), c.probe.Container.Name, brieflyFor(until.Sub(c.Now)), c.here())
}

// unheard is a kubelet that runs the probe and of whose results nothing is known.
func (c *comparison) unheard() (Agreement, bool) {
	if c.word.Verdict != fact.ShadowNone || c.probe.State == infer.StateStarting {
		return Agreement{}, false
	}
	a := c.undecided("from here the probe "+c.here()+"; what the kubelet finds is not known", "let probetop read events, or use --kubelet-metrics")
	a.Certainty = infer.CertaintyNone
	return a, true
}

// workerBug is a probe that its kubelet has stopped running.
func (c *comparison) workerBug() (Agreement, bool) {
	counts, kept := c.Counts(c.probe.Container.Name, c.probe.Type), c.notTakenUp()
	if counts == nil || kept == "" {
		return Agreement{}, false
	}
	silence := min(counts.Silence(), counts.Seen.Sub(c.probe.Container.StartedAt.Add(c.probe.Spec.InitialDelay)))
	if silence < 4*c.cycle() || c.word.Verdict == fact.ShadowErrored {
		return Agreement{}, false
	}
	return found(KubeletBug, infer.CertaintyLow, "delete the pod, or restart the kubelet: both make it run its probes again",
		"the kubelet has had no result of this probe for %s: one that has stopped a probe does not take it up again while it runs another of the %s",
		brieflyFor(silence), kept)
}

// notTakenUp names what keeps the kubelet from taking up a probe again that it has stopped: up to 1.36 any other worker of the
// pod, and from 1.37 on that of a probe before it in the same container (pkg/kubelet/prober/prober_manager.go, AddPod). It is empty
// where nothing does.
func (c *comparison) notTakenUp() string {
	v, first := c.Node.Version(), true
	for _, typ := range fact.ProbeTypes[:c.probe.Type] {
		first = first && c.probe.Container.Probes[typ] == nil
	}
	switch {
	case v.Before(1, 37) && len(c.row.Probes) > 1:
		return "pod"
	case v.AtLeast(1, 37) && !first:
		return "container"
	}
	return ""
}

// outdated is a run that is older than what the kubelet says, or than it can be compared with.
func (c *comparison) outdated() (Agreement, bool) {
	again := "run it again"
	switch age := c.Now.Sub(c.run.At); {
	case c.fails() && !c.spell.First.IsZero() && c.run.At.Add(c.probe.Spec.Period+time.Second).Before(c.spell.First),
		c.better() && !c.spell.First.IsZero() && c.run.At.Before(c.spell.First) && !c.contradicted():
		return c.undecided("the kubelet has failed since this run, which "+c.past(), again), true
	case c.word.Verdict.Succeeds() && len(c.troubles) > 0 && c.troubles[len(c.troubles)-1].To().After(c.run.At):
		return c.undecided("the kubelet has failed and succeeded since this run, which "+c.past(), again), true
	case c.agrees():
		return Agreement{}, false
	case c.worse() && c.word.Verdict.Succeeds() && age >= c.cycle() && !c.contradicted(),
		age > max(5*c.cycle(), 2*time.Minute):
		return c.undecided(fmt.Sprintf("this run, which %s, is %s old, and the kubelet has asked since", c.past(), brieflyFor(age)), again), true
	}
	return Agreement{}, false
}
