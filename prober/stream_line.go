package prober

import (
	"errors"
	"time"

	"github.com/moby/spdystream"
)

// line is one stream, read to its end by one goroutine.
type line struct {
	*spdystream.Stream
	// immutable after stream
	mux     *mux
	created time.Time
	parted  chan struct{} // closed when it is not wanted any more
	settled chan struct{} // closed when it was replied to, or will not be
	done    chan struct{} // closed when it has been read to its end

	text []byte // what was read of the error stream; after done
}

const (
	// glance is how often at most a stream without a reply looks whether it is still wanted.
	glance = 100 * time.Millisecond
	// parting is how long a stream that is not wanted any more is still there for a reply or a reset: the library
	// would wait for a reader of the latter, and all that comes after it as well.
	parting = time.Second
	// unreplied is how long the reply to a new stream may take, which the library at the other side sends at once.
	unreplied = 5 * time.Second
)

// replied waits for the reply to the stream's creation. It reports whether there was one.
func (l *line) replied() bool {
	unwanted := time.Duration(0)
	for wait := time.Millisecond; unwanted < parting; wait = min(2*wait, glance) {
		switch err := l.WaitTimeout(wait); {
		case err == nil:
			l.mux.trips.add(time.Since(l.created))
			return true
		case !errors.Is(err, spdystream.ErrTimeout):
			return false
		}
		select {
		case <-l.mux.ended:
			return false
		case <-l.parted:
			unwanted += wait
		default:
			if time.Since(l.created) > unreplied {
				l.mux.end(errors.New("the other side takes no new streams"))
			}
		}
	}
	return false
}

// read reads the stream to its end, or until sink has enough of it, some bytes at a time. It reports whether it came to
// the end.
func (l *line) read(some int, sink func([]byte) bool) bool {
	defer close(l.done)
	replied := l.replied()
	close(l.settled)
	if !replied {
		return true
	}
	buf := make([]byte, some)
	for {
		n, err := l.Read(buf)
		if n > 0 && !sink(buf[:n]) {
			_ = l.cancel()
			return false
		}
		if err != nil {
			return true
		}
	}
}

// part ends the stream from here, once it was replied to: at the other side, the library never ends a connection on which it
// got a reset of a stream that it could not reply to.
func (l *line) part() {
	close(l.parted)
	<-l.settled
	_ = l.cancel()
	_ = l.WaitTimeout(glance) // a reset that came meanwhile waits for a reader
}

// cancel tells the other side that the stream is not read any more, unless it has ended the stream itself.
func (l *line) cancel() error {
	// The library resets no stream that was closed for writing.
	if l.IsFinished() && l.mux.tap.ending(l.Identifier()) == open {
		if err := l.Cancel(); err != nil {
			return err
		}
	}
	return l.Reset()
}
