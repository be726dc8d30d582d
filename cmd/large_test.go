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
	const limit, slack = 10 * time.Second, 2 * time.Second
	of := func(verb string, do simcluster.Action) simcluster.Fault {
		return simcluster.Fault{Resource: "pods", Verb: verb, Do: do}
	}
	// The first request asks for one pod, so that what is wrong is said before anything is drawn.
	later := func(do simcluster.Action) []simcluster.Fault {
		list := of("list", do)
		list.Skip = 1
		return []simcluster.Fault{of("watch", do), list}
	}
	// Which of the two is read last, the watch or the list, is a matter of time.
	for name, tt := range map[string]struct {
		faults   []simcluster.Fault
		code     int
		out, err string
	}{
		"events without end":        {[]simcluster.Fault{of("watch", simcluster.Flood())}, 0, "web-0", ""},
		"events of empty objects":   {[]simcluster.Fault{of("watch", simcluster.Crowd())}, 0, "web-0", ""},
		"all that follows unfolds":  {later(simcluster.Unfold()), 4, "", `did not come: an (answer of the server is larger than 32|event of a watch of the server is larger than 8) MiB, and is not read\. Try again`},
		"all that follows is empty": {later(simcluster.Crowd()), 4, "", `did not come: an? (list of the server would take more than 96|object of the server would take more than 24) MiB of memory, and is not read\. Try again`},
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
			began := time.Now()
			got := run(t, t.Context(), "get", "--kubeconfig", file)
			if took := time.Since(began); took > limit+slack {
				t.Errorf("took %v", took)
			}
			if got.code != tt.code || !strings.Contains(got.out, tt.out) || tt.out == "" && got.out != "" || !regexp.MustCompile(tt.err).MatchString(got.err) {
				t.Errorf("exit code %d with %q and %q, want %d with %q and %q", got.code, got.out, got.err, tt.code, tt.out, tt.err)
			}
		})
	}
}
