package model

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
	"github.com/probetop/probetop/model/why"
)

// Rollout is what a workload's controller says of the pods that it makes. The zero Rollout is that nothing is known.
type Rollout struct {
	// Known is set when the workload says how many pods it wants.
	Known bool
	Want  int
	// Behind is set while the controller has not seen the newest spec: pods of it are still to come.
	Behind bool
	// Revision is what the pods of the newest revision have in common: the name of their ReplicaSet, or the value of the label
	// RevisionLabel; empty when every pod counts.
	Revision string
	// Done is set when the workload has run to its end with success.
	Done bool
	// Failed is why the workload has given up for good; empty when it has not.
	Failed string
	// Refused is why the API server does not take the pods that the controller makes, and RefusedSince since when; empty when it does.
	Refused      string
	RefusedSince time.Time
}

// RevisionLabel is the label that tells the revisions of StatefulSets and DaemonSets apart.
const RevisionLabel = "controller-revision-hash"

// revised reports whether a pod is of the newest revision.
func (o *Rollout) revised(p *fact.Pod) bool {
	return o.Revision == "" || p.Owner.Revision == o.Revision || fact.Labels(RevisionLabel+"="+o.Revision).Selects(p.Labels)
}

// Outlook is how the pods of something that is waited for stand to a goal.
type Outlook struct {
	// Met is set when all pods that there should be are what they are waited for to be.
	Met bool
	// Pods are the pods that count, Good of which are so; Want is how many there should be, 0 when that is not known. Old counts
	// those that do not count: of older revisions, being deleted, or ended and replaced.
	Pods, Good, Want, Old int
	// Behind is set while pods of the newest revision are still to come.
	Behind bool
	// Worst is the row of the pod that is hopeless, or the worst of those that are not yet what they are waited for to be; nil
	// for none.
	Worst *Row
	// Hopeless is why it cannot succeed unless something is changed; nil when it may.
	Hopeless *Hopeless
	// Expect is when the last of the pods is likely to be so, by how long the others took; zero when none has been.
	Expect time.Time
}

// Outlook returns how rows, the pods of a workload, stand to a goal, as seen at a moment.
func (o *Rollout) Outlook(rows []*Row, g Goal, now time.Time) Outlook {
	out := Outlook{Behind: o.Behind && g.Aim != why.AimGone}
	if g.Aim == why.AimGone {
		out.Pods, out.Worst = len(rows), worstOf(rows)
		out.Met = len(rows) == 0
		return out
	}
	if o.Known {
		out.Want = o.Want
	}
	counted, ended := o.counted(rows)
	out.Pods, out.Old = len(counted), len(rows)-len(counted)
	var open []*Row
	for _, r := range counted {
		p := r.Prospect(g, now)
		if p.Hopeless != nil && (out.Hopeless == nil || p.Hopeless.Certainty > out.Hopeless.Certainty) {
			out.Hopeless, out.Worst = p.Hopeless, r
		}
		if p.Met {
			out.Good++
		} else {
			open = append(open, r)
		}
	}
	switch {
	case o.Done:
		out.Met, out.Hopeless = true, nil
	case o.Known:
		out.Met = !o.Behind && out.Good >= o.Want
	default:
		out.Met = !o.Behind && out.Good > 0 && len(open) == 0
	}
	if out.Worst == nil {
		out.Worst = worstOf(open)
	}
	if out.Hopeless == nil && !out.Met {
		out.Hopeless = o.hopeless(&out, ended, now)
	}
	if o.Behind {
		out.Hopeless = nil // the pods to come may be others
	}
	if !out.Met {
		out.Expect = expected(counted, open)
	}
	return out
}

// counted returns the pods that count, and those of the newest revision that have failed and are replaced.
func (o *Rollout) counted(rows []*Row) (counted, ended []*Row) {
	for _, r := range rows {
		p := r.Pod
		switch owned := p.Owner.Kind != ""; {
		case !o.revised(p), owned && p.Deleting():
		case owned && p.Phase == "Failed":
			ended = append(ended, r)
		default:
			counted = append(counted, r)
		}
	}
	return counted, ended
}

