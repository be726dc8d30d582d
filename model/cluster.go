package model

import (
	"slices"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
	"github.com/probetop/probetop/model/why"
)

// Cluster is the fold: it takes changes one by one and publishes snapshots. The work for a change is that of
// the pods it touches, done once for all changes between two snapshots. A Cluster belongs to one goroutine.
type Cluster struct {
	now      time.Time
	pods     map[fact.UID]*entry
	mirrors  map[fact.UID]fact.UID // a static pod's event identity to its UID
	slices   map[objectKey]*fact.EndpointSlice
	loose    map[string]*loose // by namespace, where endpoints do not give the UIDs of their pods
	services map[objectKey]*fact.Service
	// sliced counts the EndpointSlices of each Service.
	sliced map[objectKey]int
	// selections has the Services of each namespace again, to find those that select a pod.
	selections map[string]*selection
	nodes      map[string]*fact.Node
	roster     roster
	counters   map[string]*fact.Counters // by node, the newest
	lates      map[string]infer.Late     // by node, where events come late
	aheads     map[string]time.Duration
	starts     map[string]*infer.KubeletStart // by node
	streams    [fact.MaxStreams]stream
	speaking   int           // no stream from this on has spoken
	merged     []fact.Source // what the streams say, by kind; nil after one has said something else

	rows   []*Row
	totals Totals
	unread Unread
	due    dueQueue

	dirty      []*entry            // entries whose row is out of date
	dirtyNodes map[string]struct{} // nodes whose pods' rows are
	dirtyAll   bool                // every row is
	// dirtySelections are the namespaces whose Services have changed.
	dirtySelections map[string]struct{}
	changed         bool // something visible changed since last
	last            *Snapshot

	// loading is set until every list has been read, and opening is the past of the pods of which they tell.
	loading bool
	opening *past

	follow  func(Transition)
	observe func(RowChange)
	turn    uint64 // how often a row was replaced
}

// objectKey is a namespaced name.
type objectKey struct{ namespace, name string }

// entry is what the fold holds about one pod UID. Its slices are shared with published rows: they are
// replaced, never written to.
type entry struct {
	uid     fact.UID
	pod     *fact.Pod // nil while only others have spoken of it
	seen    time.Time // when the pod itself was heard of first
	streams uint64
	events  []*fact.Event
	traffic []fact.Traffic
	counts  *infer.PodCounts  // nil while the counters are not read
	shadows *infer.PodShadows // nil while no probe was run from here
	history *infer.History
	past    *past
	row     *Row
	slot    int // index of row in Cluster.rows; valid while row is not nil
	dirty   bool
}

// NewCluster returns a cluster of which nothing is known.
func NewCluster() *Cluster {
	return &Cluster{
		pods:       map[fact.UID]*entry{},
		mirrors:    map[fact.UID]fact.UID{},
		slices:     map[objectKey]*fact.EndpointSlice{},
		loose:      map[string]*loose{},
		services:   map[objectKey]*fact.Service{},
		sliced:     map[objectKey]int{},
		nodes:      map[string]*fact.Node{},
		counters:   map[string]*fact.Counters{},
		lates:      map[string]infer.Late{},
		aheads:     map[string]time.Duration{},
		starts:     map[string]*infer.KubeletStart{},
		dirtyNodes: map[string]struct{}{},
		selections: map[string]*selection{},

		dirtySelections: map[string]struct{}{},
		loading:         true,
		last:            &Snapshot{},
	}
}

