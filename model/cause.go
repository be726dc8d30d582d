package model

import (
	"regexp"
	"strings"
)

// Cause is a failure's reason without what differs from run to run, so that failures can be compared and
// counted: REFUSED, TIMEOUT, STATUS(503) and so on. Empty when there is no failure.
type Cause string

// The causes that carry no detail of their own.
const (
	CauseRefused      Cause = "REFUSED"
	CauseNoRoute      Cause = "NOROUTE"
	CauseTimeout      Cause = "TIMEOUT_CONNECT"
	CauseHeaders      Cause = "TIMEOUT_HEADERS"
	CauseRPC          Cause = "TIMEOUT_RPC"
	CauseExecTimeout  Cause = "TIMEOUT_EXEC"
	CauseEOF          Cause = "EOF"
	CauseReset        Cause = "RESET"
	CausePlainServer  Cause = "TLS_MISMATCH_HTTP"
	CauseTLSServer    Cause = "TLS_MISMATCH_TLS"
	CauseTLS          Cause = "TLS"
	CauseRedirects    Cause = "REDIRECT_LOOP"
	CauseDNS          Cause = "DNS"
	CauseNoGRPCHealth Cause = "GRPC_UNIMPLEMENTED"
	CauseExit         Cause = "EXIT_NONZERO"
	CauseErrored      Cause = "ERRORED"
	CauseRedirected   Cause = "REDIRECTED"
	CauseOther        Cause = "OTHER"
)

var (
	statusCode  = regexp.MustCompile(`^HTTP probe failed with statuscode: (\d+)`)
	grpcServing = regexp.MustCompile(`^service unhealthy \(responded with "([A-Z_]+)"\)`)
	grpcCode    = regexp.MustCompile(`^error: health rpc probe failed: rpc error: code = (\w+)`)
)

// networkCauses are read in order: the first text that a message contains decides.
var networkCauses = [...]struct {
	text  string
	cause Cause
}{
	{"connection refused", CauseRefused},
	{"no route to host", CauseNoRoute},
	{"network is unreachable", CauseNoRoute},
	{"no such host", CauseDNS},
	{"stopped after 10 redirects", CauseRedirects},
	{"server gave HTTP response to HTTPS client", CausePlainServer},
	{"malformed HTTP response", CauseTLSServer},
	{"tls: ", CauseTLS},
	{"x509: ", CauseTLS},
	{"awaiting headers", CauseHeaders},
	{"health rpc did not complete", CauseRPC},
	{"i/o timeout", CauseTimeout},
	{"Client.Timeout", CauseTimeout},
	{"context deadline exceeded", CauseTimeout},
	{"TLS handshake timeout", CauseTimeout},
	{"connection reset by peer", CauseReset},
	{"EOF", CauseEOF},
}

// CauseOf returns the cause that a probe's text names. What an exec probe prints is its own business: only
// the kubelet's word for a timeout is read.
func CauseOf(handler HandlerKind, outcome Outcome, text string) Cause {
	switch outcome {
	case NoOutcome:
		return ""
	case Errored:
		return CauseErrored
	case Warned:
		return CauseRedirected
	}
	if handler == Exec {
		return execCause(text)
	}
	return networkCause(text)
}

// networkCause reads the texts of the other handlers.
func networkCause(text string) Cause {
	for _, m := range [...]struct {
		re   *regexp.Regexp
		name string
	}{{statusCode, "STATUS"}, {grpcServing, "GRPC_STATUS"}, {grpcCode, "GRPC_CODE"}} {
		if found := m.re.FindStringSubmatch(text); found != nil {
			return Cause(m.name + "(" + found[1] + ")")
		}
	}
	if strings.HasPrefix(text, "error: this server does not implement the grpc health protocol") {
		return CauseNoGRPCHealth
	}
	for _, m := range networkCauses {
		if strings.Contains(text, m.text) {
			return m.cause
		}
	}
	return CauseOther
}

// execCause knows the timeout texts of containerd ("command timed out: …", before 1.31 "command … timed out")
// and CRI-O ("command timed out").
func execCause(text string) Cause {
	if strings.HasPrefix(text, "command ") && strings.Contains(text, "timed out") {
		return CauseExecTimeout
	}
	return CauseExit
}
