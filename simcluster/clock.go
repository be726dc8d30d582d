package simcluster

import "time"

// Clock is the time of a cluster that lives faster or slower than we do.
type Clock struct {
	start time.Time
	speed float64
}

// NewClock returns a clock that shows the real time now and goes so many times as fast.
func NewClock(speed float64) *Clock { return &Clock{time.Now(), speed} }

// Now returns the time in the cluster.
func (c *Clock) Now() time.Time { return c.At(time.Now()) }

// At returns the time in the cluster at a real time.
func (c *Clock) At(real time.Time) time.Time {
	return c.start.Add(time.Duration(float64(real.Sub(c.start)) * c.speed))
}

// until returns how long it really takes to a moment in the cluster.
func (c *Clock) until(t time.Time) time.Duration {
	return time.Duration(float64(t.Sub(c.Now())) / c.speed)
}
