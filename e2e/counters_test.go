package e2e

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
)

// countedProbe names a probe of a pod; kind is the report's word.
type countedProbe struct{ uid, container, kind string }

// readCounters returns how often each probe in a namespace has succeeded and failed, as the kubelet of a node counts.
func readCounters(ctx context.Context, node, ns string) (map[countedProbe][2]int, error) {
	text, err := shared.client.CoreV1().RESTClient().Get().AbsPath("/api/v1/nodes/" + node + "/proxy/metrics/probes").DoRaw(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the counters of node %s: %w", node, err)
	}
	return parseCounters(text, ns), nil
}

// parseCounters reads the lines of prober_probe_total that are about a namespace.
func parseCounters(text []byte, ns string) map[countedProbe][2]int {
	sums := map[countedProbe][2]int{}
	for line := range bytes.Lines(text) {
		rest, ok := bytes.CutPrefix(line, []byte("prober_probe_total{"))
		if !ok {
			continue
		}
		labels, value, _ := strings.Cut(string(rest), "} ")
		named := map[string]string{}
		for label := range strings.SplitSeq(labels, ",") {
			name, quoted, _ := strings.Cut(label, "=")
			named[name] = strings.Trim(quoted, `"`)
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if named["namespace"] != ns || err != nil {
			continue
		}
		p := countedProbe{named["pod_uid"], named["container"], strings.ToLower(named["probe_type"])}
		sum := sums[p]
		switch named["result"] {
		case "successful":
			sum[0] = int(n)
		case "failed":
			sum[1] = int(n)
		}
		sums[p] = sum
	}
	return sums
}
