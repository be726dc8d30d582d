package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/probetop/probetop/model"
)

func TestLatency(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                         "0s",
		80 * time.Microsecond:     "100µs",
		3140 * time.Microsecond:   "3.1ms",
		9996 * time.Microsecond:   "10ms",
		12345 * time.Microsecond:  "12ms",
		999500 * time.Microsecond: "1s",
		1234 * time.Millisecond:   "1.23s",
		12345 * time.Millisecond:  "12.3s",
	} {
		if got := latency(d); got != want {
			t.Errorf("%d ns are %q, want %q", d, got, want)
		}
	}
}

func TestCourseOfARun(t *testing.T) {
	run := model.Shadow{Took: 12 * time.Millisecond, Attempts: 1, Protocol: "HTTP/1.1", Verdict: model.ShadowSuccess}
	for want, edit := range map[string]func(*model.Shadow){
		"":                      func(s *model.Shadow) { s.Verdict = model.ShadowNone },
		" in 12ms":              func(*model.Shadow) {},
		" in 12ms (tunnel 3ms)": func(s *model.Shadow) { s.RoundTrip = 3 * time.Millisecond },
		" in 12ms (3 attempts)": func(s *model.Shadow) { s.Attempts = 3 },
		" in 12ms (H\uFFFD2)":   func(s *model.Shadow) { s.Protocol = "H\u00842" },
		" in 12ms (tunnel 100ms, 2 attempts, HTTP/2.0)": func(s *model.Shadow) {
			s.RoundTrip, s.Attempts, s.Protocol = 100*time.Millisecond, 2, "HTTP/2.0"
		},
	} {
		s := run
		if edit(&s); course(&s, model.HTTP) != want {
			t.Errorf("%+v is %q, want %q", s, course(&s, model.HTTP), want)
		}
	}
}

// TestVantages words the probes of a pod as the strip does.
func TestVantages(t *testing.T) {
	s := shadowedIncident().snapshot()
	for name, want := range map[string]string{
		"9qk2m":      "from here readiness ● success ≠ loopback-only listener  liveness ● success",
		"x2x4z":      "from here readiness ✖ failure = both fail, same cause  liveness ◐ running",
		"zz7vd":      "from here liveness ✖ failure ≠ below threshold  readiness ● success",
		"ptx7l":      "from here readiness ● success ≠ recovering?  liveness ? no verdict: tunnel broke",
		"bq8lp":      "from here readiness ? no verdict: forbidden",
		"search-0":   "from here readiness of search ✖ failure ≠ unexplained",
		"ledger-1":   "from here liveness ● success ▲ timeout margin",
		"legacy-0":   "",
		"kube-proxy": "",
	} {
		c := &canvas{theme: newTheme(true, false), now: night}
		c.opinions = c.opinions.next(s, night, s.Rows, []model.Key{{Pod: "uid-payments-api-7d9f8b6c5d-x2x4z", Container: "api", Type: model.Liveness}})
		for _, r := range s.Rows {
			if !strings.Contains(r.Pod.Name, name) {
				continue
			}
			if got := ansi.Strip(c.line(200).list(c.vantages(r), 0).String()); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
	}
}

// TestUnexplainedIsLoud reads the escape sequences: it is seen without colours, too.
func TestUnexplainedIsLoud(t *testing.T) {
	for _, noColor := range []bool{false, true} {
		o := shadowOptions(&fakeShadow{})
		o.NoColor = noColor
		b := boardOf(t, o, 100, 60, shadowedIncident().snapshot())
		theme := newTheme(noColor, false)
		if want := theme.bad.on + "≠ search: unexplained"; !strings.Contains(b.View().Content, want) {
			t.Errorf("no colour %t: %q is not on the board", noColor, want)
		}
		selecting(b, "search-0")
		press(b, "enter")
		for _, want := range []string{theme.alarm.on + "≠ unexplained", theme.bad.on + "from here the probe fails"} {
			if !strings.Contains(b.View().Content, want) {
				t.Errorf("no colour %t: %q is not on the page", noColor, want)
			}
		}
	}
}

func TestLittleHeadroomIsSaid(t *testing.T) {
	for took, want := range map[time.Duration]string{
		100 * time.Millisecond:  "headroom 900ms of 1s",
		900 * time.Millisecond:  "headroom 100ms of 1s",
		1100 * time.Millisecond: "no headroom in 1s",
	} {
		f := incident()
		f.shadows("zz7vd", model.Liveness, func(s *model.Shadow) {
			if s.Took = took; took > time.Second {
				s.Verdict, s.Text = model.ShadowFailure, "context deadline exceeded"
			}
		}, 24*time.Second, 14*time.Second, 4*time.Second)
		b := selecting(boardOf(t, options(), 100, 60, f.snapshot()), "zz7vd")
		press(b, "enter")
		wantOnScreen(t, b, "3 runs")
		wantOnScreen(t, b, want)
	}
}
