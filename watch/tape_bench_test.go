package watch

import (
	"bytes"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apiwatch "k8s.io/apimachinery/pkg/watch"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
)

const (
	benchPods    = 5000
	benchChanges = 10 * 60 * 20
)

// tenMinutes is a recording of 5,000 pods, ten minutes long, with 20 changes of a pod a second.
func tenMinutes(tb testing.TB) []byte {
	tb.Helper()
	var file bytes.Buffer
	w, err := recording.NewWriter(&file, recording.Header{Start: moment(0)}, recording.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	for i, kind := range apiSources {
		w.Source(moment(0), uint8(i), recording.Source{Kind: string(kind), State: "syncing", Since: moment(0)})
	}
	w.List(moment(0), 0, "pods", recording.ListBegin)
	pods := make([]*corev1.Pod, benchPods)
	for i, wire := range encoded(tb, benchPods) {
		pods[i] = decoded(tb, wire)
		w.Object(moment(0), 0, apiwatch.Added, "pods", pods[i])
	}
	w.List(moment(0), 0, "pods", recording.ListEnd)
	for i, kind := range apiSources {
		w.Source(moment(0), uint8(i), recording.Source{Kind: string(kind), State: "synced", Since: moment(0)})
	}
	for i := range benchChanges {
		p := pods[i*7%benchPods]
		s := &p.Status.ContainerStatuses[0]
		s.Ready = !s.Ready
		status := corev1.ConditionFalse
		if s.Ready {
			status = corev1.ConditionTrue
		}
		p.Status.Conditions[2].Status, p.Status.Conditions[3].Status = status, status
		w.Object(moment(0).Add(time.Duration(i)*50*time.Millisecond), 0, apiwatch.Modified, "pods", p)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return file.Bytes()
}

func readTape(tb testing.TB, file []byte) *Tape {
	tb.Helper()
	r, err := recording.NewReader(bytes.NewReader(file))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	tape, err := ReadTape(r)
	if err != nil {
		tb.Fatal(err)
	}
	return tape
}

// BenchmarkOpenTape opens ten minutes of 5,000 pods with 20 changes a second. The budget is one second. It reports
// the size of the file, and what the open tape has of the heap.
func BenchmarkOpenTape(b *testing.B) {
	file := tenMinutes(b)
	before := heap()
	var tape *Tape
	for b.Loop() {
		tape = readTape(b, file)
	}
	b.ReportMetric(float64(heap()-before)/(1<<20), "heap-MiB")
	b.ReportMetric(float64(len(file))/(1<<20), "file-MiB")
	b.ReportMetric(float64(len(tape.Transitions())), "transitions")
	runtime.KeepAlive(tape)
	runtime.KeepAlive(file)
}

// BenchmarkSeek seeks to random moments of that tape. The budget is 200 ms.
func BenchmarkSeek(b *testing.B) {
	tape := readTape(b, tenMinutes(b))
	length := int64(tape.End().Sub(tape.Start()))
	rng := rand.New(rand.NewPCG(1, 2))
	var s *model.Snapshot
	for b.Loop() {
		s = tape.At(tape.Start().Add(time.Duration(rng.Int64N(length))))
	}
	if len(s.Rows) != benchPods {
		b.Errorf("%d pods", len(s.Rows))
	}
}
