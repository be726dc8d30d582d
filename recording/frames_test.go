package recording

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
)

// edges returns where the frames of a file begin, and where the last one ends.
func edges(t *testing.T, file []byte) []int64 {
	t.Helper()
	f, err := newFrames(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	at := []int64{0}
	for {
		if _, err := f.next(); errors.Is(err, io.EOF) {
			return at
		} else if err != nil {
			t.Fatal(err)
		}
		at = append(at, f.offset)
	}
}

// readOn reads entries to the end of a recording, over what is damaged.
func readOn(t *testing.T, in io.Reader) (entries []Entry, damages []*DamageError) {
	t.Helper()
	r, err := NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	for {
		e, err := r.Next()
		var damage *DamageError
		switch {
		case errors.Is(err, io.EOF):
			return entries, damages
		case errors.As(err, &damage):
			damages = append(damages, damage)
		case err != nil:
			t.Fatal(err)
		default:
			entries = append(entries, e)
		}
	}
}

// TestADamagedFrameCostsThatFrame damages each frame of a file that has an entry in each, the first with the header.
func TestADamagedFrameCostsThatFrame(t *testing.T) {
	whole := sample(t)
	want, _ := readAll(bytes.NewReader(whole))
	at := edges(t, whole)
	for name, spoil := range map[string]func(file []byte, from, to int64) []byte{
		"a flipped bit": func(file []byte, _, to int64) []byte { file[to-1] ^= 4; return file },
		"zeros":         func(file []byte, from, to int64) []byte { clear(file[from:to]); return file },
		"a hole":        func(file []byte, from, to int64) []byte { return append(file[:from+9], file[to-2:]...) },
		"a false length": func(file []byte, from, _ int64) []byte { // the block goes on into the next frames
			file[from+7] ^= 0x40
			return file
		},
	} {
		for i := range len(at) - 1 {
			got, damages := readOn(t, bytes.NewReader(spoil(bytes.Clone(whole), at[i], at[i+1])))
			left := append(append([]Entry{}, want[:max(0, i-1)]...), want[i:]...)
			if !reflect.DeepEqual(got, left) || len(damages) != 1 || damages[0].Offset != at[i] || damages[0].Entries != max(0, i-1) {
				t.Errorf("%s in frame %d: %d entries, damages %v", name, i, len(got), damages)
			}
		}
	}
}

func TestTheHeaderIsLostWithItsFrame(t *testing.T) {
	file := sample(t)
	file[edges(t, file)[1]-1] ^= 1
	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if h := r.Header(); h.Kind != Kind || h.Version != Version || h.Context != "" || h.Start.IsZero() {
		t.Errorf("got %+v", h)
	}
}

// TestALineThatCannotBeReadCostsThatLine has bad lines in a frame that is whole.
func TestALineThatCannotBeReadCostsThatLine(t *testing.T) {
	good := `{"at":"2026-08-11T12:00:07Z","list":"end","resource":"pods"}` + "\n"
	file := packed(t, good+"x\n\n"+good+`{"at":"`+strings.Repeat(" ", maxLine)+"\n"+good)
	got, damages := readOn(t, bytes.NewReader(file))
	if len(got) != 3 || len(damages) != 3 || !damages[0].Entry || damages[2].Entries != 2 {
		t.Errorf("%d entries, %v", len(got), damages)
	}
}

// packed returns a recording of frames that consist of these lines.
func packed(t testing.TB, frames ...string) []byte {
	t.Helper()
	header, err := sampleHeader.line()
	if err != nil {
		t.Fatal(err)
	}
	encoder, err := newEncoder()
	if err != nil {
		t.Fatal(err)
	}
	file := encoder.EncodeAll(header, nil)
	for _, lines := range frames {
		file = encoder.EncodeAll([]byte(lines), file)
	}
	return file
}

// TestAFileIsReadAsFarAsItsSizeAllows has a file that unfolds to a gigabyte, and ones that claim to.
func TestAFileIsReadAsFarAsItsSizeAllows(t *testing.T) {
	line := `{"at":"2026-08-11T12:00:07Z","source":{"kind":"pods","state":"synced","error":"` + strings.Repeat(" ", 1<<20) + `"}}` + "\n"
	frame := packed(t, strings.Repeat(line, 4))[len(packed(t)):]
	file := append(packed(t), bytes.Repeat(frame, 256)...)
	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	n := 0
	for err == nil {
		if _, err = r.Next(); err == nil {
			n++
		}
	}
	if !errors.Is(err, ErrUnfolds) || n != 12 || r.frames.unfolded > freely {
		t.Errorf("%d entries, %d bytes unfolded, %v", n, r.frames.unfolded, err)
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after that: %v", err)
	}
	// A frame of a block that claims to be 4 MiB, and one of a reserved kind.
	for _, claim := range []string{"\x28\xb5\x2f\xfd\xa4\x00\x00\x40\x00\x01\x00\x00sums", "\x28\xb5\x2f\xfd\xa4\x00\x00\x00\x01\x07\x00\x00sums"} {
		got, damages := readOn(t, strings.NewReader(string(packed(t))+claim+string(frame)))
		if len(got) != 4 || len(damages) != 1 {
			t.Errorf("%d entries, %v", len(got), damages)
		}
	}
}

// TestDamageWithoutEndIsGivenUp has more places that look like frames, and more bad lines, than a reader looks at.
func TestDamageWithoutEndIsGivenUp(t *testing.T) {
	good := packed(t, `{"at":"2026-08-11T12:00:07Z","list":"end","resource":"pods"}`+"\n")[len(packed(t)):]
	for name, junk := range map[string]string{
		"heads of frames": strings.Repeat(magic+"\xa4\x00\x00\x10\x00\x00\x00\x10", 100*maxSearches),
		"bad lines":       string(packed(t, strings.Repeat("\n", 100*maxDamages))[len(packed(t)):]),
	} {
		got, damages := readOn(t, strings.NewReader(string(packed(t))+string(good)+junk+string(good)))
		if len(got) != 1 || len(damages) == 0 || len(damages) > maxDamages+1 {
			t.Errorf("%s: %d entries, %d damages", name, len(got), len(damages))
		}
	}
}

// slowly returns a byte at a time, and nothing now and then.
type slowly struct {
	in    io.Reader
	calls int
}

func (s *slowly) Read(p []byte) (int, error) {
	if s.calls++; s.calls%3 == 0 {
		return 0, nil
	}
	return s.in.Read(p[:1])
}

func TestAFileIsReadHoweverItComes(t *testing.T) {
	file := sample(t)
	want, _ := readAll(bytes.NewReader(file))
	if got, damages := readOn(t, &slowly{in: bytes.NewReader(file)}); !reflect.DeepEqual(got, want) || len(damages) != 0 {
		t.Errorf("%d entries, %v", len(got), damages)
	}
	if _, err := NewReader(&slowly{in: stuck{}}); err == nil {
		t.Error("a file without end or progress was opened")
	}
}

// stuck never returns anything.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }
