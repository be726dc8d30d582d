package cmd_test

import (
	"fmt"
	"testing"
	"time"
)

// maxDrift is by how much more may be resident in the last sixth than in the second, of what it was.
const maxDrift = 0.05

// verdict compares the second sixth of a time, when what is remembered of each pod is full, with the last one.
type verdict struct {
	early, late stretch
	most        uint64 // resident, ever
}

func newVerdict(all []sample, begun time.Time, lasts time.Duration) verdict {
	v := verdict{early: sixth(all, begun, lasts, 2), late: sixth(all, begun, lasts, 6)}
	for _, s := range all {
		v.most = max(v.most, s.resident)
	}
	return v
}

// drift returns how much a figure has grown, of what it was.
func (v *verdict) drift(of func(*sample) uint64) float64 {
	early, late := v.early.median(of), v.late.median(of)
	if early == 0 {
		return 0
	}
	return float64(late)/float64(early) - 1
}

// faults names what has not stayed as it was.
func (v *verdict) faults() []string {
	var said []string
	if d := v.drift(residentOf); d >= maxDrift {
		said = append(said, fmt.Sprintf("resident memory has grown by %.1f %%, live heap by %.1f %%", 100*d, 100*v.drift(liveOf)))
	}
	for _, c := range []struct {
		name string
		of   func(*sample) int
	}{{"goroutines", goroutinesOf}, {"descriptors", descriptorsOf}} {
		early, some := v.early.least(c.of)
		late, more := v.late.least(c.of)
		switch {
		case !some || !more:
			said = append(said, fmt.Sprintf("there was no quiet moment to count %s in", c.name))
		case early != late:
			said = append(said, fmt.Sprintf("%d %s have become %d", early, c.name, late))
		}
	}
	return said
}

// row is a line of the table.
func (v *verdict) row(name string) string {
	counts := func(of func(*sample) int) string {
		early, _ := v.early.least(of)
		late, _ := v.late.least(of)
		return fmt.Sprintf("%d → %d", early, late)
	}
	mebibytes := func(of func(*sample) uint64) string {
		return fmt.Sprintf("%.1f → %.1f MiB", float64(v.early.median(of))/(1<<20), float64(v.late.median(of))/(1<<20))
	}
	return fmt.Sprintf("| %s | %s | %+.1f %% | %.1f MiB | %s | %s | %s | %s |\n", name, mebibytes(residentOf), 100*v.drift(residentOf),
		float64(v.most)/(1<<20), mebibytes(liveOf), counts(goroutinesOf), counts(descriptorsOf), counts(threadsOf))
}

const verdictHeader = "| process | resident | drift | at most | live heap | goroutines | descriptors | threads |\n|---|---|---|---|---|---|---|---|\n"

// TestTheJudgeSeesWhatGrows: a verdict is about figures that are known.
func TestTheJudgeSeesWhatGrows(t *testing.T) {
	t.Parallel()
	begun, lasts := noon, time.Hour
	for name, c := range map[string]struct {
		of     func(minute int) sample
		faults int
	}{
		"nothing grows": {func(int) sample {
			return sample{quiet: true, resident: 100 << 20, descriptors: 9, vitals: vitals{Goroutines: 40}}
		}, 0},
		"all of it is the warm-up": {func(m int) sample {
			return sample{quiet: true, resident: uint64(min(m, 10)), descriptors: min(m, 9), vitals: vitals{Goroutines: min(m, 10)}}
		}, 0},
		"a fault uses more for a while": {func(m int) sample {
			loud := m % 3 * 10
			return sample{quiet: loud == 0, resident: 100, descriptors: 9 + loud, vitals: vitals{Goroutines: 40 + loud}}
		}, 0},
		"memory":          {func(m int) sample { return sample{quiet: true, resident: uint64(1000 + m)} }, 0},
		"more memory":     {func(m int) sample { return sample{quiet: true, resident: uint64(1000 + 2*m)} }, 1},
		"a goroutine":     {func(m int) sample { return sample{quiet: true, resident: 1, vitals: vitals{Goroutines: 40 + m/30}} }, 1},
		"a descriptor":    {func(m int) sample { return sample{quiet: true, resident: 1, descriptors: 9 + m/30} }, 1},
		"never quiet":     {func(int) sample { return sample{resident: 1} }, 2},
		"fewer than were": {func(m int) sample { return sample{quiet: true, resident: 1, descriptors: 9 - m/30} }, 1},
	} {
		var all []sample
		for m := range 60 {
			s := c.of(m)
			s.at = begun.Add(time.Duration(m)*time.Minute + time.Second)
			all = append(all, s)
		}
		v := newVerdict(all, begun, lasts)
		if said := v.faults(); len(said) != c.faults {
			t.Errorf("%s: %q", name, said)
		}
	}
}
