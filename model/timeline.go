package model

import (
	"slices"
	"time"
)

// Timeline is what is known of a pod's past, lane by lane.
type Timeline struct {
	// Watched is since when what was concluded is known; before that, only what the facts still tell.
	Watched time.Time
	// Lanes are that of the pod, those of its containers, each followed by those of its probes, and those of its endpoints.
	Lanes []Lane
}

// LaneKind is what a lane is about.
type LaneKind uint8

// The kinds of lanes.
const (
	// LanePod is whether the pod is ready.
	LanePod LaneKind = iota
	// LaneContainer is what a container does.
	LaneContainer
	// LaneProbe is the verdict on a probe.
	LaneProbe
	// LaneEndpoint is whether a Service sends traffic.
	LaneEndpoint
)

// Lane is what is known of the past of one thing.
type Lane struct {
	Kind LaneKind
	// Container, Probe and Service say what it is about, as far as the kind asks for it.
	Container string
	Probe     ProbeType
	Service   string
	// Known are what was known, oldest first. Each lasts until the next begins, and the last still does.
	Known []Known
	// Marks are what happened at a moment, oldest first.
	Marks []Mark
}

// Known is something that was known for a while.
type Known struct {
	From time.Time
	// State and Certainty are the verdict on a probe, as it was then; Run, Threshold and Bound how often it had failed in a row.
	State     State
	Certainty Certainty
	Failures  Failures
	// Stage is what is known of anything else.
	Stage Stage
	// Later is set for what was not known then: the facts have told of it since.
	Later bool
}

// Stage is how far a container, a pod or an endpoint is.
type Stage uint8

// The stages. The zero value is a time of which nothing is known.
const (
	StageUnknown Stage = iota
	// StageAbsent is an endpoint that a Service does not have.
	StageAbsent
	// StageWaiting is a container that does not run yet, or again.
	StageWaiting
	// StageAlive is a container that ran, of which it was not seen whether it was ready.
	StageAlive
	// StageRunning is a container that runs and has not started, for the kubelet.
	StageRunning
	// StageUnready has started and is not ready.
	StageUnready
	// StageReady is ready; an endpoint gets traffic.
	StageReady
	// StageLeaving is being deleted.
	StageLeaving
	// StageEnded has ended.
	StageEnded
)

// String returns the stage in words.
func (s Stage) String() string {
	return [...]string{
		"unknown", "absent", "waiting", "running", "running, not started", "not ready", "ready", "terminating", "ended",
	}[s]
}

// Timeline returns what is known of the pod's past.
func (r *Row) Timeline() Timeline {
	if r.past == nil {
		return Timeline{}
	}
	t := Timeline{Watched: r.past.since}
	t.Lanes = append(t.Lanes, Lane{Kind: LanePod, Known: r.stages(0, podStanding(r.Pod))})
	for i := range r.Pod.Containers {
		c := &r.Pod.Containers[i]
		t.Lanes = append(t.Lanes, Lane{
			Kind: LaneContainer, Container: c.Name, Marks: r.Happened(c.Name),
			Known: r.lifeBefore(c, r.stages(containerLane(i), containerStanding(c))),
		})
		for _, typ := range ProbeTypes {
			if p := r.ProbeOf(c.Name, typ); p != nil {
				t.Lanes = append(t.Lanes, Lane{
					Kind: LaneProbe, Container: c.Name, Probe: typ, Marks: r.marksOfProbe(p),
					Known: r.verdicts(probeLane(i, typ), p),
				})
			}
		}
	}
	for _, name := range r.laneServices() {
		t.Lanes = append(t.Lanes, Lane{Kind: LaneEndpoint, Service: name, Known: r.membership(name)})
	}
	return t
}

// laneServices lists the Services that have, or had, an endpoint for the pod.
func (r *Row) laneServices() []string {
	names := servicesOf(r)
	for _, name := range r.past.services {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// standings calls f for what was known in a lane, oldest first. now is what is known now.
func (r *Row) standings(lane laneID, now standing, f func(from time.Time, s standing)) {
	first := true
	for _, t := range r.past.turns {
		if t.lane != lane {
			continue
		}
		if first {
			f(r.past.since, t.was)
		}
		first = false
		f(time.Unix(0, t.at).UTC(), t.is)
	}
	if first {
		f(r.past.since, now)
	}
}

func (r *Row) stages(lane laneID, now standing) []Known {
	var list []Known
	r.standings(lane, now, func(from time.Time, s standing) { list = append(list, Known{From: from, Stage: Stage(s.state)}) })
	return list
}

func (r *Row) verdicts(lane laneID, p *Probe) []Known {
	var list []Known
	r.standings(lane, probeStanding(p), func(from time.Time, s standing) {
		x := Known{From: from, State: State(s.state), Certainty: Certainty(s.sure &^ atLeastBit)}
		x.Failures = Failures{Run: int32(s.run), Threshold: p.Failures.Threshold}
		if s.sure&atLeastBit != 0 {
			x.Failures.Bound = AtLeast
		}
		list = append(list, x)
	})
	return list
}

// membership is what was known of the endpoint of a Service. When it became what it is may be known from before.
func (r *Row) membership(service string) []Known {
	lane, kept := r.past.laneOf(service)
	if !kept {
		lane = serviceLanes - 1 // which no turn is in
	}
	return r.stages(lane, endpointStanding(r, service))
}

// lifeBefore puts before the what was known of a container what the facts tell of the time before it was watched.
func (r *Row) lifeBefore(c *Container, watched []Known) []Known {
	var before []Known
	add := func(at time.Time, stage Stage) {
		if !at.IsZero() && at.Before(r.past.since) {
			before = append(before, Known{From: at, Stage: stage, Later: true})
		}
	}
	for i := range slices.Backward(r.Restarts) {
		x := &r.Restarts[i]
		if x.Container != c.Name || x.At.IsZero() {
			continue
		}
		if x.Lived > 0 {
			add(x.At.Add(-x.Lived), StageAlive)
		}
		add(x.At, StageWaiting)
	}
	if c.State == Running || c.State == Terminated {
		add(c.StartedAt, StageAlive)
	}
	if c.State == Terminated {
		add(c.FinishedAt, StageEnded)
	}
	slices.SortStableFunc(before, func(a, b Known) int { return a.From.Compare(b.From) })
	return append(before, watched...)
}

// At returns what was known at a moment; false when nothing was.
func (l *Lane) At(t time.Time) (Known, bool) {
	for _, s := range slices.Backward(l.Known) {
		if !s.From.After(t) {
			return s, true
		}
	}
	return Known{}, false
}

// Begin is the first moment of which anything is known.
func (t *Timeline) Begin() time.Time {
	begin := t.Watched
	for i := range t.Lanes {
		l := &t.Lanes[i]
		for _, at := range [...]time.Time{l.begin(), l.firstMark()} {
			if !at.IsZero() && at.Before(begin) {
				begin = at
			}
		}
	}
	return begin
}

func (l *Lane) begin() time.Time {
	if len(l.Known) == 0 {
		return time.Time{}
	}
	return l.Known[0].From
}

func (l *Lane) firstMark() time.Time {
	if len(l.Marks) == 0 {
		return time.Time{}
	}
	return l.Marks[0].At
}
