package recording

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"runtime"
	"strconv"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
)

// BenchmarkObject is what a recording costs the informer that calls it, for each change.
func BenchmarkObject(b *testing.B) {
	w := newWriter(b, io.Discard, Options{})
	pods := [64]*corev1.Pod{}
	for i := range pods {
		pods[i] = samplePod(i)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		w.Object(noon, 1, watch.Modified, "pods", pods[i%len(pods)])
		i++
	}
	closeWriter(b, w)
	if w.Entries() > 0 {
		b.ReportMetric(float64(w.Size())/float64(w.Entries()), "B/entry")
	}
}

// BenchmarkRecordingLoad is what it costs to record 1,000 pods with 20 changes a second: a minute of it, the list at
// its beginning included, with a frame closed every second. It reports the share of one core, which is all there
// is while it runs, and the size of the file. The budgets are 5 %core and 3 MB/min.
func BenchmarkRecordingLoad(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	pods := make([]*corev1.Pod, 1000)
	for i := range pods {
		pods[i] = samplePod(i)
	}
	var size int64
	b.ReportAllocs()
	for b.Loop() {
		w := newWriter(b, io.Discard, Options{Sync: time.Microsecond})
		for _, p := range pods {
			w.Object(noon, 1, watch.Added, "pods", p)
		}
		for i := range 20 * 60 {
			p := pods[i*7%1000]
			restart(p, i)
			w.Object(noon.Add(time.Duration(i)*50*time.Millisecond), 1, watch.Modified, "pods", p)
			for i%20 == 19 && w.Entries() < int64(1000+i+1) { // a second passes
				runtime.Gosched()
			}
		}
		closeWriter(b, w)
		size = w.Size()
	}
	b.ReportMetric(float64(size)/1e6, "MB/min")
	b.ReportMetric(100*b.Elapsed().Seconds()/float64(b.N)/60, "%core")
}

// restart lets a pod's first container be another instance than before, i changes after noon.
func restart(p *corev1.Pod, i int) {
	p.ResourceVersion = strconv.Itoa(1_000_000 + i)
	at := metav1.NewTime(noon.Add(time.Duration(i/20) * time.Second))
	s := &p.Status.ContainerStatuses[0]
	s.Ready, s.ContainerID, s.RestartCount = !s.Ready, "containerd://"+rand.Text()+rand.Text(), s.RestartCount+1
	s.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: at}}
	for c := range p.Status.Conditions {
		p.Status.Conditions[c].LastTransitionTime = at
	}
}

// BenchmarkRead reads a recording of 5,000 pods, ten minutes long, with 100 changes a second.
func BenchmarkRead(b *testing.B) {
	d := &disk{}
	w := newWriter(b, d, Options{})
	const entries = 5000 + 600*100
	for i := range entries {
		w.Object(noon.Add(time.Duration(i)), 1, watch.Modified, "pods", samplePod(i%5000))
	}
	closeWriter(b, w)
	b.ReportMetric(float64(d.Len())/1e6, "MB")
	for b.Loop() {
		r, err := NewReader(bytes.NewReader(d.Bytes()))
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for ; err == nil; n++ {
			_, err = r.Next()
		}
		if !errors.Is(err, io.EOF) || n != entries+1 {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/entries, "ns/entry")
}

func BenchmarkDecode(b *testing.B) {
	object, err := json.Marshal(Trim(samplePod(1), false))
	if err != nil {
		b.Fatal(err)
	}
	e := Entry{Resource: "pods", Object: object}
	b.SetBytes(int64(len(e.Object)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Decode(); err != nil {
			b.Fatal(err)
		}
	}
}
