//go:build soak

package e2e

import (
	"fmt"
	"testing"
	"time"
)

// TestSoakReplaysWorkers holds what the soak takes for the truth against pkg/kubelet/prober/worker.go.
func TestSoakReplaysWorkers(t *testing.T) {
	second := time.Unix(0, 0).Add
	results := func(pairs ...[2]int) (all []soakResults) {
		for i, p := range pairs {
			at := time.Duration(i) * time.Second
			all = append(all, soakResults{second(at), second(at + soakLook), p[0], p[1]})
		}
		return all
	}
	ok, failed := [2]int{1, 0}, [2]int{0, 1}
	for name, c := range map[string]struct {
		kind    string
		results []soakResults
		want    string
	}{
		"a success ends a run":            {"liveness", results(failed, ok, failed), "[failed 1 ok failed 1]"},
		"a kill holds the worker":         {"liveness", results(failed, failed, failed), "[failed 1 failed 2, which is it failed 1]"},
		"an unready pod fails on":         {"readiness", results(failed, failed, failed), "[failed 1 failed 2, which is it failed 3]"},
		"two failures between two looks":  {"readiness", results([2]int{0, 2}, ok), "[failed 1 failed 2, which is it ok]"},
		"one of both, in whichever order": {"readiness", results([2]int{1, 1}, failed), "[? ? ?]"},
		"a success after it clears it up": {"readiness", results([2]int{1, 1}, ok, failed), "[? ? ok failed 1]"},
		"two successes are one more time": {"startup", results(failed, [2]int{2, 0}), "[failed 1 ok]"},
		"a probe that never had a result": {"startup", nil, "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := fmt.Sprint(soakPoints(c.results, c.kind, 2)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestSoakReadsCounters(t *testing.T) {
	const text = `# TYPE prober_probe_total counter
prober_probe_total{container="main",namespace="ours",pod="a",pod_uid="u1",probe_type="Liveness",result="failed"} 3
prober_probe_total{container="main",namespace="ours",pod="a",pod_uid="u1",probe_type="Liveness",result="successful"} 1.2e+01
prober_probe_total{container="main",namespace="theirs",pod="a",pod_uid="u2",probe_type="Startup",result="successful"} 1
prober_probe_duration_seconds_count{container="main",namespace="ours",pod="a",probe_type="Liveness"} 12
`
	got := parseCounters([]byte(text), "ours")
	if want := (countedProbe{"u1", "main", "liveness"}); len(got) != 1 || got[want] != [2]int{12, 3} {
		t.Errorf("got %v, want 12 successes and 3 failures of %v alone", got, want)
	}
}
