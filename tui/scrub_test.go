package tui

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/probetop/probetop/model"
)

func TestReplay(t *testing.T) {
	states := map[string]func(*model.Playhead){
		"playing":          func(h *model.Playhead) { h.Playing, h.Speed, h.At = true, 4, night.Add(-20*time.Second) },
		"paused at a mark": func(*model.Playhead) {},
		"damaged": func(h *model.Playhead) {
			h.At = night.Add(2 * time.Minute)
			h.Damage = "the recording is damaged after 2026-11-21T03:19:00Z (5120 entries): unexpected EOF"
		},
		"at the end": func(h *model.Playhead) { h.At = h.End },
	}
	for name, edit := range states {
		for _, size := range sizes {
			if size.width == 200 {
				continue
			}
			t.Run(fmt.Sprintf("%s %dx%d", name, size.width, size.height), func(t *testing.T) {
				f := recordedNight()
				edit(&f.head)
				golden(t, plainScreen(boardOf(t, onTape(f), size.width, size.height, incident().snapshot())))
			})
		}
	}
	t.Run("ascii", func(t *testing.T) {
		f := recordedNight()
		f.head.Damage, f.head.Speed = "the recording is damaged", 0.25
		o := onTape(f)
		o.ASCII, o.Notice = true, "DEMO a recorded incident, looping; nothing here is your cluster"
		golden(t, plainScreen(boardOf(t, o, 80, 24, incident().snapshot())))
	})
	t.Run("help", func(t *testing.T) {
		b := boardOf(t, onTape(recordedNight()), 80, 24, incident().snapshot())
		press(b, "?")
		golden(t, plainScreen(b))
	})
	t.Run("before the first pod", func(t *testing.T) {
		b := boardOf(t, onTape(recordedNight()), 80, 24, nil)
		wantOnScreen(t, b, "Reading the recording…")
		b.Update(snapshotMsg{snapshot: (&factList{}).snapshot()})
		golden(t, plainScreen(b))
	})
}

func TestCellOfAMoment(t *testing.T) {
	start := night
	s := stretch{start, start.Add(10 * time.Second), 5}
	tests := map[string]struct {
		stretch stretch
		at      time.Time
		want    int
	}{
		"the start":           {s, start, 0},
		"within the first":    {s, start.Add(1999 * time.Millisecond), 0},
		"the second":          {s, start.Add(2 * time.Second), 1},
		"the end":             {s, start.Add(10 * time.Second), 4},
		"before the start":    {s, start.Add(-time.Hour), 0},
		"after the end":       {s, start.Add(time.Hour), 4},
		"the beginning of it": {s, time.Time{}, 0},
		"the end of it":       {s, time.Unix(math.MaxInt32<<20, 0), 4},
		"no time":             {stretch{start, start, 5}, start, 0},
		"end before start":    {stretch{start, start.Add(-time.Second), 5}, start, 0},
		"no room":             {stretch{start, start.Add(time.Second), 0}, start, 0},
		"all of time":         {stretch{time.Time{}, time.Unix(math.MaxInt32<<20, 0), 5}, start, 4},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.stretch.cell(tt.at); got != tt.want {
				t.Errorf("cell %d, want %d", got, tt.want)
			}
		})
	}
}

func TestMarksAreTheWorstOfTheirCell(t *testing.T) {
	s := newScrub(recordedNight())
	s.mark(stretch{ago(5 * time.Minute), ago(-5 * time.Minute), 20})
	var got strings.Builder
	for _, m := range s.marks {
		got.WriteString(newTheme(true, true).severity[m])
	}
	if want := "..!X..X...X.....~..X"; got.String() != want {
		t.Errorf("marks %q, want %q", got.String(), want)
	}
}

func TestMarksAreMadeOnceForAWidth(t *testing.T) {
	f := recordedNight()
	b := boardOf(t, onTape(f), 80, 24, incident().snapshot())
	first := &b.scrub.marks[0]
	for range 3 {
		f.head.At = f.head.At.Add(time.Second)
		press(b, "j")
	}
	if first != &b.scrub.marks[0] {
		t.Error("the marks are made again for the same width")
	}
	b.width = 81
	b.compose()
	if first == &b.scrub.marks[0] {
		t.Error("the marks are not made again for another width")
	}
}

func TestScrubHasItsWidth(t *testing.T) {
	evil := time.Unix(math.MaxInt32<<20, 0)
	heads := map[string]model.Playhead{
		"ordinary":    recordedNight().head,
		"playing":     {At: night, Start: ago(time.Hour), End: ago(-time.Hour), Playing: true, Speed: 0.25},
		"nothing":     {},
		"turned":      {At: night, Start: ago(-time.Hour), End: ago(time.Hour), Speed: 64},
		"outside":     {At: ago(time.Hour), Start: night, End: ago(-time.Hour), Speed: 1},
		"long":        {At: night, Start: time.Time{}, End: evil, Speed: math.NaN(), Damage: "\x1b[2Jcut"},
		"fast":        {At: night, Start: ago(time.Hour), End: ago(-1000 * time.Hour), Speed: 1e300, Damage: "x"},
		"one moment":  {At: night, Start: night, End: night, Speed: 1},
		"at the end":  {At: night, Start: ago(time.Hour), End: night, Speed: 16},
		"a long tape": {At: night, Start: ago(100 * time.Hour), End: ago(-9 * time.Hour), Speed: 1, Damage: "cut"},
	}
	for name, h := range heads {
		for _, ascii := range []bool{true, false} {
			s, c := newScrub(recordedNight()), &canvas{theme: newTheme(false, ascii)}
			for width := range 260 {
				line := ansi.Strip(s.Render(c, &h, width))
				got := ansi.StringWidthWc(line)
				if got > width || width >= 40 && width >= 2*len(h.Damage) && got < width {
					t.Errorf("%s, width %d: %d cells: %q", name, width, got, line)
				}
			}
		}
	}
}

func TestWhatHappenedIsSaidWhereTheTapeStands(t *testing.T) {
	tests := map[string]struct {
		at    time.Time
		width int
		want  string
	}{
		"one":              {ago(95 * time.Second), 60, "✖ payments/api-7d9f8b6c5d-x2x4z unready"},
		"the worst of":     {night, 60, "✖ payments/api-7d9f8b6c5d-x2x4z restart due +2"},
		"little room":      {night, 40, "✖ payments/api-7d9f…-x2x4z restart due +2"},
		"something mended": {ago(236 * time.Second), 60, "● shop/cart-5b8f6c9d7-ptx7l passing"},
		"nothing":          {ago(time.Second), 60, ""},
		"at the very end":  {ago(-300 * time.Second), 60, "✖ shop/legacy-0 unready"},
		"after everything": {ago(-301 * time.Second), 60, ""},
	}
	s, c := newScrub(recordedNight()), &canvas{theme: newTheme(true, false)}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := s.happened(c, tt.at, tt.width).text
			if got != tt.want && name != "little room" || PerRune.Cells(got) > tt.width {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
