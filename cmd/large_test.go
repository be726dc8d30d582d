package cmd_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/probetop/probetop/simcluster"
)

// TestTooLargeToRead: a server whose answers are larger than what is read keeps a command no longer than any other that fails, and is named.
func TestTooLargeToRead(t *testing.T) {
	of := func(verb string, do simcluster.Action) simcluster.Fault {
		return simcluster.Fault{Resource: "pods", Verb: verb, Do: do}
	}
	// The first request asks for one pod, so that what is wrong is said before anything is drawn.
	later := func(do simcluster.Action) []simcluster.Fault {
		list := of("list", do)
		list.Skip = 1
		return []simcluster.Fault{of("watch", do), list}
	}
	// Which of the two is read last, the watch or the list, and whether it has been weighed by then, is a matter of time: that get
	// ends in time is shown where nothing is weighed (TestOneLookEnds).
	for name, tt := range map[string]struct {
		faults   []simcluster.Fault
		code     int
		out, err string
	}{
		"events without end":        {[]simcluster.Fault{of("watch", simcluster.Flood())}, 0, "web-0", ""},
		"events of empty objects":   {[]simcluster.Fault{of("watch", simcluster.Crowd())}, 0, "web-0", ""},
		"all that follows unfolds":  {later(simcluster.Unfold()), 4, "", `did not come(: an .* is larger than \d+ MiB, and is not read)?\. Try again`},
		"all that follows is empty": {later(simcluster.Crowd()), 4, "", `did not come(: an? .* would take more than \d+ MiB of memory, and is not read)?\. Try again`},
		"lists that unfold":         {[]simcluster.Fault{of("list", simcluster.Unfold())}, 3, "", "an answer of the server is larger than 32 MiB, and is not read"},
		"lists of empty objects":    {[]simcluster.Fault{of("list", simcluster.Crowd())}, 3, "", "a list of the server would take more than 96 MiB of memory, and is not read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := restless(t, 700*time.Millisecond)
			for _, f := range tt.faults {
				c.Faults().Add(f)
			}
			file := filepath.Join(t.TempDir(), "config")
			if err := c.WriteKubeconfig(file); err != nil {
				t.Fatal(err)
			}
			args := []string{"get", "--kubeconfig", file}
			if tt.code == 0 {
				args = append(args, "--request-timeout", "60s")
			}
			got := run(t, t.Context(), args...)
			if got.code != tt.code || !strings.Contains(got.out, tt.out) || tt.out == "" && got.out != "" || !regexp.MustCompile(tt.err).MatchString(got.err) {
				t.Errorf("exit code %d with %q and %q, want %d with %q and %q", got.code, got.out, got.err, tt.code, tt.out, tt.err)
			}
		})
	}
}
