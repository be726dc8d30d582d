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

// uids reads a recording and returns whom it is about, in order, and what is lost.
func uids(t *testing.T, file []byte) (pods []string, lost []error) {
	t.Helper()
	r, err := recording.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	err = eachEntry(r, func(what told) error {
		pods = append(pods, string(what.object.(*corev1.Pod).UID))
		return nil
	}, func(err error) { lost = append(lost, err) })
	if err != nil {
		t.Error(err)
	}
	return pods, lost
}

func TestEntriesComeInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 20*batchSize + 7
		got, lost := uids(t, film(t, podLines(n)...))
		if lost != nil || len(got) != n {
			t.Fatalf("%d entries, %v, want %d", len(got), lost, n)
		}
		for i, uid := range got {
			if uid != fmt.Sprint(i) {
				t.Fatalf("entry %d is about %s", i, uid)
			}
		}
	})
}

// TestReadingGoesOnOverDamage is about what is left of a recording then: everything else, and no goroutine.
func TestReadingGoesOnOverDamage(t *testing.T) {
	lines := podLines(20 * batchSize)
	lines[5*batchSize+3] = `{"at":"2026-08-11T12:00:00Z","event":"ADDED","resource":"pods","object":{"metadata":5}}`
	lines[5*batchSize+5] = "x"
	whole := film(t, podLines(20*batchSize)...)
	damaged := append(film(t, podLines(5*batchSize)...), whole[:len(whole)-3]...)
	damaged = append(damaged, film(t, podLines(9)...)...)
	for name, test := range map[string]struct {
		file []byte
		want int
		lost []string
	}{
		"entries that are none": {film(t, lines...), 20*batchSize - 2, []string{"one of the pods cannot be read that was heard at 2026-08-11T12:00:00Z", "an entry cannot be read"}},
		"a frame that is cut":   {damaged, 5*batchSize + 9, []string{"damaged after 2026-08-11T12:00:00Z (320 entries)"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got, lost := uids(t, test.file)
				if len(got) != test.want || len(lost) != len(test.lost) {
					t.Fatalf("%d entries, %v, want %d", len(got), lost, test.want)
				}
				for i, want := range test.lost {
					if !strings.Contains(lost[i].Error(), want) {
						t.Errorf("got %v, want %s", lost[i], want)
					}
				}
			})
		})
	}
}

// TestReadingEndsWhereItIsTold leaves no goroutine behind.
func TestReadingEndsWhereItIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := recording.NewReader(bytes.NewReader(film(t, podLines(100*batchSize)...)))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Close() }()
		enough, n := errors.New("enough"), 0
		err = eachEntry(r, func(told) error {
			if n++; n == 5 {
				return enough
			}
			return nil
		}, func(error) {})
		if !errors.Is(err, enough) || n != 5 {
			t.Errorf("%d entries, %v", n, err)
		}
	})
}

func TestABatchOfLargeObjectsIsSmall(t *testing.T) {
	lines := podLines(8)
	filling := `"metadata":{"labels":{"filling":"` + strings.Repeat("x", batchWeight/4) + `"},`
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
