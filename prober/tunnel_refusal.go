package prober

import (
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"
	"syscall"
)

// said returns what a text of the error stream means for a connection to a pod. The texts are those of containerd
// and CRI-O, which quote Go's dialler and copier, and of socat, which cri-dockerd runs. A text that is not
// understood, or that tells of another address, is no answer.
func said(text string, pod *net.TCPAddr) error {
	none := &Broken{Err: fmt.Errorf("forwarding a connection: %s", text)}
	if speaksOfConnection(text) {
		return &net.OpError{Op: "read", Net: "tcp", Addr: pod, Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	}
	_, dialled, inGo := strings.Cut(text, "dial tcp")
	if !inGo && !strings.Contains(text, "E connect(") {
		return none
	}
	port := fmt.Sprintf(":%d", pod.Port)
	if !strings.Contains(text, "localhost"+port) && !strings.Contains(text, "127.0.0.1"+port) && !strings.Contains(text, pod.String()) {
		return none
	}
	for _, known := range [...]struct{ text, reason string }{
		{"connection refused", ReasonRefused},
		{"no route to host", ReasonNoRoute},
		{"network is unreachable", ReasonNoRoute},
		{"i/o timeout", ReasonTimeout},
		{"connection timed out", ReasonTimeout},
	} {
		if strings.Contains(dialled, known.text) || !inGo && strings.Contains(strings.ToLower(text), known.text) {
			return &Refusal{Reason: known.reason, Raw: text}
		}
	}
	return none
}

// speaksOfConnection reports whether a text tells of a connection that the container took and then reset.
func speaksOfConnection(text string) bool {
	// Compiled here because it is needed only when something has gone wrong.
	reset := regexp.MustCompile(`(read|write) tcp[46]? (127\.0\.0\.1|\[::1\]):\d+->(127\.0\.0\.1|\[::1\]):\d+: ` +
		`(read: connection reset by peer|write: connection reset by peer|write: broken pipe)`)
	return reset.MatchString(text)
}

// took reports whether the end of a connection tells that the container had taken it. A breakage may wrap the same
// error, of the connection to the API server.
func took(end error) bool {
	_, ok := end.(*net.OpError) //nolint:errorlint // See above.
	return ok
}
