package tui

import (
	"time"

	"github.com/probetop/probetop/model"
)

// Logs reads what containers have written.
type Logs interface {
	// Open begins to read what a container of the row has written, the newest of it first to be there, and follows it;
	// previous asks for what the instance before wrote, which ends. It returns at once.
	Open(r *model.Row, container string, previous bool) LogStream
}

// LogStream is what a container writes.
type LogStream interface {
	// Next blocks until there are more lines, and returns them, secrets masked. It returns io.EOF after the last, or a sentence that
	// says why there are none.
	Next() ([]LogLine, error)
	// Close ends it: Next returns soon. It may be called at any time, and twice.
	Close()
}

// LogLine is a line that a container wrote.
type LogLine struct {
	// At is when the runtime took it; zero when that is not known.
	At   time.Time
	Text string
}

// Manifests reads pods as YAML.
type Manifests interface {
	// Read returns the row's pod as the API server has it now, managed fields left out and secrets masked. It may take some time,
	// and returns a sentence that says why there is none.
	Read(r *model.Row) (string, error)
}
