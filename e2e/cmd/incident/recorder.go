package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// recorder is the program that is recorded with.
type recorder struct {
	binary     string
	kubeconfig string
}

// buildRecorder compiles probetop from the repository's root.
func buildRecorder(ctx context.Context, dir string) (recorder, error) {
	r := recorder{binary: filepath.Join(dir, "probetop")}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", r.binary, ".")
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		return r, fmt.Errorf("building probetop: %w\n%s", err, out)
	}
	return r, nil
}

// during records to a file for a time, and calls play as soon as the recording has begun.
func (r recorder) during(ctx context.Context, file string, length time.Duration, play func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, r.binary, "record", file, "--all-namespaces", "--shadow", "auto", "--allow-exec", "--for", length.String())
	cmd.Env = append(os.Environ(), "KUBECONFIG="+r.kubeconfig)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	said, err := cmd.StderrPipe()
	if err != nil {
		return fmt.Errorf("listening to probetop: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting probetop: %w", err)
	}
	lines := bufio.NewReader(said)
	first, err := lines.ReadString('\n')
	switch {
	case err != nil:
		err = fmt.Errorf("waiting for the recording to begin: %w", err)
	case !strings.HasPrefix(first, "Recording to "):
		err = fmt.Errorf("waiting for the recording to begin: %s", strings.TrimSpace(first))
	default:
		err = play(ctx)
	}
	if err != nil {
		cancel()
	}
	_, copied := io.Copy(os.Stderr, lines)
	return errors.Join(err, copied, cmd.Wait())
}
