package fact

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// ProbeType says what a probe decides.
type ProbeType uint8

// The probe types, in the order in which the kubelet creates their workers.
const (
	Startup ProbeType = iota
	Readiness
	Liveness
)

// ProbeTypes lists the probe types in their order.
var ProbeTypes = [...]ProbeType{Startup, Readiness, Liveness}

// String returns the type as the pod spec spells it, without "Probe": startup, readiness or liveness.
func (t ProbeType) String() string { return [...]string{"startup", "readiness", "liveness"}[t] }

// HandlerKind is how a probe asks.
type HandlerKind string

// The handlers.
const (
	Exec HandlerKind = "exec"
	HTTP HandlerKind = "http"
	TCP  HandlerKind = "tcp"
	GRPC HandlerKind = "grpc"
	// UnknownHandler is a handler of a newer API than ours.
	UnknownHandler HandlerKind = "unknown"
)

// Key identifies a probe.
type Key struct {
	Pod       UID
	Container string
	Type      ProbeType
}

// ProbeSpec is a probe as the pod spec holds it, after the API server's defaults. Specs are shared between
// the pods that have the same one.
type ProbeSpec struct {
	Handler HandlerKind
	// Command is the command of an exec probe, before expansion.
	Command []string
	// Scheme, Path and Headers belong to HTTP; Host to HTTP and TCP, empty for the pod IP.
	Scheme, Host, Path string
	Headers            []Header
	// Port is a number, or the name of a port of the same container.
	Port string
	// DigitName is set when Port is a name that is made of digits.
	DigitName bool
	// Protocol is the one that an HTTP probe (HTTP1, HTTP2) or a gRPC probe (Plaintext, TLS) asks for; empty for the
	// ordinary one.
	Protocol string
	// Service is the service name that a gRPC probe asks for.
	Service string

	InitialDelay, Timeout, Period time.Duration
	SuccessThreshold              int32
	FailureThreshold              int32
	// TerminationGracePeriod overrides the pod's for a kill by this probe; nil when it is not set.
	TerminationGracePeriod *time.Duration
}

// Header is an HTTP header of a probe.
type Header struct{ Name, Value string }

// Summary returns the line that kubectl describe (1.37) prints for the probe.
// It mirrors kubectl pkg/describe/describe.go, DescribeProbe.
func (p *ProbeSpec) Summary() string {
	return p.Target() + fmt.Sprintf(" delay=%ds timeout=%ds period=%ds successThreshold=%d failureThreshold=%d",
		seconds(p.InitialDelay), seconds(p.Timeout), seconds(p.Period), p.SuccessThreshold, p.FailureThreshold)
}

// Target returns what the probe asks, as the first words of Summary.
func (p *ProbeSpec) Target() string {
	switch p.Handler {
	case Exec:
		return fmt.Sprintf("exec %v", p.Command)
	case HTTP:
		u := url.URL{Scheme: p.Scheme, Host: p.Host, Path: p.Path}
		if p.Port != "" {
			u.Host = net.JoinHostPort(p.Host, p.Port)
		}
		return "http-get " + strings.ReplaceAll(u.String(), "%2A%2A%2A", "***") // where a secret was
	case TCP:
		return "tcp-socket " + p.Host + ":" + p.Port
	case GRPC:
		return "grpc <pod>:" + p.Port + " " + p.Service
	}
	return "unknown"
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// LongestRun is how long a run takes that counts.
func (p *ProbeSpec) LongestRun() time.Duration { return p.Timeout + Promptly }

// Pace is how long it takes at most from the beginning of one run to that of the next: a worker that is not done when a
// period is over begins again as soon as it is (the ticker of pkg/kubelet/prober/worker.go keeps one tick for it).
func (p *ProbeSpec) Pace() time.Duration { return max(p.Period, p.LongestRun()) }

// Overruns reports whether a run may take longer than a period, so that the next one begins off the beat.
func (p *ProbeSpec) Overruns() bool { return p.LongestRun() > p.Period }

// Named reports whether the probe sends a header of that name, whatever its case.
func (p *ProbeSpec) Named(header string) bool {
	for _, h := range p.Headers {
		if strings.EqualFold(h.Name, header) {
			return true
		}
	}
	return false
}

// Promptly is how long an immediate answer takes, such as a refused connection.
const Promptly = 300 * time.Millisecond
