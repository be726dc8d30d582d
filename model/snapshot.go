package model

import (
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/why"
)

// Snapshot is everything that is known about a cluster at one moment. It never changes.
type Snapshot struct {
	// Seq grows with every snapshot of a cluster that differs from the one before.
	Seq uint64
	// At is the time of the newest change in it.
	At time.Time
	// Rows holds the pods in no useful order, but a pod that is in two snapshots of a cluster and has not
	// changed between them is the same *Row, mostly at the same index: comparing two snapshots is
	// comparing pointers.
	Rows []*Row
	// Totals counts the rows.
	Totals Totals
	// Sources has the state of every source that has spoken, in the order of SourceKinds. A source of
	// several streams is in the worst state of any of them.
	Sources []fact.Source
	// Unread counts the kubelets' events about probes that are not understood.
	Unread Unread
	// Nodes and Services are those that are known, by name. Snapshots share the lists.
	Nodes    []*fact.Node
	Services []*fact.Service
	// Late are the nodes whose events reach us late, the latest first: what is said of their pods may be as old.
	Late []LateNode
	// Turn is the number of the last RowChange that is in it.
	Turn uint64
}

// Unread counts the events about probes that say nothing that is understood, since the cluster is watched: a kubelet that words
// them anew, mostly.
type Unread struct {
	Count int
	// Sample is the message of the newest, as it came.
	Sample string
}

// Totals counts the rows of a snapshot.
type Totals struct {
	Pods, Ready int
	// By counts by severity.
	By [why.Severities]int
}

// TotalsOf counts rows.
func TotalsOf(rows []*Row) Totals {
	var t Totals
	for _, r := range rows {
		t.add(r, 1)
	}
	return t
}

// Faults counts the pods that need attention.
func (t *Totals) Faults() int {
	n := 0
	for s, count := range t.By {
		if why.Severity(s).Fault() {
			n += count
		}
	}
	return n
}

func (t *Totals) add(r *Row, n int) {
	t.Pods += n
	t.By[r.Severity] += n
	if r.Pod.Ready() {
		t.Ready += n
	}
}

// Source returns the state of a source; SourceOff when it never spoke.
func (s *Snapshot) Source(kind fact.SourceKind) fact.Source {
	for _, src := range s.Sources {
		if src.Kind == kind {
			return src
		}
	}
	return fact.Source{Kind: kind, State: fact.SourceOff}
}

// Settled reports whether every source has said what there is to say.
func (s *Snapshot) Settled() bool {
	for _, src := range s.Sources {
		if !src.Settled() {
			return false
		}
	}
	return len(s.Sources) > 0
}
