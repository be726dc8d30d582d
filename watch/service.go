package watch

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
)

// serviceFact converts a Service.
func serviceFact(in *interner, s *corev1.Service) *model.Service {
	fact := &model.Service{
		Namespace:       in.string(s.Namespace),
		Name:            in.string(s.Name),
		PublishNotReady: s.Spec.PublishNotReadyAddresses,
		Ports:           in.string(targetPorts(s.Spec.Ports)),
	}
	if s.Spec.Type != corev1.ServiceTypeExternalName { // such a one has no endpoints, whatever it selects
		fact.Selector = in.labels(s.Spec.Selector)
	}
	return fact
}

// targetPorts lists the ports of its pods that a Service sends traffic to.
func targetPorts(ports []corev1.ServicePort) string {
	targets := make([]string, 0, len(ports))
	for i := range ports {
		target := ports[i].TargetPort.String()
		if target == "0" { // not set: the Service's own
			target = strconv.Itoa(int(ports[i].Port))
		}
		targets = append(targets, target)
	}
	slices.Sort(targets)
	return strings.Join(slices.Compact(targets), ",")
}
