package tui

import (
	"time"

	"github.com/probetop/probetop/model"
)

// canvas is what everything that is drawn depends on beside its own state. It is replaced as a whole.
type canvas struct {
	*theme
	// now is the time ages are measured at.
	now time.Time
	// trafficKnown is set when a pod without an endpoint has none.
	trafficKnown bool
	// opinions are about the rows in view. It is another pointer when they have changed.
	opinions *opinions
}

// see returns the canvas for a snapshot.
func (c canvas) see(s *model.Snapshot) *canvas {
	state := s.Source(model.EndpointSlices).State
	c.trafficKnown = state == model.SourceSynced || state == model.SourceStale
	return &c
}
