package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
)

// validate returns what the API server refuses about the probes of a pod. It mirrors validateProbe and what is around it in
// pkg/apis/core/validation/validation.go (1.37), after the defaults of pkg/apis/core/v1/defaults.go; e2e compares the two.
func validate(pod *corev1.Pod) []Problem {
	var v validator
	for i := range pod.Spec.InitContainers {
		c := &pod.Spec.InitContainers[i]
		v.container, v.list = c.Name, "initContainers"
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			v.probes(c)
			continue
		}
		for _, p := range probesOf(c) {
			if p.Probe != nil {
				v.problem(p.field, "", "may not be set for init containers without restartPolicy=Always")
			}
		}
	}
	for i := range pod.Spec.Containers {
		v.container, v.list = pod.Spec.Containers[i].Name, "containers"
		v.probes(&pod.Spec.Containers[i])
	}
	return v.problems
}

// fieldProbe is a probe and the field it is in.
type fieldProbe struct {
	*corev1.Probe
	field string
}

func probesOf(c *corev1.Container) [3]fieldProbe {
	return [...]fieldProbe{{c.LivenessProbe, "livenessProbe"}, {c.ReadinessProbe, "readinessProbe"}, {c.StartupProbe, "startupProbe"}}
}

// validator looks at one container after the other.
type validator struct {
	container, list string
	problems        []Problem
}

// problem adds a problem of a field of a probe.
func (v *validator) problem(probe, field, text string) {
	name := probe
	if field != "" {
		name += "." + field
	}
	v.problems = append(v.problems, Problem{
		Field: fmt.Sprintf("spec.%s{%s}.%s", v.list, v.container, name), Container: v.container,
		Text: fmt.Sprintf("%s of container %s %s", name, v.container, text),
	})
}

func (v *validator) probes(c *corev1.Container) {
	for _, p := range probesOf(c) {
		if p.Probe != nil {
			v.probe(p)
		}
	}
}

func (v *validator) probe(p fieldProbe) {
	v.handler(p)
	for _, number := range [...]struct {
		field string
		value int32
	}{
		{"initialDelaySeconds", p.InitialDelaySeconds},
		{"timeoutSeconds", p.TimeoutSeconds},
		{"periodSeconds", p.PeriodSeconds},
		{"successThreshold", p.SuccessThreshold},
		{"failureThreshold", p.FailureThreshold},
	} {
		if number.value < 0 {
			v.problem(p.field, number.field, fmt.Sprintf("is %d and must be greater than or equal to 0", number.value))
		}
	}
	grace := p.TerminationGracePeriodSeconds
	if grace != nil && *grace <= 0 {
		v.problem(p.field, "terminationGracePeriodSeconds", fmt.Sprintf("is %d and must be greater than 0", *grace))
	}
	switch {
	case p.field == "readinessProbe" && grace != nil:
		v.problem(p.field, "terminationGracePeriodSeconds", "must not be set for readinessProbes")
	case p.field != "readinessProbe" && cmp.Or(p.SuccessThreshold, 1) != 1:
		v.problem(p.field, "successThreshold", fmt.Sprintf("is %d and must be 1", p.SuccessThreshold))
	}
}

// handler looks at how a probe asks. The API server looks at the first handler only.
func (v *validator) handler(p fieldProbe) {
	var names []string
	checks := map[string]func(){
		"exec":      func() { v.exec(p) },
		"httpGet":   func() { v.http(p) },
		"tcpSocket": func() { v.port(p, "tcpSocket.port", p.TCPSocket.Port) },
		"grpc":      func() { v.grpc(p) },
	}
	for _, h := range [...]struct {
		name string
		set  bool
	}{{"exec", p.Exec != nil}, {"httpGet", p.HTTPGet != nil}, {"tcpSocket", p.TCPSocket != nil}, {"grpc", p.GRPC != nil}} {
		if h.set {
			names = append(names, h.name)
		}
	}
	if len(names) == 0 {
		v.problem(p.field, "", "must have one of exec, httpGet, tcpSocket and grpc")
		return
	}
	checks[names[0]]()
	for _, name := range names[1:] {
		v.problem(p.field, name, "may not be set beside "+names[0])
	}
}

func (v *validator) exec(p fieldProbe) {
	if len(p.Exec.Command) == 0 {
		v.problem(p.field, "exec.command", "is empty")
	}
}

func (v *validator) http(p fieldProbe) {
	get := p.HTTPGet
	v.port(p, "httpGet.port", get.Port)
	scheme := cmp.Or(get.Scheme, corev1.URISchemeHTTP)
	if scheme != corev1.URISchemeHTTP && scheme != corev1.URISchemeHTTPS {
		v.problem(p.field, "httpGet.scheme", fmt.Sprintf("is %q and must be HTTP or HTTPS", scheme))
	}
	for _, h := range get.HTTPHeaders {
		for _, text := range validation.IsHTTPHeaderName(h.Name) {
			v.problem(p.field, "httpGet.httpHeaders", fmt.Sprintf("has the name %q: %s", h.Name, text))
		}
	}
	if get.Protocol == nil {
		return
	}
	switch known := []corev1.HTTPProtocol{corev1.HTTPProtocolHTTP1, corev1.HTTPProtocolHTTP2}; {
	case !slices.Contains(known, *get.Protocol):
		v.problem(p.field, "httpGet.protocol", fmt.Sprintf("is %q and must be HTTP1 or HTTP2", *get.Protocol))
	case *get.Protocol != corev1.HTTPProtocolHTTP2:
	case scheme != corev1.URISchemeHTTP:
		v.problem(p.field, "httpGet.protocol", "HTTP2 is only supported with HTTP (H2C)")
	case get.Host != "":
		v.problem(p.field, "httpGet.host", "must be empty when protocol is HTTP2")
	}
}

func (v *validator) grpc(p fieldProbe) {
	v.port(p, "grpc.port", intstr.FromInt32(p.GRPC.Port))
	if m := p.GRPC.Mode; m != nil && *m != corev1.GRPCProbeModePlaintext && *m != corev1.GRPCProbeModeTLS {
		v.problem(p.field, "grpc.mode", fmt.Sprintf("is %q and must be Plaintext or TLS", *m))
	}
}

func (v *validator) port(p fieldProbe, field string, port intstr.IntOrString) {
	texts := validation.IsValidPortNum(int(port.IntVal))
	if port.Type == intstr.String {
		texts = validation.IsValidPortName(port.StrVal)
	}
	if len(texts) > 0 {
		v.problem(p.field, field, fmt.Sprintf("is %q: %s", port.String(), strings.Join(texts, "; ")))
	}
}
