package cmd_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sample is how a process was at a time.
type sample struct {
	vitals

	at time.Time
	// resident is in bytes.
	resident             uint64
	descriptors, threads int
	// quiet is set when no fault has been on for a while.
	quiet bool
}

// newSample looks at a process, by what Linux and it itself say of it.
func newSample(pid int, dir string) (sample, error) {
	s := sample{at: time.Now()}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return s, err
	}
	s.resident, s.threads = statusOf(status, "VmRSS:")<<10, int(statusOf(status, "Threads:"))
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return s, err
	}
	s.descriptors = len(open)
	var ok bool
	if s.vitals, ok = readVitals(dir); !ok || s.resident == 0 || s.threads == 0 {
		return s, fmt.Errorf("process %d does not say how it is", pid)
	}
	return s, nil
}

// statusOf reads a number of /proc/PID/status; zero when it is not there.
func statusOf(status []byte, name string) uint64 {
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			n, _ := strconv.ParseUint(strings.Fields(rest)[0], 10, 64)
			return n
		}
	}
	return 0
}

// stretch is a part of the samples of a process.
type stretch []sample

// sixth returns the samples of a sixth of a time, counted from 1.
func sixth(all []sample, begun time.Time, lasts time.Duration, n int) stretch {
	from, to := begun.Add(lasts/6*time.Duration(n-1)), begun.Add(lasts/6*time.Duration(n))
	return slices.DeleteFunc(slices.Clone(all), func(s sample) bool { return s.at.Before(from) || s.at.After(to) })
}

// median returns the median of a figure; zero when there is none.
func (w stretch) median(of func(*sample) uint64) uint64 {
	figures := make([]uint64, len(w))
	for i := range w {
		figures[i] = of(&w[i])
	}
	if len(figures) == 0 {
		return 0
	}
	slices.Sort(figures)
	return figures[len(figures)/2]
}

// least returns the least of a figure in quiet moments; false when there was none.
func (w stretch) least(of func(*sample) int) (int, bool) {
	least, found := 0, false
	for i := range w {
		if w[i].quiet && (!found || of(&w[i]) < least) {
			least, found = of(&w[i]), true
		}
	}
	return least, found
}

func residentOf(s *sample) uint64 { return s.resident }
func liveOf(s *sample) uint64     { return s.Live }
func goroutinesOf(s *sample) int  { return s.Goroutines }
func descriptorsOf(s *sample) int { return s.descriptors }
func threadsOf(s *sample) int     { return s.threads }
