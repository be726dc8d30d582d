package prober_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

func TestPorts(t *testing.T) {
	t.Parallel()
	before, after := prober.NodeInfo{KubeletVersion: "v1.36.3"}, newest
	for name, c := range map[string]struct {
		node          prober.NodeInfo
		port          intstr.IntOrString
		target, error string
	}{
		"number":                          {after, intstr.FromInt32(80), "10.0.0.5:80", ""},
		"name":                            {after, intstr.FromString("web"), "10.0.0.5:8080", ""},
		"numeric name":                    {after, intstr.FromString("81"), "", `port "81" not found`},
		"numeric name, 1.36":              {before, intstr.FromString("81"), "10.0.0.5:81", ""},
		"unknown name":                    {after, intstr.FromString("db"), "", `port "db" not found`},
		"unknown name, 1.36":              {before, intstr.FromString("db"), "", `strconv.Atoi: parsing "db": invalid syntax`},
		"unknown name, unknown version":   {prober.NodeInfo{}, intstr.FromString("db"), "", `port "db" not found`},
		"zero":                            {after, intstr.FromInt32(0), "", "invalid port number: 0"},
		"too large":                       {after, intstr.FromInt32(65536), "", "invalid port number: 65536"},
		"name that is too large, 1.36":    {before, intstr.FromString("65536"), "", "invalid port number: 65536"},
		"name of a port without a number": {after, intstr.FromString("none"), "", "invalid port number: 0"},
	} {
		probe := tcpSocket()
		probe.TCPSocket.Port = c.port
		check := checkOn(t, c.node, probe, func(pod *corev1.Pod) {
			pod.Spec.Containers[0].Ports = []corev1.ContainerPort{{Name: "none"}, {Name: "web", ContainerPort: 8080}}
		})
		r := check.Run(t.Context(), prober.Paths{})
		if check.Target != c.target || c.error != "" && (r.Verdict != model.ShadowErrored || r.Text != c.error) {
			t.Errorf("%s: target %q, %s %q; want %q, %q", name, check.Target, r.Verdict, r.Text, c.target, c.error)
		}
	}
}

func TestNewCheckWithoutAProbe(t *testing.T) {
	t.Parallel()
	pod := &corev1.Pod{Spec: corev1.PodSpec{InitContainers: []corev1.Container{{Name: "sidecar", LivenessProbe: &corev1.Probe{ProbeHandler: tcpSocket()}}}}}
	if _, err := prober.NewCheck(pod, "sidecar", model.Liveness, newest); err != nil {
		t.Error(err)
	}
	if _, err := prober.NewCheck(pod, "sidecar", model.Readiness, newest); err == nil {
		t.Error("no error without a readiness probe")
	}
	if _, err := prober.NewCheck(pod, "other", model.Liveness, newest); err == nil {
		t.Error("no error without the container")
	}
}
