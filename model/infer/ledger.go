package infer

import (
	"slices"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/kubelet"
)

// bookkeeper knows which Killing event is about which end; its cause is NotKilled for an end without.
type bookkeeper struct {
	*Facts
	kills    []kill
	doubtful []bool
}

// ledger returns the restarts of the pod's containers that are known, newest first.
func (j *Facts) ledger() []Restart {
	if j.History == nil || len(j.History.ends) == 0 {
		return nil
	}
	restarts := make([]Restart, 0, len(j.History.ends))
	b := j.bookkeeper()
	for i, e := range slices.Backward(j.History.ends) {
		if j.stopped(e) {
			continue
		}
		k := b.kills[i]
		r := b.restart(e, k)
		if r.Cause == CausePod {
			continue // nothing was restarted: the kubelet ended the pod
		}
		if r.Cause == CauseSandbox && j.Pod.Deleting() && e.Next.IsZero() {
			continue // it was the deletion: when that began is not told any more once its grace period was cut short
		}
		if b.doubtful[i] || k.At.Equal(e.how.StartedAt) || j.killsNext(e, k) { // or it was the kill of the one before
			r.Certainty = min(r.Certainty, CertaintyMedium)
		}
		restarts = append(restarts, r)
	}
	slices.SortStableFunc(restarts, func(a, b Restart) int { return b.At.Compare(a.At) })
	return restarts
}

// restart finds out why an instance ended, and what came after.
func (j *bookkeeper) restart(e end, k kill) Restart {
	r := Restart{
		Container: e.Container, At: e.how.FinishedAt, Count: e.count,
		ExitCode: e.how.ExitCode, Signal: e.how.Signal, Reason: e.how.Reason, Untold: e.untold,
		Lived: Lasted(e.how.StartedAt, e.how.FinishedAt), Down: Lasted(e.how.FinishedAt, e.Next),
		ToStarted: Lasted(e.Next, e.started), ToReady: Lasted(e.Next, e.ready),
	}
	r.Cause, r.Certainty = j.judged(e, k)
	if typ, probed := r.Cause.Probe(); probed {
		r.Text, r.Failing = j.decisive(k, typ, e)
	}
	return r
}

// stopped reports whether an instance surely ended with its pod, and was not restarted.
func (j *Facts) stopped(e end) bool {
	return j.Pod.Deleting() && e.Next.IsZero() && !e.how.FinishedAt.Before(j.Pod.Deleted.Add(-j.Pod.GracePeriod))
}

// Lasted is the time between two moments; zero when one of them is not known.
func Lasted(from, to time.Time) time.Duration {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return 0
	}
	return to.Sub(from)
}

// toldCauses are the causes that a Killing event names.
var toldCauses = map[fact.KillCause]RestartCause{
	fact.KilledByLiveness: CauseLiveness, fact.KilledByStartup: CauseStartup, fact.KilledByDefinition: CauseDefinition,
	fact.KilledByPostStart: CausePostStart, fact.KilledByResize: CauseResize,
}

// judged names why an instance ended, as far as what is listened to tells.
func (j *bookkeeper) judged(e end, k kill) (RestartCause, Certainty) {
	cause, certainty := j.cause(e, k)
	if j.PodsUnread {
		certainty = min(certainty, CertaintyMedium)
	}
	return cause, certainty
}

