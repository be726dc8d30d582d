package e2e

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"regexp"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/probetop/probetop/e2e/cluster"
	"github.com/probetop/probetop/simcluster/section"
)

// outage is something that goes away for a while.
type outage struct {
	name  string
	lasts time.Duration
	// begin makes it, and returns what ends it.
	begin func(context.Context, *cluster.Cluster) (end func(context.Context) error, err error)
	// before and during are how many of the transitions are asked for before it and while it lasts; the rest are asked for after it.
	before, during int
	// node is set when it is about the node and not about the API server.
	node bool
}

const (
	// transitions is how many there are around each outage, and after how many there are when all is well again.
	transitions, after = 100, 5
	// manyTries is more than are made around one outage, those that fail included.
	manyTries = 10_000
	// everyOutage is the value of E2E_OUTAGES for all of them, which writes the table.
	everyOutage = "all"
	// faultsFile is the document with the table.
	faultsFile = "../docs/faults.md"
)

// The goals of the table.
const (
	namedWithin     = 5 * time.Second
	staleWithin     = 10 * time.Second
	recoveredWithin = 5 * time.Second
)

// outages are those of the table.
func outages() []outage {
	var all []outage
	lasts := []time.Duration{time.Second, 10 * time.Second, 45 * time.Second, 2 * time.Minute}
	for _, d := range lasts {
		all = append(all, outage{name: "API server stopped", lasts: d, begin: stopped(cluster.APIServer), before: transitions/2 - after})
	}
	all = append(all, outage{name: "API server stopped, others wrote last", lasts: 10 * time.Second, begin: overtaken, before: transitions/2 - after})
	for _, d := range lasts {
		all = append(all, outage{name: "API server frozen", lasts: d, begin: frozen(cluster.APIServer), before: 10, during: transitions - 20})
	}
	const expiry = 90 * time.Second // a node lease lasts for 40 s, and the node's controller waits for 50 s
	return append(
		all,
		outage{name: "kubelet frozen", lasts: expiry, begin: frozen(cluster.Kubelet), before: 10, during: transitions - 20, node: true},
		outage{name: "kubelet frozen, node lease deleted", lasts: expiry, begin: leaseless, before: 10, during: transitions - 20, node: true},
	)
}

// stopped ends a component with SIGKILL, and starts it again.
func stopped(name string) func(context.Context, *cluster.Cluster) (func(context.Context) error, error) {
	return func(ctx context.Context, c *cluster.Cluster) (func(context.Context) error, error) {
		return c.Kill(ctx, name)
	}
}

// overtaken stops the API server when the newest version is not that of a pod, as in a cluster with more in it: it will not know what
// came after the newest pod.
func overtaken(ctx context.Context, c *cluster.Cluster) (func(context.Context) error, error) {
	maps := shared.client.CoreV1().ConfigMaps(corev1.NamespaceDefault)
	tick := time.NewTicker(writePeriod)
	defer tick.Stop()
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); <-tick.C { // the kubelet has answered the transitions by then
		made, err := maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{GenerateName: "outage-"}}, metav1.CreateOptions{})
		if err != nil {
			return nil, fmt.Errorf("writing something else: %w", err)
		}
		if err := maps.Delete(ctx, made.Name, metav1.DeleteOptions{}); err != nil {
			return nil, fmt.Errorf("writing something else: %w", err)
		}
	}
	return c.Kill(ctx, cluster.APIServer)
}

// frozen stops a component with SIGSTOP, and lets it go on.
func frozen(name string) func(context.Context, *cluster.Cluster) (func(context.Context) error, error) {
	return func(_ context.Context, c *cluster.Cluster) (func(context.Context) error, error) {
		return func(context.Context) error { return c.Thaw(name) }, c.Freeze(name)
	}
}

// leaseless freezes the kubelet and deletes the lease that it would renew.
func leaseless(ctx context.Context, c *cluster.Cluster) (func(context.Context) error, error) {
	end, err := frozen(cluster.Kubelet)(ctx, c)
	if err != nil {
		return nil, err
	}
	node, err := readyNode(ctx)
	if err == nil {
		err = shared.client.CoordinationV1().Leases(corev1.NamespaceNodeLease).Delete(ctx, node, metav1.DeleteOptions{})
	}
	return end, err
}

// TestOutages lets the API server and the kubelet go away for a while, and measures what probetop says meanwhile and has heard after it.
func TestOutages(t *testing.T) {
	which := os.Getenv("E2E_OUTAGES")
	if which == "" {
		t.Skip("every other test needs the API server: make outages")
	}
	named, err := regexp.Compile("^(" + which + ")$")
	if err != nil {
		t.Fatalf("reading E2E_OUTAGES: %v", err)
	}
	if os.Getenv("E2E_KUBECONFIG") != "" {
		t.Fatal("E2E_KUBECONFIG is set: only the components of this machine's own cluster can be stopped")
	}
	// Requests that wait for a frozen server are to wait as long as it takes.
	t.Setenv("HTTP2_READ_IDLE_TIMEOUT_SECONDS", "0")
	c, err := cluster.New(cluster.Options{StateDir: os.Getenv("E2E_STATE")})
	if err != nil {
		t.Fatal(err)
	}
	ns := newNamespace(t)
	stageOutages(t, ns)
	text, rows := outageHead, 0
	for k, o := range outages() {
		if which != everyOutage && !named.MatchString(o.title()) {
			continue
		}
		t.Run(o.title(), func(t *testing.T) {
			got := suffer(t, c, ns, &o, k*manyTries)
			got.judge(t, &o)
			text += got.row(&o)
			rows++
		})
	}
	t.Log("\n" + text)
	if which == everyOutage && rows == len(outages()) {
		if err := section.Replace(faultsFile, "cluster", text); err != nil {
			t.Error(err)
		}
	}
}