const (
	// refusedPatience is how long the API server must have refused the pods of a workload: quotas and webhooks come and go while
	// things are installed together.
	refusedPatience = time.Minute
	// rejections is how many pods kubelets must have refused to take, one after the other, and rejectionTime over how long: right
	// after a node's start they refuse some that they take a little later.
	rejections, rejectionTime = 3, time.Minute
)

// finalRefusals are what the API server says of pods that it does not take for what they are (PodSecurity admission, policies, validation).
var finalRefusals = [...]string{"violates PodSecurity", "denied the request", "is invalid", "maximum cpu usage", "maximum memory usage", "minimum cpu usage", "minimum memory usage"}

// hopeless says why no pod of the workload can become what is wanted: its controller has given up, or its pods are refused.
func (o *Rollout) hopeless(out *Outlook, ended []*Row, now time.Time) *Hopeless {
	if o.Failed != "" {
		return &Hopeless{Text: fact.Printable(o.Failed), Rule: "its controller has given up", Certainty: infer.Certain}
	}
	final := slices.ContainsFunc(finalRefusals[:], func(text string) bool { return strings.Contains(o.Refused, text) })
	if out.Pods < o.Want && final && !o.RefusedSince.IsZero() && now.Sub(o.RefusedSince) >= refusedPatience {
		return &Hopeless{
			Text: "pods cannot be created: " + fact.Printable(o.Refused),
			Rule: "the API server has refused them for " + why.Lasting(now.Sub(o.RefusedSince)) + " for what they are", Certainty: infer.CertaintyHigh,
		}
	}
	if out.Good > 0 {
		return nil
	}
	return o.rejected(out, ended, now)
}

// rejected is a workload one of whose pods after the other is refused by the kubelet that it is given to.
func (o *Rollout) rejected(out *Outlook, ended []*Row, now time.Time) *Hopeless {
	var first, last *Row
	n := 0
	for _, r := range ended {
		d := why.Brief(&r.Case, now)
		if d == nil || d.Cause != why.ClassAdmission || r.Facts.PodsUnread {
			continue
		}
		n++
		if first == nil || r.Pod.Created.Before(first.Pod.Created) {
			first = r
		}
		if last == nil || r.Pod.Created.After(last.Pod.Created) {
			last = r
		}
	}
	if n < rejections || last.Pod.Created.Sub(first.Pod.Created) < rejectionTime || now.Sub(last.Pod.Created) > rejectionTime {
		return nil
	}
	out.Worst = last
	return &Hopeless{
		Text: last.Headline(now),
		Rule: "kubelets have refused " + strconv.Itoa(n) + " times in " + why.Lasting(last.Pod.Created.Sub(first.Pod.Created)) + " to take a pod of it", Certainty: infer.CertaintyHigh,
	}
}

// worstOf returns the worst of rows; nil for none.
func worstOf(rows []*Row) *Row {
	if len(rows) == 0 {
		return nil
	}
	return slices.MinFunc(rows, Compare)
}

// expected is when the last of the open rows is likely to be ready, by the slowest of those that are.
func expected(counted, open []*Row) time.Time {
	var slowest time.Duration
	for _, r := range counted {
		if c := r.Pod.Condition("Ready"); c != nil && c.Status == fact.True {
			slowest = max(slowest, infer.Lasted(r.Pod.Created, c.Since))
		}
	}
	if slowest == 0 || len(open) == 0 {
		return time.Time{}
	}
	var last time.Time
	for _, r := range open {
		if r.Pod.Created.IsZero() || r.Severity.Fault() {
			return time.Time{} // it does not go as it went with the others
		}
		if at := r.Pod.Created.Add(slowest); at.After(last) {
			last = at
		}
	}
	return last
}
