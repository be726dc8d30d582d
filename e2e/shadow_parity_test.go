package e2e

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/probetop/probetop/e2e/figures"
)

const (
	// parityPods is how many pods the comparison needs.
	parityPods = 40
	// parityAtOnce is how many live at a time, and parityRuns how many probetops run.
	parityAtOnce, parityRuns = 14, 2
	// parityTakes is how often a comparison may be made: a node that is busy with others is late sometimes.
	parityTakes = 3
	// paritySettling is how long the kubelet may take to settle.
	paritySettling = 2 * time.Minute
)

// parity is the comparison of many pods.
type parity struct {
	ns     string
	events *eventLog
	gates  []*tunnelGate
	living chan struct{} // of parityAtOnce slots
	turns  chan struct{} // of parityRuns slots

	mu                     sync.Mutex
	compared, equal, again int      // guarded by mu
	notes                  []string // guarded by mu
}

// TestShadowParity lets the kubelet and probetop run the same probes: for each pod the verdict is the kubelet's event, or
// the success that it counts, and a pod that is different on purpose gets the class that says so. All of it is done over
// WebSockets, and again over SPDY.
func TestShadowParity(t *testing.T) {
	began := time.Now()
	binary(t) // else the first pods would wait for it
	p := &parity{
		ns: newWideNamespace(t), living: make(chan struct{}, parityAtOnce), turns: make(chan struct{}, parityRuns),
		gates: []*tunnelGate{newTunnelGate(t, overWebSocket), newTunnelGate(t, overSPDY)},
	}
	p.events = watchEvents(t, p.ns)
	cases := slices.Concat(shadowHTTPCases, shadowHandlerCases, shadowExecCases, shadowDifferentCases, hostNetworkCases(t))
	runtime := runtimeOf(t)
	for i := range cases {
		cases[i] = cases[i].within(runtime)
	}
	wrong := make([]error, len(cases))
	var all sync.WaitGroup
	tick := time.NewTicker(apart)
	defer tick.Stop()
	for i := range cases {
		p.living <- struct{}{}
		all.Go(func() {
			defer func() { <-p.living }()
			wrong[i] = p.compare(t.Context(), &cases[i], fmt.Sprintf("shadow-%02d", i))
		})
		<-tick.C
	}
	all.Wait()
	for i := range cases {
		t.Run(cases[i].name, func(t *testing.T) {
			if wrong[i] != nil {
				t.Error(wrong[i])
			}
		})
	}
	p.conclude(t, len(cases), time.Since(began))
}

// conclude prints the figures and holds them against what is asked of them.
func (p *parity) conclude(t *testing.T, pods int, took time.Duration) {
	keepFigures(t, figures.Figures{Parity: &figures.Parity{Compared: p.compared, Equal: p.equal}})
	for _, note := range p.notes {
		t.Log("once more: " + note)
	}
	t.Logf("shadow parity: %d pods, %d comparisons, %d as they have to be, %d of them not at once; "+
		"%d connections over WebSockets, %d over SPDY; in %.0f s",
		pods, p.compared, p.equal, p.again, p.gates[0].passed.Load(), p.gates[1].passed.Load(), took.Seconds())
	if pods < parityPods {
		t.Errorf("%d pods, want %d", pods, parityPods)
	}
	for _, g := range p.gates {
		if n := g.passed.Load(); n < parityPods {
			t.Errorf("%d connections over %s, want %d", n, g.protocol, parityPods)
		}
	}
	if p.again*5 > p.compared {
		t.Errorf("%d of %d comparisons had to be made again, want a fifth at most", p.again, p.compared)
	}
}

// compare makes the pod of a case, waits for what its kubelet comes to, and runs the probe from here over every way.
func (p *parity) compare(ctx context.Context, c *shadowCase, name string) error {
	pod, err := c.pod(name)
	if err != nil {
		return err
	}
	pods := shared.client.CoreV1().Pods(p.ns)
	if _, err := pods.Create(ctx, pod, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("creating the pod: %w", err)
	}
	defer func() { _ = pods.Delete(ctx, name, metav1.DeleteOptions{}) }()
	settling, cancel := context.WithTimeout(ctx, paritySettling)
	defer cancel()
	if err := waitFor(settling, func() error { return c.heard(ctx, p.events, p.ns, name) }); err != nil {
		return err
	}
	var wrong []error
	for _, gate := range p.gates {
		if err := p.run(ctx, gate, c, name); err != nil {
			wrong = append(wrong, fmt.Errorf("over %s: %w", gate.protocol, err))
		}
	}
	return errors.Join(wrong...)
}

// run compares over one way, some times if need be.
func (p *parity) run(ctx context.Context, gate *tunnelGate, c *shadowCase, name string) error {
	var wrong []string
	for take := range parityTakes {
		p.turns <- struct{}{}
		r, _, err := shadow(ctx, gate.kubeconfig, p.ns, name, cmp.Or(c.kind, "readiness"), "--count", strconv.Itoa(max(c.runs, 1)))
		<-p.turns
		if err != nil {
			wrong = []string{err.Error()}
		} else {
			wrong = c.differs(&r, p.events.words(name, cmp.Or(c.kind, "readiness")))
		}
		p.note(take, gate, c, wrong)
		if len(wrong) == 0 {
			return nil
		}
	}
	return errors.New(strings.Join(wrong, "; "))
}

func (p *parity) note(take int, gate *tunnelGate, c *shadowCase, wrong []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch take {
	case 0:
		p.compared++
	case 1:
		p.again++
	}
	if len(wrong) == 0 {
		p.equal++
		return
	}
	p.notes = append(p.notes, fmt.Sprintf("%s over %s: %s", c.name, gate.protocol, strings.Join(wrong, "; ")))
}

// runtimeOf returns the container runtime of the nodes, as in containerd://1.6.20.
func runtimeOf(t *testing.T) string {
	t.Helper()
	nodes, err := shared.client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{Limit: 1})
	if err != nil || len(nodes.Items) == 0 {
		t.Fatalf("there are no nodes to be seen (%v)", err)
	}
	return nodes.Items[0].Status.NodeInfo.ContainerRuntimeVersion
}

// freePort returns a TCP port on which nobody listens here now, and from which nobody connects: it is below those.
func freePort(t *testing.T) int {
	t.Helper()
	var config net.ListenConfig
	for range 100 {
		port := 20000 + rand.IntN(6000)
		l, err := config.Listen(t.Context(), "tcp", fmt.Sprintf(":%d", port))
		if err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatal("there is no free port")
	return 0
}
