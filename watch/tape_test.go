package watch

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	apiwatch "k8s.io/apimachinery/pkg/watch"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
)

// picture is what two snapshots of the same moment have in common.
func picture(s *model.Snapshot, at time.Time) any {
	rows := slices.SortedFunc(slices.Values(s.Rows), func(a, b *model.Row) int { return cmp.Compare(a.Pod.UID, b.Pod.UID) })
	said := make([][]any, len(rows))
	for i, row := range rows {
		said[i] = append(published(row), row.Why())
		for p := range row.Probes {
			said[i] = append(said[i], row.Forecast(&row.Probes[p], at))
		}
	}
	return []any{said, s.Totals, s.Sources}
}

// published returns the exported fields of a row. The others hold when it was made, which is not a conclusion.
func published(row *model.Row) (fields []any) {
	v := reflect.ValueOf(*row)
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			fields = append(fields, v.Field(i).Interface())
		}
	}
	return fields
}

// taped plays what record tells a writer back as a tape.
func taped(t testing.TB, record func(w *recording.Writer)) *Tape {
	t.Helper()
	var file bytes.Buffer
	w, err := recording.NewWriter(&file, recording.Header{Context: "test", Start: moment(0)}, recording.Options{})
	if err != nil {
		t.Fatal(err)
	}
	record(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := recording.NewReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	tape, err := ReadTape(r)
	if err != nil {
		t.Fatal(err)
	}
	return tape
}

// shows tells a writer a random history of a handful of pods, their failures, endpoints and node.
func shows(rng *rand.Rand, n int) func(w *recording.Writer) {
	return func(w *recording.Writer) {
		for i, kind := range model.SourceKinds {
			w.Source(moment(0), uint8(i), recording.Source{Kind: string(kind), State: "synced", Since: moment(0)})
		}
		now := moment(0)
		for range n {
			now = now.Add(time.Duration(rng.IntN(3000)) * time.Millisecond)
			seconds := int(now.Sub(moment(0)) / time.Second)
			typ := apiwatch.Modified
			if rng.IntN(6) == 0 {
				typ = apiwatch.Deleted
			}
			switch name := fmt.Sprintf("p%d", rng.IntN(6)); rng.IntN(6) {
			case 0, 1:
				w.Object(now, 0, typ, "pods", running(name, rng.IntN(2) == 0, seconds))
			case 2, 3:
				w.Object(now, 1, typ, "events", failed(name, int32(rng.IntN(9)), seconds))
			case 4:
				w.Object(now, 2, typ, "endpointslices", &discoveryv1.EndpointSlice{
					ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, Labels: map[string]string{discoveryv1.LabelServiceName: "web"}},
					Endpoints:  []discoveryv1.Endpoint{endpoint("Pod", "uid-"+name, ptr(rng.IntN(2) == 0), nil, nil)},
				})
			case 5:
				w.List(now, 0, "pods", recording.ListBegin)
				w.Object(now, 0, apiwatch.Added, "pods", running(name, true, seconds))
				w.List(now, 0, "pods", recording.ListEnd)
			}
		}
	}
}

// running is a pod with an HTTP liveness and readiness probe.
func running(name string, ready bool, started int) *corev1.Pod {
	status := corev1.ConditionFalse
	if ready {
		status = corev1.ConditionTrue
	}
	p := pod(name)
	p.Spec = corev1.PodSpec{NodeName: "n1", Containers: []corev1.Container{{Name: "web", LivenessProbe: httpProbe(), ReadinessProbe: httpProbe()}}}
	p.Status = corev1.PodStatus{
		Phase:      corev1.PodRunning,
		Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: status}, {Type: corev1.ContainersReady, Status: status}},
		ContainerStatuses: []corev1.ContainerStatus{{
			Name: "web", Ready: ready, Started: ptr(true), ContainerID: fmt.Sprint("c", started),
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: at(started)}},
		}},
	}
	return p
}

func failed(name string, count int32, last int) *corev1.Event {
	return &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Namespace: "shop", Name: name + ".17", UID: types.UID("e-" + name)},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: name, UID: types.UID("uid-" + name), FieldPath: "spec.containers{web}"},
		Source:         corev1.EventSource{Component: "kubelet"},
		Reason:         "Unhealthy", Message: "Liveness probe failed: x", Count: count, FirstTimestamp: at(last - 3), LastTimestamp: at(last),
	}
}

