package lint

import (
	"fmt"
	"net/netip"
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"github.com/probetop/probetop/model"
)

func (l *linter) noReadiness() {
	c := l.container
	if c.Kind == model.Init || c.Probes[model.Readiness] != nil {
		return
	}
	service := servedBy(l.row, c)
	if service == "" {
		return
	}
	l.find(NoReadiness, Warning, fmt.Sprintf("Service %s sends traffic to %s, which has no readiness probe", service, c.Name),
		"it gets requests from the moment it has started, whether it can answer or not, and until it ends", "readinessProbe")
}

// servedBy names a Service whose traffic goes to the container; empty for none. Where no container declares the
// Service's ports, it is any container of a pod in which none has a readiness probe.
func servedBy(r *model.Row, c *model.Container) string {
	for _, s := range r.Services {
		if s.PublishNotReady {
			continue
		}
		declared := false
		for target := range strings.SplitSeq(s.Ports, ",") {
			for i := range r.Pod.Containers {
				if k := &r.Pod.Containers[i]; declares(k, target) {
					if declared = true; k == c {
						return s.Name
					}
				}
			}
		}
		if !declared && c.Kind == model.Main && !has(r.Pod, model.Readiness) {
			return s.Name
		}
	}
	return ""
}

// declares reports whether the container has a port of that name or number in its spec.
func declares(c *model.Container, target string) bool {
	return c.Spec != nil && target != "" && slices.ContainsFunc(c.Spec.Ports, func(p model.ContainerPort) bool {
		return p.Name == target || strconv.Itoa(int(p.Number)) == target
	})
}

// has reports whether any container of the pod has a probe of that type.
func has(p *model.Pod, typ model.ProbeType) bool {
	return slices.ContainsFunc(p.Containers, func(c model.Container) bool { return c.Probes[typ] != nil })
}

func (l *linter) alike() {
	live, ready := l.container.Probes[model.Liveness], l.container.Probes[model.Readiness]
	if live == nil || ready == nil || asks(l.container, live) != asks(l.container, ready) {
		return
	}
	level, later := Warning, "as soon as"
	if detection(live) >= 3*detection(ready) {
		level, later = Advice, "some time after"
	}
	l.find(LivenessIsReadiness, level, fmt.Sprintf("liveness and readiness of %s ask the same: %s", l.container.Name, live.Target()),
		"the container is restarted "+later+" it cannot serve: an overload or a missing dependency, which a restart makes worse, is answered with restarts",
		"livenessProbe")
}

// asks returns what a probe asks of its container, the same for probes that ask the same in other words.
func asks(c *model.Container, p *model.ProbeSpec) string {
	port := p.Port
	if n, ok := c.Port(p.Port); ok {
		port = strconv.Itoa(int(n))
	}
	parts := []string{string(p.Handler), p.Host, port, p.Service}
	if p.Handler == model.HTTP {
		parts = append(parts, p.Scheme, "/"+strings.TrimPrefix(p.Path, "/"))
	}
	for _, h := range p.Headers {
		parts = append(parts, textproto.CanonicalMIMEHeaderKey(h.Name)+":"+h.Value)
	}
	return strings.Join(append(parts, p.Command...), "\x00")
}

// never says what it means for a container that a probe cannot be carried out, which counts towards nothing.
var never = [...]string{
	model.Startup:   "the container never counts as started, and is never restarted for it",
	model.Readiness: "the container never gets ready",
	model.Liveness:  "the container is never restarted, however badly it does",
}

func (l *linter) unresolved() {
	version := l.row.Node.Version()
	for _, typ := range model.ProbeTypes {
		p := l.container.Probes[typ]
		if p == nil || p.Handler != model.HTTP && p.Handler != model.TCP {
			continue
		}
		field := probeField(typ, portField[p.Handler])
		switch _, ok := l.container.Port(p.Port); {
		case !ok && l.container.Spec != nil:
			l.find(PortUnresolved, Error, fmt.Sprintf("%s of %s asks port %q, and the container names no such port", typ, l.container.Name, p.Port),
				"the probe cannot be carried out, which counts towards nothing: "+never[typ], field, "ports")
		case p.DigitName && version.AtLeast(1, 37):
			l.find(PortUnresolved, Error, fmt.Sprintf("%s of %s asks port %q, which is a name to kubelet %v", typ, l.container.Name, p.Port, version),
				"the probe cannot be carried out, which counts towards nothing: "+never[typ], field)
		case p.DigitName:
			l.find(PortUnresolved, Warning, fmt.Sprintf("%s of %s asks port %q, a text and not a number", typ, l.container.Name, p.Port),
				"a kubelet from 1.37 on takes it for a name that no port has: "+never[typ], field)
		}
	}
}

var portField = map[model.HandlerKind]string{model.HTTP: "httpGet.port", model.TCP: "tcpSocket.port"}

func (l *linter) host() {
	for _, typ := range model.ProbeTypes {
		p := l.container.Probes[typ]
		ofNode := l.row.Pod.MirrorUID != "" || l.row.Pod.Setting != nil && l.row.Pod.Setting.HostNetwork // so that its loopback is the node's
		if p == nil || p.Host == "" || p.Host == l.row.Pod.IP || ofNode && loopback(p.Host) {
			continue
		}
		field := "httpGet.host"
		if p.Handler == model.TCP {
			field = "tcpSocket.host"
		}
		what := "the answer may be another one's: the node dials that address, from its own network and with its own DNS"
		if loopback(p.Host) {
			what = "the answer is that of the node: it is the node's loopback that is dialled, not the pod's"
		}
		l.find(HostSet, Warning, fmt.Sprintf("%s of %s asks host %s instead of the pod", typ, l.container.Name, p.Host),
			what+"; a custom Host header belongs into httpHeaders", probeField(typ, field))
	}
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

func (l *linter) variables() {
	if l.container.Spec == nil {
		return
	}
	for _, typ := range model.ProbeTypes {
		p := l.container.Probes[typ]
		if p == nil {
			continue
		}
		for _, name := range l.container.Spec.ValueFrom {
			word := "$(" + name + ")"
			if !slices.ContainsFunc(p.Command, func(s string) bool { return strings.Contains(s, word) }) {
				continue
			}
			l.find(VariableEmpty, Error, fmt.Sprintf("%s of %s has %s in its command, whose value comes from elsewhere (valueFrom)", typ, l.container.Name, word),
				"the kubelet puts nothing in its place; a shell in the container would know the value: sh -c with $"+name,
				probeField(typ, "exec.command"))
		}
	}
}
