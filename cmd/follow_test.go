package cmd_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/probetop/probetop/cmd"
	"github.com/probetop/probetop/simcluster"
)

// restarted is a pod whose container was restarted so often.
func restarted(times int32) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "web-0", UID: types.UID("u1")},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "web"}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{
			{Name: "web", RestartCount: times, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}}},
		}},
	}
}

// A line is written for every change: also for those that come in a burst, and for those that the server kept while it could not
// be reached.
func TestEveryChangeIsALine(t *testing.T) {
	c, err := simcluster.Start(simcluster.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	put := func(from, to int32) {
		for n := from; n <= to; n++ {
			if err := c.Apply(restarted(n)); err != nil {
				t.Fatal(err)
			}
		}
	}
	put(0, 0)
	file := filepath.Join(t.TempDir(), "config")
	if err := c.WriteKubeconfig(file); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	out, lines := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- cmd.Execute(ctx, "probetop", []string{"get", "-w", "-o", "jsonl", "--kubeconfig", file}, cmd.Streams{
			In: strings.NewReader(""), Out: lines, Err: io.Discard, Now: time.Now, Log: &cmd.DebugLog{},
		})
		_ = lines.Close()
	}()
	read := bufio.NewScanner(out)
	read.Buffer(nil, 1<<20)
	heard := int32(-1)
	hear := func(want int32) {
		t.Helper()
		for heard < want && read.Scan() {
			var line struct {
				Containers []struct{ Restarts int32 }
			}
			if err := json.Unmarshal(read.Bytes(), &line); err != nil {
				t.Fatal(err)
			}
			switch n := line.Containers[0].Restarts; n {
			case heard, heard + 1:
				heard = n
			default:
				t.Fatalf("after %d restarts there is a line of %d", heard, n)
			}
		}
	}
	hear(0)
	put(1, 50)
	hear(50)
	c.Down()
	put(51, 80)
	if err := c.Up(); err != nil {
		t.Fatal(err)
	}
	hear(80)
	stop()
	for read.Scan() {
	}
	if code := <-done; code != 0 || heard != 80 {
		t.Errorf("exit code %d after %d restarts were told", code, heard)
	}
}
