package fact

import "strings"

// gateOwners says who writes the conditions of the readiness gates that are widely used, by the condition type
// or, with a slash at the end, by what it begins with.
var gateOwners = [...]struct{ gate, owner string }{
	{"target-health.elbv2.k8s.aws/", "the AWS Load Balancer Controller, when its target group finds the pod healthy"},
	{"target-health.alb.ingress.k8s.aws/", "the AWS ALB Ingress Controller, when its target group finds the pod healthy"},
	{"cloud.google.com/load-balancer-neg-ready", "GKE's NEG controller, when the load balancer finds the pod healthy"},
	{"cloud.tencent.com/load-balancer-backendgroup-ready", "TKE's service controller, when the load balancer finds the pod healthy"},
	{"target-health.alb.k8s.alibabacloud", "the ALB Ingress Controller of Alibaba Cloud, when the pod is in its server group"},
	{"InPlaceUpdateReady", "OpenKruise, when it has updated the pod in place"},
	{"KruisePodReady", "OpenKruise, when no operation of its own holds the pod back"},
	{"apps.kruise.io/", "OpenKruise"},
	{"kruise.io/", "OpenKruise"},
	{"kubevirt.io/virtual-machine-unpaused", "KubeVirt's virt-controller, while the virtual machine is not paused"},
}

// GateOwner says who sets the condition of a readiness gate, and when; empty when that is not known.
func GateOwner(gate string) string {
	for _, g := range gateOwners {
		if gate == g.gate || strings.HasSuffix(g.gate, "/") && strings.HasPrefix(gate, g.gate) {
			return g.owner
		}
	}
	return ""
}
