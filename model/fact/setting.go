package fact

import "strings"

// Setting is what is out of the ordinary about the way to a pod's containers. Settings are shared between the pods
// that have the same one.
type Setting struct {
	// HostNetwork is set for a pod in the network of its node.
	HostNetwork bool
	// DualStack is set for a pod that has an IP of either family. Probes use the first.
	DualStack bool
	// RuntimeClass is spec.runtimeClassName; empty for the node's own.
	RuntimeClass string
	// Mesh names the service mesh whose proxy stands before the pod's containers, as in "istio"; empty for none.
	Mesh string
	// SchedulingGates names the gates that keep the pod from being scheduled, separated by commas; empty for none.
	SchedulingGates string
	// Scheduler is spec.schedulerName; empty for the default one.
	Scheduler string
}

// SettingOrNone returns the pod's setting; an ordinary one when it has no other.
func (p *Pod) SettingOrNone() Setting {
	if p.Setting == nil {
		return Setting{}
	}
	return *p.Setting
}

// RunsInVM reports whether the name of the runtime class says that containers have a kernel of their own, to which
// the node's localhost is another machine.
func (s Setting) RunsInVM() bool {
	for _, word := range [...]string{"kata", "gvisor", "runsc", "firecracker", "qemu", "clh", "vm"} {
		if strings.Contains(strings.ToLower(s.RuntimeClass), word) {
			return true
		}
	}
	return false
}

// Runtime returns the container runtime of the node without its version, as in "containerd"; empty when it is not known.
func (n *Node) Runtime() string {
	if n == nil {
		return ""
	}
	name, _, _ := strings.Cut(n.RuntimeVersion, ":")
	return name
}
