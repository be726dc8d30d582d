package simcluster

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ensureNamespaceLocked makes a namespace exist.
func (s *store) ensureNamespaceLocked(name string) {
	r := s.kinds.byKind[corev1.SchemeGroupVersion.WithKind("Namespace")]
	if name == "" || s.objects[r][key{"", name}] != nil {
		return
	}
	ns := &corev1.Namespace{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{corev1.LabelMetadataName: name}},
		Spec:       corev1.NamespaceSpec{Finalizers: []corev1.FinalizerName{corev1.FinalizerKubernetes}},
		Status:     corev1.NamespaceStatus{Phase: corev1.NamespaceActive},
	}
	ns.SetGroupVersionKind(r.gvk())
	s.putLocked(entry{r, ns})
	s.derived[name] = struct{}{}
}

// deleteEmptyNamespaceLocked takes out a namespace that nothing is in any more, unless it was created as an object.
func (s *store) deleteEmptyNamespaceLocked(name string) {
	r := s.kinds.byKind[corev1.SchemeGroupVersion.WithKind("Namespace")]
	ns := s.objects[r][key{"", name}]
	if _, derived := s.derived[name]; derived && ns != nil {
		delete(s.derived, name)
		s.dropLocked(r, ns, ns)
	}
}
