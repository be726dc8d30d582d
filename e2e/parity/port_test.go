package parity

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// portCases are about the port of HTTP and TCP probes, by number and by name.
func portCases() []parityCase {
	var cases []parityCase
	for _, handler := range []string{"http", "tcp"} {
		add := func(name string, port func(s *site, open int) intstr.IntOrString) {
			cases = append(cases, parityCase{name: fmt.Sprintf("port/%s/%s", handler, name), probe: func(s *site) corev1.ProbeHandler {
				p := port(s, s.serve(status(200, "ok")))
				if handler == "tcp" {
					return corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: p}}
				}
				return corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Port: p}}
			}})
		}
		declare := func(s *site, name string, port int) {
			s.container.Ports = append(s.container.Ports, corev1.ContainerPort{Name: name, ContainerPort: int32(port)})
		}
		add("name", func(s *site, open int) intstr.IntOrString {
			declare(s, "other", 1)
			declare(s, "web", open)
			return intstr.FromString("web")
		})
		add("name twice", func(s *site, open int) intstr.IntOrString {
			declare(s, "web", open)
			declare(s, "web", 1)
			return intstr.FromString("web")
		})
		add("name that is not there", func(*site, int) intstr.IntOrString { return intstr.FromString("web") })
		add("name of another case", func(s *site, open int) intstr.IntOrString {
			declare(s, "web", open)
			return intstr.FromString("WEB")
		})
		add("number as a string", func(_ *site, open int) intstr.IntOrString { return intstr.FromString(fmt.Sprint(open)) })
		add("empty name", func(*site, int) intstr.IntOrString { return intstr.FromString("") })
		add("empty name of a port without one", func(s *site, open int) intstr.IntOrString {
			declare(s, "", open)
			return intstr.FromString("")
		})
		add("name of port 0", func(s *site, _ int) intstr.IntOrString {
			declare(s, "web", 0)
			return intstr.FromString("web")
		})
		add("0", func(*site, int) intstr.IntOrString { return intstr.FromInt32(0) })
		add("-1", func(*site, int) intstr.IntOrString { return intstr.FromInt32(-1) })
		add("65535", func(*site, int) intstr.IntOrString { return intstr.FromInt32(65535) })
		add("65536", func(*site, int) intstr.IntOrString { return intstr.FromInt32(65536) })
		add("no kind", func(*site, int) intstr.IntOrString { return intstr.IntOrString{Type: 7, IntVal: 80, StrVal: "web"} })
	}
	return cases
}

// tcpCases are about connections that nothing is sent over.
func tcpCases() []parityCase {
	named := func(port int, host string) corev1.ProbeHandler {
		h := tcp(port)
		h.TCPSocket.Host = host
		return h
	}
	return []parityCase{
		{name: "tcp/open", probe: func(s *site) corev1.ProbeHandler { return tcp(portOf(s.listen())) }},
		{name: "tcp/says 500", probe: func(s *site) corev1.ProbeHandler { return tcp(s.serve(status(500, "no"))) }},
		{name: "tcp/closes at once", probe: func(s *site) corev1.ProbeHandler { return tcp(s.slams()) }},
		{name: "tcp/refused", probe: func(s *site) corev1.ProbeHandler { return tcp(s.closed()) }},
		{name: "tcp/IPv6", ip: "::1", probe: func(s *site) corev1.ProbeHandler { return tcp(portOf(s.listen())) }},
		{name: "tcp/host", probe: func(s *site) corev1.ProbeHandler { return named(portOf(s.listen()), "127.0.0.1") }},
		{name: "tcp/host by name", probe: func(s *site) corev1.ProbeHandler { return named(portOf(s.listen()), "localhost") }},
		{name: "tcp/another host", probe: func(s *site) corev1.ProbeHandler { return named(s.closed(), "127.0.0.2") }},
		{name: "tcp/host that is none", probe: func(s *site) corev1.ProbeHandler { return named(portOf(s.listen()), "a b") }, classified: true},
		{name: "tcp/no route", ip: "240.0.0.1", timeout: 1, probe: func(*site) corev1.ProbeHandler { return tcp(80) }},
		{name: "tcp/port of another container", probe: func(*site) corev1.ProbeHandler {
			return corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromString("sidecar-port")}}
		}},
	}
}
