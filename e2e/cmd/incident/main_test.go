package main

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/probetop/probetop/recording"
)

// A recording that is packed anew says the same in less.
func TestRepackedRecordingIsRead(t *testing.T) {
	t.Parallel()
	const runs = 100
	var file bytes.Buffer
	w, err := recording.NewWriter(&file, recording.Header{Context: "here"}, recording.Options{Sync: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	for i := range runs {
		w.Shadow(time.Unix(int64(i), 0), 0, recording.Shadow{UID: "a", Container: "web", Type: "liveness", Outcome: "failure", Text: "HTTP probe failed with statuscode: 503"})
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	packed, err := repack(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	r, err := recording.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; ; n++ {
		if _, err = r.Next(); err != nil {
			break
		}
	}
	if !errors.Is(err, io.EOF) || n != runs || r.Header().Context != "here" {
		t.Errorf("read %d runs of %q, then %v", n, r.Header().Context, err)
	}
}
