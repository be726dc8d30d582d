package model_test

import (
	"strings"
	"testing"

	. "github.com/probetop/probetop/model"
)

// TestCausesOfRealTexts has what Go, grpc-go, Windows and the runtimes write, as kubelets from 1.19 to 1.38 pass it on.
func TestCausesOfRealTexts(t *testing.T) {
	const get, old, dial = `Get "http://10.0.0.5:8080/healthz": `, `Get http://10.0.0.5:8080/healthz: `, "dial tcp 10.0.0.5:8080: "
	const at138 = `error: failed to connect service at "10.0.0.5:9090": `
	const rpc = "error: health rpc probe failed: rpc error: code = "
	const party = "A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond."
	for _, group := range []struct {
		want    Cause
		handler HandlerKind
		texts   []string
	}{
		{CauseRefused, HTTP, []string{
			get + dial + "connect: connection refused",
			old + dial + "connect: connection refused",
			`Get "http://[fd00::5]:8080/healthz": dial tcp [fd00::5]:8080: connect: connection refused`,
			get + dial + "connectex: No connection could be made because the target machine actively refused it.",
			`Get "https://10.0.0.5:8443/EOF?q=no+such+host": dial tcp 10.0.0.5:8443: connect: connection refused`,
		}},
		{CauseRefused, TCP, []string{
			dial + "connect: connection refused",
			dial + "connectex: No connection could be made because the target machine actively refused it.",
		}},
		{CauseRefused, GRPC, []string{
			at138 + `connection error: desc = "transport: Error while dialing: dial tcp 10.0.0.5:9090: connect: connection refused"`,
			at138 + `last connection error: connection error: desc = "transport: Error while dialing: dial tcp 10.0.0.5:9090: connect: connection refused"`,
			rpc + `Unavailable desc = connection error: desc = "transport: Error while dialing dial tcp 10.0.0.5:9090: connect: connection refused"`,
		}},
		{CauseNoRoute, HTTP, []string{
			get + dial + "connect: no route to host",
			get + dial + "connect: network is unreachable",
			get + dial + "connect: host is down",
			get + dial + "connect: network is down",
			get + dial + "connect: invalid argument",
			get + dial + "connectex: A socket operation was attempted to an unreachable host.",
			get + dial + "connectex: A socket operation was attempted to an unreachable network.",
			get + "dial tcp [fd00::5]:8080: socket: address family not supported by protocol",
			`Get "http://[::1]:80/": dial tcp4: address ::1: no suitable address found`,
		}},
		{CauseNoRoute, GRPC, []string{at138 + `connection error: desc = "transport: Error while dialing: dial tcp 10.0.0.5:9090: connect: no route to host"`}},
		{CauseTimeout, HTTP, []string{
			get + dial + "connect: connection timed out",
			get + dial + "i/o timeout",
			get + dial + "i/o timeout (Client.Timeout exceeded while awaiting headers)",
			get + "net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
			old + "net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
			get + "net/http: request canceled while waiting for connection",
			get + dial + "connectex: " + party,
			get + dial + "connect: operation timed out",
		}},
		{CauseTimeout, TCP, []string{dial + "i/o timeout", dial + "connect: connection timed out", dial + "connectex: " + party}},
		{CauseTimeout, GRPC, []string{
			`timeout: failed to connect service "10.0.0.5:9090" within 1s: context deadline exceeded`,
			`timeout: failed to connect service "[fd00::5]:9090" within 1m0s: context deadline exceeded`,
			`timeout: failed to connect service "10.0.0.5:9090" within 1s`,
		}},
		{CauseTLSTimeout, HTTP, []string{`Get "https://10.0.0.5:8443/": net/http: TLS handshake timeout`}},
		{CauseHeaders, HTTP, []string{
			get + "net/http: request canceled (Client.Timeout exceeded while awaiting headers)",
			old + "net/http: request canceled (Client.Timeout exceeded while awaiting headers)",
			get + "net/http: timeout awaiting response headers",
			get + "http2: timeout awaiting response headers",
			get + "read tcp 10.0.0.1:4001->10.0.0.5:8080: i/o timeout",
			get + "read tcp 10.0.0.1:4001->10.0.0.5:8080: read: connection timed out",
			get + "read tcp 10.0.0.1:4001->10.0.0.5:8080: wsarecv: " + party,
		}},
		{CauseUnanswered, HTTP, []string{
			get + "context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
			get + "context deadline exceeded",
			`Get "https://10.0.0.5:8443/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
		}},
		{CauseBody, HTTP, []string{
			"context deadline exceeded (Client.Timeout or context cancellation while reading body)",
			"net/http: request canceled (Client.Timeout exceeded while reading body)",
			"net/http: request canceled (Client.Timeout or context cancellation while reading body)",
		}},
		{CauseRPC, GRPC, []string{"timeout: health rpc did not complete within 1s", "timeout: health rpc did not complete within 2m0s"}},
		{CauseEOF, HTTP, []string{
			get + "EOF", old + "EOF", get + "unexpected EOF",
			get + "http: server closed idle connection",
			get + "net/http: HTTP/1.x transport connection broken: unexpected EOF",
			get + "read tcp 10.0.0.1:4001->10.0.0.5:8080: use of closed network connection",
		}},
		{CauseEOF, GRPC, []string{
			at138 + `connection error: desc = "error reading server preface: EOF"`,
			rpc + "Unavailable desc = error reading from server: EOF",
			rpc + `Unavailable desc = closing transport due to: connection error: desc = "error reading from server: EOF", received prior goaway: code: NO_ERROR`,
		}},
		{CauseReset, HTTP, []string{
			get + "read tcp 10.0.0.1:4001->10.0.0.5:8080: read: connection reset by peer",
			get + "write tcp 10.0.0.1:4001->10.0.0.5:8080: write: broken pipe",
			get + "read tcp 10.0.0.1:50578->10.0.0.5:8080: wsarecv: An existing connection was forcibly closed by the remote host.",
			get + "write tcp 10.0.0.1:50578->10.0.0.5:8080: wsasend: An established connection was aborted by the software in your host machine.",
			get + "read tcp 10.0.0.1:4001->10.0.0.5:8080: read: software caused connection abort",
			get + dial + "connect: connection reset by peer",
		}},
		{CauseReset, GRPC, []string{at138 + "write tcp 10.0.0.1:4001->10.0.0.5:9090: write: broken pipe", at138 + `connection error: desc = "error reading server preface: read tcp 10.0.0.1:4001->10.0.0.5:9090: read: connection reset by peer"`}},
		{CauseLocal, HTTP, []string{
			get + dial + "connect: cannot assign requested address",
			get + dial + "socket: too many open files",
			get + dial + "socket: too many open files in system",
			get + dial + "connect: no buffer space available",
			get + dial + "bind: address already in use",
			get + dial + "socket: cannot allocate memory",
			get + dial + "connect: resource temporarily unavailable",
			get + dial + "connectex: Only one usage of each socket address (protocol/network address/port) is normally permitted.",
			get + dial + "connectex: An operation on a socket could not be performed because the system lacked sufficient buffer space or because a queue was full.",
			get + dial + "connectex: The requested address is not valid in its context.",
		}},
		{CausePermission, HTTP, []string{
			get + dial + "connect: operation not permitted",
			get + dial + "connect: permission denied",
			get + dial + "connectex: An attempt was made to access a socket in a way forbidden by its access permissions.",
		}},
		{CauseDNS, HTTP, []string{
			`Get "http://db.shop.svc/": dial tcp: lookup db.shop.svc on 10.96.0.10:53: no such host`,
			`Get "http://db.shop.svc/": dial tcp: lookup db.shop.svc: no such host`,
			`Get "http://db.shop.svc/": dial tcp: lookup db.shop.svc on 10.96.0.10:53: server misbehaving`,
			`Get "http://db.shop.svc/": dial tcp: lookup db.shop.svc on 10.96.0.10:53: read udp 10.0.0.1:5->10.96.0.10:53: i/o timeout`,
			`Get "http://db.shop.svc/": dial tcp: lookup db.shop.svc on 10.96.0.10:53: read udp 10.0.0.1:5->10.96.0.10:53: read: connection refused`,
			`Get "http://db.shop.svc/": dial tcp: lookup db.shop.svc on 10.96.0.10:53: dial udp 10.96.0.10:53: i/o timeout (Client.Timeout exceeded while awaiting headers)`,
			`Get "http://db.shop.svc/": dial tcp: lookup db.shop.svc: Temporary failure in name resolution`,
			`Get "http://db.shop.svc/": dial tcp: lookup db.shop.svc: getaddrinfow: The requested name is valid, but no data of the requested type was found.`,
		}},
		{CauseDNS, TCP, []string{"dial tcp: lookup db on 10.96.0.10:53: no such host"}},
		{CausePlainServer, HTTP, []string{`Get "https://10.0.0.5:8080/": http: server gave HTTP response to HTTPS client`}},
		{CauseTLSServer, HTTP, []string{
			get + `net/http: HTTP/1.x transport connection broken: malformed HTTP response "\x15\x03\x01\x00\x02\x02\x16"`,
			get + `malformed HTTP response "\x15\x03\x03\x00\x02\x02P"`,
		}},
		{CauseTLS, HTTP, []string{
			get + "remote error: tls: handshake failure", get + "remote error: tls: bad certificate", get + "remote error: tls: certificate required",
			get + "tls: first record does not look like a TLS handshake", get + "tls: protocol version not supported",
			get + "x509: certificate signed by unknown authority",
		}},
		{CauseProtocol, HTTP, []string{
			get + `net/http: HTTP/1.x transport connection broken: malformed HTTP version "SSH-2.0-Go"`,
			get + `net/http: HTTP/1.x transport connection broken: malformed HTTP response "SSH-2.0-OpenSSH_9.2"`,
			get + `net/http: HTTP/1.x transport connection broken: malformed HTTP status code "2OO"`,
			get + `net/http: HTTP/1.x transport connection broken: malformed MIME header line: connection refused`,
			get + `net/http: HTTP/1.x transport connection broken: malformed HTTP response "\x00\x00\x18\x04\x00\x00\x00\x00\x00"`,
			get + `http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=PROTOCOL_ERROR, debug=""`,
			get + "stream error: stream ID 1; INTERNAL_ERROR; received from peer",
			get + "connection error: PROTOCOL_ERROR",
			get + "http2: failed reading the frame payload: http2: frame too large, note that the frame header looked like an HTTP/1.1 header",
			get + "net/http: server response headers exceeded 1048576 bytes; aborted",
			get + "net/http: too many 1xx informational responses",
			get + `failed to parse Location header "http://[": parse "http://[": missing ']' in host`,
		}},
		{CauseProtocol, GRPC, []string{
			at138 + `connection error: desc = "error reading server preface: http2: frame too large"`,
			at138 + `connection error: desc = "error reading server preface: http2: failed reading the frame payload: http2: frame too large, note that the frame header looked like an HTTP/1.1 header"`,
			rpc + `Unavailable desc = connection error: desc = "error reading server preface: http2: frame too large"`,
		}},
		{CauseRedirects, HTTP, []string{`Get "/a": stopped after 10 redirects`, `Get "http://10.0.0.5:8080/a": stopped after 10 redirects`}},
		{CauseInvalid, HTTP, []string{get + `net/http: invalid header field value for "X-Probe"`, get + `unsupported protocol scheme "ftp"`}},
		{CauseInvalid, TCP, []string{"dial tcp: address 10.0.0.5:99999: invalid port", "dial tcp: address fd00::5:80: too many colons in address"}},
		{CauseInvalid, GRPC, []string{`error: failed to create grpc client for "x": invalid target address`}},
		{CauseCanceled, HTTP, []string{get + "context canceled", get + "net/http: request canceled"}},
		{CauseNoGRPCHealth, GRPC, []string{"error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service grpc.health.v1.Health"}},
		{"GRPC_STATUS(SERVICE_UNKNOWN)", GRPC, []string{`service unhealthy (responded with "SERVICE_UNKNOWN")`}},
		{"GRPC_CODE(NotFound)", GRPC, []string{rpc + "NotFound desc = unknown service"}},
		{"GRPC_CODE(Unavailable)", GRPC, []string{
			rpc + "Unavailable desc = the database: connection refused",
			at138 + "the database: connection refused",
			rpc + "Unavailable desc = upstream connect error or disconnect/reset before headers. reset reason: connection failure",
		}},
		{"GRPC_CODE(Unknown)", GRPC, []string{rpc + "Unknown desc = unexpected HTTP status code received from server: 200 (OK)"}},
		{"STATUS(502)", HTTP, []string{"HTTP probe failed with statuscode: 502"}},
		{CauseExecTimeout, Exec, []string{
			`command timed out: "sleep 5" timed out after 1s`, `command "sleep 5" timed out`, "command timed out", "command timed out\n",
			"command \"/bin/sh -c a\nb\" timed out",
		}},
		{CauseExit, Exec, []string{
			"", "curl: (7) Failed to connect to localhost port 80: Connection refused", "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
			"command db-check timed out", "timeout: failed to connect service \"localhost:9090\" within 1s", "sh: 1: nc: not found", "OCI runtime exec failed",
		}},
	} {
		for _, text := range group.texts {
			if got := CauseOf(group.handler, Failed, text); got != group.want {
				t.Errorf("%s %q: got %s, want %s", group.handler, text, got, group.want)
			}
		}
	}
}

// TestCausesOfErrors has the texts of probes that could not be carried out, and what they name.
func TestCausesOfErrors(t *testing.T) {
	for _, c := range []struct {
		handler HandlerKind
		text    string
		want    Cause
	}{
		{Exec, "rpc error: code = DeadlineExceeded desc = failed to exec in container: timeout 1s exceeded: context deadline exceeded", CauseExecTimeout},
		{Exec, "rpc error: code = DeadlineExceeded desc = context deadline exceeded", CauseExecTimeout},
		{Exec, "rpc error: code = Unknown desc = operation timeout: context deadline exceeded", CauseExecTimeout},
		{Exec, "rpc error: code = Unknown desc = command error: command timed out, stdout: , stderr: , exit code -1", CauseExecTimeout},
		{Exec, `rpc error: code = Unknown desc = failed to exec in container: failed to start exec "0a": OCI runtime exec failed: exec failed: unable to start container process: exec: "foo": executable file not found in $PATH: unknown`, CauseErrored},
		{Exec, "rpc error: code = Unknown desc = failed to exec in container: container is in CONTAINER_EXITED state", CauseErrored},
		{Exec, "rpc error: code = Unknown desc = container not running (0a)", CauseErrored},
		{Exec, "rpc error: code = NotFound desc = could not find container \"0a\": container with ID starting with 0a not found: ID does not exist", CauseErrored},
		{Exec, `rpc error: code = Unknown desc = failed to exec in container: failed to start exec "0a": OCI runtime exec failed: exec failed: unable to start container process: fork/exec /proc/self/exe: resource temporarily unavailable: unknown`, CauseLocal},
		{Exec, `rpc error: code = Unknown desc = failed to exec in container: failed to start exec "0a": OCI runtime exec failed: exec failed: unable to start container process: exec: "/check.sh": permission denied: unknown`, CauseErrored},
		{Exec, "rpc error: code = Canceled desc = context canceled", CauseCanceled},
		{HTTP, "context deadline exceeded (Client.Timeout or context cancellation while reading body)", CauseBody},
		{HTTP, "unexpected EOF", CauseEOF},
		{HTTP, `port "http" not found`, CauseErrored},
		{TCP, `strconv.Atoi: parsing "http": invalid syntax`, CauseErrored},
	} {
		if got := ErrorCause(c.handler, c.text); got != c.want {
			t.Errorf("%s %q: got %s, want %s", c.handler, c.text, got, c.want)
		}
		if got := CauseOf(c.handler, Errored, c.text); got != CauseErrored {
			t.Errorf("%s %q: got %s as a cause", c.handler, c.text, got)
		}
	}
}

// TestHealthRPCProvesAConnectionUpTo137 goes by the version of the kubelet that words the failure.
func TestHealthRPCProvesAConnectionUpTo137(t *testing.T) {
	for version, want := range map[string]Cause{"v1.24.9": CauseRPC, "v1.37.2": CauseRPC, "v1.38.0-beta.0": CauseUnanswered, "v1.39.1": CauseUnanswered, "": CauseUnanswered} {
		if got := ParseVersion(version).CauseOf(GRPC, Failed, "timeout: health rpc did not complete within 1s"); got != want {
			t.Errorf("%q: got %s, want %s", version, got, want)
		}
		p := web(with(Liveness, probe(by(GRPC))))
		w := newWorld(t).hears(&Node{Name: "n1", Ready: True, KubeletVersion: version}, p)
		w.hears(NewEvent(Event{
			UID: "e1", Namespace: p.Namespace, Name: "web.1", Pod: p.UID, Container: "web", Reason: ReasonUnhealthy,
			Message: "Liveness probe failed: timeout: health rpc did not complete within 1s", Count: 1, First: at(60), Last: at(60),
		}))
		if got := w.row(t, p.UID).Probes[0].Cause(); got != want {
			t.Errorf("%q: the probe failed of %s, want %s", version, got, want)
		}
	}
}

func TestCauseWords(t *testing.T) {
	for cause, want := range map[Cause]string{
		CauseRefused: "connection refused", CauseNoRoute: "no route", CauseTimeout: "no connection in time", CauseHeaders: "no answer in time",
		CauseReset: "connection reset", CauseEOF: "closed without an answer", CauseDNS: "name does not resolve", CauseExit: "exit code not 0",
		"STATUS(503)": "HTTP 503", "GRPC_STATUS(NOT_SERVING)": "NOT_SERVING", "GRPC_CODE(NotFound)": "gRPC NotFound", "": "",
	} {
		if got := cause.Words(); got != want {
			t.Errorf("%s: got %q, want %q", cause, got, want)
		}
	}
	for _, cause := range []Cause{
		CauseTLSTimeout, CauseUnanswered, CauseBody, CauseRPC, CauseExecTimeout, CauseLocal, CausePermission, CausePlainServer, CauseTLSServer,
		CauseTLS, CauseProtocol, CauseRedirects, CauseNoGRPCHealth, CauseInvalid, CauseCanceled, CauseErrored, CauseRedirected, CauseOther,
	} {
		if words := cause.Words(); words == string(cause) || strings.ToLower(words) == words && strings.Contains(words, "_") {
			t.Errorf("%s has no words: %q", cause, words)
		}
	}
}
