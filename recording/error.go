package recording

import (
	"errors"
	"fmt"
	"time"
)

var (
	// ErrExists is returned by Create for a file that has something in it.
	ErrExists = errors.New("the file exists and is not empty")
	// ErrGone is a writer's error when its file has been removed or replaced.
	ErrGone = errors.New("the file is gone")
	// ErrBehind is a writer's error when the disk has not kept up and there was no room for another entry.
	ErrBehind = errors.New("the disk does not keep up")
	// ErrLocked is returned by Create for a file that another program records to.
	ErrLocked = errors.New("another probetop records to it")
	// ErrForeign is returned by Create for a file that belongs to another user, who could read what is recorded.
	ErrForeign = errors.New("the file belongs to another user")
	// ErrDangling is returned by Create for a link to a file that does not exist.
	ErrDangling = errors.New("it is a link to a file that does not exist")
	// ErrTooLong is the error of an entry or a frame that is longer than the format allows.
	ErrTooLong = errors.New("longer than the format allows")
	// ErrUnfolds is the error of a recording that unfolds to more than the format allows for a file of its size.
	ErrUnfolds = errors.New("what follows unfolds to far more than its size allows, and is not read")
	// ErrDamages is the error of a recording that is damaged in so many places that the rest is not read.
	ErrDamages = errors.New("it is damaged in too many places, and what follows is not read")
)

// FormatKind is why a file is not read at all.
type FormatKind string

// The kinds of FormatError.
const (
	// NotARecording is a file that does not begin like a recording.
	NotARecording FormatKind = "NotARecording"
	// NewerVersion is a recording of a major version that this package does not know.
	NewerVersion FormatKind = "NewerVersion"
	// Empty is a file with nothing in it.
	Empty FormatKind = "Empty"
)

// FormatError is returned by Open and NewReader for what is refused as a whole. Its text is one sentence for
// people; Unwrap gives the cause, if there is one.
type FormatError struct {
	Kind FormatKind
	// Version is the file's major version when Kind is NewerVersion.
	Version int
	// Err is what was found instead of a header; nil when Kind says it all.
	Err error
}

func (e *FormatError) Error() string {
	switch e.Kind {
	case Empty:
		return "the recording is empty"
	case NewerVersion:
		return fmt.Sprintf("the recording has format version %d, and this probetop reads up to version %d", e.Version, Version)
	}
	return "this is not a probetop recording"
}

// Unwrap returns the cause.
func (e *FormatError) Unwrap() error { return e.Err }

// DamageError is returned by Reader.Next for each place where a recording is cut off or damaged. Everything returned before
// and after it is intact.
type DamageError struct {
	// Entries is how many entries were returned before the damage.
	Entries int
	// At is the time of the last of them; zero when there is none.
	At time.Time
	// Offset is where the damaged frame begins, in bytes from the beginning of the file. What precedes it is
	// a recording without damage, if this is the first place.
	Offset int64
	// Entry is set when a single entry cannot be read, in a frame that is whole.
	Entry bool
	// Err says what is wrong; io.ErrUnexpectedEOF when the file ends in the middle of a frame.
	Err error
}

func (e *DamageError) Error() string {
	if e.At.IsZero() {
		return fmt.Sprintf("the recording is damaged before its first entry: %v", e.Err)
	}
	return fmt.Sprintf("the recording is damaged after %s (%d entries): %v", e.At.Format(time.RFC3339), e.Entries, e.Err)
}

// Unwrap returns the cause.
func (e *DamageError) Unwrap() error { return e.Err }
