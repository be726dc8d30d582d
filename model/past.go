package model

import (
	"slices"
	"time"
)

// past is what was concluded of a pod while it was watched: every change of it, when it was found out. It is shared with
// published rows: it is replaced, never written to.
type past struct {
	// since is from when on no change is missing.
	since time.Time
	// services are the Services that have a lane.
	services []string
	// turns are the changes, oldest first.
	turns []turn
}

// What a past holds at most; the oldest change goes first.
const (
	maxTurns        = 256
	maxLaneServices = 16
)

// turn is a change in one lane. It is small: there may be many.
type turn struct {
	at      int64 // Unix nanoseconds
	lane    laneID
	was, is standing
}

// standing is what was known: a State in the lane of a probe, a Stage in others. How sure that was has the bound of the run in its
// highest bit.
type standing struct{ state, sure, run uint8 }

const atLeastBit = 1 << 7

// laneID numbers the lanes of a pod: that of the pod, four for each container, and one for each Service.
type laneID uint16

const serviceLanes laneID = 1 << 15

func containerLane(i int) laneID            { return laneID(1 + i*(len(ProbeTypes)+1)) }
func probeLane(i int, typ ProbeType) laneID { return containerLane(i) + 1 + laneID(typ) }

// remember returns the past of an entry whose row is replaced. While lists are being read, conclusions change with what has
// been read, and nothing is remembered.
func (c *Cluster) remember(e *entry, row *Row) *past {
	switch {
	case c.loading:
		return c.opening
	case e.row == nil || e.past == nil:
		return &past{since: c.now}
	}
	return e.past.followed(e.row, row, c.now)
}

// open begins a refresh while lists are being read: what it concludes is known from now on.
func (c *Cluster) open() {
	if c.loading {
		c.opening = &past{since: c.now}
	}
}

// opened ends it.
func (c *Cluster) opened() {
	sources := c.sources()
	c.loading = c.loading && (len(sources) == 0 || slices.ContainsFunc(sources, func(s Source) bool { return !s.Settled() }))
}

// followed returns the past after a row was replaced; p itself when nothing has turned.
func (p *past) followed(was, is *Row, at time.Time) *past {
	next := p
	turned := func(lane laneID, from, to standing) {
		if from == to {
			return
		}
		if next == p {
			next = &past{since: p.since, services: p.services, turns: slices.Clip(p.turns)}
		}
		next.add(turn{at.UnixNano(), lane, from, to})
	}
	turned(0, podStanding(was.Pod), podStanding(is.Pod))
	for i := range is.Pod.Containers {
		if c := &is.Pod.Containers[i]; i < len(was.Pod.Containers) && was.Pod.Containers[i].Name == c.Name {
			turned(containerLane(i), containerStanding(&was.Pod.Containers[i]), containerStanding(c))
		}
	}
	for i := range is.Probes {
		n := &is.Probes[i]
		o := was.ProbeOf(n.Container.Name, n.Type)
		if k := containerIndex(is.Pod, n.Container.Name); o != nil && k >= 0 {
			turned(probeLane(k, n.Type), probeStanding(o), probeStanding(n))
		}
	}
	for _, name := range servicesOf(was, is) {
		if from, to := endpointStanding(was, name), endpointStanding(is, name); from != to {
			if lane, ok := next.laneOf(name); ok {
				turned(lane, from, to)
			} else if len(next.services) < maxLaneServices {
				if next == p {
					next = &past{since: p.since, services: p.services, turns: slices.Clip(p.turns)}
				}
				next.services = append(slices.Clip(next.services), name)
				turned(serviceLanes+laneID(len(next.services)-1), from, to)
			}
		}
	}
	return next
}

// add appends to the turns of a past that is being made.
func (p *past) add(t turn) {
	if len(p.turns) >= maxTurns {
		p.since = time.Unix(0, p.turns[0].at)
	}
	// The turns before are another past's, too.
	p.turns = append(slices.Clone(p.turns[max(len(p.turns)-maxTurns+1, 0):]), t)
}

// laneOf returns the lane of a Service.
func (p *past) laneOf(service string) (laneID, bool) {
	i := slices.Index(p.services, service)
	return serviceLanes + laneID(max(i, 0)), i >= 0
}

// servicesOf lists the Services with an endpoint for the pod in either row.
func servicesOf(rows ...*Row) []string {
	var names []string
	for _, r := range rows {
		for i := range r.Traffic {
			if name := r.Traffic[i].Service; !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

func containerIndex(p *Pod, container string) int {
	return slices.IndexFunc(p.Containers, func(c Container) bool { return c.Name == container })
}

func podStanding(p *Pod) standing {
	switch {
	case p.Terminal():
		return standing{state: uint8(StageEnded)}
	case p.Deleting():
		return standing{state: uint8(StageLeaving)}
	case p.Ready():
		return standing{state: uint8(StageReady)}
	}
	return standing{state: uint8(StageUnready)}
}

func containerStanding(c *Container) standing {
	stage := StageWaiting
	switch {
	case c.State == Terminated:
		stage = StageEnded
	case c.State == Running && c.Ready:
		stage = StageReady
	case c.State == Running && c.HasStarted():
		stage = StageUnready
	case c.State == Running:
		stage = StageRunning
	}
	return standing{state: uint8(stage)}
}

// probeStanding is what is known of a probe. How often it has failed beyond its threshold is nothing new.
func probeStanding(p *Probe) standing {
	s := standing{state: uint8(p.State), sure: uint8(p.Certainty)}
	if f := p.Failures; p.Fails() || p.State == StateStarting {
		s.run = uint8(max(0, min(f.Run, max(f.Threshold, 1), 255)))
		if f.Bound == AtLeast && f.Run < f.Threshold {
			s.sure |= atLeastBit
		}
	}
	return s
}

// endpointStanding is what is known of the pod's endpoint of a Service. Of several, the one that gets traffic counts.
func endpointStanding(r *Row, service string) standing {
	best := StageAbsent
	for i := range r.Traffic {
		t := &r.Traffic[i]
		if t.Service != service {
			continue
		}
		stage := StageUnready
		switch {
		case t.Ready:
			stage = StageReady
		case t.Terminating:
			stage = StageLeaving
		}
		if best == StageAbsent || stage == StageReady {
			best = stage
		}
	}
	return standing{state: uint8(best)}
}
