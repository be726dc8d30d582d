package watch

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apiwatch "k8s.io/apimachinery/pkg/watch"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
)

// TestATapeSaysWhatItLacks plays a recording of which a part in the middle is damaged: the streams are stale from there
// until they list anew.
func TestATapeSaysWhatItLacks(t *testing.T) {
	const (
		synced = `{"at":"2026-08-11T12:00:00Z","stream":0,"source":{"kind":"pods","state":"synced","since":"2026-08-11T12:00:00Z"}}`
		later  = `{"at":"2026-08-11T12:00:09Z","stream":0,"source":{"kind":"pods","state":"synced","since":"2026-08-11T12:00:09Z"}}`
	)
	file := film(t, append(podLines(3), synced)...)
	file = append(file, "junk"...)
	file = append(file, film(t, podLines(5)[4])...)
	file = append(file, film(t, later)...)
	r, err := recording.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	tape, err := ReadTape(r)
	if err != nil {
		t.Fatal(err)
	}
	if d := tape.Damage(); d == nil || !strings.Contains(d.Error(), "(4 entries)") || !strings.Contains(d.Error(), "what comes after it is shown") {
		t.Errorf("damage: %v", d)
	}
	s := tape.At(tape.Start())
	if pods := s.Source(model.Pods); len(s.Rows) != 4 || pods.State != model.SourceStale || !strings.Contains(pods.Error, "damaged here") {
		t.Errorf("%d pods, %+v", len(s.Rows), pods)
	}
	if pods := tape.At(tape.End()).Source(model.Pods); pods.State != model.SourceSynced {
		t.Errorf("in the end: %+v", pods)
	}
}

// TestATapeIsAsLargeAsItsRecordingAllows reads small recordings of which the facts would take a lot of memory.
func TestATapeIsAsLargeAsItsRecordingAllows(t *testing.T) {
	nested := strings.TrimSuffix(strings.Repeat("{},", 2000), ",")
	for name, object := range map[string]string{
		"tiny pods":      `{"metadata":{"uid":"%d"}}`,
		"wide pods":      `{"metadata":{"uid":"%d"},"spec":{"containers":[` + nested + `]}}`,
		"wide endpoints": `{"metadata":{"name":"%d"},"endpoints":[` + nested + `]}`,
	} {
		resource := "pods"
		if strings.HasPrefix(name, "wide endpoints") {
			resource = "endpointslices"
		}
		lines := make([]string, 4_000_000/(len(object)+80))
		for i := range lines {
			lines[i] = `{"at":"2026-08-11T12:00:00Z","stream":0,"event":"ADDED","resource":"` + resource + `","object":` + fmt.Sprintf(object, i) + `}`
		}
		r, err := recording.NewReader(bytes.NewReader(bytes.Repeat(film(t, lines...), 20)))
		if err != nil {
			t.Fatal(err)
		}
		tape := &Tape{header: r.Header()}
		taping := newTaping(tape)
		if err := eachEntry(r, taping.hear, taping.lose); err != nil {
			taping.lose(err)
		}
		if d := taping.damage(); !errors.Is(d, recording.ErrUnfolds) || taping.weight > 2*tapeFreely+tapeLeeway*r.Offset() {
			t.Errorf("%s: %d bytes of facts from %d, %v", name, taping.weight, r.Offset(), d)
		}
		_ = r.Close()
	}
}

// TestAnEntryIsBounded reads a recording in which pods have tens of thousands of labels: they are left out, the others are there.
func TestAnEntryIsBounded(t *testing.T) {
	labels := func(from, n int) string {
		all := make([]string, n)
		for i := range all {
			all[i] = fmt.Sprintf(`"%x":""`, from+i)
		}
		return strings.Join(all, ",")
	}
	const entry = `{"at":"2026-08-11T12:00:00Z","stream":0,"event":"ADDED","resource":"pods","object":{"metadata":{"uid":"u%d","labels":{%s}}}}`
	var file []byte
	for i := range 20 {
		file = append(file, film(t, fmt.Sprintf(entry, i, labels(i<<16, 60_000)), fmt.Sprintf(entry, 100+i, labels(i<<16, 100)))...)
	}
	r, err := recording.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	tape, err := ReadTape(r)
	if err != nil {
		t.Fatal(err)
	}
	weight := int64(0)
	for _, ch := range tape.changes {
		weight += weightOf(ch.Fact)
	}
	if pods := len(tape.At(tape.End()).Rows); pods != 20 || weight > 100<<10 {
		t.Errorf("%d pods of %d bytes", pods, weight)
	}
	const want = "one of the pods is left out that was heard at 2026-08-11T12:00:00Z: its labels take 3"
	if d := tape.Damage(); d == nil || !strings.HasPrefix(d.Error(), want) || !strings.Contains(d.Error(), "no more than 16 are read, and in 19 more places") {
		t.Errorf("damage: %v", d)
	}
}

// TestTheLargestEntriesAreRead weighs what a cluster has at most: an EndpointSlice of a thousand endpoints, and a pod of a hundred containers.
func TestTheLargestEntriesAreRead(t *testing.T) {
	slice := &discoveryv1.EndpointSlice{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-x"}}
	for i := range 1000 {
		slice.Endpoints = append(slice.Endpoints, endpoint("Pod", fmt.Sprint("u", i), ptr(true), nil, nil))
	}
	large := running("large", true, 0)
	for i := range 100 {
		c := large.Spec.Containers[0]
		c.Name = fmt.Sprint("c", i)
		large.Spec.Containers = append(large.Spec.Containers, c)
		s := large.Status.ContainerStatuses[0]
		s.Name = c.Name
		large.Status.ContainerStatuses = append(large.Status.ContainerStatuses, s)
	}
	tape := taped(t, func(w *recording.Writer) {
		w.Object(moment(0), 2, apiwatch.Added, "endpointslices", slice)
		w.Object(moment(0), 0, apiwatch.Added, "pods", large)
	})
	if d := tape.Damage(); d != nil || len(tape.changes) != 2 {
		t.Errorf("%d changes, %v", len(tape.changes), d)
	}
}

// TestCheckpointsAreSpacedByAllObjects has a recording of endpoint slices without a pod: a checkpoint copies all of them.
func TestCheckpointsAreSpacedByAllObjects(t *testing.T) {
	tape := taped(t, func(w *recording.Writer) {
		for i := range 20 * spacing {
			w.Object(moment(0), 2, apiwatch.Added, "endpointslices", &discoveryv1.EndpointSlice{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprint(i)}})
		}
	})
	if n := len(tape.checkpoints); n > 8 {
		t.Errorf("%d checkpoints of %d changes", n, len(tape.changes))
	}
}