// Apply folds one change. Time never goes back: a change older than the one before counts as simultaneous.
func (c *Cluster) Apply(ch fact.Change) {
	if ch.At.After(c.now) {
		c.now = ch.At
	}
	switch f := ch.Fact.(type) {
	case *fact.Pod:
		c.applyPod(ch, f)
	case *fact.Event:
		c.applyEvent(ch, f)
	case *fact.EndpointSlice:
		c.applySlice(ch, f)
	case *fact.Service:
		c.applyService(ch, f)
	case *fact.Node:
		c.applyNode(ch, f)
	case *fact.KubeletStart:
		c.applyStart(ch, f)
	case *fact.Counters:
		c.applyCounters(ch, f)
	case *fact.Shadow:
		c.applyShadow(ch, f)
	case *fact.Source:
		c.applySource(ch.Stream, ch.At, *f)
	case *fact.Listing:
		c.applyListing(ch.Stream, *f)
	}
}

// Snapshot returns everything known now. It is the same snapshot as before when nothing visible has changed.
func (c *Cluster) Snapshot() *Snapshot {
	c.refresh()
	if !c.changed {
		return c.last
	}
	c.changed = false
	c.last = &Snapshot{
		Seq:     c.last.Seq + 1,
		At:      c.now,
		Rows:    slices.Clone(c.rows),
		Totals:  c.totals,
		Sources: c.sources(),
		Unread:  c.unread,
		Late:    c.lateNodes(),

		Nodes:    c.listNodes(),
		Services: c.listServices(),
		Turn:     c.turn,
	}
	return c.last
}

// Settle finds out everything that follows from what is known now, as Snapshot does, and publishes nothing.
func (c *Cluster) Settle() { c.refresh() }

// Follow calls f for every transition that a later Snapshot or Settle finds. Clones are not followed.
func (c *Cluster) Follow(f func(Transition)) { c.follow = f }

// Observe calls f for every row that a later Snapshot or Settle replaces. Clones are not observed.
func (c *Cluster) Observe(f func(RowChange)) { c.observe = f }

// replaced numbers the change of a row, and tells the observer.
func (c *Cluster) replaced(was, is *Row) {
	c.turn++
	if c.observe != nil {
		c.observe(RowChange{Turn: c.turn, Was: was, Is: is})
	}
}

// NextDue returns a moment up to which no row changes by time alone. It reports false when none ever will.
func (c *Cluster) NextDue() (time.Time, bool) {
	if len(c.due) == 0 {
		return time.Time{}, false
	}
	return c.due[0].at, true
}

// turned tells the follower that the row of a pod has another severity.
func (c *Cluster) turned(p *fact.Pod, from, to why.Severity) {
	if c.follow != nil && from != to {
		c.follow(Transition{At: c.now, Namespace: p.Namespace, Name: p.Name, From: from, To: to})
	}
}

// refresh brings every row up to date.
func (c *Cluster) refresh() {
	c.open()
	for _, e := range c.due.pop(c.now) {
		c.touch(e)
	}
	if c.dirtyAll || len(c.dirtyNodes) > 0 {
		for _, e := range c.pods {
			if e.pod == nil {
				continue
			}
			if _, ok := c.dirtyNodes[e.pod.Node]; ok || c.dirtyAll {
				c.touch(e)
			}
		}
		c.dirtyAll = false
		clear(c.dirtyNodes)
	}
	c.touchReselected()
	for _, e := range c.dirty {
		e.dirty = false
		c.rebuild(e)
	}
	clear(c.dirty)
	c.dirty = c.dirty[:0]
	c.opened()
}

// touch marks an entry's row as out of date.
func (c *Cluster) touch(e *entry) {
	if !e.dirty {
		e.dirty = true
		c.dirty = append(c.dirty, e)
	}
}

