package fact

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Outcome is what a probe event says happened.
type Outcome uint8

// The outcomes that leave an event. Success leaves none.
const (
	NoOutcome Outcome = iota
	// Failed counts towards the failure threshold.
	Failed
	// Errored could not be carried out and counts towards nothing.
	Errored
	// Warned is a success with a remark (a redirect to another host).
	Warned
)

// String returns failed, errored or warning, or nothing.
func (o Outcome) String() string { return [...]string{"", "failed", "errored", "warning"}[o] }

// Event is a Kubernetes event about a pod, with what its message says about probes.
// The object counts: the same event again is the same Event with a higher Count.
type Event struct {
	UID, Namespace, Name string
	// Pod is involvedObject.uid, which for static pods is not the pod's UID but its MirrorUID.
	Pod UID
	// Container is the one that involvedObject.fieldPath names, or the words of a Killing event; empty for an event about the
	// pod. In a row it is found by the words of a probe event, where the field path is missing or proves nothing.
	Container       string
	Reason, Message string
	Count           int32
	// First and Last are the first and last occurrence by the node's clock, to the second.
	First, Last time.Time
	// Written is when the API server wrote the event last, by its own clock and to the second; zero when it does not say.
	Written time.Time
	// Combined is set when the kubelet merged different messages into this event; the field path is then
	// that of the first of them and proves nothing.
	Combined bool
	// Probe and Outcome are read from an Unhealthy or ProbeWarning message; Outcome is NoOutcome otherwise.
	Probe   ProbeType
	Outcome Outcome
	// born is when the event was made first, in Unix nanoseconds, as its name says; zero when it does not.
	born int64
	// network is the cause of a failure of a probe that is not exec, read once.
	network Cause
	// Kill is read from a Killing message; NotKilled otherwise.
	Kill KillCause
	// Named is set when the words name what the probe asks, and Container was found by that.
	Named bool
}

// The event reasons that are read. They mirror pkg/kubelet/events/event.go.
const (
	ReasonUnhealthy    = "Unhealthy"
	ReasonProbeWarning = "ProbeWarning"
	// ReasonProbeFailureIgnored is proposed for a failure below the threshold (kubernetes/kubernetes#141531).
	ReasonProbeFailureIgnored = "ProbeFailureIgnored"
	ReasonKilling             = "Killing"
	ReasonBackOff             = "BackOff"
	// ReasonFailed is that of an image that cannot be pulled, and of a container that cannot be created or started.
	ReasonFailed = "Failed"
)

// Warns reports whether the event is of type Warning, of which a kubelet writes so many about a pod and no more.
func (e *Event) Warns() bool {
	return e.Outcome != NoOutcome || e.Reason == ReasonBackOff && !e.BacksOffPull() || e.Reason == ReasonFailed || TellsOfSandbox(e.Reason)
}

// BacksOffPull reports whether the event, which is of type Normal, tells of an image that is not pulled for a while
// (pkg/kubelet/images/image_manager.go).
func (e *Event) BacksOffPull() bool {
	return e.Reason == ReasonBackOff && strings.HasPrefix(strings.TrimPrefix(e.Message, CombinedPrefix), "Back-off pulling image")
}

// KillCause is why the kubelet killed a container, as far as its Killing event says.
type KillCause uint8

// The causes a Killing event can name.
const (
	NotKilled KillCause = iota
	KilledByLiveness
	KilledByStartup
	// KilledByStop is the end of the pod, of its sandbox, or of a pod that cannot go on without the container.
	KilledByStop
	KilledByDefinition
	KilledByPostStart
	KilledByResize
	KilledByRestartAll
	KilledByOther
)

// CombinedPrefix is written by client-go tools/record/events_cache.go.
const CombinedPrefix = "(combined from similar events): "

// NewEvent returns e with everything that its reason and message say filled in.
func NewEvent(e Event) *Event {
	e.Combined = strings.HasPrefix(e.Message, CombinedPrefix)
	e.born = bornAt(e.Name, e.First)
	switch e.Reason {
	case ReasonUnhealthy, ReasonProbeWarning, ReasonProbeFailureIgnored:
		var text string
		if e.Probe, e.Outcome, text = readProbeMessage(e.Message); e.Outcome == Failed {
			e.network = networkCause(text)
		}
	case ReasonKilling:
		message := strings.TrimPrefix(e.Message, CombinedPrefix)
		if name := killedContainer(message); name != "" && (e.Container == "" || e.Combined) {
			e.Container = name
		}
		e.Kill = readKillMessage(message, e.Container)
	}
	return &e
}

// bornAt reads the moment that ends an event's name (client-go tools/record/event.go, makeEvent): it must fall into the
// second of the first occurrence.
func bornAt(name string, first time.Time) int64 {
	nanos, err := strconv.ParseInt(name[strings.LastIndexByte(name, '.')+1:], 16, 64)
	if err != nil || !time.Unix(0, nanos).Truncate(time.Second).Equal(first) {
		return 0
	}
	return nanos
}

// KnownBy is when the API server knew the event at the latest; zero when it does not say.
func (e *Event) KnownBy() time.Time {
	if e.Written.IsZero() {
		return time.Time{}
	}
	return e.Written.Add(time.Second)
}

// LatestTime is the upper bound of the last occurrence of an event received in a list.
func (e *Event) LatestTime() time.Time {
	if told := e.KnownBy(); !told.IsZero() {
		return told
	}
	return e.Last.Add(time.Second)
}

