package recording

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
)

func TestGoroutinesKeepTheirOrder(t *testing.T) {
	var file bytes.Buffer
	w := newWriter(t, &file, Options{Sync: time.Millisecond})
	const streams, each = 8, 200
	var all sync.WaitGroup
	for s := range streams {
		all.Go(func() {
			for i := range each {
				w.Object(noon, uint8(s), watch.Added, "services", &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint(i)}})
				_, _ = w.Size(), w.Entries()
			}
		})
	}
	all.Wait()
	closeWriter(t, w)
	got, err := readAll(&file)
	if !errors.Is(err, io.EOF) || len(got) != streams*each {
		t.Fatalf("%d entries, %v", len(got), err)
	}
	next := [streams]int{}
	for i := range got {
		o, err := got[i].Decode()
		if err != nil {
			t.Fatal(err)
		}
		s := got[i].Stream
		if name := o.(*corev1.Service).Name; name != fmt.Sprint(next[s]) {
			t.Fatalf("stream %d: got %s, want %d", s, name, next[s])
		}
		next[s]++
	}
}

// disk is an io.Writer that can fail, and that says when it was synced.
type disk struct {
	bytes.Buffer
	room   int // when positive, how many more bytes there is room for
	syncs  int
	broken error
	stuck  chan struct{} // when set, Write waits for it
}

var errFull = errors.New("no space left on device")

func (d *disk) Write(b []byte) (int, error) {
	if d.stuck != nil {
		<-d.stuck
	}
	if d.room > 0 {
		if d.room -= len(b); d.room <= 0 {
			return 0, errFull
		}
	}
	return d.Buffer.Write(b)
}

func (d *disk) Sync() error { d.syncs++; return d.broken }

func TestNothingWaitsLongerThanASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{}
		w := newWriter(t, d, Options{})
		for i := range 5 {
			time.Sleep(3300 * time.Millisecond)
			w.Object(time.Now(), 1, watch.Added, "pods", samplePod(i))
			time.Sleep(time.Second)
			synctest.Wait()
			if got := w.Entries(); got != int64(i+1) || d.syncs != i+2 {
				t.Errorf("%d entries and %d syncs after %d", got, d.syncs, i+1)
			}
		}
		closeWriter(t, w)
		if d.syncs != 6 {
			t.Errorf("%d syncs", d.syncs)
		}
	})
}

func TestLargeFramesAreWrittenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{}
		w := newWriter(t, d, Options{})
		for i := range 1000 {
			w.Object(time.Now(), 1, watch.Added, "pods", samplePod(i))
		}
		synctest.Wait()
		if w.Entries() == 0 || d.syncs != 1 {
			t.Errorf("%d entries, %d syncs", w.Entries(), d.syncs)
		}
		closeWriter(t, w)
		got, err := readAll(&d.Buffer)
		if !errors.Is(err, io.EOF) || len(got) != 1000 {
			t.Errorf("%d entries, %v", len(got), err)
		}
	})
}

func TestAFullDiskIsSaidAtOnce(t *testing.T) {
	for name, d := range map[string]*disk{"writing": {room: 300}, "syncing": {}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWriter(t, d, Options{})
				select {
				case <-w.Failed():
					t.Fatal("failed before anything was recorded")
				default:
				}
				if name == "syncing" {
					d.broken = errFull
				}
				w.Object(time.Now(), 1, watch.Added, "pods", samplePod(1))
				<-w.Failed()
				if err := w.Err(); !errors.Is(err, errFull) {
					t.Errorf("got %v", err)
				}
				size, entries := w.Size(), w.Entries()
				w.Object(time.Now(), 1, watch.Added, "pods", samplePod(1))
				w.List(time.Now(), 1, "pods", ListEnd)
				time.Sleep(time.Minute)
				if err := w.Close(); !errors.Is(err, errFull) {
					t.Errorf("got %v", err)
				}
				if w.Size() != size || w.Entries() != entries {
					t.Error("something has been written after the failure")
				}
			})
		})
	}
}

