package tui

import (
	"time"
)

// canvas is what everything that is drawn depends on beside its own state. It is replaced as a whole.
type canvas struct {
	*theme
	// now is the time ages are measured at.
	now time.Time
	// screen is how many lines the terminal has.
	screen int
	// opinions are about the rows in view. It is another pointer when they have changed.
	opinions *opinions
}
