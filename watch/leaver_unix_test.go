//go:build unix

package watch

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd/api"
)

// TestQuestionsEndWhileAPluginRuns runs a credential plugin that waits for somebody to write to a pipe.
func TestQuestionsEndWhileAPluginRuns(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := ServerVersion(ctx, &rest.Config{Host: "http://127.0.0.1:1", ExecProvider: &api.ExecConfig{
		Command: "cat", Args: []string{pipe}, APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: api.NeverExecInteractiveMode,
	}})
	expectAccess(t, err, Unanswered, "")
	w, err := os.OpenFile(pipe, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
