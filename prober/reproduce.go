package prober

import (
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/probetop/probetop/model"
)

// Reproduce returns a command line that makes the same check by hand, safe to paste into a shell: for exec from
// anywhere, for the others from the node. It is empty for a probe that cannot be carried out. The flags are what leads
// kubectl to the cluster, such as --context and its value.
func (c *Check) Reproduce(flags ...string) string {
	if c.Target == "" {
		return ""
	}
	timeout := strconv.Itoa(int(c.Timeout.Seconds()))
	switch c.Handler {
	case model.Exec:
		words := slices.Concat([]string{"kubectl"}, flags, []string{"exec", "-n", c.namespace, c.pod, "-c", c.Probe.Container, "--"})
		return quoteAll(append(words, c.argv...))
	case model.HTTP:
		return quoteAll(c.request.curl(timeout))
	case model.TCP:
		// The address was joined from the two.
		host, port, _ := net.SplitHostPort(c.address)
		words := []string{"nc", "-z", "-v", "-w", timeout}
		if strings.HasPrefix(host, "-") {
			words = append(words, "--") // whoever wrote the probe chose the host
		}
		return quoteAll(append(words, host, port))
	case model.GRPC:
		return quoteAll(c.healthProbe())
	}
	return ""
}

// curl does not follow redirects: it would follow them to any host.
func (h *httpRequest) curl(timeout string) []string {
	words := []string{"curl", "-i", "-k", "-g", "--path-as-is", "--noproxy", "*", "--max-time", timeout}
	if h.h2c {
		words = append(words, "--http2-prior-knowledge")
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
			words = append(words, "-H", curlHeader(name, value))
		}
	}
	if _, set := h.headers["Accept"]; !set {
		words = append(words, "-H", "Accept:")
	}
	return append(words, h.url)
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
