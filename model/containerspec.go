package model

import (
	"strconv"
	"time"
)

// ContainerSpec is what a container's spec says, its probes left out, that probes and traffic depend on. Specs
// are shared between the containers that have the same one.
type ContainerSpec struct {
	Image string
	// Ports are the ports that the container declares.
	Ports []ContainerPort
	// ValueFrom names the variables that a command of an exec probe refers to and whose value the kubelet does
	// not know when it expands the command: those of env with a valueFrom.
	ValueFrom []string
	// PreStop is how long the preStop hook sleeps; zero when there is none, or it does something else.
	PreStop time.Duration
}

// ContainerPort is a port that a container declares. Its name may be empty.
type ContainerPort struct {
	Name   string
	Number int32
}

// Port returns the number of a port that is given by number or by the name of a declared port. It mirrors
// ResolveContainerPort of pkg/probe/util.go (1.37); ok is false when there is no such port.
func (c *Container) Port(port string) (number int32, ok bool) {
	if n, err := strconv.ParseInt(port, 10, 32); err == nil {
		return int32(n), n > 0 && n < 65536
	}
	if c.Spec == nil {
		return 0, false
	}
	for _, p := range c.Spec.Ports {
		if p.Name == port {
			return p.Number, true
		}
	}
	return 0, false
}

// Image returns the container's image; empty when its spec was not read.
func (c *Container) Image() string {
	if c.Spec == nil {
		return ""
	}
	return c.Spec.Image
}
