package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/probetop/probetop/model"
)

// deep are paths that answer for more than the process: whether it is ready, or its dependencies.
var deep = regexp.MustCompile(`(?i)(^|[/_-])(ready|readyz|readiness|dependencies|deep)([/?_-]|$)|/actuator/health/?$`)

func (l *linter) deepLiveness() {
	p := l.container.Probes[model.Liveness]
	if p == nil || p.Handler != model.HTTP || !deep.MatchString(p.Path) {
		return
	}
	what := "whether it is ready"
	if strings.Contains(p.Path, "actuator") {
		what = "for the health of its dependencies, too"
	}
	l.find(LivenessDeep, Warning, fmt.Sprintf("liveness of %s asks %s %s", l.container.Name, p.Path, what),
		"a database that is away restarts every replica at once, and no restart brings it back", probeField(model.Liveness, "httpGet.path"))
}

func (l *linter) tcpLiveness() {
	p := l.container.Probes[model.Liveness]
	if p == nil || p.Handler != model.TCP {
		return
	}
	l.find(TCPLiveness, Advice, fmt.Sprintf("liveness of %s only opens a connection to port %s", l.container.Name, p.Port),
		"the kernel takes connections for a process that hangs, until its queue is full: a hang is noticed late or never", "livenessProbe.tcpSocket")
}

func (l *linter) alphaProtocol() {
	for _, typ := range model.ProbeTypes {
		p := l.container.Probes[typ]
		if p == nil {
			continue
		}
		switch {
		case p.Handler == model.HTTP && p.Protocol == "HTTP2":
			l.find(AlphaProtocol, Warning, fmt.Sprintf("%s of %s wants HTTP2, which is alpha (H2CContainerProbe)", typ, l.container.Name),
				"a kubelet without that gate asks by HTTP/1.1 and does not say so", probeField(typ, "httpGet.protocol"))
		case p.Handler == model.GRPC && p.Protocol == "TLS":
			l.find(AlphaProtocol, Warning, fmt.Sprintf("%s of %s wants gRPC with TLS, which is alpha (GRPCContainerProbeTLS)", typ, l.container.Name),
				"a kubelet without that gate asks in plain text and does not say so", probeField(typ, "grpc.mode"))
		}
	}
}

// undeclared finds numbers that look like a mistake: the container lists its ports, and the probe's is not one of them.
func (l *linter) undeclared() {
	if l.container.Spec == nil || len(l.container.Spec.Ports) == 0 {
		return
	}
	for _, typ := range model.ProbeTypes {
		p := l.container.Probes[typ]
		if p == nil || p.Host != "" || p.DigitName {
			continue
		}
		number, err := strconv.Atoi(p.Port)
		if err != nil || slices.ContainsFunc(l.container.Spec.Ports, func(c model.ContainerPort) bool { return int(c.Number) == number }) {
			continue
		}
		if slices.ContainsFunc(l.row.Pod.Containers, func(c model.Container) bool { return declares(&c, p.Port) }) {
			continue // another container's, such as a proxy's
		}
		l.find(PortUndeclared, Advice, fmt.Sprintf("%s of %s asks port %d, and the ports of its containers are others", typ, l.container.Name, number),
			"it may be one that nothing listens on: "+wrongPort[typ], probeField(typ, undeclaredField[p.Handler]))
	}
}

var undeclaredField = map[model.HandlerKind]string{model.HTTP: "httpGet.port", model.TCP: "tcpSocket.port", model.GRPC: "grpc.port"}

// wrongPort says what it means for a container that nothing listens where a probe asks.
var wrongPort = [...]string{
	model.Startup:   "then the container is restarted for ever",
	model.Readiness: "then the container never gets ready",
	model.Liveness:  "then the container is restarted for ever",
}

// secretHeaders are headers whose value is a credential.
var secretHeaders = []string{"authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token", "api-key"}

func (l *linter) secrets() {
	for _, typ := range model.ProbeTypes {
		p := l.container.Probes[typ]
		if p == nil {
			continue
		}
		for _, h := range p.Headers {
			if slices.Contains(secretHeaders, strings.ToLower(h.Name)) {
				l.find(SecretHeader, Warning, fmt.Sprintf("%s of %s sends the header %s", typ, l.container.Name, h.Name),
					"its value is in the pod, where everybody who may read pods can read it", probeField(typ, "httpGet.httpHeaders"))
			}
		}
	}
}
