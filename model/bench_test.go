package model_test

import (
	"fmt"
	"runtime"
	"testing"

	. "github.com/probetop/probetop/model"
)

// crowd is a cluster of n pods with the usual three probes and a Service; every tenth one fails.
func crowd(b *testing.B, n int) *world {
	b.Helper()
	w := newWorld(b)
	for i := range 50 {
		w.hears(&Node{Name: fmt.Sprintf("n%d", i), Ready: True, KubeletVersion: "v1.37.1"})
	}
	w.hears(&Service{Namespace: "shop", Name: "web", Selector: "app=web", Ports: "http"})
	for i := range n {
		p := member(i)
		w.hears(p, &EndpointSlice{Namespace: "shop", Name: p.Name, Service: "web", Endpoints: []Endpoint{{Pod: p.UID, Ready: true, Serving: true}}})
		if i%10 == 0 {
			w.hears(failure(p, 1))
		}
	}
	w.after(60)
	return w
}

var (
	spec     = probe()
	template = &ContainerSpec{Image: "registry.test/web:1.4.2", Ports: []ContainerPort{{Name: "http", Number: 8080}}}
)

func member(i int) *Pod {
	return web(with(Liveness, spec), with(Readiness, spec), with(Startup, spec), func(p *Pod) {
		p.UID = fmt.Sprintf("00000000-0000-0000-0000-%012d", i)
		p.Name, p.Node = fmt.Sprintf("web-7d4b9c-%05d", i), fmt.Sprintf("n%d", i%50)
		p.IP = fmt.Sprintf("10.0.%d.%d", i/256, i%256)
		p.Owner = Owner{Kind: "Deployment", Name: "web", Revision: "web-7d4b9c"}
		for _, typ := range []string{"PodScheduled", "Initialized", "PodReadyToStartContainers"} {
			p.Conditions = append(p.Conditions, Condition{Type: typ, Status: True, Since: epoch})
		}
		p.Labels = "app=web,app.kubernetes.io/part-of=shop,pod-template-hash=7d4b9c"
		p.Containers[0].Spec = template
		p.Containers[0].ID = fmt.Sprintf("containerd://%064d", i)
	})
}

func failure(p *Pod, count int32) *Event {
	return NewEvent(Event{
		UID: "e" + p.UID, Namespace: p.Namespace, Name: p.Name + ".17a1", Pod: p.UID, Container: "web",
		Reason: ReasonUnhealthy, Message: "Readiness probe failed: HTTP probe failed with statuscode: 503",
		Count: count, First: at(1), Last: at(int(count)),
	})
}

// BenchmarkFoldPod is one pod change with its conclusions. Budget: 5 µs.
func BenchmarkFoldPod(b *testing.B) {
	c := NewCluster()
	p := member(1)
	c.Apply(Change{At: epoch, Fact: p})
	c.Snapshot()
	b.ReportAllocs()
	for b.Loop() {
		c.Apply(Change{At: epoch, Fact: p})
		c.Snapshot()
	}
}

// BenchmarkFoldEvent is one more occurrence of an event with its conclusions. Budget: 5 µs.
func BenchmarkFoldEvent(b *testing.B) {
	c := NewCluster()
	p := member(1)
	c.Apply(Change{At: epoch, Fact: p})
	e := failure(p, 3)
	b.ReportAllocs()
	for b.Loop() {
		c.Apply(Change{At: epoch, Stream: 1, Fact: e})
		c.Snapshot()
	}
}

// BenchmarkPublish is a snapshot of n pods of which one has changed. Budget at 50,000 pods: 5 ms.
func BenchmarkPublish(b *testing.B) {
	for _, n := range []int{10_000, 50_000} {
		b.Run(fmt.Sprintf("pods=%d", n), func(b *testing.B) {
			w := crowd(b, n)
			p := member(7)
			w.Snapshot()
			b.ReportAllocs()
			for b.Loop() {
				w.hears(p)
				w.Snapshot()
			}
		})
	}
}

// BenchmarkPublishNothing is a snapshot of 50,000 pods of which none has changed. Budget: nothing.
func BenchmarkPublishNothing(b *testing.B) {
	w := crowd(b, 50_000)
	w.Snapshot()
	b.ReportAllocs()
	for b.Loop() {
		w.Snapshot()
	}
}

// BenchmarkHeapPerPod reports the heap of one pod with everything the board knows about it. Budget: 3 KiB.
func BenchmarkHeapPerPod(b *testing.B) {
	const n = 20_000
	for b.Loop() {
		before := heap()
		w := crowd(b, n)
		w.Snapshot()
		b.ReportMetric(float64(heap()-before)/n, "B/pod")
		runtime.KeepAlive(w)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
