package model_test

import (
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// The cases follow pkg/printers/internalversion/printers_test.go; the e2e module compares with the real printer.
func TestKubectlLine(t *testing.T) {
	running := Container{Name: "a", State: Running, Started: True, Ready: true}
	unready := Container{Name: "a", State: Running, Started: True}
	waiting := func(reason string) Container { return Container{Name: "a", State: Waiting, Reason: reason} }
	ended := func(code int32, reason string) Container {
		return Container{Name: "a", State: Terminated, ExitCode: code, Reason: reason}
	}
	initial := func(c Container) Container { c.Kind = Init; return c }
	sidecar := func(c Container) Container { c.Kind = Sidecar; return c }
	cases := map[string]struct {
		phase      string
		containers []Container
		edit       func(*Pod)
		status     string
		ready, of  int
	}{
		"running":                      {phase: "Running", containers: []Container{running, running}, status: "Running", ready: 2, of: 2},
		"running, unready":             {phase: "Running", containers: []Container{running, unready}, status: "Running", ready: 1, of: 2},
		"crash loop":                   {phase: "Running", containers: []Container{waiting("CrashLoopBackOff")}, status: "CrashLoopBackOff", of: 1},
		"first container decides":      {phase: "Running", containers: []Container{waiting("First"), waiting("Second")}, status: "First", of: 2},
		"creating":                     {phase: "Pending", containers: []Container{waiting("ContainerCreating")}, status: "ContainerCreating", of: 1},
		"completed":                    {phase: "Succeeded", containers: []Container{ended(0, "Completed")}, status: "Completed", of: 1},
		"one completed, one running":   {phase: "Running", containers: []Container{ended(0, "Completed"), running}, edit: ready, status: "Running", ready: 1, of: 2},
		"one completed, not ready":     {phase: "Running", containers: []Container{ended(0, "Completed"), running}, status: "NotReady", ready: 1, of: 2},
		"completed hides an error":     {phase: "Running", containers: []Container{ended(0, "Completed"), ended(2, "Error"), running}, status: "Error", ready: 1, of: 3},
		"exit code":                    {phase: "Running", containers: []Container{ended(7, "")}, status: "ExitCode:7", of: 1},
		"signal":                       {phase: "Running", containers: []Container{{Name: "a", State: Terminated, ExitCode: 137, Signal: 9}}, status: "Signal:9", of: 1},
		"init running":                 {phase: "Pending", containers: []Container{initial(ended(0, "Completed")), initial(running), waiting("PodInitializing")}, status: "Init:1/2", of: 1},
		"init waiting":                 {phase: "Pending", containers: []Container{initial(waiting("ImagePullBackOff")), waiting("PodInitializing")}, status: "Init:ImagePullBackOff", of: 1},
		"init failed":                  {phase: "Pending", containers: []Container{initial(ended(1, "")), waiting("PodInitializing")}, status: "Init:ExitCode:1", of: 1},
		"init killed":                  {phase: "Pending", containers: []Container{initial(ended(137, "OOMKilled")), waiting("PodInitializing")}, status: "Init:OOMKilled", of: 1},
		"sidecar starting":             {phase: "Pending", containers: []Container{sidecar(Container{Name: "a", State: Running, Started: False}), waiting("PodInitializing")}, status: "Init:0/1", of: 2},
		"sidecar counts":               {phase: "Running", containers: []Container{sidecar(running), running}, status: "Running", ready: 2, of: 2},
		"sidecar unready":              {phase: "Running", containers: []Container{sidecar(unready), running}, status: "Running", ready: 1, of: 2},
		"sidecar back after the start": {phase: "Running", containers: []Container{sidecar(waiting("CrashLoopBackOff")), running}, edit: initialized, status: "Init:CrashLoopBackOff", ready: 1, of: 2},
		"terminating":                  {phase: "Running", containers: []Container{running}, edit: func(p *Pod) { p.Deleted = epoch }, status: "Terminating", ready: 1, of: 1},
		"finished while deleted":       {phase: "Succeeded", containers: []Container{ended(0, "Completed")}, edit: func(p *Pod) { p.Deleted = epoch }, status: "Completed", of: 1},
		"node lost":                    {phase: "Running", containers: []Container{running}, edit: func(p *Pod) { p.Deleted, p.Reason = epoch, "NodeLost" }, status: "Unknown", ready: 1, of: 1},
		"evicted":                      {phase: "Failed", edit: func(p *Pod) { p.Reason = "Evicted" }, status: "Evicted"},
		"gated":                        {phase: "Pending", edit: scheduling("SchedulingGated"), status: "SchedulingGated"},
		"unschedulable":                {phase: "Pending", edit: scheduling("Unschedulable"), status: "Pending"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := &Pod{Phase: c.phase, Containers: c.containers}
			next := map[bool]int16{}
			for i := range p.Containers {
				main := p.Containers[i].Kind == Main
				p.Containers[i].StatusIndex = next[main]
				next[main]++
			}
			if c.edit != nil {
				c.edit(p)
			}
			if s := p.Summary(); s.Status != c.status || s.Ready != c.ready || s.Total != c.of {
				t.Errorf("got %s %d/%d, want %s %d/%d", s.Status, s.Ready, s.Total, c.status, c.ready, c.of)
			}
		})
	}
}

