package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/watch"
)

func TestWhatIsWrittenIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "recording")
	w, err := Create(path, sampleHeader, Options{})
	if err != nil {
		t.Fatal(err)
	}
	writeSample(t, w)
	closeWriter(t, w)
	if w.Entries() != sampleEntries {
		t.Errorf("%d entries written", w.Entries())
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() != w.Size() {
		t.Errorf("the file has %d bytes, the writer says %d (%v)", info.Size(), w.Size(), err)
	}
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if got := r.Header(); got != sampleHeader {
		t.Errorf("got %+v", got)
	}
	var got []Entry
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e)
	}
	checkSample(t, got)
	if r.Offset() != info.Size() {
		t.Errorf("at %d of %d", r.Offset(), info.Size())
	}
}

func checkSample(t *testing.T, got []Entry) {
	t.Helper()
	if len(got) != sampleEntries {
		t.Fatalf("%d entries", len(got))
	}
	for i := 1; i < len(got); i++ {
		if !got[i].At.After(got[i-1].At) {
			t.Errorf("%s comes before %s", got[i].At, got[i-1].At)
		}
	}
	last := Source{Kind: "pods", State: "stale", Since: noon, Error: "the connection was cut off"}
	if e := got[10]; e.Stream != 1 || *e.Source != last {
		t.Errorf("got %+v", e.Source)
	}
	run := Shadow{UID: "u", Container: "server", Type: "liveness", Began: noon, Took: 7, Outcome: "failure", Text: "<&> token=***", PodIP: &Vantage{Outcome: "success"}}
	if e := got[9]; e.Stream != 62 || !reflect.DeepEqual(*e.Shadow, run) {
		t.Errorf("got %+v", e.Shadow)
	}
	if e := got[3]; e.List != ListEnd || e.Resource != "pods" || e.Stream != 1 {
		t.Errorf("got %+v", e)
	}
	if e := got[8]; e.Event != watch.Deleted || !e.At.Equal(noon.Add(9e6)) {
		t.Errorf("got %+v", e)
	}
	for i, want := range map[int]any{2: Trim(samplePod(1), false), 4: Trim(sampleEvent(1), false), 8: Trim(samplePod(2), false)} {
		o, err := got[i].Decode()
		if err != nil {
			t.Fatal(err)
		}
		a, _ := json.Marshal(o)
		b, _ := json.Marshal(want)
		if reflect.TypeOf(o) != reflect.TypeOf(want) || !bytes.Equal(a, b) {
			t.Errorf("got %s\nwant %s", a, b)
		}
	}
	for _, i := range []int{5, 6, 7} {
		if o, err := got[i].Decode(); err != nil || o == nil {
			t.Errorf("%s: %v", got[i].Resource, err)
		}
	}
	if _, err := got[0].Decode(); err == nil {
		t.Error("an entry without an object has been decoded")
	}
}

// prefix checks that got is the beginning of want, and that err is in order for a damaged file.
func prefix(t *testing.T, got, want []Entry, err error) {
	t.Helper()
	var format *FormatError
	var damage *DamageError
	switch {
	case errors.As(err, &format):
		if len(got) > 0 {
			t.Errorf("refused after %d entries", len(got))
		}
	case errors.As(err, &damage):
		if damage.Entries != len(got) || len(got) > 0 && !damage.At.Equal(got[len(got)-1].At) {
			t.Errorf("%d entries, and %+v", len(got), damage)
		}
	case !errors.Is(err, io.EOF):
		t.Errorf("got error %v", err)
	}
	if len(got) > len(want) || len(got) > 0 && !reflect.DeepEqual(got, want[:len(got)]) {
		t.Errorf("%d entries that are not the beginning of the file", len(got))
	}
}

func TestACutFileIsReadUpToTheCut(t *testing.T) {
	file := sample(t)
	want, err := readAll(bytes.NewReader(file))
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	checkSample(t, want)
	clean := 0
	for n := range file {
		got, err := readAll(bytes.NewReader(file[:n]))
		prefix(t, got, want, err)
		if errors.Is(err, io.EOF) {
			clean++
			continue
		}
		var damage *DamageError
		if errors.As(err, &damage) {
			whole, err := readAll(bytes.NewReader(file[:damage.Offset]))
			if !errors.Is(err, io.EOF) || len(whole) != len(got) {
				t.Fatalf("cut at %d: up to offset %d there are %d entries and %v", n, damage.Offset, len(whole), err)
			}
		}
	}
	if clean != sampleEntries {
		t.Errorf("%d cuts are between frames, want %d", clean, sampleEntries)
	}
}

