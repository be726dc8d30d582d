package watch

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
)

// meshAnnotations are what the injectors of service meshes leave on a pod, and the mesh. They are on the pods whose
// traffic goes through a proxy; recordings keep them.
var meshAnnotations = [...]struct{ name, mesh string }{
	{"sidecar.istio.io/status", "istio"},
	{"linkerd.io/proxy-version", "linkerd"},
	{"consul.hashicorp.com/connect-inject-status", "consul"},
	{"kuma.io/sidecar-injected", "kuma"},
}

// meshContainers are the names of their proxies.
var meshContainers = map[string]string{
	"istio-proxy": "istio", "linkerd-proxy": "linkerd", "consul-dataplane": "consul", "kuma-sidecar": "kuma",
}

// setting returns the one fact about all pods that are set like p; nil for an ordinary one.
func (in *interner) setting(p *corev1.Pod) *model.Setting {
	s := model.Setting{HostNetwork: p.Spec.HostNetwork, DualStack: dualStack(p.Status.PodIPs), Mesh: meshOf(p)}
	if name := p.Spec.SchedulerName; name != corev1.DefaultSchedulerName {
		s.Scheduler = in.string(name)
	}
	for i := range p.Spec.SchedulingGates {
		if i > 0 {
			s.SchedulingGates += ", "
		}
		s.SchedulingGates += p.Spec.SchedulingGates[i].Name
	}
	if c := p.Spec.RuntimeClassName; c != nil {
		s.RuntimeClass = in.string(*c)
	}
	if s == (model.Setting{}) {
		return nil
	}
	if shared, ok := in.settings[s]; ok {
		return shared
	}
	if len(in.settings) >= internedStrings {
		clear(in.settings)
	}
	in.settings[s] = &s
	return &s
}

// meshOf names the mesh whose proxy the pod has.
func meshOf(p *corev1.Pod) string {
	for _, a := range meshAnnotations {
		if value, ok := p.Annotations[a.name]; ok && value != "false" {
			return a.mesh
		}
	}
	for _, containers := range [...][]corev1.Container{p.Spec.Containers, p.Spec.InitContainers} {
		for i := range containers {
			if mesh := meshContainers[containers[i].Name]; mesh != "" {
				return mesh
			}
		}
	}
	return ""
}

// dualStack reports whether there is an IP of either family.
func dualStack(ips []corev1.PodIP) bool {
	var four, six bool
	for i := range ips {
		if strings.Contains(ips[i].IP, ":") {
			six = true
		} else {
			four = true
		}
	}
	return four && six
}
