//go:build unix

package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd/api"
)

// TestQuestionsEndWhileAPluginRuns runs a credential plugin that waits for somebody to write to a pipe.
func TestQuestionsEndWhileAPluginRuns(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	opened := make(chan *os.File, 1)
	go func() {
		w, _ := os.OpenFile(pipe, os.O_WRONLY, 0) // as soon as the plugin reads
		cancel()
		opened <- w
	}()
	_, err := ServerVersion(ctx, &rest.Config{Host: "http://127.0.0.1:1", ExecProvider: &api.ExecConfig{
		Command: "cat", Args: []string{pipe}, APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: api.NeverExecInteractiveMode,
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := (<-opened).Close(); err != nil {
		t.Fatal(err)
	}
}
