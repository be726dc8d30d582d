package recording

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/watch"
)

func TestEscape(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"nothing to do":      {`{"a":"żółć 数据 é €"}`, `{"a":"żółć 数据 é €"}`},
		"DEL":                {"{\"a\":\"x\x7fy\"}", `{"a":"x\u007fy"}`},
		"C1":                 {"{\"a\":\"\u009b31m\u0085\"}", `{"a":"\u009b31m\u0085"}`},
		"bidi":               {"{\"a\u202e\":\"\u061c\u200e\u200f\u202a\u2066\u2069\"}", `{"a\u202e":"\u061c\u200e\u200f\u202a\u2066\u2069"}`},
		"beside what is not": {"\"\u2029\u202f\u2065\u206a\u00a0é\"", "\"\u2029\u202f\u2065\u206a\u00a0é\""},
		"broken encoding":    {"\"\xc2\"", "\"\xc2\""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := string(Escape([]byte(tt.in))); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("\x7f\u009b\u202e\u2069 x")
	f.Fuzz(func(t *testing.T, s string) {
		in, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var before, after string
		out := Escape(in)
		for _, r := range string(out) {
			if Hostile(r) {
				t.Fatalf("%q has %U", out, r)
			}
		}
		if json.Unmarshal(in, &before) != nil || json.Unmarshal(out, &after) != nil || before != after {
			t.Fatalf("%q says %q, and %q says %q", in, before, out, after)
		}
	})
}

// TestAnUnpackedRecordingSteersNoTerminal: zstdcat prints what is in it.
func TestAnUnpackedRecordingSteersNoTerminal(t *testing.T) {
	const text = "a\u009b31m\x7f\u202eb\u2066c\u200f"
	var file bytes.Buffer
	w, err := NewWriter(&file, Header{Context: text, Scope: text}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.Object(noon, 1, watch.Added, "events", &corev1.Event{Reason: "Unhealthy", Message: text})
	w.Source(noon, 1, Source{Kind: "events", State: "stale", Error: text})
	closeWriter(t, w)
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	lines, err := decoder.DecodeAll(file.Bytes(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if i := bytes.IndexFunc(lines, Hostile); i >= 0 || strings.Count(string(lines), `\u202e`) != 4 {
		t.Errorf("%q", lines)
	}
	r, err := NewReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	e, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	o, err := e.Decode()
	if err != nil || r.Header().Context != text || o.(*corev1.Event).Message != text {
		t.Errorf("read: context %q, %+v, %v", r.Header().Context, o, err)
	}
}
