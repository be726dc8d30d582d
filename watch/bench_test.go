package watch

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/simcluster"
)

// encoded returns n pods as a server would send them, sixty to a Deployment.
func encoded(tb testing.TB, n int) [][]byte {
	tb.Helper()
	wire := make([][]byte, n)
	for i := range wire {
		p := web()
		hash := fmt.Sprintf("%010x", i/60)
		p.Namespace, p.Name = fmt.Sprint("team-", i%40), fmt.Sprintf("web-%s-%05x", hash, i)
		p.UID = types.UID(fmt.Sprintf("%08x-0000-4000-8000-%012x", i, i))
		p.Labels = map[string]string{"pod-template-hash": hash, "app": "web"}
		p.OwnerReferences[1].Name = "web-" + hash
		p.Spec.NodeName, p.Status.PodIP = fmt.Sprint("node-", i%200), fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)
		p.Spec.ReadinessGates, p.Spec.InitContainers, p.Status.InitContainerStatuses = nil, nil, nil
		p.Spec.Containers = p.Spec.Containers[:1]
		s := &p.Status.ContainerStatuses[0]
		s.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: at(i % 1000)}}
		s.Ready, s.Started, s.LastTerminationState = true, ptr(true), corev1.ContainerState{}
		s.ContainerID = "containerd://" + strings.Repeat(fmt.Sprintf("%08x", i), 8)
		p.Status.Conditions = nil
		for _, typ := range []corev1.PodConditionType{"PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"} {
			p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{Type: typ, Status: "True", LastTransitionTime: at(i % 500)})
		}
		p.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "kubelet", FieldsV1: metav1.NewFieldsV1(strings.Repeat("x", 1500))}}
		var err error
		if wire[i], err = p.Marshal(); err != nil {
			tb.Fatal(err)
		}
	}
	return wire
}

func decoded(tb testing.TB, wire []byte) *corev1.Pod {
	tb.Helper()
	p := &corev1.Pod{}
	if err := p.Unmarshal(wire); err != nil {
		tb.Fatal(err)
	}
	return p
}

// BenchmarkConvertPod is one decoded pod to one fact.
func BenchmarkConvertPod(b *testing.B) {
	p, in := decoded(b, encoded(b, 1)[0]), newInterner()
	b.ReportAllocs()
	for b.Loop() {
		podFact(in, p)
	}
}

// BenchmarkDecodeAndConvertPod is one pod from the wire to a fact, which is mostly decoding.
func BenchmarkDecodeAndConvertPod(b *testing.B) {
	wire, in := encoded(b, 1)[0], newInterner()
	b.SetBytes(int64(len(wire)))
	b.ReportAllocs()
	for b.Loop() {
		podFact(in, decoded(b, wire))
	}
}

// BenchmarkConvertEvent is one decoded event to one fact.
func BenchmarkConvertEvent(b *testing.B) {
	in := newInterner()
	e := &corev1.Event{
		InvolvedObject: corev1.ObjectReference{UID: "u1", FieldPath: "spec.containers{web}"}, Reason: "Unhealthy",
		Message: "Readiness probe failed: HTTP probe failed with statuscode: 503", Count: 3,
	}
	b.ReportAllocs()
	for b.Loop() {
		eventFact(in, e)
	}
}

// BenchmarkHeapPerPod reports what a pod costs in memory, model and snapshot included. The budget is 3 KiB.
func BenchmarkHeapPerPod(b *testing.B) {
	const n = 10000
	wire := encoded(b, n)
	for b.Loop() {
		before := heap()
		cluster, in := model.NewCluster(), newInterner()
		for _, w := range wire {
			cluster.Apply(model.Change{At: epoch, Fact: podFact(in, decoded(b, w))})
		}
		snapshot := cluster.Snapshot()
		b.ReportMetric(float64(heap()-before)/n, "heap-B/pod")
		runtime.KeepAlive(snapshot)
		runtime.KeepAlive(cluster)
		runtime.KeepAlive(in)
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkFeed is one change from emitter to fold while a reader follows, in a cluster of 10,000 pods.
func BenchmarkFeed(b *testing.B) {
	const n = 10000
	in := newInterner()
	facts := make([]*model.Pod, n)
	for i, w := range encoded(b, n) {
		facts[i] = podFact(in, decoded(b, w))
	}
	f := NewFeed(0)
	go func() {
		for r := f.Reader(); ; {
			if _, err := r.Next(context.Background()); err != nil {
				return
			}
		}
	}()
	b.ReportAllocs()
	b.ResetTimer()
	_ = f.Run(b.Context(), script(func(_ context.Context, emit func(model.Change)) error {
		for i := range b.N {
			emit(model.Change{At: epoch, Fact: facts[i%n]})
		}
		return nil
	}))
	b.ReportMetric(float64(f.Snapshot().Seq), "snapshots")
}

// BenchmarkLive10000Pods is a whole start: lists over pipes in memory, facts, fold, first settled
// snapshot. It reports the heap in use at the end, the server's part included.
func BenchmarkLive10000Pods(b *testing.B) {
	for _, streaming := range []bool{true, false} {
		b.Run(fmt.Sprintf("streaming=%v", streaming), func(b *testing.B) {
			c := newCluster(b)
			if !streaming {
				c.fault("", "", simcluster.RefuseStreaming())
			}
			for i, w := range encoded(b, 10000) {
				p := decoded(b, w)
				p.Name += fmt.Sprint(i)
				c.put(p)
			}
			for b.Loop() {
				before := heap()
				live, err := NewLive(c.RESTConfig(), Scope{})
				if err != nil {
					b.Fatal(err)
				}
				ctx, stop := context.WithCancel(b.Context())
				f, done := NewFeed(0), make(chan error)
				go func() { done <- f.Run(ctx, live) }()
				for r := f.Reader(); ; {
					s, err := r.Next(ctx)
					if err != nil {
						b.Fatal(err)
					}
					if s.Settled() && len(s.Rows) == 10000 {
						break
					}
				}
				b.ReportMetric(float64(heap()-before)/(1<<20), "heap-MiB")
				stop()
				if err := <-done; err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
