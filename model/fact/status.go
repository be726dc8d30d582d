package fact

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Summary is a pod's line in kubectl get pods. It mirrors pkg/printers/internalversion/printers.go, printPod,
// of Kubernetes 1.37.
type Summary struct {
	// Status is the STATUS column.
	Status string
	// Ready and Total are the two numbers of the READY column.
	Ready, Total int
	// Restarts is the RESTARTS column, and LastRestart the end of the newest instance before the running
	// one; zero when none is remembered.
	Restarts    int32
	LastRestart time.Time
}

// restart adds what a container's status says about restarts.
func (s *Summary) restart(c *Container) {
	s.Restarts += c.Restarts
	if c.Last != nil && c.Last.FinishedAt.After(s.LastRestart) {
		s.LastRestart = c.Last.FinishedAt
	}
}

// Summary returns the pod's line in kubectl get pods.
func (p *Pod) Summary() Summary {
	var all, sidecars, s Summary
	s.Status = cmp.Or(p.Reason, p.Phase)
	if c := p.Condition("PodScheduled"); c != nil && c.Reason == "SchedulingGated" {
		s.Status = c.Reason
	}
	initStatuses, statuses := p.statuses()
	s.Total = p.Count(Main) + p.Count(Sidecar)
	initializing := false
	for i, c := range initStatuses {
		all.restart(c)
		if c.Kind == Sidecar {
			sidecars.restart(c)
		}
		if c.State == Terminated && c.ExitCode == 0 {
			continue
		}
		if c.Kind == Sidecar && c.HasStarted() {
			if c.Ready {
				s.Ready++
			}
			continue
		}
		s.Status, initializing = c.initStatus(i, p.Count(Init)+p.Count(Sidecar)), true
		break
	}
	s.Restarts, s.LastRestart = all.Restarts, all.LastRestart
	if !initializing || p.ConditionStatus("Initialized") == True {
		s.Restarts, s.LastRestart = sidecars.Restarts, sidecars.LastRestart
		s.addMain(p, statuses)
	}
	if p.Deleting() {
		switch {
		case p.Reason == "NodeLost":
			s.Status = "Unknown"
		case !p.Terminal():
			s.Status = "Terminating"
		}
	}
	return s
}

// addMain lets the main containers, last first, have their say.
func (s *Summary) addMain(p *Pod, statuses []*Container) {
	running, failed := false, ""
	for _, c := range slices.Backward(statuses) {
		s.restart(c)
		switch {
		case c.State == Waiting && c.Reason != "":
			s.Status = c.Reason
		case c.State == Terminated:
			s.Status = c.EndStatus()
			if c.ExitCode != 0 {
				failed = s.Status
			}
		case c.State == Running && c.Ready:
			running = true
			s.Ready++
		}
	}
	if s.Status != "Completed" {
		return
	}
	switch {
	case running && p.Ready():
		s.Status = "Running"
	case failed != "":
		s.Status = failed
	case running:
		s.Status = "NotReady"
	}
}

// initStatus is the STATUS of a pod whose i-th of n init containers holds it up.
func (c *Container) initStatus(i, n int) string {
	switch {
	case c.State == Terminated:
		return "Init:" + c.EndStatus()
	case c.State == Waiting && c.Reason != "" && c.Reason != "PodInitializing":
		return "Init:" + c.Reason
	}
	return fmt.Sprintf("Init:%d/%d", i, n)
}

// EndStatus names how a terminated container ended.
func (c *Container) EndStatus() string {
	switch {
	case c.Reason != "":
		return c.Reason
	case c.Signal != 0:
		return fmt.Sprintf("Signal:%d", c.Signal)
	}
	return fmt.Sprintf("ExitCode:%d", c.ExitCode)
}

// statuses returns the containers that have a status, in the order of the two status lists.
func (p *Pod) statuses() (initial, main []*Container) {
	for i := range p.Containers {
		c := &p.Containers[i]
		switch {
		case c.StatusIndex < 0:
		case c.Kind == Main:
			main = append(main, c)
		default:
			initial = append(initial, c)
		}
	}
	byStatus := func(a, b *Container) int { return int(a.StatusIndex) - int(b.StatusIndex) }
	slices.SortFunc(initial, byStatus)
	slices.SortFunc(main, byStatus)
	return initial, main
}

// Count counts the containers of a kind.
func (p *Pod) Count(kind ContainerKind) int {
	n := 0
	for i := range p.Containers {
		if p.Containers[i].Kind == kind {
			n++
		}
	}
	return n
}
