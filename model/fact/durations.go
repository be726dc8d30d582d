package fact

import (
	"math"
	"time"
)

const (
	// shortest is the upper bound of a histogram's first bucket.
	shortest = 100 * time.Microsecond
	// octave is how many buckets there are between a duration and its double.
	octave = 4
)

// Durations is a histogram of how long runs of a probe took. Its quantiles are right to a fifth. The zero Durations
// holds none.
type Durations struct {
	// Count is how many runs it holds.
	Count int
	// Max is the longest.
	Max     time.Duration
	buckets [22 * octave]uint16
}

// With returns the histogram with one more run in it.
func (d Durations) With(took time.Duration) Durations {
	d.Count++
	d.Max = max(d.Max, took)
	bucket := 0
	if took > shortest {
		bucket = int(math.Ceil(octave * math.Log2(float64(took)/float64(shortest))))
	}
	if b := &d.buckets[min(bucket, len(d.buckets)-1)]; *b < math.MaxUint16 {
		*b++
	}
	return d
}

// Quantile returns a duration that so large a share of the runs did not exceed; zero when there were none.
func (d *Durations) Quantile(share float64) time.Duration {
	total := 0
	for _, n := range d.buckets {
		total += int(n)
	}
	rank := int(math.Ceil(share * float64(total)))
	for i, n := range d.buckets {
		if rank -= int(n); rank <= 0 && n > 0 {
			bound := float64(shortest) * math.Exp2(float64(i)/octave)
			return min(time.Duration(bound), d.Max)
		}
	}
	return d.Max
}

// Headroom returns how much of the timeout 19 of 20 runs leave: nothing, or less, when it is too tight. It reports
// false when there were no runs.
func (d *Durations) Headroom(timeout time.Duration) (time.Duration, bool) {
	if d.Count == 0 {
		return 0, false
	}
	return timeout - d.Quantile(0.95), true
}
