package fact

import (
	"regexp"
	"strings"
)

// Cause is a failure's reason without what differs from run to run, so that failures can be compared and
// counted: REFUSED, TIMEOUT, STATUS(503) and so on. Empty when there is no failure.
type Cause string

// The causes that carry no detail of their own.
const (
	CauseRefused Cause = "REFUSED"
	CauseNoRoute Cause = "NOROUTE"
	// CauseTimeout is that no connection was made in time. A kubelet before 1.38 words a gRPC connection that was
	// refused like this, too.
	CauseTimeout Cause = "TIMEOUT_CONNECT"
	// CauseTLSTimeout is a TLS handshake that did not end in time.
	CauseTLSTimeout Cause = "TIMEOUT_TLS"
	// CauseHeaders is a server that took the connection and did not answer in time.
	CauseHeaders Cause = "TIMEOUT_HEADERS"
	// CauseUnanswered is a text that admits both of CauseTimeout and CauseHeaders.
	CauseUnanswered Cause = "TIMEOUT"
	// CauseBody is an answer that began and did not end in time.
	CauseBody        Cause = "TIMEOUT_BODY"
	CauseRPC         Cause = "TIMEOUT_RPC"
	CauseExecTimeout Cause = "TIMEOUT_EXEC"
	CauseEOF         Cause = "EOF"
	CauseReset       Cause = "RESET"
	// CauseLocal is the node's own lack: of ports, files, buffers or memory. It says nothing of the container.
	CauseLocal Cause = "LOCAL_EXHAUSTED"
	// CausePermission is a connection that the node's kernel did not let the kubelet make, as a host firewall does.
	CausePermission   Cause = "PERMISSION"
	CausePlainServer  Cause = "TLS_MISMATCH_HTTP"
	CauseTLSServer    Cause = "TLS_MISMATCH_TLS"
	CauseTLS          Cause = "TLS"
	CauseProtocol     Cause = "PROTOCOL"
	CauseRedirects    Cause = "REDIRECT_LOOP"
	CauseDNS          Cause = "DNS"
	CauseNoGRPCHealth Cause = "GRPC_UNIMPLEMENTED"
	CauseExit         Cause = "EXIT_NONZERO"
	// CauseInvalid is a request that cannot be made: of a header, an address or a scheme that there cannot be.
	CauseInvalid Cause = "INVALID_REQUEST"
	// CauseCanceled is a probe that its kubelet gave up before it was over.
	CauseCanceled   Cause = "CANCELED"
	CauseErrored    Cause = "ERRORED"
	CauseRedirected Cause = "REDIRECTED"
	CauseOther      Cause = "OTHER"
)

var (
	statusCode  = regexp.MustCompile(`^HTTP probe failed with statuscode: (\d+)`)
	grpcServing = regexp.MustCompile(`^service unhealthy \(responded with "([A-Z_]+)"\)`)
	grpcCode    = regexp.MustCompile(`^error: health rpc probe failed: rpc error: code = (\w+)(?: desc = )?`)
	// grpcConnect begins every answer Unavailable that a kubelet gets from 1.38 on, the server's own among them.
	grpcConnect = regexp.MustCompile(`^error: failed to connect service at "[^"]*": `)
	// request is what net/http puts before an error; kubelets before 1.20 do not quote the URL.
	request = regexp.MustCompile(`^[A-Z][a-z]+ (?:"[^"]*"|https?://\S+): `)
	// execTimeout is the word for a timeout of containerd (before 1.31 the second form), of dockershim and of CRI-O.
	execTimeout = regexp.MustCompile(`(?s)^command (?:timed out(?:: "|\s*$)|".*" timed out)`)
)

