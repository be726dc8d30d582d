package model

import (
	"slices"
	"time"
)

// Mark is something that happened at a moment of a pod's past. Its time is what the one who told it says.
type Mark struct {
	At   time.Time
	Kind MarkKind
	// Count is how often it happened up to At since it was told of before; at least 1.
	Count int32
	// Text is what was said of it, in the words of the one who said it; empty for nothing.
	Text string
	// Cause and Certainty belong to the end of a container.
	Cause     RestartCause
	Certainty Certainty
	// Verdict is what a run from here came to.
	Verdict ShadowVerdict
}

// MarkKind is what a mark tells.
type MarkKind uint8

// The kinds of marks.
const (
	// MarkFailed, MarkErrored and MarkWarned are runs of a probe that left an event.
	MarkFailed MarkKind = iota
	MarkErrored
	MarkWarned
	// MarkShadow is a run of the probe from here.
	MarkShadow
	// MarkKill is the kubelet beginning to kill the container, as its event says.
	MarkKill
	// MarkEnd is the end of an instance of the container, and MarkStart the start of the next.
	MarkEnd
	MarkStart
)

// String returns the kind in words.
func (k MarkKind) String() string {
	return [...]string{"failed", "errored", "warning", "from here", "kill", "ended", "started again"}[k]
}

// marksOfProbe lists the runs of a probe that are known one by one.
func (r *Row) marksOfProbe(p *Probe) []Mark {
	var list []Mark
	for _, e := range p.Events {
		kind := map[Outcome]MarkKind{Failed: MarkFailed, Errored: MarkErrored, Warned: MarkWarned}[e.Outcome]
		for _, o := range r.Occurrences(e) {
			list = append(list, Mark{At: o.At, Kind: kind, Count: max(o.Count, 1), Text: e.Text()})
		}
	}
	if p.Shadow != nil {
		for _, run := range p.Shadow.Runs {
			list = append(list, Mark{At: run.At, Kind: MarkShadow, Count: 1, Text: run.Text, Verdict: run.Verdict})
		}
	}
	return inOrder(list)
}

// Happened lists the kills, ends and starts of a container that are known, oldest first.
func (r *Row) Happened(name string) []Mark {
	var list []Mark
	for _, k := range r.Kills(name) {
		list = append(list, Mark{At: k.At, Kind: MarkKill, Count: 1, Cause: k.Cause})
	}
	for i := range r.Restarts {
		x := &r.Restarts[i]
		if x.Container != name || x.At.IsZero() {
			continue
		}
		if !x.Untold {
			list = append(list, Mark{At: x.At, Kind: MarkEnd, Count: 1, Text: x.Text, Cause: x.Cause, Certainty: x.Certainty})
		}
		if x.Down > 0 || x.Untold {
			list = append(list, Mark{At: x.At.Add(x.Down), Kind: MarkStart, Count: 1})
		}
	}
	return inOrder(list)
}

func inOrder(marks []Mark) []Mark {
	slices.SortStableFunc(marks, func(a, b Mark) int { return a.At.Compare(b.At) })
	return marks
}