// cause names why an instance ended: what the Killing event says, then what the runtime says.
func (j *bookkeeper) cause(e end, k kill) (RestartCause, Certainty) {
	if e.how.Reason == RestartingAll {
		return CauseRestartAll, Certain
	}
	if e.how.Reason == "OOMKilled" {
		if typ, probed := k.cause.Probe(); probed {
			return KilledBy(typ), CertaintyHigh // a kill that was under way: the memory may as well have been a child's
		}
		if e.how.ExitCode != KilledExitCode {
			return CauseOOM, CertaintyMedium // a child's end, perhaps long before: containerd keeps the reason
		}
		if !j.EventsSeen || k.cause != fact.NotKilled || j.killsLost(e) {
			return CauseOOM, CertaintyHigh
		}
		return CauseOOM, Certain
	}
	if told, ok := toldCauses[k.cause]; ok {
		return told, Certain
	}
	switch k.cause {
	case fact.KilledByRestartAll:
		return CauseRestartAll, CertaintyHigh
	case fact.KilledByStop:
		if typ, ok := j.stoppedByProbe(e, k); ok {
			return KilledBy(typ), CertaintyHigh
		}
		if j.Pod.Terminal() && e.Next.IsZero() {
			return CausePod, CertaintyHigh
		}
		return CauseSandbox, CertaintyMedium // the pod lives on: it was its sandbox
	}
	switch {
	case e.how.Reason == "ContainerStatusUnknown":
		return CauseNode, CertaintyHigh
	case e.how.Reason == "Unknown" && e.how.ExitCode == unknownExitCode:
		return CauseNode, CertaintyMedium // containerd found it gone when it came back itself
	case k.cause == fact.KilledByOther:
		return CauseUnknown, CertaintyMedium // the kubelet did it, for a reason that we do not know
	}
	return j.ownEnd(e)
}

// ownEnd names the cause of an end that no Killing event is known to be about: a probe's kill whose event was lost, or what the
// runtime says of the end.
func (j *bookkeeper) ownEnd(e end) (RestartCause, Certainty) {
	sure := CertaintyHigh
	if !j.EventsSeen || j.killsLost(e) {
		sure = CertaintyLow
	}
	if sure < CertaintyHigh && j.EventsSeen {
		if cause, certainty := j.suspect(e); certainty > CertaintyNone {
			return cause, certainty
		}
	}
	switch code := e.how.ExitCode; {
	case e.untold:
		return CauseUnknown, CertaintyNone
	case e.how.Signal != 0 || code > 128 && code < 160:
		if c := j.Pod.Container(e.Container); sure < CertaintyHigh && j.EventsSeen && c != nil && !c.Killable() {
			return CauseSignalled, CertaintyMedium // no probe of it can
		}
		if sure < CertaintyHigh {
			return CauseUnknown, CertaintyLow // a probe's kill ends like this too
		}
		return CauseSignalled, sure
	default:
		return CauseExited, sure
	}
}

// KilledExitCode is that of a process that SIGKILL has ended, such as the kernel's for memory.
const KilledExitCode = 128 + 9

// unknownExitCode is what containerd says of a task of which it knows nothing.
const unknownExitCode = 255

// killsLost reports whether the Killing event of an instance's end may have been, and is not known: it counts its
// occurrences and tells only the last, it expires after an hour, and its write may be on its way.
func (j *Facts) killsLost(e end) bool {
	for _, ev := range j.Events {
		if _, probed := ev.Kill.Probe(); probed && ev.Container == e.Container && ev.Last.After(e.how.FinishedAt) && ev.Count > 1 && !j.watched(e) {
			return true
		}
	}
	if kubelet.SharedSpamBucket(j.Node.Version()) && j.starvedUntil().After(e.how.FinishedAt) {
		return true // failures used up its tokens
	}
	if j.startsSpent(e) || j.pullsSpent(e) {
		return true
	}
	if _, deaf := j.deafIn(e.how.FinishedAt.Add(-j.longestGrace()-killLag), e.how.FinishedAt.Add(EventSlack)); deaf {
		return true
	}
	age := j.Now.Sub(e.how.FinishedAt)
	return age < EventSlack+2*j.Late.By || age >= EventLife && !j.watched(e)
}

// A start of a container is told in three Normal events, or four (Pulling, Pulled, Created, Started), and a kill in one
// more. They share a spam filter, which lets so many through at once.
const (
	eventsPerStart   = 4
	eventsPerRestart = eventsPerStart + 1
	eventsAtOnce     = 25
)

