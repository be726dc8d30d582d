package model

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
	"github.com/probetop/probetop/model/why"
)

// Row is one pod as a snapshot holds it: what is known of it, and how much it needs attention.
type Row struct {
	infer.Case
	why.Grade
	Summary fact.Summary
	// Due is when something in the row changes by time alone; zero for never.
	Due time.Time
	// past is what was concluded before.
	past *past
}

// sortEvents orders events by last occurrence, then by name, which holds the first occurrence.
func sortEvents(events []*fact.Event) {
	slices.SortFunc(events, func(a, b *fact.Event) int {
		return cmp.Or(a.Last.Compare(b.Last), strings.Compare(a.Name, b.Name))
	})
}

// Why returns the chain from scheduling to traffic; nil for a pod that has run to its end.
func (r *Row) Why() []why.Step { return why.Chain(&r.Case) }

// Broken returns the first link that is not OK: why the pod gets no traffic. It is nil when it gets what there is to get.
func (r *Row) Broken() *why.Step { return why.Broken(&r.Case) }

// Diagnosis returns why the pod is not well, as seen at a moment; nil when nothing is known to be wrong.
func (r *Row) Diagnosis(now time.Time) *why.Diagnosis { return why.Diagnose(&r.Case, now) }

// Headline returns the sentence of the Diagnosis alone, which costs less; empty when nothing is known to be wrong.
func (r *Row) Headline(now time.Time) string { return why.Headline(&r.Case, now) }

// Reason says in plain words what the probe last said; empty when it did not fail.
func (r *Row) Reason(p *infer.Probe) string { return why.ReasonOf(&r.Case, p) }

// Quirks returns what the pod shows of the oddities of its kubelet's version, and of all kubelets.
func (r *Row) Quirks() []why.Quirk { return why.QuirksOf(&r.Case) }

// Compare orders rows worst first, then by namespace, name and UID. It is a total order.
func Compare(a, b *Row) int {
	if a.Severity != b.Severity {
		return cmp.Compare(a.Severity, b.Severity)
	}
	return CompareNames(a, b)
}

// CompareNames orders rows by namespace, name and UID. It is a total order.
func CompareNames(a, b *Row) int {
	if c := strings.Compare(a.Pod.Namespace, b.Pod.Namespace); c != 0 {
		return c
	}
	if c := strings.Compare(a.Pod.Name, b.Pod.Name); c != 0 {
		return c
	}
	return strings.Compare(a.Pod.UID, b.Pod.UID)
}
