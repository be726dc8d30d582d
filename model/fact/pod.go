package fact

import (
	"cmp"
	"time"
)

// UID is the identity of a Kubernetes object.
type UID = string

// Tri is a value that may not be known.
type Tri uint8

// The values of a Tri.
const (
	Unknown Tri = iota
	False
	True
)

// TriOf returns the Tri of a known value.
func TriOf(b bool) Tri {
	if b {
		return True
	}
	return False
}

// String returns "True", "False" or "Unknown", as conditions spell it.
func (t Tri) String() string { return [...]string{"Unknown", "False", "True"}[t] }

// Pod is what the API server holds about a pod, reduced to what probes and traffic depend on.
// Times have the API's resolution, one second.
type Pod struct {
	UID             UID
	Namespace, Name string
	ResourceVersion string
	// Node is where the pod is bound; empty when it is not.
	Node string
	// Owner is the controller of the pod; zero when it has none.
	Owner Owner
	// MirrorUID is the identity under which the kubelet of a static pod records its events
	// (annotation kubernetes.io/config.mirror); empty for other pods.
	MirrorUID UID
	Labels    Labels
	IP        string
	// Setting is what is out of the ordinary about the way to the pod; nil for nothing.
	Setting *Setting
	// Phase, Reason and Message are status.phase, status.reason and status.message.
	Phase, Reason, Message string
	// RestartPolicy is spec.restartPolicy.
	RestartPolicy string
	// Created is when the API server accepted the pod.
	Created time.Time
	// Deleted is the deletionTimestamp, the moment the grace period ends; zero for a pod that is not deleted.
	Deleted time.Time
	// Finalizers are what a deleted pod waits for once its containers have ended; nil while the pod is not deleted.
	Finalizers []string
	// GracePeriod is the deletion's grace period, or the pod's own while it is not deleted.
	GracePeriod time.Duration
	// Gates are the condition types of spec.readinessGates.
	Gates      []string
	Conditions []Condition
	// Accepted are the findings of lint that an annotation accepts, sorted; nil for none.
	Accepted []Acceptance
	// Containers holds init containers (sidecars among them) and then the others, in spec order.
	Containers []Container
}

// Owner names the workload a pod belongs to.
type Owner struct {
	// Kind and Name are the workload's, a Deployment where a ReplicaSet stands between.
	Kind, Name string
	// Revision is the name of the ReplicaSet that stands between; empty otherwise.
	Revision string
}

// String returns Kind/Name, or nothing.
func (o Owner) String() string {
	if o.Kind == "" {
		return ""
	}
	return o.Kind + "/" + o.Name
}

// Acceptance says that a finding of lint is meant to be so. It is an annotation of the pod: lint.probetop/RULE, or
// lint.probetop/RULE.CONTAINER, with the reason as its value.
type Acceptance struct {
	Rule string
	// Container is the container it is about; empty for all.
	Container string
	Reason    string
}

// Condition is one of status.conditions.
type Condition struct {
	Type            string
	Status          Tri
	Reason, Message string
	// Since is the lastTransitionTime. It may go backwards when a lost node returns.
	Since time.Time
}

// Condition returns the condition of type typ, or nil when the pod does not have it.
func (p *Pod) Condition(typ string) *Condition {
	for i := range p.Conditions {
		if p.Conditions[i].Type == typ {
			return &p.Conditions[i]
		}
	}
	return nil
}

// ConditionStatus returns the status of condition typ; Unknown when the pod does not have it.
func (p *Pod) ConditionStatus(typ string) Tri {
	if c := p.Condition(typ); c != nil {
		return c.Status
	}
	return Unknown
}

// Ready reports whether the pod's Ready condition is True.
func (p *Pod) Ready() bool { return p.ConditionStatus("Ready") == True }

// Terminal reports whether the pod has run to its end.
func (p *Pod) Terminal() bool { return p.Phase == "Succeeded" || p.Phase == "Failed" }

// Deleting reports whether the pod is deleted and still exists.
func (p *Pod) Deleting() bool { return !p.Deleted.IsZero() }

// Container returns the container of that name, or nil.
func (p *Pod) Container(name string) *Container {
	for i := range p.Containers {
		if p.Containers[i].Name == name {
			return &p.Containers[i]
		}
	}
	return nil
}