// networkCauses are read in order: the first text that a message contains decides. What quotes a server comes before what a
// server may say, what names a phase before what does not.
var networkCauses = [...]struct {
	text  string
	Cause Cause
}{
	{`malformed HTTP response "\x15\x03`, CauseTLSServer}, // a TLS alert
	{"malformed ", CauseProtocol},
	{"stopped after 10 redirects", CauseRedirects},
	{"server gave HTTP response to HTTPS client", CausePlainServer},
	{"while reading body", CauseBody},
	{": lookup ", CauseDNS},
	{"no such host", CauseDNS},
	{"No such host is known", CauseDNS},
	{"server misbehaving", CauseDNS},
	{"emporary failure in name resolution", CauseDNS},
	{"getaddrinfow", CauseDNS},
	{"name resolver error", CauseDNS},
	{"error reading server preface: http2", CauseProtocol},
	{"connection refused", CauseRefused},
	{"actively refused", CauseRefused},
	{"no route to host", CauseNoRoute},
	{"network is unreachable", CauseNoRoute},
	{"host is unreachable", CauseNoRoute},
	{"host is down", CauseNoRoute},
	{"network is down", CauseNoRoute},
	{"unreachable host", CauseNoRoute},
	{"unreachable network", CauseNoRoute},
	{"connect: invalid argument", CauseNoRoute},
	{"no suitable address found", CauseNoRoute},
	{"address family not supported", CauseNoRoute},
	{"cannot assign requested address", CauseLocal},
	{"requested address is not valid in its context", CauseLocal},
	{"address already in use", CauseLocal},
	{"Only one usage of each socket address", CauseLocal},
	{"too many open files", CauseLocal},
	{"no buffer space", CauseLocal},
	{"lacked sufficient buffer space", CauseLocal},
	{"cannot allocate memory", CauseLocal},
	{"resource temporarily unavailable", CauseLocal},
	{"operation not permitted", CausePermission},
	{"permission denied", CausePermission},
	{"forbidden by its access permissions", CausePermission},
	{"connection reset by peer", CauseReset},
	{"forcibly closed by the remote host", CauseReset},
	{"broken pipe", CauseReset},
	{"connection was aborted", CauseReset},
	{"caused connection abort", CauseReset},
	{"TLS handshake timeout", CauseTLSTimeout},
	{"timeout awaiting response headers", CauseHeaders},
	{"request canceled while waiting for connection", CauseTimeout},
	{"request canceled (Client.Timeout", CauseHeaders},
	{"health rpc did not complete", CauseRPC},
	{"error reading from server: EOF", CauseEOF},
	{"tls: ", CauseTLS},
	{"x509: ", CauseTLS},
	{"read: connection timed out", CauseHeaders},
	{"wsarecv: A connection attempt failed", CauseHeaders},
	{"connection timed out", CauseTimeout},
	{"did not properly respond after a period of time", CauseTimeout},
	{"operation timed out", CauseTimeout},
	{"http2: ", CauseProtocol},
	{"GOAWAY", CauseProtocol},
	{"stream error: ", CauseProtocol},
	{"connection error: PROTOCOL_ERROR", CauseProtocol},
	{"unexpected content", CauseProtocol},
	{"server response headers exceeded", CauseProtocol},
	{"1xx informational responses", CauseProtocol},
	{"unsupported transfer encoding", CauseProtocol},
	{"bad Content-Length", CauseProtocol},
	{"invalid Content-Length", CauseProtocol},
	{"failed to parse Location header", CauseProtocol},
	{"missing Location header", CauseProtocol},
	{"EOF", CauseEOF},
	{"server closed idle connection", CauseEOF},
	{"transport is closing", CauseEOF},
	{"use of closed network connection", CauseEOF},
	{"net/http: invalid ", CauseInvalid},
	{"invalid header field", CauseInvalid},
	{"unsupported protocol scheme", CauseInvalid},
	{"no Host in request URL", CauseInvalid},
	{"missing port in address", CauseInvalid},
	{"too many colons in address", CauseInvalid},
	{"missing ']' in address", CauseInvalid},
	{"invalid port", CauseInvalid},
	{"unknown port", CauseInvalid},
	{"Client.Timeout", CauseUnanswered},
	{"context deadline exceeded", CauseUnanswered},
	{"i/o timeout", CauseUnanswered},
	{"canceled", CauseCanceled},
}

// CauseOf returns the cause that a probe's text names, as kubelets before 1.38 word it. What an exec probe prints is its own
// business: only the runtime's word for a timeout is read.
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