// TestListOfStartsTakesNoEventsAway has a recording in which the starts of kubelets are listed again, in the namespace of a pod.
func TestListOfStartsTakesNoEventsAway(t *testing.T) {
	const starts = 5
	node := &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Namespace: "shop", Name: "n1.17", UID: "e-n1"},
		InvolvedObject: corev1.ObjectReference{Kind: "Node", Name: "n1", UID: "n1"},
		Source:         corev1.EventSource{Component: "kubelet"}, Reason: "Starting", Count: 1, FirstTimestamp: at(3), LastTimestamp: at(3),
	}
	tape := taped(t, func(w *recording.Writer) {
		w.Source(moment(0), 0, recording.Source{Kind: "pods", State: "synced", Since: moment(0)})
		w.Source(moment(0), 1, recording.Source{Kind: "events", State: "synced", Since: moment(0)})
		w.Source(moment(0), starts, recording.Source{Kind: "nodeEvents", Namespace: "shop", State: "synced", Since: moment(0)})
		w.Object(moment(1), 0, apiwatch.Added, "pods", running("web", true, 0))
		w.Object(moment(9), 1, apiwatch.Added, "events", failed("web", 1, 9))
		for i := range 2 {
			w.List(moment(10+i), starts, "events", recording.ListBegin)
			w.Object(moment(10+i), starts, apiwatch.Added, "events", node)
			w.List(moment(10+i), starts, "events", recording.ListEnd)
		}
	})
	row := tape.At(tape.End()).Rows[0]
	if len(row.Events) != 1 {
		t.Errorf("%d events are left, want 1", len(row.Events))
	}
}

// TestSeekIsTheFoldUpToThere winds random tapes to random moments, forwards and backwards, and compares with a
// cluster that heard the same from the beginning, change by change with looks in between.
func TestSeekIsTheFoldUpToThere(t *testing.T) {
	for seed := range uint64(4) {
		rng := rand.New(rand.NewPCG(seed, 3))
		tape := taped(t, shows(rng, 200+rng.IntN(3000)))
		length := tape.End().Sub(tape.Start())
		for range 10 {
			to := tape.Start().Add(time.Duration(rng.Int64N(int64(length) + 1)))
			c := model.NewCluster()
			for _, ch := range tape.changes {
				if ch.At.After(to) {
					break
				}
				c.Apply(ch)
				if rng.IntN(5) == 0 {
					c.Snapshot()
				}
			}
			c.Apply(model.Change{At: to})
			if got, want := picture(tape.At(to), to), picture(c.Snapshot(), to); !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d: at %v of %v the tape shows something else", seed, to.Sub(tape.Start()), length)
			}
		}
	}
}

func TestTapeKnowsItsTransitions(t *testing.T) {
	tape := taped(t, func(w *recording.Writer) {
		w.Source(moment(0), 0, recording.Source{Kind: "pods", State: "syncing"})
		w.List(moment(0), 0, "pods", recording.ListBegin)
		w.Object(moment(0), 0, apiwatch.Added, "pods", running("a", true, 0))
		w.List(moment(1), 0, "pods", recording.ListEnd)
		w.Source(moment(1), 0, recording.Source{Kind: "pods", State: "synced"})
		w.Object(moment(5), 0, apiwatch.Modified, "pods", running("a", false, 0))
		w.Object(moment(60), 0, apiwatch.Deleted, "pods", running("a", false, 0))
	})
	var got []string
	for _, tr := range tape.Transitions() {
		got = append(got, fmt.Sprintf("%s %s %v→%v %v", tr.At.Sub(moment(0)), tr.Name, tr.From, tr.To, tr.Worse()))
	}
	want := []string{"5s a passing→starting false", "10s a starting→unready true", "1m0s a unready→finished false"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEmptyRecordingIsRefused(t *testing.T) {
	var file bytes.Buffer
	w, err := recording.NewWriter(&file, recording.Header{}, recording.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := recording.NewReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	if tape, err := ReadTape(r); err == nil {
		t.Errorf("got a tape of %d changes", len(tape.changes))
	}
}

// TestRecordingOfALiveClusterPlaysBackTheSame records from the beginning, and from the middle on, and compares
// the tape's end with what the board knew.
func TestRecordingOfALiveClusterPlaysBackTheSame(t *testing.T) {
	for _, late := range []bool{false, true} {
		t.Run(fmt.Sprintf("late=%v", late), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCluster(t, running("a", true, 0), running("b", false, 0), failed("b", 3, 7))
				r := start(t, c, Scope{})
				defer r.end(t)
				tape := taped(t, func(w *recording.Writer) {
					if late {
						c.put(running("c", true, 0))
						c.remove(running("a", true, 0))
					}
					r.live.Record(w)
					time.Sleep(5 * time.Second)
					c.put(failed("b", 4, 17), running("d", true, 5))
					c.remove(running("b", true, 0))
					synctest.Wait()
					r.live.Record(nil)
					c.put(running("e", true, 5))
					synctest.Wait()
				})
				c.remove(running("e", true, 5))
				synctest.Wait()
				end := tape.At(time.Now())
				r.mu.Lock()
				defer r.mu.Unlock()
				r.cluster.Apply(model.Change{At: time.Now()})
				want := r.cluster.Snapshot()
				if len(end.Rows) != len(want.Rows) || len(end.Rows) == 0 {
					t.Fatalf("the tape ends with %d pods, the board had %d", len(end.Rows), len(want.Rows))
				}
				names := func(s *model.Snapshot) (names []string) {
					for _, row := range s.Rows {
						names = append(names, row.Pod.Name+" "+row.Severity.String())
					}
					slices.Sort(names)
					return names
				}
				if got := names(end); !slices.Equal(got, names(want)) {
					t.Errorf("the tape ends with %v, the board had %v", got, names(want))
				}
				for _, kind := range apiSources {
					if got := end.Source(kind).State; got != model.SourceSynced && kind != model.KubeletMetrics {
						t.Errorf("%s are %s at the end", kind, got)
					}
				}
			})
		})
	}
}

