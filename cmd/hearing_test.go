package cmd_test

import (
	"bufio"
	"context"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/probetop/probetop/cmd"
	"github.com/probetop/probetop/simcluster"
)

// While lines are written for every change, it is said when nothing can be heard, when it can again, and of which time changes may
// be missing.
func TestWhatIsNotHeardIsSaid(t *testing.T) {
	c, err := simcluster.Start(simcluster.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if err := c.Apply(restarted(0)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "config")
	if err := c.WriteKubeconfig(file); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	out, lines := io.Pipe()
	said, remarks := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- cmd.Execute(ctx, "probetop", []string{"get", "-w", "-o", "jsonl", "--kubeconfig", file}, cmd.Streams{
			In: strings.NewReader(""), Out: lines, Err: remarks, Now: time.Now, Log: &cmd.DebugLog{},
		})
		_, _ = lines.Close(), remarks.Close()
	}()
	first := make(chan struct{})
	go func() {
		read := bufio.NewReader(out)
		_, _ = read.ReadString('\n')
		close(first)
		_, _ = io.Copy(io.Discard, read)
	}()
	<-first
	read := bufio.NewScanner(said)
	hear := func(want string) {
		t.Helper()
		for read.Scan() {
			if regexp.MustCompile(want).MatchString(read.Text()) {
				return
			}
		}
		t.Fatalf("it was not said: %s", want)
	}
	c.Down()
	hear(`^Without .*pods.* since \d\d:\d\d:\d\d \(stale\): `)
	if err := c.Apply(restarted(1)); err != nil {
		t.Fatal(err)
	}
	c.Compact()
	if err := c.Up(); err != nil {
		t.Fatal(err)
	}
	hear(`^Changes of .*pods.* between \d\d:\d\d:\d\d and \d\d:\d\d:\d\d may be missing\.$`)
	go stop()
	for read.Scan() {
	}
	if code := <-done; code != 0 {
		t.Errorf("exit code %d", code)
	}
}
