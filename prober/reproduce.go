package prober

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording/mask"
)

// Reproduce returns a command line that makes the same check by hand, safe to paste into a shell: for exec from
// anywhere, for the others from the node. It is empty for a probe that cannot be carried out. The flags are what leads
// kubectl to the cluster, such as --context and its value. It has the probe's secrets in it. The error says why there is no such
// line for a probe that can be carried out.
func (c *Check) Reproduce(flags ...string) (string, error) {
	l, err := c.reproduce(mask.Show, flags)
	if err != nil {
		return "", err
	}
	return l.line()
}

// reproduce returns that command line, in which variables stand in the place of the secrets that the policy hides.
func (c *Check) reproduce(policy mask.Policy, flags []string) (*paste, error) {
	l := &paste{policy: policy}
	if c.Target == "" {
		return l, nil
	}
	timeout := strconv.Itoa(int(c.Timeout.Seconds()))
	switch c.Handler {
	case model.Exec:
		l.add(slices.Concat([]string{"kubectl"}, flags, []string{"exec", "-n", c.namespace, c.pod, "-c", c.Probe.Container, "--"})...)
		l.add(c.argv...)
	case model.HTTP:
		c.request.curl(l, timeout)
	case model.TCP:
		host, port, err := net.SplitHostPort(c.address)
		if err != nil {
			return nil, fmt.Errorf("no command line asks %q: it is no host with a port. Write the probe's host as a name, or as an IP without brackets", c.address)
		}
		words := []string{"nc", "-z", "-v", "-w", timeout}
		if strings.HasPrefix(host, "-") {
			words = append(words, "--") // the author of the probe chose the host
		}
		l.add(append(words, host, port)...)
	case model.GRPC:
		l.add(c.healthProbe()...)
	}
	return l, nil
}

// line returns the line; empty when there are no words.
func (l *paste) line() (string, error) {
	if len(l.words) == 0 {
		return "", nil
	}
	line := model.ShellLineOf(l.words)
	if line == "" {
		return "", errors.New("no command line has a NUL in it, and this probe does: take it out")
	}
	return line, nil
}

// curl does not follow redirects: it would follow them to any host.
func (h *httpRequest) curl(l *paste, timeout string) {
	l.add("curl", "-i", "-k", "-g", "--path-as-is", "--noproxy", "*", "--max-time", timeout)
	if h.h2c {
		l.add("--http2-prior-knowledge")
	}
	for _, name := range slices.Sorted(maps.Keys(h.headers)) {
		values := h.headers[name]
		if name == "Host" || name == "User-Agent" {
			values = values[:1] // net/http sends no more of these
		}
		if name == "Host" && values[0] == "" {
			continue // net/http sends the one of the URL then, and so does curl
		}
		for _, value := range values {
			l.header(name, value)
		}
	}
	if _, set := h.headers["Accept"]; !set {
		l.add("-H", "Accept:")
	}
	l.add(h.url)
}

// curlHeader writes a header for curl, to which one without a value means that it is left out. So it is by net/http for
// the user agent.
func curlHeader(name, value string) string {
	switch {
	case value != "":
		return name + ": " + value
	case name == "User-Agent":
		return name + ":"
	}
	return name + ";"
}

// healthProbe asks as the kubelet does. grpcurl would want the server to have reflection, which few have.
func (c *Check) healthProbe() []string {
	timeout := c.Timeout.String()
	words := []string{"grpc_health_probe", "-addr", c.address, "-connect-timeout", timeout, "-rpc-timeout", timeout, "-user-agent", c.node.userAgent()}
	if c.secure {
		words = append(words, "-tls", "-tls-no-verify")
	}
	if c.service != "" {
		words = append(words, "-service", c.service)
	}
	return words
}
