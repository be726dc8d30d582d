package tui

import (
	"testing"
	"time"

	"github.com/probetop/probetop/model"
)

func TestWindow(t *testing.T) {
	const s, m, h = time.Second, time.Minute, time.Hour
	tests := map[string]struct {
		earliest, latest time.Duration
		brief, full      string
	}{
		"to come":                {4 * s, 9 * s, "in 4–9s", "in 4–9s"},
		"its ends are rounded":   {4900 * time.Millisecond, 8100 * time.Millisecond, "in 4–9s", "in 4–9s"},
		"it has begun":           {-3 * s, 9 * s, "in ≤9s", "any moment, at the latest in 9s"},
		"it begins":              {0, 9 * s, "in ≤9s", "any moment, at the latest in 9s"},
		"it begins this second":  {900 * time.Millisecond, 9 * s, "in ≤9s", "any moment, at the latest in 9s"},
		"it ends this second":    {-s, 300 * time.Millisecond, "in ≤1s", "any moment, at the latest in 1s"},
		"a whole second":         {5 * s, 5 * s, "in 5s", "in 5s"},
		"now":                    {0, 0, "due now", "due now"},
		"it ends now":            {-9 * s, 0, "due now", "due now"},
		"it is over":             {-20 * s, -12 * s, "overdue", "overdue by 12s"},
		"seconds up to two":      {98 * s, 119 * s, "in 98–119s", "in 98–119s"},
		"minutes":                {130 * s, 610 * s, "in 2–11m", "in 2–11m"},
		"from seconds to hours":  {40 * s, 4 * h, "in 40s–4h", "in 40s–4h"},
		"it has begun for long":  {-s, 9*m + 1*s, "in ≤10m", "any moment, at the latest in 10m"},
		"it is over for minutes": {-h, -5*m - 30*s, "overdue", "overdue by 5m30s"},
	}
	g := unicodeGlyphs()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := model.Window{Earliest: night.Add(tt.earliest), Latest: night.Add(tt.latest)}
			if got := g.comes(w, night); got != tt.brief {
				t.Errorf("in brief %q, want %q", got, tt.brief)
			}
			if got := g.comesInFull(w, night); got != tt.full {
				t.Errorf("in full %q, want %q", got, tt.full)
			}
		})
	}
}
