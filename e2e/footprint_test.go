//go:build soak

package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// footprint is what a program holds.
type footprint struct {
	goroutines int
	memory     int // resident, in MiB
}

// footprints are those of the programs that a probe from here goes through, by their names.
type footprints map[string]footprint

// measure looks at this process, the API server and the kubelet of a node.
func measure(t *testing.T, node string) footprints {
	t.Helper()
	f := footprints{"this process": {goroutines: runtime.NumGoroutine()}}
	for name, path := range map[string]string{"API server": "/metrics", "kubelet": "/api/v1/nodes/" + node + "/proxy/metrics"} {
		text, err := shared.client.CoreV1().RESTClient().Get().AbsPath(path).DoRaw(t.Context())
		if err != nil {
			t.Fatalf("reading the metrics of the %s: %v", name, err)
		}
		f[name] = footprint{int(metric(text, "go_goroutines")), int(metric(text, "process_resident_memory_bytes") / (1 << 20))}
	}
	return f
}

// metric returns the value of a metric without labels; zero when there is none.
func metric(text []byte, name string) float64 {
	for line := range bytes.Lines(text) {
		if value, ok := bytes.CutPrefix(line, []byte(name+" ")); ok {
			n, _ := strconv.ParseFloat(strings.TrimSpace(string(value)), 64)
			return n
		}
	}
	return 0
}

// grown reports, as an error, what holds a quarter more than before and some slack: what others do at the same time.
func (f footprints) grown(before footprints) error {
	const goroutines, memory = 40, 64
	var grown []error
	for name, now := range f {
		was := before[name]
		if now.goroutines > was.goroutines*5/4+goroutines {
			grown = append(grown, fmt.Errorf("the goroutines of the %s are %d, and were %d", name, now.goroutines, was.goroutines))
		}
		if now.memory > was.memory*5/4+memory {
			grown = append(grown, fmt.Errorf("the memory of the %s is %d MiB, and was %d", name, now.memory, was.memory))
		}
	}
	return errors.Join(grown...)
}

// processors returns how long the processors of this machine have been idle, and all their time, in ticks.
func processors() (idle, all int64) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	for i, field := range strings.Fields(first) {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil || i > 8 { // guests are counted among the others
			continue
		}
		all += n
		if i == 4 || i == 5 { // idle, and waiting for a disk
			idle += n
		}
	}
	return idle, all
}
