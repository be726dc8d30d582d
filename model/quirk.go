package model

import (
	"fmt"
	"time"
)

// Quirk is something that a kubelet does and nobody expects, where a pod shows it.
type Quirk struct {
	// Text says what happens and what it means here.
	Text string
	// Reference is where to read on: an issue or a pull request of kubernetes/kubernetes.
	Reference string
}

// The following say what a kubelet of a version does. One whose version is not known may do it: what rests on
// the opposite is not certain.

// startupGatingBug reports whether a replacement may be called started because the instance before it was, until
// its startup probe runs for the first time.
func startupGatingBug(v Version) bool {
	return !v.Known() || v.AtLeast(1, 35)
}

// execReadinessFrozen reports whether exec readiness probes may error from the moment their pod terminates.
func execReadinessFrozen(v Version) bool {
	return !v.Known() || v.Minor == 35 && v.Major == 1 || v.from(1, 36, 3) && v.Before(1, 37)
}

// frozen reports whether the container is called ready because nobody can find out any more that it is not.
func (j *judge) frozen(p *Probe) bool {
	v := j.node.Version()
	return v.Known() && execReadinessFrozen(v) && p.Type == Readiness && p.Spec.Handler == Exec && p.Container.Ready && j.pod.Deleting()
}

// provesConnection reports whether a health RPC that did not complete in time was sent over a connection: kubelets from 1.38 on
// say the same of one that was never made.
func provesConnection(v Version) bool { return v.Before(1, 38) }

// sharedSpamBucket reports whether failing probes may use up the events that tell of kills and starts too.
func sharedSpamBucket(v Version) bool { return !v.AtLeast(1, 32) }

// startupRunsOn reports whether a startup probe may run once more after it has succeeded.
func startupRunsOn(v Version) bool { return !v.AtLeast(1, 32) }

// ForgetsAtRestart reports whether a restart of the kubelet makes it probe containers anew that were ready and
// started, so that they are neither for a moment.
func (v Version) ForgetsAtRestart() bool { return !v.AtLeast(1, 35) }

// QuirksOf returns what the pod shows of the oddities of its kubelet's version, and of all kubelets. Nothing is
// said of a kubelet whose version is not known.
func QuirksOf(c *Case) []Quirk {
	r := subject{c}
	var quirks []Quirk
	add := func(reference, format string, args ...any) {
		quirks = append(quirks, Quirk{fmt.Sprintf(format, args...), reference})
	}
	if v := r.Node.Version(); v.Known() && !r.Pod.Terminal() {
		for i := range r.Probes {
			r.Probes[i].quirks(r.Pod, v, add)
		}
		if sharedSpamBucket(v) && r.starved() {
			add("kubernetes/kubernetes#124747", "kubelet %v drops events of kills and starts too while probes fail: "+
				"a restart without an event may have been one by a probe", v)
		}
	}
	if w, ok := r.KubeletRestart(); ok {
		add("", "the kubelet was restarted between %s and %s: it reports the same failures anew, and counts from one",
			w.Earliest.Format(time.TimeOnly), w.Latest.Format(time.TimeOnly))
	}
	if by := r.judge.ahead; by > 0 {
		add("", "the clock of node %s is ahead by %s, at least: a container is said to have started later than it was seen to run",
			r.Pod.Node, by.Round(time.Second))
	}
	if late := r.judge.late.by; late > 0 {
		add("", "the events of node %s reached us %s late (or its clock is behind): the kubelet has more to tell than it may, "+
			"or its API server is slow; what is said here may be as old", r.Pod.Node, late.Round(time.Second))
	}
	return quirks
}

// quirks adds those that one probe shows.
func (p *Probe) quirks(pod *Pod, v Version, add func(reference, format string, args ...any)) {
	c := p.Container
	switch {
	case p.Type == Readiness && p.Spec.Handler == Exec && pod.Deleting() && execReadinessFrozen(v):
		add("kubernetes/kubernetes#140881", "kubelet %v cannot run exec probes of a terminating pod: "+
			"readiness of %s stays what it was until the end", v, c.Name)
	case p.Type == Startup && c.Restarts > 0 && c.HasStarted() && p.Certainty < CertaintyHigh && startupGatingBug(v):
		add("kubernetes/kubernetes#141155", "kubelet %v may call %s started because the instance before it was: "+
			"liveness and readiness are not held back until the startup probe has run", v, c.Name)
	case p.Type == Startup && p.State == StateHeld && p.failedLate() && startupRunsOn(v):
		add("kubernetes/kubernetes#121206", "kubelet %v may run startup of %s once more after it succeeded: "+
			"a failure then means nothing", v, c.Name)
	}
	if p.Spec.DigitName && v.AtLeast(1, 37) {
		add("", "kubelet %v takes port %q of %s of %s for a name: the probe cannot be carried out "+
			"(kubelets up to 1.36 fell back to the number)", v, p.Spec.Port, p.Type, c.Name)
	}
	if n := len(p.Events); n > 0 && p.Events[n-1].Outcome == Warned {
		add("", "%s of %s is redirected to another host: the kubelet does not follow, and counts it as a success", p.Type, c.Name)
	}
}

// failedLate reports whether a failure of the running instance is known.
func (p *Probe) failedLate() bool {
	e := p.LastFailure()
	return e != nil && !e.Last.Before(p.Container.StartedAt)
}

// starved reports whether probes have used up the events that the kubelet writes about a pod.
func (r subject) starved() bool {
	var count int32
	for _, e := range r.Events {
		if e.warns() {
			count += e.Count
		}
	}
	return count >= spamBurst
}

// KubeletRestart returns when the pod's kubelet was restarted last, as far as the pod's events show it: a kubelet
// counts the same event again in the same object, and only one that has forgotten it writes another.
func (r *Case) KubeletRestart() (Window, bool) {
	var w Window
	for i, e := range r.Events {
		for _, old := range r.Events[:i] {
			if old.Reason == e.Reason && old.Container == e.Container && old.Message == e.Message && !e.Combined &&
				e.First.After(old.Last) && e.First.After(w.Latest) {
				w = Window{old.Last, e.First}
			}
		}
	}
	return w, !w.IsZero()
}
