package model

import (
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
		return answeredWords(p.Spec, name, code)
	}
	if p.Spec.Handler == Exec {
		return exitedWords(p.Spec, cause, text)
	}
	if words := r.networkReason(p, cause, text); words != "" {
		return words
	}
	return shorten(firstLine(plainError(text)), reasonRoom)
}

// reasonRoom is how much of a text that is not known goes into a sentence.
const reasonRoom = 64

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
		return "connection reset" + onPort(s)
	case CauseEOF:
		return endpointOf(s) + " closes the connection without an answer"
	case CauseNoRoute:
		return "no route to " + endpointOf(s)
	case CauseLocal:
		return "the node has no ports or files left to connect with: " + shorten(firstLine(plainError(text)), 40)
	case CausePermission:
		return "the node does not let the kubelet connect to " + endpointOf(s) + " (a host firewall?)"
	case CauseProtocol:
		return endpointOf(s) + " speaks another protocol: " + shorten(firstLine(plainError(text)), 48)
	case CausePlainServer:
		return "the probe asks HTTPS, " + endpointOf(s) + " speaks plain HTTP"
	case CauseTLSServer:
		return "the probe asks HTTP, " + endpointOf(s) + " speaks TLS"
	case CauseTLS:
		what, _ := afterLast(plainError(text), "tls: ")
		return strings.TrimSuffix("TLS handshake"+onPort(s)+" fails: "+shorten(what, reasonRoom), ": ")
	case CauseRedirects:
		return Asked(s) + " redirects without end"
	case CauseDNS:
		return "host " + shorten(s.Host, 40) + " does not resolve on the node"
	case CauseNoGRPCHealth:
		return "the server" + onPort(s) + " does not implement gRPC health checks"
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
			return "no gRPC connection to " + endpointOf(s) + " within " + lasting(s.Timeout) + " (refused, or silent)"
		}
		what = "no connection to " + endpointOf(s)
	case CauseUnanswered:
		what = "no connection or no answer from " + Asked(s)
	case CauseTLSTimeout:
		what = "no TLS handshake" + onPort(s)
	case CauseHeaders:
		what = "no answer from " + Asked(s)
	case CauseBody:
		what = "the answer from " + Asked(s) + " does not end"
	case CauseRPC:
		what = "no answer to the gRPC health check" + onPort(s)
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
		return "connection refused" + onPort(p.Spec)
	}
	return "nothing listens" + onPort(p.Spec) + " (the container declares " + p.Container.Spec.numbers() + ")"
}

// erredReason words why a probe cannot be carried out.
func (r subject) erredReason(p *Probe, text string) string {
	switch fault := faultOf(p, text); fault {
	case faultPort:
		names := "no named ports"
		if p.Container.Spec != nil && p.Container.Spec.names() != "" {
			names = p.Container.Spec.names()
		}
		return "no port " + strconv.Quote(wantedPort(p, text)) + " in " + shorten(p.Container.Name, 16) + " (it has " + names + ")"
	case faultMissing:
		return shorten(missingOf(p, text), 22) + " is not in the image of " + shorten(p.Container.Name, 16)
	case faultDenied:
		return shorten(missingOf(p, text), 22) + " is not executable in " + shorten(p.Container.Name, 16)
	case faultBody:
		return "the answer from " + Asked(p.Spec) + " does not end within " + lasting(p.Spec.Timeout)
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

// faultOf reads an error text of the probe (pkg/probe/util.go, ResolveContainerPort; runc's libcontainer).
func faultOf(p *Probe, text string) fault {
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
func wantedPort(p *Probe, text string) string {
	if _, rest, ok := strings.Cut(text, `"`); ok {
		if name, _, ok := strings.Cut(rest, `"`); ok {
			return name
		}
	}
	return p.Spec.Port
}

// missingOf names the file that an exec probe wants to run.
func missingOf(p *Probe, text string) string {
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
