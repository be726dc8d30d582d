package why

import (
	"fmt"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
	"github.com/probetop/probetop/model/kubelet"
)

// Quirk is surprising behaviour of a kubelet that a pod shows.
type Quirk struct {
	// Text says what happens and what it means here.
	Text string
	// Reference is where to read on: an issue or a pull request of kubernetes/kubernetes.
	Reference string
}

// QuirksOf returns what the pod shows of the oddities of its kubelet's version, and of all kubelets. Nothing is
// said of a kubelet whose version is not known.
func QuirksOf(c *infer.Case) []Quirk {
	r := subject{c}
	var quirks []Quirk
	add := func(reference, format string, args ...any) {
		quirks = append(quirks, Quirk{fmt.Sprintf(format, args...), reference})
	}
	if v := r.Node.Version(); v.Known() && !r.Pod.Terminal() {
		for i := range r.Probes {
			probeQuirks(&r.Probes[i], r.Pod, v, add)
		}
		if kubelet.SharedSpamBucket(v) && r.starved() {
			add("kubernetes/kubernetes#124747", "kubelet %v drops events of kills and starts too while probes fail: "+
				"a restart without an event may have been one by a probe", v)
		}
	}
	r.restartQuirks(add)
	if by := r.Facts.Ahead; by > 0 {
		add("", "the clock of node %s is ahead by %s, at least: a container is said to have started later than it was seen to run",
			r.Pod.Node, by.Round(time.Second))
	}
	if late := r.Facts.Late.By; late > 0 {
		add("", "the events of node %s reached us %s late (or its clock is behind): the kubelet has more to tell than it may, "+
			"or its API server is slow; what is said here may be as old", r.Pod.Node, late.Round(time.Second))
	}
	if slow := r.Facts.Late.Slow; slow > 0 {
		add("", "a status of node %s reached us %s late (or its clock is behind): what is said here may be as old", r.Pod.Node, slow.Round(time.Second))
	}
	return quirks
}

// restartQuirks tells of the last restart of the kubelet: its own word for it, or the events that it wrote twice.
func (r subject) restartQuirks(add func(reference, format string, args ...any)) {
	w, repeated := r.KubeletRestart()
	start := r.Facts.Start
	switch {
	case start.Tells(w) && (repeated || !start.Expired && !start.At.Before(r.Pod.Created)):
		add("", "the kubelet was restarted at %s: its probes began anew, and it counts from one", start.At.Format(time.TimeOnly))
	case repeated:
		add("", "the kubelet was restarted between %s and %s: it reports the same failures anew, and counts from one",
			w.Earliest.Format(time.TimeOnly), w.Latest.Format(time.TimeOnly))
	}
	for i := range r.Pod.Containers {
		if c := &r.Pod.Containers[i]; r.Facts.StartedByRestart(c) {
			add("kubernetes/kubernetes#142305", "kubelet %v may call %s started because it was restarted before the startup probe had succeeded: "+
				"liveness and readiness are run", r.Node.Version(), c.Name)
		}
	}
}

// probeQuirks adds those that one probe shows.
func probeQuirks(p *infer.Probe, pod *fact.Pod, v fact.Version, add func(reference, format string, args ...any)) {
	c := p.Container
	switch {
	case p.Type == fact.Readiness && p.Spec.Handler == fact.Exec && pod.Deleting() && kubelet.ExecReadinessFrozen(v):
		add("kubernetes/kubernetes#140881", "kubelet %v cannot run exec probes of a terminating pod: "+
			"readiness of %s stays what it was until the end", v, c.Name)
	case p.Type == fact.Startup && c.Restarts > 0 && c.HasStarted() && p.Certainty < infer.CertaintyHigh && kubelet.StartupGatingBug(v):
		add("kubernetes/kubernetes#141155", "kubelet %v may call %s started because the instance before it was: "+
			"liveness and readiness are not held back until the startup probe has run", v, c.Name)
	case p.Type == fact.Startup && p.State == infer.StateHeld && p.FailedLate() && kubelet.StartupRunsOn(v):
		add("kubernetes/kubernetes#121206", "kubelet %v may run startup of %s once more after it succeeded: "+
			"a failure then means nothing", v, c.Name)
	}
	if p.Spec.DigitName && v.AtLeast(1, 37) {
		add("", "kubelet %v takes port %q of %s of %s for a name: the probe cannot be carried out "+
			"(kubelets up to 1.36 fell back to the number)", v, p.Spec.Port, p.Type, c.Name)
	}
	if n := len(p.Events); n > 0 && p.Events[n-1].Outcome == fact.Warned {
		add("", "%s of %s is redirected to another host: the kubelet does not follow, and counts it as a success", p.Type, c.Name)
	}
}

// starved reports whether probes have used up the events that the kubelet writes about a pod.
func (r subject) starved() bool {
	var count int32
	for _, e := range r.Events {
		if e.Warns() {
			count += e.Count
		}
	}
	return count >= kubelet.SpamBurst
}
