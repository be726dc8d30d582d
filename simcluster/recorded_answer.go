package simcluster

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
)

// manner is how a server takes a connection; the zero value is that it answers.
type manner uint8

const (
	// refuses is a port on which nothing listens.
	refuses manner = iota + 1
	// cutOff is a server that the network does not lead to.
	cutOff
	// stalls is a server that takes the request and says nothing.
	stalls
	// hangsUp is a server that ends the connection instead of an answer.
	hangsUp
	// mismatched is a server that speaks HTTP where HTTPS is asked, or the other way round.
	mismatched
)

// conduct is how the server of a probe behaves, or its command; the zero value is a healthy one.
type conduct struct {
	manner manner
	// status and location are an HTTP server's; status is 200 when zero.
	status   int
	location string
	// code is a gRPC server's error, and health what it says without one; SERVING when zero.
	code   codes.Code
	health grpc_health_v1.HealthCheckResponse_ServingStatus
	// output and exit are a command's; unstarted is why it cannot be started.
	output    string
	exit      int
	unstarted error
}

// read returns how the server of a probe behaved when the kubelet said so of it.
func (p *recordedProbe) read(said remark) conduct {
	switch {
	case p.spec.Exec != nil:
		return readCommand(said)
	case p.spec.GRPC != nil:
		return readGRPC(said.text)
	case p.spec.HTTPGet != nil && said.outcome == "warning":
		return conduct{status: http.StatusFound, location: linked(said.text)}
	}
	if _, number, ok := strings.Cut(said.text, "statuscode: "); ok {
		if status, err := strconv.Atoi(strings.TrimSpace(number)); err == nil && status >= 100 && status < 1000 {
			return conduct{status: status}
		}
	}
	return conduct{manner: readManner(said.text)}
}

// readManner reads what Go's network libraries say.
func readManner(text string) manner {
	says := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(text, w) {
				return true
			}
		}
		return false
	}
	switch {
	case says("connection refused"):
		return refuses
	case says("no route to host", "host is unreachable", "network is unreachable"):
		return cutOff
	case says("HTTP response to HTTPS client", "malformed HTTP response"):
		return mismatched
	case says("deadline exceeded", "timeout", "timed out"):
		return stalls
	}
	return hangsUp
}

// linked returns where a redirect leads that the kubelet did not follow: its body is in the text, when it is Go's.
func linked(text string) string {
	_, rest, _ := strings.Cut(text, `<a href="`)
	location, _, ok := strings.Cut(rest, `"`)
	if !ok {
		return "http://elsewhere.invalid/"
	}
	return location
}

// readCommand reads what the kubelet says of an exec probe.
func readCommand(said remark) conduct {
	switch {
	case timedOut(strings.TrimSpace(said.text)):
		return conduct{manner: stalls}
	case said.outcome == "errored":
		_, cause, ok := strings.Cut(said.text, " desc = ")
		if !ok {
			cause = said.text
		}
		return conduct{unstarted: errors.New(cause)}
	}
	return conduct{output: said.text, exit: 1}
}

// timedOut reports whether that is said of a command that took too long: by CRI-O, by containerd since kubelet 1.31, and
// before.
func timedOut(text string) bool {
	return text == "command timed out" || strings.HasPrefix(text, `command timed out: "`) ||
		strings.HasPrefix(text, `command "`) && strings.Contains(text, `" timed out`)
}

// readGRPC reads what pkg/probe/grpc/grpc.go of the kubelet says.
func readGRPC(text string) conduct {
	if _, rest, ok := strings.Cut(text, "responded with "); ok {
		for number, name := range grpc_health_v1.HealthCheckResponse_ServingStatus_name {
			if strings.Contains(rest, `"`+name+`"`) {
				return conduct{health: grpc_health_v1.HealthCheckResponse_ServingStatus(number)}
			}
		}
	}
	if _, rest, ok := strings.Cut(text, "rpc error: code = "); ok {
		name, _, _ := strings.Cut(rest, " ")
		for c := codes.Canceled; c <= codes.Unauthenticated; c++ {
			if c.String() == name {
				return conduct{code: c}
			}
		}
	}
	switch {
	case strings.Contains(text, "failed to connect"):
		return conduct{manner: refuses}
	case strings.Contains(text, "does not implement"):
		return conduct{code: codes.Unimplemented}
	}
	return conduct{manner: readManner(text)}
}
