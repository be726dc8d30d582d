package watch

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/probetop/probetop/model"
)

// probeFact converts a probe. The API server has filled in the defaults of pkg/apis/core/v1/defaults.go; a
// manifest or a recording may lack them.
func probeFact(p *corev1.Probe) *model.ProbeSpec {
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
		spec.Handler, spec.Command = model.Exec, p.Exec.Command
	case p.HTTPGet != nil:
		readHTTP(spec, p.HTTPGet)
	case p.TCPSocket != nil:
		spec.Handler, spec.Host = model.TCP, p.TCPSocket.Host
		readPort(spec, p.TCPSocket.Port)
	case p.GRPC != nil:
		spec.Handler, spec.Port = model.GRPC, strconv.Itoa(int(p.GRPC.Port))
		if p.GRPC.Service != nil {
			spec.Service = *p.GRPC.Service
		}
		if p.GRPC.Mode != nil {
			spec.Protocol = string(*p.GRPC.Mode)
		}
	}
	return spec
}

func readHTTP(spec *model.ProbeSpec, get *corev1.HTTPGetAction) {
	spec.Handler, spec.Host = model.HTTP, get.Host
	readPort(spec, get.Port)
	spec.Scheme = strings.ToLower(cmp.Or(string(get.Scheme), "http"))
	spec.Path = cmp.Or(get.Path, "/")
	if get.Protocol != nil {
		spec.Protocol = string(*get.Protocol)
	}
	for _, h := range get.HTTPHeaders {
		spec.Headers = append(spec.Headers, model.Header{Name: h.Name, Value: h.Value})
	}
}

func readPort(spec *model.ProbeSpec, port intstr.IntOrString) {
	spec.Port = port.String()
	_, err := strconv.Atoi(spec.Port)
	spec.DigitName = port.Type == intstr.String && err == nil
}

func seconds[T int32 | int64](n T) time.Duration { return time.Duration(n) * time.Second }
