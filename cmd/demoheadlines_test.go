package cmd_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording/mask"
	"github.com/probetop/probetop/watch"
)

// boilerplate are words of kubelets and runtimes that a headline must not repeat.
var boilerplate = regexp.MustCompile(`(?i)back-off |restarting failed container|pod=|rpc error|desc =|combined from similar events|` +
	`[0-9a-f]{64}|dial tcp|Get "?http|net/http:|\(Client\.Timeout|context deadline exceeded|OCI runtime|runc create|MountVolume`)

// TestHeadlinesOfTheDemo looks at every pod of the demo's recording every five seconds: something is said of each that needs
// attention, nothing of one that has been well for a while, and no headline repeats boilerplate.
func TestHeadlinesOfTheDemo(t *testing.T) {
	tape, err := watch.OpenTape("demo/incident.zst", mask.Hide)
	if err != nil {
		t.Fatal(err)
	}
	said, silent := 0, 0
	for at := tape.Start(); !at.After(tape.End()); at = at.Add(5 * time.Second) {
		for _, r := range tape.At(at).Rows {
			headline := r.Headline(at)
			switch {
			case headline == "" && r.Severity.Fault():
				t.Errorf("%v: %s is %s, and nothing is said of it", at, r.Pod.Name, r.Severity)
			case headline != "" && r.Severity == model.Healthy && r.Summary.Restarts == 0 && !traffic(r):
				t.Errorf("%v: %s is %s: %q", at, r.Pod.Name, r.Severity, headline)
			case boilerplate.MatchString(headline):
				t.Errorf("%v: the headline of %s repeats %q: %q", at, r.Pod.Name, boilerplate.FindString(headline), headline)
			case headline == "":
				silent++
			default:
				said++
			}
		}
	}
	if said < 100 || silent < 100 {
		t.Errorf("%d headlines and %d pods of which nothing is said, want 100 of each at least", said, silent)
	}
}

// traffic reports whether a pod that is well gets no traffic from a Service that selects it.
func traffic(r *model.Row) bool {
	for _, s := range r.Why() {
		if !s.OK {
			return true
		}
	}
	return false
}