// Text returns what the probe said: the message without the kubelet's words about type and outcome. For
// other events it is the whole message.
func (e *Event) Text() string {
	if e.Outcome == NoOutcome {
		return e.Message
	}
	_, _, text := readProbeMessage(e.Message)
	return text
}

// Cause is what an event about a probe with that handler names.
func (e *Event) Cause(handler HandlerKind) Cause {
	if e.Outcome == Failed && handler != Exec {
		return e.network
	}
	return CauseOf(handler, e.Outcome, e.Text())
}

// probeVerbs are the ways in which pkg/kubelet/prober/prober.go words an outcome, longest first:
// kubelets up to 1.32 say only "errored".
var probeVerbs = [...]struct {
	words   string
	Outcome Outcome
}{
	{"probe failed: ", Failed},
	{"probe warning: ", Warned},
	{"probe errored and resulted in unknown state: ", Errored},
	{"probe errored and resulted in failure state: ", Errored},
	{"probe errored: ", Errored},
}

func readProbeMessage(message string) (ProbeType, Outcome, string) {
	name, rest, _ := strings.Cut(strings.TrimPrefix(message, CombinedPrefix), " ")
	var typ ProbeType
	switch name {
	case "Startup":
		typ = Startup
	case "Readiness":
		typ = Readiness
	case "Liveness":
		typ = Liveness
	default:
		return 0, NoOutcome, message
	}
	for _, v := range probeVerbs {
		if text, ok := strings.CutPrefix(rest, v.words); ok {
			return typ, v.Outcome, text
		}
	}
	if counted := probeCounted.FindString(rest); counted != "" {
		return typ, Failed, rest[len(counted):]
	}
	return 0, NoOutcome, message
}

// probeCounted is a failure with its count, as is proposed for kubernetes/kubernetes#115823: "probe failed (1/3, will be ignored): "
// and "probe failed (attempt 1/3, below threshold): ". The count is left to the events.
var probeCounted = regexp.MustCompile(`^probe failed \([^()\n]*\d+/\d+[^()\n]*\): `)

// Unread reports whether the event is a kubelet's about a probe or a kill, and says nothing that is understood.
func (e *Event) Unread() bool {
	switch e.Reason {
	case ReasonUnhealthy, ReasonProbeWarning, ReasonProbeFailureIgnored:
		return e.Outcome == NoOutcome
	}
	return false
}

// readKillMessage mirrors the messages of pkg/kubelet/kuberuntime (killContainer and its callers).
func readKillMessage(message, container string) KillCause {
	rest, ok := strings.CutPrefix(message, "Container "+container+" ")
	if !ok {
		rest, ok = strings.CutPrefix(message, "Init container "+container+" ")
	}
	switch {
	case ok && strings.HasPrefix(rest, "failed liveness probe"):
		return KilledByLiveness
	case ok && strings.HasPrefix(rest, "failed startup probe"):
		return KilledByStartup
	case ok && strings.HasPrefix(rest, "definition changed"):
		return KilledByDefinition
	case ok && rest == "resize requires restart":
		return KilledByResize
	case strings.HasPrefix(message, "Stopping container "):
		return KilledByStop
	case message == "killing":
		return KilledByRestartAll
	case message == "FailedPostStartHook":
		return KilledByPostStart
	}
	return KilledByOther
}

// killedContainer returns the container that a Killing message names; nothing when it names none.
func killedContainer(message string) string {
	for _, before := range [...]string{"Container ", "Init container ", "Stopping container "} {
		if rest, ok := strings.CutPrefix(message, before); ok {
			name, more, _ := strings.Cut(rest, " ")
			if more == "" || strings.HasPrefix(more, "failed ") || strings.HasPrefix(more, "definition changed") {
				return name
			}
		}
	}
	return ""
}

// ContainerOf returns the container that an involvedObject.fieldPath names, or nothing.
func ContainerOf(fieldPath string) string {
	_, name, ok := strings.Cut(fieldPath, "{")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(name, "}")
}

// sandboxReasons are the reasons of the events that say why there is no sandbox.
var sandboxReasons = [...]string{"FailedCreatePodSandBox", "FailedMount", "FailedAttachVolume", "NetworkNotReady"}

// TellsOfSandbox reports whether an event of that reason says why a pod has no sandbox.
func TellsOfSandbox(reason string) bool {
	for _, r := range sandboxReasons {
		if r == reason {
			return true
		}
	}
	return false
}

// Probe returns the probe type that a kill names.
func (c KillCause) Probe() (ProbeType, bool) {
	switch c {
	case KilledByLiveness:
		return Liveness, true
	case KilledByStartup:
		return Startup, true
	}
	return 0, false
}

// KillCause is what the Killing event of a container says that its probe of that type kills.
func (t ProbeType) KillCause() KillCause {
	if t == Startup {
		return KilledByStartup
	}
	return KilledByLiveness
}

// Lateness is how late an event was, at least, when the API server knew it, or else when we heard of it: it may have waited on
// the way to us. A node's clock that is behind makes it later.
func (e *Event) Lateness(heard time.Time) time.Duration {
	if !e.Written.IsZero() && e.Written.Before(heard) {
		heard = e.Written
	}
	if e.Count == 1 && e.born != 0 {
		return heard.Sub(time.Unix(0, e.born))
	}
	return heard.Sub(e.Last) - time.Second
}
