package e2e

import "time"

// door lets pods onto the node: not too fast, and so few at a time that the node makes them as fast as they come.
type door struct {
	places chan struct{}
	tick   *time.Ticker
}

// newDoor opens a door that lets one pod in each period, and no more than n that are being made.
func newDoor(period time.Duration, n int) *door {
	return &door{places: make(chan struct{}, n), tick: time.NewTicker(period)}
}

// enter waits for a place and for its turn.
func (d *door) enter() {
	d.places <- struct{}{}
	<-d.tick.C
}

// leave gives the place free.
func (d *door) leave() { <-d.places }