func TestAFlippedBitSpoilsNothingBeforeIt(t *testing.T) {
	file := sample(t)
	want, _ := readAll(bytes.NewReader(file))
	for at := range file {
		bit := byte(1) << rand.IntN(8)
		file[at] ^= bit
		got, err := readAll(bytes.NewReader(file))
		prefix(t, got, want, err)
		// A few bits make no difference to what a frame says; such a file is whole.
		if errors.Is(err, io.EOF) && len(got) < len(want) {
			t.Errorf("bit %08b at %d: entries are missing and nobody says so", bit, at)
		}
		file[at] ^= bit
	}
}

func TestWhatIsNoRecordingIsRefused(t *testing.T) {
	encoder, err := newEncoder()
	if err != nil {
		t.Fatal(err)
	}
	pack := func(text string) string { return string(encoder.EncodeAll([]byte(text), nil)) }
	for name, c := range map[string]struct {
		file string
		kind FormatKind
		text string
	}{
		"an empty file":           {"", Empty, "the recording is empty"},
		"text":                    {"hello\n", NotARecording, "this is not a probetop recording"},
		"lines not compressed":    {`{"kind":"ProbetopRecording","version":1}` + "\n", NotARecording, "this is not a probetop recording"},
		"other JSON":              {pack(`{"kind":"Pod","version":1}` + "\n"), NotARecording, "this is not a probetop recording"},
		"other text":              {pack("hello\n"), NotARecording, "this is not a probetop recording"},
		"half a line":             {pack(`{"kind":"ProbetopRecording","version":1}`), NotARecording, "this is not a probetop recording"},
		"no version":              {pack(`{"kind":"ProbetopRecording"}` + "\n"), NotARecording, "this is not a probetop recording"},
		"a newer version":         {pack(`{"kind":"ProbetopRecording","version":2,"start":7}` + "\n"), NewerVersion, "the recording has format version 2, and this probetop reads up to version 1"},
		"a frame too large":       {pack(strings.Repeat(" ", maxFrame+1) + "\n"), NotARecording, "this is not a probetop recording"},
		"the beginning of a file": {"\x28\xb5", NotARecording, "this is not a probetop recording"},
	} {
		var got *FormatError
		_, err := NewReader(strings.NewReader(c.file))
		if !errors.As(err, &got) || got.Kind != c.kind || got.Error() != c.text {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsNotKnownIsSkipped(t *testing.T) {
	header, err := sampleHeader.line()
	if err != nil {
		t.Fatal(err)
	}
	encoder, err := newEncoder()
	if err != nil {
		t.Fatal(err)
	}
	file := encoder.EncodeAll(append(header, `{"at":"2026-08-11T12:00:00Z","stream":9,"mood":{"outcome":"success"}}
{"at":"2026-08-11T12:00:01Z","stream":1,"event":"BOOKMARK","resource":"pods","object":{}}
{"at":"2026-08-11T12:00:02Z","stream":1,"event":"ADDED","resource":"replicasets","object":{}}
{"at":"2026-08-11T12:00:03Z","stream":1,"list":"middle","resource":"pods"}
{"at":"2026-08-11T12:00:04Z","stream":1,"list":"begin","resource":"pods","event":"ADDED","object":{}}
{"at":"2026-08-11T12:00:05Z","stream":1,"event":"ADDED","resource":"pods","object":{"metadata":{"name":"}\\\"{"}},"sequence":7}
{"object":{},"event":"DELETED","resource":"nodes","stream":255,"at":"2026-08-11T14:00:06+02:00"}
`...), nil)
	// A frame that other programs may put things in.
	file = append(file, "\x50\x2a\x4d\x18\x03\x00\x00\x00abc"...)
	file = encoder.EncodeAll([]byte(`{"at":"2026-08-11T12:00:07Z","list":"end","resource":"pods"}`+"\n"), file)
	got, err := readAll(bytes.NewReader(file))
	if !errors.Is(err, io.EOF) || len(got) != 3 {
		t.Fatalf("%d entries and %v", len(got), err)
	}
	pod, err := got[0].Decode()
	if err != nil || pod.(*corev1.Pod).Name != `}\"{` {
		t.Errorf("got %v, %v", pod, err)
	}
	if e := got[1]; e.Stream != 255 || e.Event != watch.Deleted || e.At.Format("15:04:05") != "12:00:06" {
		t.Errorf("got %+v", e)
	}
}

func TestDamageOtherThanOfBits(t *testing.T) {
	header, err := sampleHeader.line()
	if err != nil {
		t.Fatal(err)
	}
	encoder, err := newEncoder()
	if err != nil {
		t.Fatal(err)
	}
	for name, lines := range map[string]string{
		"no time":        `{"stream":1,"list":"end","resource":"pods"}` + "\n",
		"not JSON":       "x\n",
		"an empty line":  "\n",
		"half a line":    `{"at":"2026-08-11T12:00:07Z"`,
		"a huge stream":  `{"at":"2026-08-11T12:00:07Z","stream":256,"list":"end","resource":"pods"}` + "\n",
		"a long line":    `{"at":"` + strings.Repeat(" ", maxLine) + "\n",
		"a huge frame":   strings.Repeat("\n", maxFrame+1),
		"not an object":  "[]\n",
		"a wrong string": `{"at":7}` + "\n",
	} {
		file := encoder.EncodeAll(header, nil)
		begin := int64(len(file))
		file = encoder.EncodeAll([]byte(lines), file)
		got, err := readAll(bytes.NewReader(file))
		var damage *DamageError
		if len(got) != 0 || !errors.As(err, &damage) || damage.Offset != begin || damage.Error() == "" {
			t.Errorf("%s: %d entries, %v", name, len(got), err)
		}
	}
}

// FuzzReader reads files that are damaged anywhere, frames with any lines in them among it. Inputs are small: a file of a few frames.
func FuzzReader(f *testing.F) {
	const line = `{"at":"2026-08-11T12:00:07Z","stream":1,"event":"ADDED","resource":"pods","object":{"metadata":{"uid":"u"}}}` + "\n"
	f.Add([]byte(line+line), uint16(0), byte(0))
	f.Add([]byte(line+"\x00"+line), uint16(40), byte(1))
	f.Add([]byte("{}\n\x00\x00[]\n"), uint16(4), byte(2))
	f.Add([]byte(`{"at":"2026-08-11T12:00:07Z","list":"end","resource":"pods"}`), uint16(500), byte(128))
	encoder, err := newEncoder()
	if err != nil {
		f.Fatal(err)
	}
	begin := packed(f)
	f.Fuzz(func(t *testing.T, lines []byte, at uint16, flip byte) {
		file := bytes.Clone(begin)
		frames := bytes.Split(lines, []byte{0})
		for _, frame := range frames {
			file = encoder.EncodeAll(frame, file)
		}
		file[int(at)%len(file)] ^= flip
		r, err := NewReader(bytes.NewReader(file))
		if err != nil {
			var format *FormatError
			if flip == 0 || !errors.As(err, &format) {
				t.Fatal(err)
			}
			return
		}
		readToTheEnd(t, r, len(frames)+2+bytes.Count(lines, []byte("\n")))
	})
}

// readToTheEnd reads a recording of which no more than so many entries can be read or be damaged.
func readToTheEnd(t *testing.T, r *Reader, most int) {
	t.Helper()
	for n, read := 0, 0; ; n++ {
		e, err := r.Next()
		var damage *DamageError
		switch {
		case n > most:
			t.Fatalf("%d entries and damages", n)
		case errors.Is(err, io.EOF):
			return
		case err == nil:
			read++
			_, _ = e.Decode()
		case !errors.As(err, &damage) || damage.Entries != read || damage.Error() == "":
			t.Fatalf("after %d entries: %v", read, err)
		}
	}
}

// FuzzLine holds the quick way of reading a line against encoding/json.
func FuzzLine(f *testing.F) {
	f.Add([]byte(`{"at":"2026-08-11T12:00:00.5Z","stream":1,"event":"ADDED","resource":"pods","object":{"a":"}\\\"{"}}`))
	f.Add([]byte(`{"at":"2026-08-11T12:00:00Z","stream":1,"event":"ADDED","resource":"pods","object":{},"list":"end"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		got, ok := parseObjectLine(line)
		if !ok || !json.Valid(line) {
			return
		}
		var want Entry
		if err := json.Unmarshal(line, &want); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		want.At = want.At.UTC()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", line, got, want)
		}
	})
}
