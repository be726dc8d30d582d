package fact

import "time"

// ContainerKind says when a container runs.
type ContainerKind uint8

// The kinds of container. Ephemeral containers have no probes and are left out.
const (
	// Main is a container of spec.containers.
	Main ContainerKind = iota
	// Sidecar is an init container whose restartPolicy is Always.
	Sidecar
	// Init is an init container that runs to its end before the next one starts.
	Init
)

// String returns main, sidecar or init.
func (k ContainerKind) String() string { return [...]string{"main", "sidecar", "init"}[k] }

// ContainerState is status.state of a container.
type ContainerState uint8

// The container states. The zero value is a container without a status.
const (
	NoStatus ContainerState = iota
	Waiting
	Running
	Terminated
)

// String returns waiting, running or terminated. A container without a status is waiting for its first.
func (s ContainerState) String() string {
	return [...]string{"waiting", "waiting", "running", "terminated"}[s]
}

// Container is a container's spec and status.
type Container struct {
	Name string
	Kind ContainerKind
	// RestartPolicy is the container's own; empty for the pod's.
	RestartPolicy string
	// Probes holds the probe of each type, indexed by ProbeType; nil for none.
	Probes [len(ProbeTypes)]*ProbeSpec
	// Spec is the rest of the spec; nil when it was not read.
	Spec *ContainerSpec

	State ContainerState
	// Reason and Message are those of the state.
	Reason, Message string
	// ExitCode and Signal say how a terminated container ended.
	ExitCode, Signal int32
	// StartedAt is when the running or terminated instance started; FinishedAt when it ended.
	StartedAt, FinishedAt time.Time
	// ID is the instance (containerID); empty before the first.
	ID string
	// Started is status.started: Unknown until the kubelet wrote it.
	Started  Tri
	Ready    bool
	Restarts int32
	// Last is how the previous instance ended; nil when there was none.
	Last *Termination
	// StatusIndex is the position of the container's status in its status list, -1 without one.
	StatusIndex int16
}

// Termination is how a container instance ended.
type Termination struct {
	Reason string
	// Message is the runtime's reason why the instance did not start, or what the instance wrote to its
	// terminationMessagePath.
	Message               string
	ExitCode, Signal      int32
	StartedAt, FinishedAt time.Time
}

// HasStarted reports whether the container has started, for the kubelet. A virtual one, or an old one, may not write that of a
// container that is ready, which none is before.
func (c *Container) HasStarted() bool { return c.Started == True || c.Started == Unknown && c.Ready }

// HasProbes reports whether the container has any probe.
func (c *Container) HasProbes() bool { return c.Probes != [len(ProbeTypes)]*ProbeSpec{} }

// Ended returns how the newest instance that has ended did.
func (c *Container) Ended() (Termination, bool) {
	switch {
	case c.State == Terminated:
		return Termination{Reason: c.Reason, ExitCode: c.ExitCode, Signal: c.Signal, StartedAt: c.StartedAt, FinishedAt: c.FinishedAt}, true
	case c.Last != nil:
		return *c.Last, true
	}
	return Termination{}, false
}

// Replaced returns the life of an instance in whose place another one runs. The status tells of the one that ended a
// little before while the runtime does not know yet that this one has ended.
func (c *Container) Replaced(was *Container) (Termination, bool) {
	if was == nil || was.State != Running || c.State != Running || c.Restarts <= was.Restarts || !c.StartedAt.After(was.StartedAt) {
		return Termination{}, false
	}
	return Termination{StartedAt: was.StartedAt, FinishedAt: c.StartedAt}, true
}

// StartedIn returns what a status says of started about the instance that ended; Unknown when it is about another.
func (c *Container) StartedIn(how Termination) Tri {
	if c == nil || c.State != Running || !c.StartedAt.Equal(how.StartedAt) {
		return Unknown
	}
	return c.Started
}

// Date gives an end without times those that can be told from the instances before and after it.
func (t *Termination) Date(was, c *Container) {
	if !t.FinishedAt.IsZero() {
		return
	}
	if was != nil && was.State == Running {
		t.StartedAt = was.StartedAt
	}
	if c.State == Running {
		t.FinishedAt = c.StartedAt
	}
}

// Instances counts the instances of a container that have ended, at least.
func (c *Container) Instances() int32 {
	switch {
	case c.State == Terminated, c.State == Waiting && c.Reason == ReasonCrashLoop:
		return c.Restarts + 1
	}
	return c.Restarts
}

// Killable reports whether a container has a probe that can kill it.
func (c *Container) Killable() bool { return c.Probes[Liveness] != nil || c.Probes[Startup] != nil }

// Limit is the memory limit of the container after what it explains.
func (c *Container) Limit() string {
	if c.Spec == nil || c.Spec.MemoryLimit == "" {
		return ""
	}
	return " (limit " + c.Spec.MemoryLimit + ")"
}

// ReasonCrashLoop is the waiting reason of a container whose start is put off because it has ended too often.
const ReasonCrashLoop = "CrashLoopBackOff"
