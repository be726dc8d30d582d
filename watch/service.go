package watch

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
)

// serviceFact converts a Service.
func serviceFact(in *interner, s *corev1.Service) *model.Service {
	return &model.Service{
		Namespace:       in.string(s.Namespace),
		Name:            in.string(s.Name),
		PublishNotReady: s.Spec.PublishNotReadyAddresses,
	}
}