// TestRecordedObjectsAreWhole is about a recorder that comes while objects are being told: it hears none of
// them before it hears that a list begins.
func TestRecordedObjectsAreWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, pod("a"))
		r := start(t, c, Scope{})
		defer r.end(t)
		var o order
		r.live.Record(&o)
		c.put(pod("b"))
		time.Sleep(5 * time.Second)
		r.live.Record(nil)
		o.mu.Lock()
		defer o.mu.Unlock()
		log := o.log
		begun := slices.Index(log, "list pods begin")
		if first := slices.Index(log, "object pods"); begun < 0 || first < begun {
			t.Errorf("heard %q", log)
		}
		if log[0] != "source pods syncing" || !slices.Contains(log, "source pods synced") {
			t.Errorf("heard %q", log)
		}
	})
}

// order is a recorder that remembers in which order it was told things.
type order struct {
	mu  sync.Mutex
	log []string
}

func (o *order) hear(what string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.log = append(o.log, what)
}

func (o *order) Object(_ time.Time, _ uint8, _ apiwatch.EventType, resource string, _ runtime.Object) {
	o.hear("object " + resource)
}

func (o *order) List(_ time.Time, _ uint8, resource, edge string) {
	o.hear("list " + resource + " " + edge)
}

func (o *order) Source(_ time.Time, _ uint8, s recording.Source) {
	o.hear("source " + s.Kind + " " + s.State)
}

// TestATapeOfAClockThatWasSetBack is about a recording that a correction of the clock by an hour fell into.
func TestATapeOfAClockThatWasSetBack(t *testing.T) {
	tape := taped(t, func(w *recording.Writer) {
		w.Source(moment(0), 0, recording.Source{Kind: "pods", State: "synced", Since: moment(0)})
		w.Object(moment(10), 0, apiwatch.Added, "pods", running("a", true, 1))
		w.Object(moment(10-3600), 0, apiwatch.Added, "pods", running("b", true, 1))
		w.Object(moment(11-3600), 0, apiwatch.Added, "pods", running("c", true, 1))
	})
	if tape.Start() != moment(0) || tape.End() != moment(10) {
		t.Errorf("the tape is from %v to %v, want %v to %v", tape.Start(), tape.End(), moment(0), moment(10))
	}
	for at, want := range map[int]int{0: 0, 9: 0, 10: 3, 20: 3} {
		if got := len(tape.At(moment(at)).Rows); got != want {
			t.Errorf("%d pods after %d s, want %d", got, at, want)
		}
	}
}

// TestALargeClusterHasFewCheckpoints: each holds every pod, so a long tape of many must not have one every so often. It has more while the list comes.
func TestALargeClusterHasFewCheckpoints(t *testing.T) {
	tape := readTape(t, tenMinutes(t))
	if n, most := len(tape.checkpoints), 3+len(tape.changes)/benchPods; n > most || n < 2 {
		t.Errorf("%d checkpoints of %d changes, want at most %d", n, len(tape.changes), most)
	}
}
