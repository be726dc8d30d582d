package watch

import (
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
)

// TestSettingOfAPod is about what stands between the kubelet and a pod, as it is read and as a recording keeps it.
func TestSettingOfAPod(t *testing.T) {
	cases := map[string]struct {
		edit func(*corev1.Pod)
		want *model.Setting
	}{
		"ordinary":      {func(p *corev1.Pod) { p.Status.PodIPs = []corev1.PodIP{{IP: "10.0.0.7"}} }, nil},
		"host network":  {func(p *corev1.Pod) { p.Spec.HostNetwork = true }, &model.Setting{HostNetwork: true}},
		"a machine":     {func(p *corev1.Pod) { p.Spec.RuntimeClassName = ptr("kata-qemu") }, &model.Setting{RuntimeClass: "kata-qemu"}},
		"both families": {func(p *corev1.Pod) { p.Status.PodIPs = []corev1.PodIP{{IP: "fd00::7"}, {IP: "10.0.0.7"}} }, &model.Setting{DualStack: true}},
		"injected": {func(p *corev1.Pod) {
			p.Annotations = map[string]string{"sidecar.istio.io/status": `{"revision":"default"}`}
		}, &model.Setting{Mesh: "istio"}},
		"not injected": {func(p *corev1.Pod) { p.Annotations = map[string]string{"kuma.io/sidecar-injected": "false"} }, nil},
		"by its proxy": {func(p *corev1.Pod) {
			p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: "linkerd-proxy"})
		}, &model.Setting{Mesh: "linkerd"}},
		"a native proxy":  {func(p *corev1.Pod) { p.Spec.InitContainers = []corev1.Container{{Name: "istio-proxy"}} }, &model.Setting{Mesh: "istio"}},
		"and all of them": {func(p *corev1.Pod) { p.Spec.HostNetwork, p.Spec.RuntimeClassName = true, ptr("vm") }, &model.Setting{HostNetwork: true, RuntimeClass: "vm"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			in, p := newInterner(), pod("a")
			c.edit(p)
			got := podFact(in, p).Setting
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if podFact(in, p).Setting != got {
				t.Error("equal settings are not shared")
			}
			if kept := podFact(in, recording.Trim(p, false).(*corev1.Pod)).Setting; kept != got {
				t.Errorf("a recording keeps %+v", kept)
			}
		})
	}
}
