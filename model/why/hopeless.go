package why

import (
	"strconv"
	"strings"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// Aim is what a pod is waited for to be, spelled as on the command line.
type Aim string

// The aims.
const (
	// AimReady is a pod whose Ready condition is fact.True, or that has done its work.
	AimReady Aim = "ready"
	// AimStarted is a pod all of whose containers run and have started.
	AimStarted Aim = "started"
	// AimGone is a pod that does not exist.
	AimGone Aim = "gone"
	// AimHealthy is a ready pod with no probe that fails or cannot be carried out, no restarts that go on, and the traffic that
	// its Services owe it.
	AimHealthy Aim = "healthy"
)

// Hopeless is the conclusion that a pod cannot become what it is waited for to be unless something is changed: its spec, the
// cluster, or a registry. Its certainty is high at least.
type Hopeless struct {
	// Text is the cause in a sentence, and Rule what makes it sure.
	Text, Rule string
	Certainty  infer.Certainty
}

// This file decides when a pod cannot become ready unless something is changed. To say so wrongly ends a roll-out that would
// have succeeded, so every rule waits for what heals by itself: a registry or a node that cannot be reached, an image that is being
// pushed, a Secret that a controller makes, a dependency that comes up later. docs/wait.md lists the rules.
const (
	// pullTries and pullTime are how often, and for how long, a registry must have said no: one that has just begun to back off may
	// heal, because images are pushed while they are rolled out, and mirrors lag. The third try comes after 10 s and 20 s.
	pullTries, pullTime = 3, 25 * time.Second
	// objectTime is how long a Secret or a ConfigMap must be missing, or an image that is never pulled: controllers and people
	// make them a little after the pods.
	objectTime = time.Minute
	// refusedTime is how long a container must have been refused for what its spec and its image say.
	refusedTime = 10 * time.Second
	// askTries and askTime are how often, and for how long, a probe's command must have been missing: a container may write it
	// when it starts.
	askTries, askTime = 2, 10 * time.Second
	// kills is how often in a row the same probe, or the kernel for memory, must have ended every instance. Two are enough of a
	// startup probe that lets a container start for a minute.
	kills, longBudget = 3, time.Minute
	// ownEnds is how often a container must have ended by itself, and ownTime for how long it must have been tried: what many
	// containers wait for by ending comes up meanwhile. After the sixth end the kubelet waits for minutes.
	ownEnds, ownTime = 6, 150 * time.Second
)

// HopelessOf says why the pod cannot become what it is waited for to be unless something is changed; nil when it may.
func HopelessOf(c *infer.Case, aim Aim, now time.Time) *Hopeless {
	r := subject{c}
	if r.Facts.PodsUnread {
		return nil // it may be another by now
	}
	if h := r.unresolvable(aim); h != nil {
		return h
	}
	x := r.examine(now)
	if x == nil {
		return nil
	}
	if rule := x.rule(aim); rule != "" && x.d.Certainty >= infer.CertaintyHigh {
		return &Hopeless{Text: x.d.Headline, Rule: rule, Certainty: x.d.Certainty}
	}
	if rule := x.endsAlways(aim); rule != "" {
		return &Hopeless{Text: x.d.Headline, Rule: rule, Certainty: infer.CertaintyHigh} // whatever ended it
	}
	return nil
}

// unresolvable is a probe that asks for a port that its container does not name. That follows from the spec alone, once the pod
// is on a node whose kubelet runs probes, or from what the kubelet says.
func (r subject) unresolvable(aim Aim) *Hopeless {
	for i := range r.Probes {
		p := &r.Probes[i]
		c := p.Container
		holds := p.Type == fact.Startup || p.Type == fact.Readiness && aim != AimStarted || aim == AimHealthy
		done := p.Type == fact.Startup && c.HasStarted() || p.Type == fact.Readiness && c.Ready
		if !holds || done || c.Spec == nil || p.Spec.Handler != fact.HTTP && p.Spec.Handler != fact.TCP || r.Pod.Terminal() {
			continue
		}
		last := p.LastFailure()
		told := last != nil && last.Outcome == fact.Errored
		if _, known := c.Port(p.Spec.Port); known || !told && (r.Node == nil || r.Node.Virtual) {
			continue
		}
		return &Hopeless{
			Text:      r.erredReason(p, "") + ": " + p.Type.String() + " can never be carried out",
			Rule:      "the port of a probe and the ports of its container do not change in the life of a pod",
			Certainty: infer.Certain,
		}
	}
	return nil
}

// rule is what makes it sure that the cause stands until something is changed; empty when it may pass.
func (x *examiner) rule(aim Aim) string {
	if x.Pod.Owner.Kind == "" {
		switch {
		case x.Pod.Phase == "Failed":
			return "the pod has failed, and nothing makes another in its place"
		case x.Pod.Deleting():
			return "the pod is being deleted, and nothing makes another in its place"
		}
	}
	if x.Pod.Terminal() || x.Pod.Deleting() {
		return "" // its controller makes another
	}
	switch x.d.Cause {
	case ClassErroring:
		return x.unaskable(aim)
	case ClassImage:
		return x.unpullable()
	case ClassConfig:
		return x.unmakeable()
	case ClassVolume:
		return x.missingObject()
	case ClassWedged:
		return "the kubelet acts on a container that has ended within " + Lasting(wedgePatience) + ", and has not; it takes a new pod"
	case ClassLiveness, ClassStartup, ClassOOM:
		return x.killed(aim)
	}
	return ""
}

// unaskable is a probe whose command is not in the container, or may not be executed.
func (x *examiner) unaskable(aim Aim) string {
	if !x.d.Probed || x.event == nil || aim == AimStarted && x.d.Probe != fact.Startup || aim == AimReady && x.d.Probe == fact.Liveness {
		return ""
	}
	i := x.index(x.Pod.Container(x.d.Container), x.d.Probe)
	if i < 0 {
		return ""
	}
	p := &x.Probes[i]
	fault := faultOf(p, x.event.Text())
	begun, tries := x.triedWith(p, fault)
	if fault != faultMissing && fault != faultDenied || tries < askTries || x.now.Sub(begun) < askTime {
		return ""
	}
	return "the kubelet tried " + times(tries) + " in " + Lasting(x.now.Sub(begun)) + ", and a probe that cannot be carried out counts towards nothing"
}

// triedWith returns since when the running instance is known to have had that fault of a probe, and how often it was told. A text that names
// the exec of a run makes an event of its own for each.
func (x *examiner) triedWith(p *infer.Probe, fault fault) (begun time.Time, tries int32) {
	begun = x.now
	for _, e := range p.Events {
		if e.Outcome == fact.Errored && !e.First.Before(p.Container.StartedAt) && faultOf(p, e.Text()) == fault {
			begun, tries = fact.Earliest(begun, e.First), tries+e.Count
		}
	}
	return begun, tries
}

// pullRefusals are those of pullTroubles that another try does not mend.
var pullRefusals = map[string]bool{
	"it is not built for the node's platform":                 true,
	"the registry wants credentials, or refuses those it got": true,
	"it does not exist, or needs credentials":                 true,
	"the registry refuses access":                             true,
	"the registry's certificate is not trusted":               true,
	"the registry speaks plain HTTP":                          true,
	"the registry does not have it":                           true,
}

// unpullable is an image that its registry has refused more than once, or that is never pulled.
func (x *examiner) unpullable() string {
	c := x.Pod.Container(x.d.Container)
	switch c.Reason {
	case "InvalidImageName":
		return "the name of an image does not become valid"
	case "ErrImageNeverPull":
		if !x.lastsFor(objectTime) {
			return ""
		}
		return "imagePullPolicy is Never, and the image has not come to the node within " + Lasting(objectTime)
	}
	var tries int32
	var first, last time.Time
	refused := false
	for _, e := range x.Events { // oldest last occurrence first
		if e.Container != c.Name || e.Reason != fact.ReasonFailed || !strings.HasPrefix(strings.TrimPrefix(e.Message, fact.CombinedPrefix), "Failed to pull image") {
			continue
		}
		if refused = pullRefusals[pullTrouble(e.Message)]; !refused {
			tries, first = 0, time.Time{} // the registry could not be asked: what it said before may be another today
			continue
		}
		if tries += e.Count; first.IsZero() || e.First.Before(first) {
			first = e.First
		}
		last = e.Last
	}
	if !refused || tries < pullTries || last.Sub(first) < pullTime {
		return ""
	}
	return "the registry was asked " + times(tries) + " in " + Lasting(last.Sub(first)) + ", and its answer is final"
}

// lastsFor reports whether the event that the sentence rests on has been told for so long.
func (x *examiner) lastsFor(d time.Duration) bool {
	return x.event != nil && x.event.Last.Sub(x.event.First) > 0 && x.now.Sub(x.event.First) >= d
}

// refusals are what the kubelet says of a container that it does not make for what its spec and its image say
// (pkg/kubelet/kuberuntime/security_context.go, containerd's image config).
var refusals = [...]string{"container has runAsNonRoot and image ", "no command specified", "container has runAsNonRoot but image "}

// unmakeable is a container that cannot be made as its spec says, or whose command is not in its image.
func (x *examiner) unmakeable() string {
	c := x.Pod.Container(x.d.Container)
	if how, ended := c.Ended(); ended && c.State != fact.Waiting || ended && c.Reason == fact.ReasonCrashLoop {
		if command, why := startTrouble(how.Message); command != "" && why != "cannot be executed" && c.Instances() >= 2 && x.neverReady() {
			return "it was tried " + times(c.Instances()) + ", and the image does not change"
		}
		return ""
	}
	if x.event == nil || c.Message == "" || !strings.Contains(x.event.Message, c.Message) {
		return "" // since when it is so is not known
	}
	for _, text := range refusals {
		if strings.Contains(c.Message, text) && x.lastsFor(refusedTime) {
			return "the kubelet refuses it for what its spec and its image say, which do not change"
		}
	}
	return x.missingObject()
}

// missingObject is a Secret or a ConfigMap that does not exist, or lacks a key, for so long that it is hardly on its way.
func (x *examiner) missingObject() string {
	kind, _ := referred(x.d.Reason)
	missing := strings.Contains(x.d.Reason, "not found") || strings.Contains(x.d.Reason, "does not exist") || strings.Contains(x.d.Reason, "no key ") ||
		strings.Contains(x.d.Reason, "non-existent")
	if kind != "secret" && kind != "configmap" || !missing || !x.lastsFor(objectTime) {
		return ""
	}
	return "it has been missing for " + Lasting(x.now.Sub(x.event.First)) + ", and the kubelet asks again all the time"
}

// killed is a container each instance of which a probe, or the kernel for memory, kills before the pod is what it is waited for to be.
func (x *examiner) killed(aim Aim) string {
	c := x.Pod.Container(x.d.Container)
	if c == nil || c.Kind == fact.Init || aim == AimStarted && x.d.Cause != ClassStartup || !x.neverReady() {
		return ""
	}
	s := x.story(c)
	if s == nil || s.end.Certainty < infer.CertaintyHigh || s.same < s.total {
		return ""
	}
	least := int32(kills)
	switch s.end.Cause {
	case infer.CauseStartup:
		if spec := c.Probes[fact.Startup]; spec != nil && spec.InitialDelay+time.Duration(spec.FailureThreshold)*spec.Period >= longBudget {
			least--
		}
		if s.same >= least && !c.HasStarted() {
			return "its startup budget of" + strings.TrimPrefix(x.budget(s), " after") + " was not enough in any of " + strconv.Itoa(int(s.same)) + " starts"
		}
	case infer.CauseLiveness, infer.CauseOOM:
		if s.same >= least {
			return "each of its " + strconv.Itoa(int(s.same)) + " instances was killed before the pod was ever ready"
		}
	}
	return ""
}

// endsAlways is a container that has ended so often, whatever ended it, that another start is not likely to go better.
func (x *examiner) endsAlways(aim Aim) string {
	switch x.d.Cause {
	case ClassLiveness, ClassStartup, ClassOOM, ClassExit, ClassSignal, ClassCompleted, ClassPostStart, ClassInit, ClassUnknown:
	default:
		return ""
	}
	c, tried := x.Pod.Container(x.d.Container), x.now.Sub(begun(x.Pod))
	if c == nil || c.State == fact.Running || c.Instances() < ownEnds || tried < ownTime || aim == AimStarted && c.Kind != fact.Init || x.Pod.Terminal() || x.Pod.Deleting() || !x.neverReady() {
		return ""
	}
	return "it was started " + times(c.Instances()) + " in " + Lasting(tried) + " and ended each time, before the pod was ever ready"
}

// begun is when the kubelet began with the pod; when it was made, where that is not known.
func begun(p *fact.Pod) time.Time {
	if c := p.Condition("PodScheduled"); c != nil && c.Status == fact.True && !c.Since.IsZero() {
		return c.Since
	}
	return p.Created
}

// neverReady reports whether the pod has surely never been ready: its kubelet wrote that it is not when it began with it, and
// has not changed that since.
func (x *examiner) neverReady() bool {
	ready, scheduled := x.Pod.Condition("Ready"), x.Pod.Condition("PodScheduled")
	if ready == nil || ready.Status != fact.False || ready.Since.IsZero() || scheduled == nil || scheduled.Since.IsZero() {
		return false
	}
	return ready.Since.Sub(scheduled.Since) <= beginTime
}

// beginTime is how long a kubelet takes at most to write the first conditions of a pod that it was given. No container runs by
// then, or it was ready so shortly that it is of no use.
const beginTime = 2 * time.Second

// ShortLived says why a pod that is what it is waited for to be cannot stay so for as long as is wanted: its container ends
// each time before. It is nil when it may.
func ShortLived(c *infer.Case, stable time.Duration, now time.Time) *Hopeless {
	r := subject{c}
	if stable == 0 || r.Facts.PodsUnread || r.Pod.Terminal() {
		return nil
	}
	x := &examiner{subject: r, now: now}
	for i := range r.Pod.Containers {
		c := &r.Pod.Containers[i]
		s := x.story(c)
		if s == nil || c.Kind == fact.Init || c.Instances() < ownEnds || x.now.Sub(begun(r.Pod)) < ownTime {
			continue
		}
		known, shorter := 0, 0
		for k := range r.Restarts {
			if e := &r.Restarts[k]; e.Container == c.Name && e.Lived > 0 {
				if known++; e.Lived < stable {
					shorter++
				}
			}
		}
		if known < kills || shorter < known || !x.tell(s) {
			continue
		}
		return &Hopeless{
			Text:      x.d.Headline,
			Rule:      "it has ended " + times(c.Instances()) + ", and no instance that is known lived for " + Lasting(stable),
			Certainty: infer.CertaintyHigh,
		}
	}
	return nil
}
