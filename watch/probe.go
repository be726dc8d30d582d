package watch

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording/mask"
)

// probeFact converts a probe. What looks like a secret is hidden: who runs the probe reads the pod itself. The API server has filled in the defaults of pkg/apis/core/v1/defaults.go; a
// manifest or a recording may lack them.
func probeFact(policy mask.Policy, p *corev1.Probe) *model.ProbeSpec {
	spec := &model.ProbeSpec{
		Handler:          model.UnknownHandler,
		InitialDelay:     seconds(p.InitialDelaySeconds),
		Timeout:          seconds(cmp.Or(p.TimeoutSeconds, 1)),
		Period:           seconds(cmp.Or(p.PeriodSeconds, 10)),
		SuccessThreshold: cmp.Or(p.SuccessThreshold, 1),
		FailureThreshold: cmp.Or(p.FailureThreshold, 3),
	}
	if g := p.TerminationGracePeriodSeconds; g != nil {
		d := seconds(*g)
		spec.TerminationGracePeriod = &d
	}
	switch {
	case p.Exec != nil:
		spec.Handler, spec.Command = model.Exec, policy.Command(p.Exec.Command)
	case p.HTTPGet != nil:
		readHTTP(policy, spec, p.HTTPGet)
	case p.TCPSocket != nil:
		spec.Handler, spec.Host = model.TCP, policy.Text(p.TCPSocket.Host)
		readPort(spec, p.TCPSocket.Port)
	case p.GRPC != nil:
		spec.Handler, spec.Port = model.GRPC, strconv.Itoa(int(p.GRPC.Port))
		if p.GRPC.Service != nil {
			spec.Service = policy.Text(*p.GRPC.Service)
		}
		if p.GRPC.Mode != nil {
			spec.Protocol = string(*p.GRPC.Mode)
		}
	}
	return spec
}

func readHTTP(policy mask.Policy, spec *model.ProbeSpec, get *corev1.HTTPGetAction) {
	spec.Handler, spec.Host = model.HTTP, policy.Text(get.Host)
	readPort(spec, get.Port)
	spec.Scheme = strings.ToLower(cmp.Or(string(get.Scheme), "http"))
	spec.Path = cmp.Or(policy.Text(get.Path), "/")
	if get.Protocol != nil {
		spec.Protocol = string(*get.Protocol)
	}
	for _, h := range get.HTTPHeaders {
		spec.Headers = append(spec.Headers, model.Header{Name: policy.Text(h.Name), Value: policy.Header(h.Name, h.Value)})
	}
}

func readPort(spec *model.ProbeSpec, port intstr.IntOrString) {
	spec.Port = port.String()
	_, err := strconv.Atoi(spec.Port)
	spec.DigitName = port.Type == intstr.String && err == nil
}

func seconds[T int32 | int64](n T) time.Duration { return time.Duration(n) * time.Second }
