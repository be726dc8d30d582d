package watch

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/klauspost/compress/zstd"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/probetop/probetop/recording"
)

// film is a recording that consists of these lines, after its header.
func film(t *testing.T, lines ...string) []byte {
	t.Helper()
	var file bytes.Buffer
	z, err := zstd.NewWriter(&file)
	if err != nil {
		t.Fatal(err)
	}
	lines = append([]string{`{"kind":"ProbetopRecording","version":1}`}, lines...)
	if _, err := z.Write([]byte(strings.Join(lines, "\n") + "\n")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// podLines are n pods, one after another.
func podLines(n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf(`{"at":"2026-08-11T12:00:00Z","stream":0,"event":"ADDED","resource":"pods","object":{"metadata":{"uid":"%d"}}}`, i)
	}
	return lines
}

// uids reads a recording and returns whom it is about, in order.
func uids(t *testing.T, file []byte) (pods []string, err error) {
	t.Helper()
	r, err := recording.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	err = eachEntry(r, func(_ *recording.Entry, o runtime.Object) {
		pods = append(pods, string(o.(*corev1.Pod).UID))
	})
	return pods, err
}

func TestEntriesComeInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 20*batchSize + 7
		got, err := uids(t, film(t, podLines(n)...))
		if err != nil || len(got) != n {
			t.Fatalf("%d entries, %v, want %d", len(got), err, n)
		}
		for i, uid := range got {
			if uid != fmt.Sprint(i) {
				t.Fatalf("entry %d is about %s", i, uid)
			}
		}
	})
}

// TestReadingEndsWhereItCannotGoOn is about what is left of a recording then: everything before, and no goroutine.
func TestReadingEndsWhereItCannotGoOn(t *testing.T) {
	lines := podLines(20 * batchSize)
	lines[5*batchSize+3] = `{"at":"2026-08-11T12:00:00Z","event":"ADDED","resource":"pods","object":{"metadata":5}}`
	whole := film(t, podLines(20*batchSize)...)
	damaged := append(film(t, podLines(5*batchSize)...), whole[:len(whole)-3]...)
	for name, test := range map[string]struct {
		file []byte
		want int
	}{
		"an object that is none": {film(t, lines...), 5*batchSize + 3},
		"a frame that is cut":    {damaged, 5 * batchSize},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got, err := uids(t, test.file)
				var damage *recording.DamageError
				if err == nil || len(got) != test.want || errors.As(err, &damage) != (name == "a frame that is cut") {
					t.Errorf("%d entries, %v, want %d and an error", len(got), err, test.want)
				}
			})
		})
	}
}

func TestABatchOfLargeObjectsIsSmall(t *testing.T) {
	lines := podLines(8)
	filling := `"metadata":{"labels":{"filling":"` + strings.Repeat("x", batchBytes/4) + `"},`
	for i := range lines {
		lines[i] = strings.Replace(lines[i], `"metadata":{`, filling, 1)
	}
	r, err := recording.NewReader(bytes.NewReader(film(t, lines...)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if b := readBatch(r); b.err != nil || len(b.entries) != 4 {
		t.Errorf("%d entries in a batch, %v, want 4", len(b.entries), b.err)
	}
}
