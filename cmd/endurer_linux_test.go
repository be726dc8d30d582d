package cmd_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// profilesDir is a folder that the processes' profiles are left in, after the warm-up and at the end.
const profilesDir = "ENDURE_PROFILES"

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte // guarded by mu
}

// Write implements io.Writer.
func (k *tail) Write(b []byte) (int, error) {
	const most = 256 << 10
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept = append(k.kept, b...)
	if n := len(k.kept); n > 2*most {
		k.kept = bytes.Clone(k.kept[n-most:])
	}
	return len(b), nil
}

func (k *tail) text() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return string(k.kept)
}

// forget throws away what was written so far.
func (k *tail) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept = nil
}

// endurer is a process that has to endure.
type endurer struct {
	*proc
	name   string
	dir    string         // of its vitals
	last   *tail          // of what it says
	signal syscall.Signal // that ends it

	mu      sync.Mutex
	samples []sample // guarded by mu
}

// newEndurer makes an endurer of a process that has not begun.
func newEndurer(t *testing.T, name string, p *proc, signal syscall.Signal) *endurer {
	t.Helper()
	e := &endurer{proc: p, name: name, dir: t.TempDir(), last: &tail{}, signal: signal}
	if keep := os.Getenv(profilesDir); keep != "" {
		e.dir = filepath.Join(keep, strings.Fields(name)[0])
		if err := os.MkdirAll(e.dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	e.Env = append(e.Env, vitalsDir+"="+e.dir)
	t.Cleanup(e.keep)
	return e
}

// look takes a sample.
func (e *endurer) look(quiet bool) {
	s, err := newSample(e.Process.Pid, e.dir)
	if err != nil {
		select {
		case <-e.end:
			return // which is told elsewhere
		default:
			e.t.Errorf("%s: %v", e.name, err)
			return
		}
	}
	s.quiet = quiet
	e.mu.Lock()
	defer e.mu.Unlock()
	e.samples = append(e.samples, s)
}

// keep leaves its samples beside its profiles, if these are to be kept.
func (e *endurer) keep() {
	if os.Getenv(profilesDir) == "" {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	var table strings.Builder
	for _, s := range e.samples {
		fmt.Fprintf(&table, "%s\t%d\t%d\t%d\t%d\t%d\t%v\n", s.at.Format(time.TimeOnly), s.resident, s.Live, s.Goroutines, s.descriptors, s.threads, s.quiet)
	}
	if err := os.WriteFile(filepath.Join(e.dir, "samples"), []byte(table.String()), 0o600); err != nil {
		e.t.Error(err)
	}
}
