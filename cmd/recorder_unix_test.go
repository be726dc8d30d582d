//go:build unix

package cmd

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/watch"
)

// idleRecorder returns a recorder of a cluster that nobody reads. It sends to began when a recording is about to begin.
func idleRecorder(t *testing.T, began chan<- struct{}) *recorder {
	t.Helper()
	live, err := watch.NewLive(&rest.Config{Host: "http://cluster.test"}, watch.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time {
		began <- struct{}{}
		return time.Now()
	}
	return &recorder{sources: sources{live: live}, now: now}
}

// TestTheStatusDoesNotWaitForTheDisk records to a pipe that nobody reads: opening it takes until somebody does.
func TestTheStatusDoesNotWaitForTheDisk(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	began, started, status := make(chan struct{}), make(chan error, 1), make(chan bool, 1)
	r := idleRecorder(t, began)
	go func() { started <- r.start(pipe) }()
	<-began
	go func() { status <- r.Status().On }()
	select {
	case on := <-status:
		if on {
			t.Error("the recording is on before its file is open")
		}
	case <-time.After(10 * time.Second):
		t.Error("the status waits for the disk")
	}
	reader, err := os.Open(pipe)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	if err := <-started; err != nil || !r.Status().On {
		t.Errorf("recording: %v, %+v", err, r.Status())
	}
	if err := r.stop(); err != nil || r.Status().On || r.Status().Bytes == 0 {
		t.Errorf("ending: %v, %+v", err, r.Status())
	}
}

func TestARecorderWritesOneFileAtATime(t *testing.T) {
	began := make(chan struct{}, 2)
	r, dir := idleRecorder(t, began), t.TempDir()
	first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
	if err := r.start(first); err != nil {
		t.Fatal(err)
	}
	if err := r.start(second); err == nil || r.Status().Path != first {
		t.Errorf("a second recording: %v, to %s", err, r.Status().Path)
	}
	if err := r.stop(); err != nil {
		t.Error(err)
	}
}
