package prober_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

// fleet is a cluster of pods that takes some time for every probe, and remembers what was asked of it.
type fleet struct {
	// immutable while it is used
	takes   time.Duration
	handler corev1.ProbeHandler
	// read, open and dial are called when somebody does that; nil for nothing in particular.
	read, open, dial func(name string) error
	run              func() error // a command
	denied           string

	mu sync.Mutex
	// guarded by mu
	reads, opened, asked, looks int
	starts                      []start
	busy                        map[string]int
	most, overlaps              int
	forgotten                   []model.UID
	unfinished                  map[model.Key]bool
}

// start is the start of a probe.
type start struct {
	pod string
	at  time.Time
}

func newFleet(handler corev1.ProbeHandler) *fleet {
	return &fleet{handler: handler, busy: map[string]int{}, unfinished: map[model.Key]bool{}}
}

func (f *fleet) Pod(ctx context.Context, namespace, name string) (*corev1.Pod, error) {
	f.count(&f.reads)
	if f.read != nil {
		if err := f.read(name); err != nil {
			return nil, err
		}
	}
	probe := &corev1.Probe{ProbeHandler: f.handler, TimeoutSeconds: 5}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, UID: types.UID("uid-" + name)},
		Spec: corev1.PodSpec{Containers: []corev1.Container{
			{Name: "app", StartupProbe: probe, ReadinessProbe: probe, LivenessProbe: probe}, {Name: "idle", ReadinessProbe: probe},
		}},
		Status: corev1.PodStatus{PodIP: "10.0.0.5", ContainerStatuses: []corev1.ContainerStatus{{
			Name: "app", ContainerID: "containerd://1", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
		}}},
	}, ctx.Err()
}

func (f *fleet) Denied(context.Context, string, string) string {
	f.count(&f.asked)
	return f.denied
}

func (f *fleet) Open(_ context.Context, pod *corev1.Pod, _ *prober.Check) (prober.Paths, error) {
	f.count(&f.opened)
	if f.open != nil {
		if err := f.open(pod.Name); err != nil {
			return prober.Paths{}, err
		}
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		defer f.begin(pod.Name)()
		pause(ctx, f.takes)
		if f.dial != nil {
			if err := f.dial(pod.Name); err != nil {
				return nil, err
			}
		}
		ours, theirs := net.Pipe()
		_ = theirs.Close()
		return ours, ctx.Err()
	}
	run := func(ctx context.Context, _ []string, _ time.Duration) (prober.ExecResult, error) {
		defer f.begin(pod.Name)()
		pause(ctx, f.takes)
		if f.run != nil {
			if err := f.run(); err != nil {
				return prober.ExecResult{}, err
			}
		}
		return prober.ExecResult{}, ctx.Err()
	}
	return prober.Paths{Dial: dial, Exec: run}, nil
}

func (f *fleet) PodIP(context.Context, *corev1.Pod, *prober.Check) *model.PodIPVantage {
	f.count(&f.looks)
	return &model.PodIPVantage{Verdict: model.ShadowSuccess}
}

func (f *fleet) Unfinished(probe model.Key) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.unfinished[probe]
}

func (f *fleet) Forget(pod model.UID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forgotten = append(f.forgotten, pod)
}

func (f *fleet) count(n *int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	*n++
}

func (f *fleet) number(n *int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return *n
}

func (f *fleet) gone() []model.UID {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.forgotten)
}

// begin notes that a probe of a pod begins, and returns what notes its end.
func (f *fleet) begin(pod string) func() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.starts = append(f.starts, start{pod, time.Now()})
	f.busy[pod]++
	if f.busy[pod] > 1 {
		f.overlaps++
	}
	f.most = max(f.most, len(f.busy))
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.busy[pod]--; f.busy[pod] == 0 {
			delete(f.busy, pod)
		}
	}
}

// of returns when probes of a pod began.
func (f *fleet) of(pod string) []time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	var times []time.Time
	for _, s := range f.starts {
		if s.pod == pod {
			times = append(times, s.at)
		}
	}
	return times
}

// all returns when probes began.
func (f *fleet) all() []time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	times := make([]time.Time, len(f.starts))
	for i, s := range f.starts {
		times[i] = s.at
	}
	slices.SortFunc(times, time.Time.Compare)
	return times
}

// known is a pod of a snapshot, whose only probe is in some state.
type known struct {
	name  string
	state model.State
	typ   model.ProbeType
	// period is in seconds; 10 when zero.
	period  int
	handler model.HandlerKind
	version string
}

func (k known) row() *model.Row {
	period := 10 * time.Second
	if k.period != 0 {
		period = time.Duration(k.period) * time.Second
	}
	handler := k.handler
	if handler == "" {
		handler = model.TCP
	}
	pod := &model.Pod{UID: "uid-" + k.name, Namespace: "shop", Name: k.name, IP: "10.0.0.5", Phase: "Running", ResourceVersion: k.version}
	pod.Containers = []model.Container{{Name: "app", State: model.Running, ID: "containerd://1"}}
	return &model.Row{Case: model.Case{Pod: pod, Probes: []model.Probe{{
		Type: k.typ, Container: &pod.Containers[0], Verdict: model.Verdict{State: k.state},
		Spec: &model.ProbeSpec{Handler: handler, Period: period, SuccessThreshold: 1, FailureThreshold: 3},
	}}}}
}

// snapshot returns what is known of pods.
func snapshot(pods ...known) *model.Snapshot {
	s := &model.Snapshot{}
	for _, k := range pods {
		s.Rows = append(s.Rows, k.row())
	}
	return s
}

// many returns pods that are alike.
func many(n int, like known) []known {
	pods := make([]known, n)
	for i := range pods {
		pods[i] = like
		pods[i].name = fmt.Sprintf("pod-%d", i)
	}
	return pods
}

// subject returns the readiness probe of a pod's container.
func subject(pod, container string) prober.Subject {
	return prober.Subject{
		Namespace: "shop", Name: pod, Node: newest,
		Probe: model.Key{Pod: "uid-" + pod, Container: container, Type: model.Readiness},
	}
}

// started returns a prober of a fleet, and what its runs come to after it was closed.
func started(t *testing.T, f *fleet, opts prober.Options) (*prober.Prober, func() []*model.Shadow) {
	t.Helper()
	p := prober.New(f, opts)
	return p, func() []*model.Shadow {
		p.Close()
		var shadows []*model.Shadow
		if err := p.Reports().Run(t.Context(), func(ch model.Change) { shadows = append(shadows, ch.Fact.(*model.Shadow)) }); err != nil {
			t.Error(err)
		}
		return shadows
	}
}
