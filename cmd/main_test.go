package cmd_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/probetop/probetop/cmd"
)

// asProbetop makes the test binary be probetop, for tests of what concerns a whole process.
const asProbetop = "PROBETOP_TEST_AS_PROBETOP"

func TestMain(m *testing.M) {
	if os.Getenv(asProbetop) != "" {
		_ = os.Unsetenv(asProbetop)
		tellVitals()
		if where := os.Getenv(faultIn); where != "" {
			os.Exit(faulty(where))
		}
		os.Exit(cmd.Main())
	}
	os.Exit(m.Run())
}

// faultIn names the function in which probetop is to panic, once its board has been drawn.
const faultIn = "PROBETOP_TEST_FAULT_IN"

// faulty is probetop with a clock that panics there.
func faulty(where string) int {
	var drawn atomic.Bool
	now := func() time.Time {
		stack := string(debug.Stack())
		if drawn.Load() && strings.Contains(stack, where) {
			panic("the test wants it")
		}
		if strings.Contains(stack, "(*Program).eventLoop") {
			drawn.Store(true)
		}
		return time.Now()
	}
	s := cmd.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Terminal: true, Now: now, Log: &cmd.DebugLog{}}
	return cmd.Execute(context.Background(), "probetop", os.Args[1:], s)
}

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// proc is probetop as a process of its own.
type proc struct {
	*exec.Cmd
	t   *testing.T
	end chan struct{}

	mu sync.Mutex
	// guarded by mu
	said bytes.Buffer
}

// newProc prepares a process; what it prints is kept.
func newProc(t *testing.T, args ...string) *proc {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &proc{Cmd: exec.CommandContext(t.Context(), self, args...), t: t, end: make(chan struct{})}
	p.Env = append(os.Environ(), asProbetop+"=1", "KUBECONFIG=", "TERM=xterm-256color")
	p.Stdout, p.Stderr = p, p
	return p
}

// Write implements io.Writer.
func (p *proc) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.Write(b)
}

// output returns what it has printed so far.
func (p *proc) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// begin starts the process.
func (p *proc) begin() *proc {
	p.t.Helper()
	if err := p.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func() {
		_ = p.Wait()
		close(p.end)
	}()
	p.t.Cleanup(func() {
		_ = p.Process.Kill()
		<-p.end
	})
	return p
}

// until waits for something to be true.
func (p *proc) until(what string, is func() bool) {
	p.t.Helper()
	for late := time.Now().Add(patience); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(late) {
			p.t.Fatalf("waited in vain: %s; it says %q", what, p.output())
		}
	}
}

// says waits for words of the process.
func (p *proc) says(words string) {
	p.t.Helper()
	p.until(words, func() bool { return strings.Contains(p.output(), words) })
}

// tell sends a signal.
func (p *proc) tell(s os.Signal) {
	p.t.Helper()
	if err := p.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// ends waits for the process to end, and returns its exit code; -1 when a signal killed it.
func (p *proc) ends() int {
	p.t.Helper()
	select {
	case <-p.end:
	case <-time.After(patience):
		p.t.Fatalf("it does not end; it says %q", p.output())
	}
	return p.ProcessState.ExitCode()
}