// title is the outage's name with how long it lasts.
func (o *outage) title() string { return fmt.Sprintf("%s for %.0f s", o.name, o.lasts.Seconds()) }

const (
	// gated is how many pods there are whose transitions are conditions that the test sets.
	gated = 10
	// turning is the pod whose container turns well and ill.
	turning = "turning"
)

// stageOutages makes the pods of the outages, and waits until their probes pass.
func stageOutages(t *testing.T, ns string) {
	t.Helper()
	const container = `{name: main, readinessProbe: {httpGet: {path: /readyz, port: 8080}, periodSeconds: 1, failureThreshold: 1}}`
	for i := range gated + 1 {
		name, gates := gatedPod(i), `[{conditionType: `+outageGate+`}]`
		if i == gated {
			name, gates = turning, "[]"
		}
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name}}
		if err := yaml.UnmarshalStrict([]byte(`{readinessGates: `+gates+`, containers: [`+container+`]}`), &pod.Spec); err != nil {
			t.Fatalf("decoding the pod: %v", err)
		}
		complete(&pod.Spec, 1)
		if _, err := shared.client.CoreV1().Pods(ns).Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
			t.Fatalf("creating the pod: %v", err)
		}
	}
	eventually(t, patience, func() error {
		pods, err := shared.client.CoreV1().Pods(ns).List(t.Context(), metav1.ListOptions{})
		if err != nil {
			return fmt.Errorf("listing the pods: %w", err)
		}
		for _, p := range pods.Items {
			if len(p.Status.ContainerStatuses) == 0 || !p.Status.ContainerStatuses[0].Ready {
				return fmt.Errorf("the container of %s is not ready", p.Name)
			}
		}
		return nil
	})
}

// gatedPod is the name of the pod with a number.
func gatedPod(i int) string { return fmt.Sprintf("gated-%d", i) }

// suffer plays an outage with transitions whose numbers begin with first, while probetop looks at it in three ways.
func suffer(t *testing.T, c *cluster.Cluster, ns string, o *outage, first int) *suffering {
	t.Helper()
	eventually(t, 2*patience, func() error { return c.NodeReady(t.Context()) })
	s := &suffering{writer: newGateWriter(t, ns, first)}
	told, stop := newTeller(t, ns)
	recorder := startRecorder(t, ns, newRecording(t))
	recorder.hears(t)
	b := openBoard(t, 120, 30, "-n", ns)
	b.shows(t, patience, "live")
	marks := watchMarks(t, b)
	turner := newTurner(t, ns, !o.node)
	s.play(t, c, o)
	last := s.writer.last()
	recovered(t, told, marks, last)
	turner.stop()
	stop()
	recorder.reaches(t, last.acked)
	recorder.signal(t, os.Interrupt)
	s.marks, s.turns = marks.stop(), turner.turns
	s.lines, s.entries = told.lines, readEntries(recorder.file)
	return s
}

// play makes an outage, and the transitions before it, meanwhile and after it.
func (s *suffering) play(t *testing.T, c *cluster.Cluster, o *outage) {
	t.Helper()
	s.writer.write(o.before)
	restore, err := o.begin(t.Context(), c)
	s.begun = time.Now()
	end := sync.OnceValue(func() error { return restore(context.WithoutCancel(t.Context())) })
	if restore != nil {
		t.Cleanup(func() { _ = end() }) // also when the test has failed
	}
	if err != nil {
		t.Fatal(err)
	}
	s.writer.queue(o.during, s.begun.Add(o.lasts))
	if o.node {
		s.lost = awaitNode(t, c, false)
	}
	time.Sleep(time.Until(s.begun.Add(o.lasts))) // this long it is to last
	if err := end(); err != nil {
		t.Fatal(err)
	}
	written := s.writer.complete()
	if err := c.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o.node {
		awaitNode(t, c, true)
	}
	s.over = time.Now()
	written()
	s.writer.write(after)
}

// awaitNode waits until the node is ready or not, and returns when that was.
func awaitNode(t *testing.T, c *cluster.Cluster, wanted bool) time.Time {
	t.Helper()
	eventually(t, 2*patience, func() error {
		err := c.NodeReady(t.Context())
		if (err == nil) != wanted {
			return cmp.Or(err, fmt.Errorf("the node is still ready"))
		}
		return nil
	})
	return time.Now()
}

// recovered waits until the board says that all is well, and the last transition was told.
func recovered(t *testing.T, told *teller, marks *markLog, last transition) {
	t.Helper()
	eventually(t, patience, func() error {
		if !marks.live() {
			return fmt.Errorf("the board is not live")
		}
		for _, line := range told.of(last.pod, 0) {
			if line.number() == last.number {
				return nil
			}
		}
		return fmt.Errorf("transition %d was not told", last.number)
	})
}
