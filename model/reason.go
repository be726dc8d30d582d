package model

import (
	"path"
	"strconv"
	"strings"
)

// ReasonOf says in plain words why the probe failed last; empty when no failure is known.
func ReasonOf(c *Case, p *Probe) string { return subject{c}.reason(p) }

func (r subject) reason(p *Probe) string {
	e := p.LastFailure()
	if e == nil {
		return ""
	}
	return r.reasonOf(p, e.Outcome, e.Text())
}

// reasonOf says in plain words what a text about probe p says: what the probe asked, and what it got.
func (r subject) reasonOf(p *Probe, outcome Outcome, text string) string {
	if outcome == Errored {
		return r.erredReason(p, text)
	}
	cause := r.Node.Version().CauseOf(p.Spec.Handler, Failed, text)
	if name, code, ok := strings.Cut(strings.TrimSuffix(string(cause), ")"), "("); ok {
		return p.Spec.answered(name, code)
	}
	if p.Spec.Handler == Exec {
		return p.Spec.exited(cause, text)
	}
	if words := r.networkReason(p, cause, text); words != "" {
		return words
	}
	return shorten(firstLine(plainError(text)), reasonRoom)
}

// reasonRoom is how much of a text that is not known goes into a sentence.
const reasonRoom = 64

// answered words an answer that is not the right one.
func (s *ProbeSpec) answered(kind, code string) string {
	switch kind {
	case "STATUS":
		return "HTTP " + code + " from " + s.asked()
	case "GRPC_STATUS":
		return "gRPC health is " + code + s.onPort() + s.ofService()
	}
	if code == "NotFound" && s.Service != "" {
		return "gRPC server" + s.onPort() + " knows no service " + strconv.Quote(s.Service)
	}
	return "gRPC health check" + s.onPort() + " fails with " + code + s.ofService()
}

// ofService names the service that a gRPC probe asks for.
func (s *ProbeSpec) ofService() string {
	if s.Service == "" {
		return ""
	}
	return " (service " + s.Service + ")"
}

// asked is what an HTTP probe asks for: its path, or its port when that is /.
func (s *ProbeSpec) asked() string {
	switch {
	case s.Handler != HTTP:
		return s.endpoint()
	case s.Path == "" || s.Path == "/":
		return s.endpoint() + "/"
	}
	return shorten(s.Path, 40)
}

// endpoint is where a probe asks, as in :8080, or host:8080 for one that names a host.
func (s *ProbeSpec) endpoint() string { return shorten(s.Host, 40) + ":" + s.Port }

// onPort is endpoint after a word.
func (s *ProbeSpec) onPort() string { return " on " + s.endpoint() }

// exited words what a command of an exec probe said.
func (s *ProbeSpec) exited(cause Cause, text string) string {
	if cause == CauseExecTimeout {
		return s.program() + " takes longer than " + lasting(s.Timeout)
	}
	if said := firstLine(text); said != "" {
		return shorten(said, reasonRoom) + " (" + s.program() + ")"
	}
	return s.program() + " exits with a code other than 0 and prints nothing"
}

// program names the command of an exec probe: its file, or the first words of the script that a shell runs.
func (s *ProbeSpec) program() string {
	if len(s.Command) == 0 {
		return "the command"
	}
	name := path.Base(s.Command[0])
	if len(s.Command) >= 3 && strings.HasSuffix(name, "sh") && strings.HasSuffix(s.Command[1], "c") {
		name = strings.Join(strings.Fields(s.Command[2]), " ")
	}
	return "“" + shorten(name, 24) + "”"
}

// networkReason words what a connection met; empty for a cause that says nothing by itself.
func (r subject) networkReason(p *Probe, cause Cause, text string) string {
	s := p.Spec
	if words := r.tooLate(s, cause); words != "" {
		return words
	}
	switch cause {
	case CauseRefused:
		return r.refused(p)
	case CauseReset:
		return "connection reset" + s.onPort()
	case CauseEOF:
		return s.endpoint() + " closes the connection without an answer"
	case CauseNoRoute:
		return "no route to " + s.endpoint()
	case CauseLocal:
		return "the node has no ports or files left to connect with: " + shorten(firstLine(plainError(text)), 40)
	case CausePermission:
		return "the node does not let the kubelet connect to " + s.endpoint() + " (a host firewall?)"
	case CauseProtocol:
		return s.endpoint() + " speaks another protocol: " + shorten(firstLine(plainError(text)), 48)
	case CausePlainServer:
		return "the probe asks HTTPS, " + s.endpoint() + " speaks plain HTTP"
	case CauseTLSServer:
		return "the probe asks HTTP, " + s.endpoint() + " speaks TLS"
	case CauseTLS:
		what, _ := afterLast(plainError(text), "tls: ")
		return strings.TrimSuffix("TLS handshake"+s.onPort()+" fails: "+shorten(what, reasonRoom), ": ")
	case CauseRedirects:
		return s.asked() + " redirects without end"
	case CauseDNS:
		return "host " + shorten(s.Host, 40) + " does not resolve on the node"
	case CauseNoGRPCHealth:
		return "the server" + s.onPort() + " does not implement gRPC health checks"
	case CauseOther:
		return ""
	}
	return cause.Words()
}

