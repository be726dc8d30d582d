package e2e

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// flightRecorder is a "probetop record" that runs.
type flightRecorder struct {
	file           string
	process        *os.Process
	stdout, stderr bytes.Buffer  // complete once done is closed
	code           int           // set once done is closed
	done           chan struct{} // closed when it has ended
}

// startRecorder records a namespace, at the latest until the test ends.
func startRecorder(t *testing.T, ns, file string) *flightRecorder {
	t.Helper()
	r := &flightRecorder{file: file, done: make(chan struct{})}
	cmd := exec.Command(binary(t), "record", file, "-n", ns)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+shared.kubeconfig)
	cmd.Stdout, cmd.Stderr = &r.stdout, &r.stderr
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting probetop record: %v", err)
	}
	r.process = cmd.Process
	go func() {
		defer close(r.done)
		_ = cmd.Wait() // the exit code says it
		r.code = cmd.ProcessState.ExitCode()
	}()
	t.Cleanup(func() { r.signal(t, os.Kill) })
	return r
}

// newRecording is a file for a recording, removed with the test.
func newRecording(t *testing.T) string {
	return filepath.Join(t.TempDir(), "incident.zst")
}

// signal ends the recorder, if it still runs, and waits until it has ended.
func (r *flightRecorder) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := r.process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("ending probetop record: %v", err)
	}
	r.ended(t, patience)
}

// ended waits until the recorder has ended, and returns what it left behind.
func (r *flightRecorder) ended(t *testing.T, timeout time.Duration) result {
	t.Helper()
	select {
	case <-r.done:
		return result{stdout: r.stdout.String(), stderr: r.stderr.String(), code: r.code}
	case <-time.After(timeout):
		t.Fatalf("probetop record still runs after %s", timeout)
		return result{}
	}
}

// hears waits until the recorder listens: the file holds the end of each list.
func (r *flightRecorder) hears(t *testing.T) {
	t.Helper()
	eventually(t, patience, func() error {
		ends := map[string]bool{}
		for _, e := range readEntries(r.file) {
			if e.List == "end" {
				ends[e.Resource] = true
			}
		}
		if len(ends) < 5 {
			return errors.New("the recording does not hold all lists")
		}
		return nil
	})
}

// reaches waits until the recording holds something that is newer.
func (r *flightRecorder) reaches(t *testing.T, at time.Time) {
	t.Helper()
	eventually(t, patience, func() error {
		entries := readEntries(r.file)
		if n := len(entries); n == 0 || !entries[n-1].At.After(at) {
			return errors.New("the recording has not come as far as " + at.Format(time.RFC3339Nano))
		}
		return nil
	})
}