func TestAFullDiskAtTheBeginning(t *testing.T) {
	if _, err := NewWriter(&disk{room: 1}, sampleHeader, Options{}); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}

func TestAStuckDiskBlocksNobody(t *testing.T) {
	d := &disk{}
	w := newWriter(t, d, Options{Sync: time.Millisecond})
	stuck := make(chan struct{})
	d.stuck = stuck
	line := append(bytes.Repeat([]byte("x"), frameSize), '\n')
	for range 2 * backlog / len(line) {
		w.append(line)
	}
	<-w.Failed()
	if err := w.Err(); !errors.Is(err, ErrBehind) {
		t.Errorf("got %v", err)
	}
	close(stuck)
	if err := w.Close(); !errors.Is(err, ErrBehind) {
		t.Errorf("got %v", err)
	}
}

func TestAfterCloseNothingIsRecorded(t *testing.T) {
	d := &disk{}
	w := newWriter(t, d, Options{})
	closeWriter(t, w)
	w.List(noon, 1, "pods", ListEnd)
	closeWriter(t, w)
	if got, err := readAll(&d.Buffer); len(got) != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("%d entries, %v", len(got), err)
	}
}

// An object that is longer than a line may be, or has more values, is left out, and the recording goes on.
func TestWhatIsTooLargeIsLeftOut(t *testing.T) {
	d := &disk{}
	w := newWriter(t, d, Options{})
	long := sampleEvent(1)
	long.Message = string(make([]byte, maxLine/6))
	w.Object(noon, 1, watch.Added, "events", long)
	wide := samplePod(1)
	wide.Spec.Containers = make([]corev1.Container, maxValues)
	w.Object(noon, 1, watch.Added, "pods", wide)
	w.Object(noon, 1, watch.Added, "events", sampleEvent(2))
	closeWriter(t, w)
	if got, err := readAll(&d.Buffer); len(got) != 1 || !errors.Is(err, io.EOF) || w.Omitted() != 2 {
		t.Errorf("%d entries, %v, %d left out", len(got), err, w.Omitted())
	}
}

// Whatever the clocks say, what is written can be read.
func TestTimesOfAnyYearCanBeRead(t *testing.T) {
	d := &disk{}
	w := newWriter(t, d, Options{})
	far, before := time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC)
	pod := samplePod(1)
	pod.CreationTimestamp, pod.DeletionTimestamp = metav1.NewTime(before), ptr(metav1.NewTime(far))
	w.Object(far, 1, watch.Added, "pods", pod)
	w.Source(far, 1, Source{Kind: "pods", State: "synced", Since: before})
	w.Shadow(far, 1, Shadow{Began: far})
	w.Counters(far, 1, Counters{Asked: before, Started: far})
	closeWriter(t, w)
	got, err := readAll(&d.Buffer)
	if len(got) != 4 || !errors.Is(err, io.EOF) || got[0].At.Year() != lastYear {
		t.Fatalf("%d entries, %v", len(got), err)
	}
	o, err := got[0].Decode()
	if err != nil || o.(*corev1.Pod).DeletionTimestamp.Year() != lastYear || o.(*corev1.Pod).Name != pod.Name {
		t.Errorf("got %v, %v", o, err)
	}
}

func TestFramesAreCutBetweenLines(t *testing.T) {
	line := append(bytes.Repeat([]byte("x"), frameSize/3), '\n')
	for n, want := range map[int]int{1: 1, 2: 2, 3: 2, 9: 2} {
		if got := cut(bytes.Repeat(line, n)); got != want*len(line) {
			t.Errorf("%d lines: got %d bytes, want %d lines", n, got, want)
		}
	}
	long := append(bytes.Repeat([]byte("x"), 2*frameSize), '\n')
	if got := cut(append(long, line...)); got != 2*frameSize+1 {
		t.Errorf("a long line: got %d bytes", got)
	}
}