// rebuild replaces the entry's row.
func (c *Cluster) rebuild(e *entry) {
	if e.pod == nil {
		c.drop(e)
		return
	}
	j := infer.Facts{
		Now: c.now, Pod: e.pod, Seen: e.seen, Node: c.nodes[e.pod.Node], NodeGone: c.nodeGone(e.pod), Events: e.events, History: e.history,
		Late: c.lates[e.pod.Node], Ahead: c.aheads[e.pod.Node], Counted: e.counts,
		Start: c.starts[e.pod.Node], StartsFrom: c.startsFrom(),
		EventsSeen: c.eventsSeen(), PodsUnread: c.lacks(e.pod.Namespace, fact.Pods), NodesUnread: c.lacks("", fact.Nodes),
		Again: c.heardAgain(e.pod.Namespace),
	}
	row := c.row(e, &j)
	e.past = c.remember(e, row)
	row.past = e.past
	c.changed = true
	c.totals.add(row, 1)
	if e.row == nil {
		c.turned(e.pod, why.Finished, row.Severity)
		e.slot = len(c.rows)
		c.rows = append(c.rows, row)
	} else {
		c.turned(e.pod, e.row.Severity, row.Severity)
		c.totals.add(e.row, -1)
		c.rows[e.slot] = row
	}
	c.replaced(e.row, row)
	e.row = row
	if !row.Due.IsZero() {
		c.due.push(e, row.Due)
	}
}

// row joins what is known about a pod and draws the conclusions.
func (c *Cluster) row(e *entry, j *infer.Facts) *Row {
	r := &Row{Summary: e.pod.Summary()}
	var due infer.Soonest
	var at time.Time
	r.Case, at = j.Conclude()
	due.Add(at)
	r.Traffic, r.Services = c.published(e), c.selecting(e.pod)
	r.SlicesSeen, r.ServicesSeen = c.sees(e.pod.Namespace, fact.EndpointSlices), c.sees(e.pod.Namespace, fact.Services)
	r.shadowed(e.shadows)
	r.Grade, at = why.GradeOf(&r.Case, c.now)
	due.Add(at)
	r.Due = due.At
	return r
}

// nodeGone reports whether a pod is bound to a node that does not exist. A list without any node is not believed.
func (c *Cluster) nodeGone(p *fact.Pod) bool {
	return p.Node != "" && c.nodes[p.Node] == nil && len(c.nodes) > 0 && c.sees("", fact.Nodes)
}

// drop takes the row of a pod that is gone out of the rows, and puts the last one in its place.
func (c *Cluster) drop(e *entry) {
	if e.row == nil {
		return
	}
	c.changed = true
	c.turned(e.row.Pod, e.row.Severity, why.Finished)
	c.totals.add(e.row, -1)
	end := len(c.rows) - 1
	if moved := c.rows[end]; e.slot != end {
		c.rows[e.slot] = moved
		c.pods[moved.Pod.UID].slot = e.slot
	}
	c.rows[end] = nil
	c.rows = c.rows[:end]
	c.replaced(e.row, nil)
	e.row = nil
}

// entryOf returns the entry of a pod, by its UID or by its event identity, making it when needed.
func (c *Cluster) entryOf(uid fact.UID) *entry {
	if real, ok := c.mirrors[uid]; ok {
		uid = real
	}
	e := c.pods[uid]
	if e == nil {
		e = &entry{uid: uid}
		c.pods[uid] = e
	}
	return e
}

// release forgets an entry that no stream mentions any more.
func (c *Cluster) release(e *entry) {
	if e.pod == nil && len(e.events) == 0 && len(e.traffic) == 0 {
		c.drop(e)
		delete(c.pods, e.uid)
	}
}

func (c *Cluster) applyNode(ch fact.Change, n *fact.Node) {
	old, none := c.nodes[n.Name], len(c.nodes) == 0
	defer func() {
		if none != (len(c.nodes) == 0) {
			c.dirtyAll = true // pods of other nodes are on nodes that are gone, or not any more
		}
	}()
	switch {
	case ch.Gone:
		delete(c.nodes, n.Name)
		delete(c.starts, n.Name)
	default:
		c.mention(ch.Stream, n.Name, "")
		if old != nil && *old == *n {
			return
		}
		c.nodes[n.Name] = n
	}
	c.dirtyNodes[n.Name] = struct{}{}
	c.roster.nodes, c.changed = nil, true
}