// startsSpent reports whether the pod's restarts may have used up the tokens of the spam filter by the time an
// instance ended: a token comes back every five minutes.
func (j *Facts) startsSpent(e end) bool {
	restarts := e.count
	for i := range j.Pod.Containers {
		if c := &j.Pod.Containers[i]; c.Name != e.Container {
			restarts += c.Restarts // it is not known how many of these came later
		}
	}
	spent := eventsPerStart*len(j.Pod.Containers) + eventsPerRestart*int(restarts)
	return spent >= eventsAtOnce && (e.how.FinishedAt.Sub(e.how.StartedAt) < eventsPerRestart*kubelet.SpamRefill || j.busyDuring(e))
}

// busyDuring reports whether another container of the pod was started in the life of an instance.
func (j *Facts) busyDuring(e end) bool {
	for i := range j.Pod.Containers {
		c := &j.Pod.Containers[i]
		if c.Name != e.Container && (c.StartedAt.After(e.how.StartedAt) || c.Last != nil && c.Last.FinishedAt.After(e.how.StartedAt)) {
			return true
		}
	}
	return false
}

// pullsSpent reports whether the pod's attempts to pull an image may have used up those tokens: each sync tells of one.
func (j *Facts) pullsSpent(e end) bool {
	for _, ev := range j.Events {
		if ev.BacksOffPull() && ev.Count >= kubelet.SpamBurst && ev.Last.Add(kubelet.SpamRefill).After(e.how.FinishedAt) {
			return true
		}
	}
	return false
}

// EventLife is how long the API server keeps an event after its last write, unless it is told otherwise.
const EventLife = time.Hour

// ledgerDue is when time alone changes what is said of a restart; zero for never.
func (j *Facts) ledgerDue() time.Time {
	next := Soonest{}
	if j.History == nil {
		return next.At
	}
	for _, e := range j.History.ends {
		for _, at := range [...]time.Time{
			e.how.FinishedAt.Add(EventSlack + 2*j.Late.By), e.how.FinishedAt.Add(EventLife), j.killTold(e),
		} {
			if at.After(j.Now) {
				next.Add(at)
			}
		}
	}
	return next.At
}

// watched reports whether we were there when the instance ended.
func (j *Facts) watched(e end) bool { return !e.started.IsZero() || !e.ready.IsZero() }

// bookkeeper finds the Killing event of each end. A kill belongs to the oldest instance that it can belong to: within one
// second an instance may be killed and the next one start. Ends that a kill can belong to and does not are doubtful, and so
// is the one it is given to.
func (j *Facts) bookkeeper() *bookkeeper {
	h := j.History
	kills, doubtful := make([]kill, len(h.ends)), make([]bool, len(h.ends))
	for _, k := range h.kills {
		given := -1
		for i, e := range h.ends {
			if kills[i].cause != fact.NotKilled || k.Container != e.Container || k.At.Before(e.how.StartedAt) || k.At.After(e.how.FinishedAt) {
				continue
			}
			if k.At.Equal(e.how.StartedAt) && e.how.FinishedAt.Sub(k.At) > j.longestGrace()+killLag+EventSlack {
				continue // it lived on: the kill was of one that had ended before
			}
			if given < 0 {
				given, kills[i] = i, k
			} else {
				doubtful[given], doubtful[i] = true, true
			}
		}
	}
	return &bookkeeper{j, kills, doubtful}
}

// decisive returns what the probe said last before a kill, and how long it had failed by then without a pause.
func (j *Facts) decisive(k kill, typ fact.ProbeType, e end) (text string, failing time.Duration) {
	c := j.Pod.Container(e.Container)
	if c == nil || c.Probes[typ] == nil {
		return "", 0
	}
	first, found := k.At, false
	for _, f := range slices.Backward(j.History.Failures) {
		ev := f.Event
		if ev.Outcome != fact.Failed || ev.Probe != typ || ev.Container != e.Container && ev.Container != "" || ev.Last.After(k.At.Add(time.Second)) {
			continue
		}
		if ev.Last.Before(e.how.StartedAt) || found && first.Sub(ev.Last) > c.Probes[typ].Period+c.Probes[typ].Timeout+EventSlack {
			break
		}
		if !found {
			text, found = ev.Text(), true
		}
		first = ev.Last
		if f.N > 1 && f.from.After(e.how.StartedAt) {
			first = f.from
		}
	}
	return text, max(k.At.Sub(first), 0)
}