func ready(p *Pod) { p.Conditions = append(p.Conditions, Condition{Type: "Ready", Status: True}) }
func initialized(p *Pod) {
	p.Conditions = append(p.Conditions, Condition{Type: "Initialized", Status: True})
}

func scheduling(reason string) func(*Pod) {
	return func(p *Pod) {
		p.Conditions = append(p.Conditions, Condition{Type: "PodScheduled", Status: False, Reason: reason})
	}
}

func TestRestartsCountWhatKubectlCounts(t *testing.T) {
	last := func(s int) *Termination { return &Termination{FinishedAt: at(s)} }
	p := &Pod{Phase: "Running", Containers: []Container{
		{Name: "init", Kind: Init, State: Terminated, Restarts: 5, Last: last(50)},
		{Name: "side", Kind: Sidecar, State: Running, Started: True, Ready: true, Restarts: 2, Last: last(20), StatusIndex: 1},
		{Name: "main", State: Running, Restarts: 3, Last: last(10)},
	}}
	if s := p.Summary(); s.Restarts != 5 || !s.LastRestart.Equal(at(20)) {
		t.Errorf("got %d, last %v; want sidecar and main: 5, last after 20 s", s.Restarts, s.LastRestart)
	}
	p.Containers[1].Started, p.Containers[1].State = False, Waiting
	if s := p.Summary(); s.Restarts != 7 || !s.LastRestart.Equal(at(50)) {
		t.Errorf("got %d, last %v; want all init containers so far: 7, last after 50 s", s.Restarts, s.LastRestart)
	}
}

func TestProbeSummaryIsKubectls(t *testing.T) {
	timing := func(p ProbeSpec) *ProbeSpec {
		p.InitialDelay, p.Timeout, p.Period = 5*time.Second, time.Second, 10*time.Second
		p.SuccessThreshold, p.FailureThreshold = 1, 3
		return &p
	}
	const end = " delay=5s timeout=1s period=10s successThreshold=1 failureThreshold=3"
	for want, p := range map[string]ProbeSpec{
		"exec [cat /tmp/health]":              {Handler: Exec, Command: []string{"cat", "/tmp/health"}},
		"http-get http://:8080/healthz":       {Handler: HTTP, Scheme: "http", Path: "/healthz", Port: "8080"},
		"http-get https://10.1.2.3:web/a%20b": {Handler: HTTP, Scheme: "https", Host: "10.1.2.3", Path: "/a b", Port: "web"},
		"http-get http://[fd00::1]:80/":       {Handler: HTTP, Scheme: "http", Host: "fd00::1", Path: "/", Port: "80"},
		"tcp-socket :db":                      {Handler: TCP, Port: "db"},
		"tcp-socket db.example.com:5432":      {Handler: TCP, Host: "db.example.com", Port: "5432"},
		"grpc <pod>:9090 ":                    {Handler: GRPC, Port: "9090"},
		"grpc <pod>:9090 orders":              {Handler: GRPC, Port: "9090", Service: "orders"},
		"unknown":                             {Handler: UnknownHandler},
	} {
		if got := timing(p).Summary(); got != want+end {
			t.Errorf("got  %q\nwant %q", got, want+end)
		}
	}
}
