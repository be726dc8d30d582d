package model_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// shows wants of each probe what is said of it: its container, if that is not web, type, state, certainty, and, where
// it matters, the run and its bound.
func shows(want ...string) act {
	return func(t testing.TB, s *stage) {
		t.Helper()
		r := s.row(t, s.pod.UID)
		for _, line := range want {
			name, rest, _ := strings.Cut(line, " ")
			p := probeNamed(r, name)
			if p == nil {
				t.Fatalf("no probe %q", name)
			}
			got := fmt.Sprintf("%s %s", p.State, p.Certainty)
			if strings.Contains(rest, "/") {
				got += fmt.Sprintf(" %d/%d %s", p.Failures.Run, p.Failures.Threshold, p.Failures.Bound)
			}
			if got != rest {
				t.Errorf("after %v: %s is %s (%v), want %s", s.now.Sub(epoch), name, got, p.Evidence.Words(), rest)
			}
		}
	}
}

func probeNamed(r *Row, name string) *Probe {
	container, typ, other := strings.Cut(name, "/")
	if !other {
		container, typ = "web", name
	}
	for i := range r.Probes {
		if p := &r.Probes[i]; p.Container.Name == container && p.Type.String() == typ {
			return p
		}
	}
	return nil
}

// ledger wants the causes of the restarts and how sure they are, newest first.
func ledger(want ...string) act {
	return func(t testing.TB, s *stage) {
		t.Helper()
		var got []string
		for _, r := range s.row(t, s.pod.UID).Restarts {
			got = append(got, fmt.Sprintf("%s %s", r.Cause, r.Certainty))
		}
		if !slices.Equal(got, want) {
			t.Errorf("after %v: restarts by %q, want %q", s.now.Sub(epoch), got, want)
		}
	}
}

// broken wants the first broken link: its name and the beginning of its text; nothing for none.
func broken(want string) act {
	return func(t testing.TB, s *stage) {
		t.Helper()
		got := ""
		for _, step := range s.row(t, s.pod.UID).Why() {
			if !step.OK {
				got = string(step.Name) + ": " + step.Text
				break
			}
		}
		if want == "" && got != "" || !strings.HasPrefix(got, want) {
			t.Errorf("after %v: broken is %q, want %q", s.now.Sub(epoch), got, want)
		}
	}
}

// foresees wants a window for a consequence that holds a moment; none for NoConsequence.
func foresees(probe string, kind ConsequenceKind, moment float64) act {
	return func(t testing.TB, s *stage) {
		t.Helper()
		r := s.row(t, s.pod.UID)
		c := r.Forecast(probeNamed(r, probe), s.now).Consequence
		at := epoch.Add(time.Duration(moment * float64(time.Second)))
		if c.Kind != kind || kind != NoConsequence && (at.Before(c.Earliest) || at.After(c.Latest)) {
			t.Errorf("after %v: %s by %s from %v to %v, want %s at %v", s.now.Sub(epoch), cmp.Or(c.Kind, "nothing"), probe,
				c.Earliest.Sub(epoch), c.Latest.Sub(epoch), cmp.Or(kind, "nothing"), moment)
		}
	}
}

// quirk wants an oddity to be explained by these words; nothing for none.
func quirk(want string) act {
	return func(t testing.TB, s *stage) {
		t.Helper()
		quirks := s.row(t, s.pod.UID).Quirks()
		if want == "" && len(quirks) > 0 || want != "" && !slices.ContainsFunc(quirks, func(q Quirk) bool { return strings.Contains(q.Text, want) }) {
			t.Errorf("after %v: quirks %+v, want %q", s.now.Sub(epoch), quirks, want)
		}
	}
}