// CauseOf returns the cause that the text of a probe names when a kubelet of the version words it.
func (v Version) CauseOf(handler HandlerKind, outcome Outcome, text string) Cause {
	return CauseOf(handler, outcome, text).inVersion(v)
}

// inVersion returns what a cause is worth in the words of a kubelet of the version: from 1.38 on, a health RPC that did not complete
// may never have been connected (pkg/probe/grpc/grpc.go).
func (c Cause) inVersion(v Version) Cause {
	if c == CauseRPC && !ProvesConnection(v) {
		return CauseUnanswered
	}
	return c
}

// ErrorCause returns what the text of a probe that could not be carried out names; CauseErrored when that is nothing known.
func ErrorCause(handler HandlerKind, text string) Cause {
	if handler == Exec {
		if strings.Contains(text, "DeadlineExceeded") || strings.Contains(text, "deadline exceeded") || strings.Contains(text, "timed out") {
			return CauseExecTimeout
		}
		if c := networkCause(text); c == CauseLocal || c == CauseCanceled {
			return c
		}
		return CauseErrored
	}
	if c := networkCause(text); c != CauseOther {
		return c
	}
	return CauseErrored
}

// networkCause reads the texts of the other handlers.
func networkCause(text string) Cause {
	for _, m := range [...]struct {
		re   *regexp.Regexp
		name string
	}{{statusCode, "STATUS"}, {grpcServing, "GRPC_STATUS"}} {
		if found := m.re.FindStringSubmatch(text); found != nil {
			return Cause(m.name + "(" + found[1] + ")")
		}
	}
	if found := grpcCode.FindStringSubmatch(text); found != nil {
		return codeCause(found[1], text[len(found[0]):])
	}
	if words := grpcConnect.FindString(text); words != "" {
		return codeCause("Unavailable", text[len(words):])
	}
	switch {
	case strings.HasPrefix(text, "error: this server does not implement the grpc health protocol"):
		return CauseNoGRPCHealth
	case strings.HasPrefix(text, "timeout: failed to connect service"):
		return CauseTimeout
	case strings.HasPrefix(text, "error: failed to create grpc client"):
		return CauseInvalid
	}
	return wordedCause(text[len(request.FindString(text)):])
}

// codeCause is that of an RPC that ended with a code. What grpc-go says of the connection under it, which is not the server's
// word, tells more.
func codeCause(code, desc string) Cause {
	if code == "Unavailable" {
		for _, own := range [...]string{
			"connection error: ", "last connection error: ", "closing transport due to: ", "error reading from server: ", "name resolver error: ",
			"transport: ", "read tcp ", "write tcp ",
		} {
			if !strings.HasPrefix(desc, own) {
				continue
			}
			if c := wordedCause(desc); c != CauseOther {
				return c
			}
		}
	}
	return Cause("GRPC_CODE(" + code + ")")
}

// wordedCause finds the first of networkCauses.
func wordedCause(text string) Cause {
	for _, m := range networkCauses {
		if !strings.Contains(text, m.text) {
			continue
		}
		if m.Cause != CauseUnanswered {
			return m.Cause
		}
		switch { // the operation tells the phase
		case strings.HasPrefix(text, "dial "), strings.Contains(text, ": dial "):
			return CauseTimeout
		case strings.HasPrefix(text, "read "), strings.Contains(text, ": read "):
			return CauseHeaders
		}
		return CauseUnanswered
	}
	return CauseOther
}

// execCause tells the runtime's word for a timeout from what a command prints.
func execCause(text string) Cause {
	if execTimeout.MatchString(text) {
		return CauseExecTimeout
	}
	return CauseExit
}

// SystemGaveUp reports whether it was the kubelet's operating system that said so of a connection, in its own time: Linux after
// its retries of a SYN, Windows after its own, and after one or two of a connection that is refused.
func SystemGaveUp(text string) bool {
	return strings.Contains(text, "connection timed out") || strings.Contains(text, "actively refused") ||
		strings.Contains(text, "did not properly respond after a period of time")
}

// ProvesConnection reports whether a health RPC that did not complete in time was sent over a connection: kubelets from 1.38 on
// say the same of one that was never made.
func ProvesConnection(v Version) bool { return v.Before(1, 38) }
