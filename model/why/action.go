package why

import (
	"cmp"
	"slices"
	"strings"

	"github.com/probetop/probetop/model/fact"
)

// actions returns what to do about the cause, or to look at, with command lines to paste.
func (x *examiner) actions() []Action {
	d := &x.d
	var list []Action
	add := func(text string, words ...string) {
		list = append(list, Action{text, commandLine(words)})
	}
	pod, ns := x.Pod.Name, "-n="+x.Pod.Namespace
	logs := func(text string, previous bool) {
		words := []string{"kubectl", "logs", ns, pod, "-c", d.Container}
		if previous {
			words = append(words, "--previous")
		}
		add(text, words...)
	}
	switch d.Cause {
	case ClassLiveness, ClassStartup:
		add("run the same probe from here", "probetop", "shadow", "pod/"+pod, ns)
		logs("what the container wrote before it was killed", x.runsAgain())
	case ClassReadiness, ClassFailing, ClassStarting:
		if d.Probed {
			add("run the same probe from here", "probetop", "shadow", "pod/"+pod, ns)
			logs("what the container writes", false)
		}
	case ClassErroring:
		add("mend the probe in "+x.ownerWords()+": it is not carried out, which counts towards nothing", "kubectl", "explain", "pod.spec.containers."+d.Probe.String()+"Probe")
	case ClassOOM:
		add("raise the memory limit, or find what takes the memory", "kubectl", "top", "pod", ns, pod, "--containers")
		logs("what the container wrote before it was killed", x.runsAgain())
	case ClassExit, ClassSignal, ClassCompleted, ClassUnknown, ClassRestartAll, ClassWedged, ClassInit:
		if d.Container != "" {
			logs("what the container wrote before it ended", x.runsAgain())
		}
		if d.Cause == ClassWedged {
			add("delete the pod, so that its controller makes another", "kubectl", "delete", "pod", ns, pod)
		}
	case ClassSidecar:
		logs("what the sidecar writes", false)
	case ClassPostStart:
		add("the hook and the logs of the container; a hook's output is kept nowhere")
		logs("what the container wrote", x.runsAgain())
	default:
		return x.podActions()
	}
	return list
}

// podActions are those about causes that concern the pod as a whole.
func (x *examiner) podActions() []Action {
	pod, ns := x.Pod.Name, "-n="+x.Pod.Namespace
	one := func(text string, words ...string) []Action { return []Action{{text, commandLine(words)}} }
	switch x.d.Cause {
	case ClassUnscheduled:
		return one("what the nodes have left, against what the pod asks for", "kubectl", "describe", "nodes")
	case ClassGated:
		return one("the controller that has to remove the gate", "kubectl", "get", "pod", ns, pod, "-o=jsonpath={.spec.schedulingGates}")
	case ClassNode:
		return one("whoever runs the nodes: look at the kubelet of this one", "kubectl", "describe", "node", x.Pod.Node)
	case ClassImage:
		return one("the image's name, the registry, and the secret to pull it with", "kubectl", "get", "pod", ns, pod, "-o=jsonpath={.spec.containers[*].image} {.spec.imagePullSecrets}")
	case ClassConfig, ClassVolume:
		if kind, name := referred(x.object); name != "" {
			return one("whether it exists, and has the key", "kubectl", "get", kind, ns, name)
		}
		return one("the spec of the container, and the events", "kubectl", "describe", "pod", ns, pod)
	case ClassSandbox:
		return one("the node: its container runtime and network", "kubectl", "describe", "pod", ns, pod)
	case ClassGate:
		return one(cmp.Or(fact.GateOwner(x.object), "the controller of the gate"), "kubectl", "get", "pod", ns, pod, "-o=jsonpath={.status.conditions}")
	case ClassTerminating:
		if x.object != "" {
			return one("the controller that has to remove the finalizer", "kubectl", "get", "pod", ns, pod, "-o=jsonpath={.metadata.finalizers}")
		}
	case ClassEndpoints:
		if x.object != "" {
			return one("the Service's targetPort, and the ports that the containers name", "kubectl", "get", "service", ns, x.object, "-o=jsonpath={.spec.ports}")
		}
		return one("the EndpointSlices", "kubectl", "get", "endpointslices", ns)
	case ClassEvicted, ClassShutdown, ClassLost, ClassAdmission:
		if x.Pod.Node != "" {
			return one("the conditions of the node", "kubectl", "describe", "node", x.Pod.Node)
		}
	}
	return nil
}

// runsAgain reports whether the container that the sentence is about has another instance by now, so that what the one
// before wrote are its previous logs.
func (x *examiner) runsAgain() bool {
	c := x.Pod.Container(x.d.Container)
	return c != nil && c.State == fact.Running && c.Restarts > 0
}

// ownerWords names what holds the pod's spec.
func (x *examiner) ownerWords() string {
	if o := x.Pod.Owner.String(); o != "" {
		return o
	}
	return "the pod"
}

// referred reads the kind and the name of an object that a text says is missing.
func referred(text string) (kind, name string) {
	for _, kind := range [...]string{"secret", "configmap", "persistentvolumeclaim"} {
		if _, rest, ok := strings.Cut(strings.ToLower(text), kind+" "); ok {
			name, _, _ := strings.Cut(strings.TrimPrefix(rest, `"`), " ")
			name = strings.Trim(name, `":,;`)
			if _, base, ok := strings.Cut(name, "/"); ok {
				name = base
			}
			return kind, name
		}
	}
	return "", ""
}

// commandLine joins the words of a command that is safe to paste; empty when one of them is not what names in Kubernetes
// are made of.
func commandLine(words []string) string {
	quoted := slices.Clone(words)
	for i, w := range quoted {
		switch {
		case strings.HasPrefix(w, "-o=jsonpath="):
			quoted[i] = "-o=jsonpath='" + strings.TrimPrefix(w, "-o=jsonpath=") + "'"
		case strings.HasPrefix(w, "-n="):
			if quoted[i] = "-n " + w[len("-n="):]; !plainWord(w[len("-n="):]) {
				return ""
			}
		case !plainWord(w) || strings.HasPrefix(w, "-") && !flags[w]:
			return ""
		}
	}
	return strings.Join(quoted, " ")
}

// flags are those of the command lines of actions.
var flags = map[string]bool{"-c": true, "--previous": true, "--containers": true}

// plainWord reports whether a shell takes a word as it is.
func plainWord(w string) bool {
	for i := range len(w) {
		if c := w[i]; (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("-._/:=,@", rune(c)) {
			return false
		}
	}
	return w != ""
}
