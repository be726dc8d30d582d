package lint

import (
	"slices"
	"time"

	"github.com/probetop/probetop/model"
)

// Subject names a container.
type Subject struct {
	Namespace, Workload, Container string
}

// Coverage says which probes containers have, and how long a failure takes to act. Containers that run to their end, and pods
// that have, are not in it, and the replicas of a workload count once.
type Coverage struct {
	// Containers counts containers, With those with a probe of each type, and Bare those with none at all.
	Containers int
	With       [len(model.ProbeTypes)]int
	Bare       []Subject
	// Acts says for each type how long a failure takes until the kubelet acts on it: a container that is unready, or restarted.
	Acts [len(model.ProbeTypes)]Delay
	// Starts compares startup probes, and liveness probes that take their place, with the starts that were seen; the tightest first.
	Starts []Start
}

// Delay is the time from a failure to what follows. Both are the longest that it takes in a container: the failure begins
// just after a run, and the last run takes all of its timeout.
type Delay struct {
	Worst, Median time.Duration
	// Slowest is the container with the worst.
	Slowest Subject
}

// Start is how long a container may take to start, and has taken.
type Start struct {
	Subject

	// Probe is the probe that restarts it when it takes longer.
	Probe model.ProbeType
	// Budget is how long it may take; Seen the longest that was seen, zero for none.
	Budget, Seen time.Duration
}

// acts is how long a failure may take until a probe acts on it.
func acts(p *model.ProbeSpec) time.Duration { return detection(p) + p.Timeout }

// Cover returns the coverage of the containers of pods. Replicas are pods of a workload that count once; of manifests there are none.
func Cover(rows []*model.Row, replicas bool) Coverage {
	type container struct {
		Subject
		pod model.UID
	}
	var c Coverage
	seen := map[container]int{} // the index of its start
	delays := [len(model.ProbeTypes)][]time.Duration{}
	for _, row := range rows {
		if row.Pod.Terminal() {
			continue
		}
		for i := range row.Pod.Containers {
			spec := &row.Pod.Containers[i]
			if spec.Kind == model.Init {
				continue
			}
			is := container{Subject: subjectOf(row.Pod, spec)}
			if !replicas {
				is.pod = row.Pod.UID
			}
			start := startOf(row, spec)
			if at, known := seen[is]; known {
				if at >= 0 {
					c.Starts[at].Seen = max(c.Starts[at].Seen, start.Seen)
				}
				continue
			}
			c.Containers++
			seen[is] = -1
			if start.Budget > 0 {
				seen[is] = len(c.Starts)
				c.Starts = append(c.Starts, start)
			}
			c.add(is.Subject, spec, &delays)
		}
	}
	for typ := range delays {
		if n := len(delays[typ]); n > 0 {
			slices.Sort(delays[typ])
			c.Acts[typ].Median = delays[typ][(n-1)/2]
		}
	}
	slices.SortStableFunc(c.Starts, func(a, b Start) int { return int((b.used() - a.used()) * 1000) })
	return c
}

// used is the share of its time that a start has taken.
func (s Start) used() float64 { return float64(s.Seen) / float64(s.Budget) }

// add counts a container.
func (c *Coverage) add(subject Subject, container *model.Container, delays *[len(model.ProbeTypes)][]time.Duration) {
	if !container.HasProbes() {
		c.Bare = append(c.Bare, subject)
	}
	for _, typ := range model.ProbeTypes {
		p := container.Probes[typ]
		if p == nil {
			continue
		}
		c.With[typ]++
		d := acts(p)
		delays[typ] = append(delays[typ], d)
		if d > c.Acts[typ].Worst {
			c.Acts[typ].Worst, c.Acts[typ].Slowest = d, subject
		}
	}
}

// subjectOf names a container; the pods of a workload have the same ones.
func subjectOf(p *model.Pod, c *model.Container) Subject {
	s := Subject{Namespace: p.Namespace, Workload: p.Owner.String(), Container: c.Name}
	if s.Workload == "" {
		s.Workload = "Pod/" + p.Name
	}
	return s
}

// startOf compares what a container may take to start with what it took after the restarts that were seen.
func startOf(row *model.Row, c *model.Container) Start {
	s := Start{Subject: subjectOf(row.Pod, c)}
	l := linter{row: row, container: c}
	switch startup, live := c.Probes[model.Startup], c.Probes[model.Liveness]; {
	case startup != nil:
		s.Probe, s.Budget = model.Startup, patience(startup)
		s.Seen = l.start(func(r *model.Restart) time.Duration { return r.ToStarted })
	case live != nil:
		s.Probe, s.Budget = model.Liveness, patience(live)
		s.Seen = l.start(func(r *model.Restart) time.Duration { return r.ToReady })
	}
	return s
}