// tooLate words what did not happen in time; empty for another cause.
func (r subject) tooLate(s *ProbeSpec, cause Cause) string {
	what := ""
	switch cause {
	case CauseTimeout:
		if s.Handler == GRPC && !r.Node.Version().AtLeast(1, 38) {
			return "no gRPC connection to " + s.endpoint() + " within " + lasting(s.Timeout) + " (refused, or silent)"
		}
		what = "no connection to " + s.endpoint()
	case CauseUnanswered:
		what = "no connection or no answer from " + s.asked()
	case CauseTLSTimeout:
		what = "no TLS handshake" + s.onPort()
	case CauseHeaders:
		what = "no answer from " + s.asked()
	case CauseBody:
		what = "the answer from " + s.asked() + " does not end"
	case CauseRPC:
		what = "no answer to the gRPC health check" + s.onPort()
	default:
		return ""
	}
	return what + " within " + lasting(s.Timeout)
}

// refused words a refused connection. A port that no container of the pod declares, while they declare others, is
// likely the wrong one.
func (r subject) refused(p *Probe) string {
	port, ok := p.Container.Port(p.Spec.Port)
	if !ok || p.Spec.Host != "" || p.Container.Spec == nil || len(p.Container.Spec.Ports) == 0 || r.Pod.declares(port) {
		return "connection refused" + p.Spec.onPort()
	}
	return "nothing listens" + p.Spec.onPort() + " (the container declares " + p.Container.Spec.numbers() + ")"
}

// declares reports whether a container of the pod declares a port.
func (p *Pod) declares(port int32) bool {
	for i := range p.Containers {
		if s := p.Containers[i].Spec; s != nil {
			for _, declared := range s.Ports {
				if declared.Number == port {
					return true
				}
			}
		}
	}
	return false
}

// numbers lists the ports that a container declares.
func (s *ContainerSpec) numbers() string {
	var list []string
	for _, p := range s.Ports {
		list = append(list, strconv.Itoa(int(p.Number)))
	}
	return shorten(strings.Join(list, ", "), 24)
}

// names lists the names of the ports that a container declares.
func (s *ContainerSpec) names() string {
	var list []string
	for _, p := range s.Ports {
		if p.Name != "" {
			list = append(list, p.Name)
		}
	}
	return shorten(strings.Join(list, ", "), 40)
}

// erredReason words why a probe cannot be carried out.
func (r subject) erredReason(p *Probe, text string) string {
	switch fault := p.fault(text); fault {
	case faultPort:
		names := "no named ports"
		if p.Container.Spec != nil && p.Container.Spec.names() != "" {
			names = p.Container.Spec.names()
		}
		return "no port " + strconv.Quote(p.wantedPort(text)) + " in " + shorten(p.Container.Name, 16) + " (it has " + names + ")"
	case faultMissing:
		return shorten(p.missing(text), 22) + " is not in the image of " + shorten(p.Container.Name, 16)
	case faultDenied:
		return shorten(p.missing(text), 22) + " is not executable in " + shorten(p.Container.Name, 16)
	case faultBody:
		return "the answer from " + p.Spec.asked() + " does not end within " + lasting(p.Spec.Timeout)
	}
	return shorten(firstLine(plainError(text)), reasonRoom)
}

// fault is why a probe cannot be carried out.
type fault uint8

const (
	faultOther fault = iota
	// faultPort is a port name that the container does not declare, or a number out of range.
	faultPort
	// faultMissing is a command that is not in the image, faultDenied one that may not be executed.
	faultMissing
	faultDenied
	// faultBody is an answer whose body does not end in time.
	faultBody
)

// fault reads an error text of the probe (pkg/probe/util.go, ResolveContainerPort; runc's libcontainer).
func (p *Probe) fault(text string) fault {
	switch _, known := p.Container.Port(p.Spec.Port); {
	case p.Spec.Handler != Exec && !known && p.Container.Spec != nil,
		strings.Contains(text, "strconv.Atoi: parsing"), strings.HasPrefix(text, "port ") && strings.HasSuffix(text, "not found"):
		return faultPort
	case p.Spec.Handler == Exec && (strings.Contains(text, "no such file or directory") || strings.Contains(text, "executable file not found")):
		return faultMissing
	case p.Spec.Handler == Exec && (strings.Contains(text, "permission denied") || strings.Contains(text, "exec format error")):
		return faultDenied
	case strings.Contains(text, "while reading body"):
		return faultBody
	}
	return faultOther
}

// wantedPort names the port that the container does not have: the error's, which is quoted, or else the spec's.
func (p *Probe) wantedPort(text string) string {
	if _, rest, ok := strings.Cut(text, `"`); ok {
		if name, _, ok := strings.Cut(rest, `"`); ok {
			return name
		}
	}
	return p.Spec.Port
}

// missing names the file that an exec probe wants to run.
func (p *Probe) missing(text string) string {
	if _, rest, ok := strings.Cut(text, `exec: "`); ok {
		if name, _, ok := strings.Cut(rest, `"`); ok {
			return name
		}
	}
	if len(p.Spec.Command) > 0 {
		return p.Spec.Command[0]
	}
	return "the command"
}
