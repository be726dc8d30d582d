//go:build soak

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// soakLine is the part of a line of "probetop get -w -o jsonl" that the soak holds against the truth, and when it
// came. It holds until the next line about its pod.
type soakLine struct {
	At         time.Time `json:"-"`
	Name, UID  string
	Gone       bool
	Containers []struct {
		Name   string
		Probes []soakClaim
	}
	Restarts []soakRestart
}

// soakClaim is what a line says of one probe.
type soakClaim struct {
	Type, Summary, State, Certainty string
	Evidence                        []string
	Failures                        struct {
		Run, Threshold int
		Bound          string
	}
	Consequence struct {
		Kind             string
		Earliest, Latest time.Time
	}
}

// sure reports whether the claim must not be wrong.
func (c *soakClaim) sure() bool { return c.Certainty == "certain" || c.Certainty == "high" }

// soakRestart is a line of a pod's ledger.
type soakRestart struct {
	Container, Cause, Certainty, Text string
	At                                time.Time
	Count                             int32
}

// soakSpeaker is a probetop that runs while the soak does.
type soakSpeaker struct {
	mode  string
	lines []soakLine // owned by its reader, and of anybody who has waited for it
	done  sync.WaitGroup
	wrong error // what a line could not be decoded for
}

// newSoakSpeaker starts a probetop that tells of every change in a namespace. stop ends it and waits.
func newSoakSpeaker(t *testing.T, ns, mode string, flags ...string) (s *soakSpeaker, stop func()) {
	t.Helper()
	s = &soakSpeaker{mode: mode}
	cmd := exec.Command(binary(t), append([]string{"get", "-n", ns, "-w", "-o", "jsonl"}, flags...)...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+shared.kubeconfig)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatalf("starting probetop: %v", err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting probetop: %v", err)
	}
	s.done.Go(func() {
		lines := bufio.NewScanner(stdout)
		lines.Buffer(nil, 4<<20)
		for lines.Scan() {
			line := soakLine{At: time.Now()}
			if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
				s.wrong = err
			}
			s.lines = append(s.lines, line)
		}
	})
	return s, sync.OnceFunc(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		s.done.Wait()
		if err := cmd.Wait(); err != nil {
			t.Logf("%s: probetop ended with %v: %s", mode, err, stderr.Bytes())
		}
	})
}
