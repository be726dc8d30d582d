package model

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
