package watch

import (
	"reflect"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording/mask"
)

func TestProbeFact(t *testing.T) {
	defaults := func(edit func(*model.ProbeSpec)) *model.ProbeSpec {
		s := &model.ProbeSpec{Timeout: time.Second, Period: 10 * time.Second, SuccessThreshold: 1, FailureThreshold: 3}
		edit(s)
		return s
	}
	for name, c := range map[string]struct {
		probe corev1.Probe
		want  *model.ProbeSpec
	}{
		"http with nothing but a port": {
			corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Port: intstr.FromInt32(80)}}},
			defaults(func(s *model.ProbeSpec) { s.Handler, s.Scheme, s.Path, s.Port = model.HTTP, "http", "/", "80" }),
		},
		"https with everything": {
			corev1.Probe{
				ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{
					Scheme: "HTTPS", Host: "web.test", Path: "/x?y=1", Port: intstr.FromString("admin"),
					HTTPHeaders: []corev1.HTTPHeader{{Name: "Host", Value: "a"}, {Name: "X", Value: "b"}},
				}},
				InitialDelaySeconds: 3, TimeoutSeconds: 4, PeriodSeconds: 5, SuccessThreshold: 6, FailureThreshold: 7,
				TerminationGracePeriodSeconds: ptr[int64](8),
			},
			&model.ProbeSpec{
				Handler: model.HTTP, Scheme: "https", Host: "web.test", Path: "/x?y=1", Port: "admin",
				Headers:      []model.Header{{Name: "Host", Value: "a"}, {Name: "X", Value: "***"}},
				InitialDelay: 3 * time.Second, Timeout: 4 * time.Second, Period: 5 * time.Second,
				SuccessThreshold: 6, FailureThreshold: 7, TerminationGracePeriod: ptr(8 * time.Second),
			},
		},
		"tcp": {
			corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Host: "h", Port: intstr.FromInt32(5432)}}},
			defaults(func(s *model.ProbeSpec) { s.Handler, s.Host, s.Port = model.TCP, "h", "5432" }),
		},
		"grpc without a service": {
			corev1.Probe{ProbeHandler: corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: 9000}}},
			defaults(func(s *model.ProbeSpec) { s.Handler, s.Port = model.GRPC, "9000" }),
		},
		"grpc with a service": {
			corev1.Probe{ProbeHandler: corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: 9000, Service: ptr("live")}}},
			defaults(func(s *model.ProbeSpec) { s.Handler, s.Port, s.Service = model.GRPC, "9000", "live" }),
		},
		"exec": {
			corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"sh", "-c", "true"}}}},
			defaults(func(s *model.ProbeSpec) { s.Handler, s.Command = model.Exec, []string{"sh", "-c", "true"} }),
		},
		"a handler of a newer API": {
			corev1.Probe{},
			defaults(func(s *model.ProbeSpec) { s.Handler = model.UnknownHandler }),
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := probeFact(mask.Hide, &c.probe); !reflect.DeepEqual(got, c.want) {
				t.Errorf("probeFact = %+v, want %+v", got, c.want)
			}
		})
	}
}
