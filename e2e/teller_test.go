package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"
)

// teller is a "probetop get -w" that tells of every change in a namespace.
type teller struct {
	mu    sync.Mutex
	lines map[string][]tale // by the name of the pod; guarded by mu
	made  map[string]func() // called once for a pod whose containers were made; guarded by mu
	wrong error             // what a line could not be decoded for; guarded by mu
}

// tale is one line, and when it came.
type tale struct {
	at time.Time
	reportedPod
}

// newTeller starts to listen. stop ends it and waits; nobody has to be asked for what it told then.
func newTeller(t *testing.T, ns string) (l *teller, stop func()) {
	t.Helper()
	l = &teller{lines: map[string][]tale{}, made: map[string]func(){}}
	cmd := exec.Command(binary(t), "get", "-n", ns, "-w", "-o", "jsonl")
	cmd.Env = append(os.Environ(), "KUBECONFIG="+shared.kubeconfig)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatalf("starting probetop: %v", err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		lines := bufio.NewScanner(stdout)
		lines.Buffer(nil, 4<<20)
		for lines.Scan() {
			l.hear(lines.Bytes())
		}
	}()
	stop = sync.OnceFunc(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		<-done
		if err := cmd.Wait(); err != nil || l.wrong != nil {
			t.Errorf("probetop ended with %v, and a line is wrong: %v\n%s", err, l.wrong, stderr.Bytes())
		}
	})
	t.Cleanup(stop)
	return l, stop
}

func (l *teller) hear(text []byte) {
	line := tale{at: time.Now()}
	err := json.Unmarshal(text, &line.reportedPod)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.wrong = err
	}
	l.lines[line.Name] = append(l.lines[line.Name], line)
	if f := l.made[line.Name]; f != nil && !slices.Contains(beforeContainers, line.Status) {
		delete(l.made, line.Name)
		f()
	}
}

// beforeContainers are the states of a pod whose containers the kubelet has still to make.
var beforeContainers = []string{"Pending", "ContainerCreating", "PodInitializing"}

// whenMade calls f once the kubelet has made the first container of a pod.
func (l *teller) whenMade(pod string, f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.made[pod] = f
}

// of returns what was told of a pod since the first n lines.
func (l *teller) of(pod string, n int) []tale {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines[pod][n:]
}