// Gate is the state of a readiness gate.
type Gate struct {
	Type string
	// Status is Unknown both when the condition says so and when it is missing.
	Status Tri
	// Missing is set when the condition does not exist.
	Missing bool
	// Since is the condition's; for a missing one, when the pod was created.
	Since time.Time
}

// GateStatuses returns the state of every readiness gate, in spec order.
func (p *Pod) GateStatuses() []Gate {
	if len(p.Gates) == 0 {
		return nil
	}
	gates := make([]Gate, len(p.Gates))
	for i, typ := range p.Gates {
		if c := p.Condition(typ); c != nil {
			gates[i] = Gate{Type: typ, Status: c.Status, Since: c.Since}
		} else {
			gates[i] = Gate{Type: typ, Missing: true, Since: p.Created}
		}
	}
	return gates
}

// Word returns the status as the report spells it: True, False, Unknown or Missing.
func (g Gate) Word() string {
	if g.Missing {
		return "Missing"
	}
	return g.Status.String()
}

// Ran reports whether any container of the pod was ever made.
func (p *Pod) Ran() bool {
	for i := range p.Containers {
		if c := &p.Containers[i]; c.ID != "" || c.Last != nil || c.State == Running || c.State == Terminated {
			return true
		}
	}
	return false
}

// InSandbox reports whether the pod has an address, or a container that has come so far that there must be one:
// kubelets up to 1.35 say it late, older ones not at all.
func (p *Pod) InSandbox() bool {
	if p.IP != "" {
		return true
	}
	for i := range p.Containers {
		if c := &p.Containers[i]; c.ID != "" || c.State == Running || c.State == Terminated || !Beginning[c.Reason] {
			return true
		}
	}
	return false
}

// ProbedAlone reports whether the conditions of the pod are about one container.
func (p *Pod) ProbedAlone() bool {
	n := 0
	for i := range p.Containers {
		if p.Containers[i].Kind != Init {
			n++
		}
	}
	return n == 1
}

// Failing reports whether the kubelet ends the pod: it says so in the conditions, and publishes the phase when every container
// has ended (pkg/kubelet/status/status_manager.go).
func (p *Pod) Failing() bool {
	c := p.Condition("Ready")
	return c != nil && c.Reason == "PodFailed"
}

// WorkDone returns a main container that has done its work, and one that runs on, nil when every one has ended; both are nil
// when no work is done, or another container is not well.
func (p *Pod) WorkDone() (done, holds *Container) {
	if p.Terminal() || p.Deleting() {
		return nil, nil
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		switch {
		case c.Kind == Main && c.State == Terminated && c.ExitCode == 0 && !p.Restarts(c, 0):
			if done == nil || c.FinishedAt.Before(done.FinishedAt) {
				done = c
			}
		case c.Kind == Init && c.State == Terminated && c.ExitCode == 0:
		case c.State == Running && c.Ready && c.Kind != Init:
			if holds == nil || holds.Kind == Sidecar {
				holds = c
			}
		default:
			return nil, nil
		}
	}
	if done == nil {
		return nil, nil
	}
	return done, holds
}

// MadeSince is since when a container that has never run can have been in the making.
func (p *Pod) MadeSince(c *Container) time.Time {
	if c.ID != "" || c.Restarts > 0 {
		return time.Time{}
	}
	for _, typ := range [...]string{"Initialized", "PodReadyToStartContainers", "PodScheduled"} {
		if cond := p.Condition(typ); cond != nil && cond.Status == True && (c.Kind == Main || typ != "Initialized") {
			return cond.Since
		}
	}
	return time.Time{}
}

// Restarts reports whether the kubelet starts a container again that ended with that code. It mirrors ShouldContainerBeRestarted
// of pkg/kubelet/container/helpers.go.
func (p *Pod) Restarts(c *Container, code int32) bool {
	if c.RestartRule(code) != nil {
		return true
	}
	switch cmp.Or(c.RestartPolicy, p.RestartPolicy) {
	case "Never":
		return false
	case "OnFailure":
		return code != 0
	}
	return c.Kind != Init || code != 0
}

// Beginning holds the waiting reasons of a pod that is on its way.
var Beginning = map[string]bool{"": true, "ContainerCreating": true, "PodInitializing": true}
