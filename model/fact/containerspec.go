package fact

import (
	"slices"
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
	// PostStartHook and PreStopHook say in a few words what the hooks do, as in "exec nginx -s quit"; empty for none.
	PostStartHook, PreStopHook string
	// MemoryLimit is the memory limit as the manifest writes it, as in 24Mi; empty for none.
	MemoryLimit string
	// RestartRules are the container's restartPolicyRules.
	RestartRules []RestartRule
}

// RestartRule is one of restartPolicyRules: what the kubelet does when the container ends with one of the codes.
type RestartRule struct {
	// Action is Restart or RestartAllContainers.
	Action string
	// Not is set for the operator NotIn: the rule matches every code but those.
	Not   bool
	Codes []int32
}

// Matches reports whether the rule is about an exit code.
func (r *RestartRule) Matches(code int32) bool { return slices.Contains(r.Codes, code) != r.Not }

// RestartRule returns the first rule of the container that matches an exit code; nil for none. It mirrors
// FindMatchingContainerRestartRule of pkg/api/v1/pod/util.go.
func (c *Container) RestartRule(code int32) *RestartRule {
	if c.Spec == nil {
		return nil
	}
	for i := range c.Spec.RestartRules {
		if r := &c.Spec.RestartRules[i]; r.Matches(code) {
			return r
		}
	}
	return nil
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

// Hookless reports whether a container has no preStop hook that is known.
func (s *ContainerSpec) Hookless() bool { return s == nil || s.PreStopHook == "" }
