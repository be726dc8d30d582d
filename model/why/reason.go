package why

import (
	"strconv"
	"strings"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// ReasonOf says in plain words why the probe failed last; empty when no failure is known.
func ReasonOf(c *infer.Case, p *infer.Probe) string { return subject{c}.reason(p) }

func (r subject) reason(p *infer.Probe) string {
	e := p.LastFailure()
	if e == nil {
		return ""
	}
	return r.reasonOf(p, e.Outcome, e.Text())
}

// reasonOf says in plain words what a text about probe p says: what the probe asked, and what it got.
func (r subject) reasonOf(p *infer.Probe, outcome fact.Outcome, text string) string {
	if outcome == fact.Errored {
		return r.erredReason(p, text)
	}
	cause := r.Node.Version().CauseOf(p.Spec.Handler, fact.Failed, text)
	if name, code, ok := strings.Cut(strings.TrimSuffix(string(cause), ")"), "("); ok {
		return answeredWords(p.Spec, name, code)
	}
	if p.Spec.Handler == fact.Exec {
		return exitedWords(p.Spec, cause, text)
	}
	if words := r.networkReason(p, cause, text); words != "" {
		return words
	}
	return fact.Shorten(firstLine(PlainError(text)), reasonRoom)
}

// reasonRoom is how much of a text that is not known goes into a sentence.
const reasonRoom = 64

// networkReason words what a connection met; empty for a cause that says nothing by itself.
func (r subject) networkReason(p *infer.Probe, cause fact.Cause, text string) string {
	s := p.Spec
	if words := r.tooLate(s, cause); words != "" {
		return words
	}
	switch cause {
	case fact.CauseRefused:
		return r.refused(p)
	case fact.CauseReset:
		return "connection reset" + onPort(s)
	case fact.CauseEOF:
		return endpointOf(s) + " closes the connection without an answer"
	case fact.CauseNoRoute:
		return "no route to " + endpointOf(s)
	case fact.CauseLocal:
		return "the node has no ports or files left to connect with: " + fact.Shorten(firstLine(PlainError(text)), 40)
	case fact.CausePermission:
		return "the node does not let the kubelet connect to " + endpointOf(s) + " (a host firewall?)"
	case fact.CauseProtocol:
		return endpointOf(s) + " speaks another protocol: " + fact.Shorten(firstLine(PlainError(text)), 48)
	case fact.CausePlainServer:
		return "the probe asks HTTPS, " + endpointOf(s) + " speaks plain HTTP"
	case fact.CauseTLSServer:
		return "the probe asks HTTP, " + endpointOf(s) + " speaks TLS"
	case fact.CauseTLS:
		what, _ := afterLast(PlainError(text), "tls: ")
		return strings.TrimSuffix("TLS handshake"+onPort(s)+" fails: "+fact.Shorten(what, reasonRoom), ": ")
	case fact.CauseRedirects:
		return Asked(s) + " redirects without end"
	case fact.CauseDNS:
		return "host " + fact.Shorten(s.Host, 40) + " does not resolve on the node"
	case fact.CauseNoGRPCHealth:
		return "the server" + onPort(s) + " does not implement gRPC health checks"
	case fact.CauseOther:
		return ""
	}
	return cause.Words()
}

// tooLate words what did not happen in time; empty for another cause.
func (r subject) tooLate(s *fact.ProbeSpec, cause fact.Cause) string {
	what := ""
	switch cause {
	case fact.CauseTimeout:
		if s.Handler == fact.GRPC && !r.Node.Version().AtLeast(1, 38) {
			return "no gRPC connection to " + endpointOf(s) + " within " + Lasting(s.Timeout) + " (refused, or silent)"
		}
		what = "no connection to " + endpointOf(s)
	case fact.CauseUnanswered:
		what = "no connection or no answer from " + Asked(s)
	case fact.CauseTLSTimeout:
		what = "no TLS handshake" + onPort(s)
	case fact.CauseHeaders:
		what = "no answer from " + Asked(s)
	case fact.CauseBody:
		what = "the answer from " + Asked(s) + " does not end"
	case fact.CauseRPC:
		what = "no answer to the gRPC health check" + onPort(s)
	default:
		return ""
	}
	return what + " within " + Lasting(s.Timeout)
}

// refused words a refused connection. A port that no container of the pod declares, while they declare others, is
// likely the wrong one.
func (r subject) refused(p *infer.Probe) string {
	port, ok := p.Container.Port(p.Spec.Port)
	if !ok || p.Spec.Host != "" || p.Container.Spec == nil || len(p.Container.Spec.Ports) == 0 || r.Pod.Declares(port) {
		return "connection refused" + onPort(p.Spec)
	}
	return "nothing listens" + onPort(p.Spec) + " (the container declares " + p.Container.Spec.Numbers() + ")"
}

// erredReason words why a probe cannot be carried out.
func (r subject) erredReason(p *infer.Probe, text string) string {
	switch fault := faultOf(p, text); fault {
	case faultPort:
		names := "no named ports"
		if p.Container.Spec != nil && p.Container.Spec.Names() != "" {
			names = p.Container.Spec.Names()
		}
		return "no port " + strconv.Quote(wantedPort(p, text)) + " in " + fact.Shorten(p.Container.Name, 16) + " (it has " + names + ")"
	case faultMissing:
		return fact.Shorten(missingOf(p, text), 22) + " is not in the image of " + fact.Shorten(p.Container.Name, 16)
	case faultDenied:
		return fact.Shorten(missingOf(p, text), 22) + " is not executable in " + fact.Shorten(p.Container.Name, 16)
	case faultBody:
		return "the answer from " + Asked(p.Spec) + " does not end within " + Lasting(p.Spec.Timeout)
	}
	return fact.Shorten(firstLine(PlainError(text)), reasonRoom)
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
func faultOf(p *infer.Probe, text string) fault {
	switch _, known := p.Container.Port(p.Spec.Port); {
	case p.Spec.Handler != fact.Exec && !known && p.Container.Spec != nil,
		strings.Contains(text, "strconv.Atoi: parsing"), strings.HasPrefix(text, "port ") && strings.HasSuffix(text, "not found"):
		return faultPort
	case p.Spec.Handler == fact.Exec && (strings.Contains(text, "no such file or directory") || strings.Contains(text, "executable file not found")):
		return faultMissing
	case p.Spec.Handler == fact.Exec && (strings.Contains(text, "permission denied") || strings.Contains(text, "exec format error")):
		return faultDenied
	case strings.Contains(text, "while reading body"):
		return faultBody
	}
	return faultOther
}

// wantedPort names the port that the container does not have: the error's, which is quoted, or else the spec's.
func wantedPort(p *infer.Probe, text string) string {
	if _, rest, ok := strings.Cut(text, `"`); ok {
		if name, _, ok := strings.Cut(rest, `"`); ok {
			return name
		}
	}
	return p.Spec.Port
}

// missingOf names the file that an exec probe wants to run.
func missingOf(p *infer.Probe, text string) string {
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
