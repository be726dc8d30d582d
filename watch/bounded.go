package watch

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/probetop/probetop/recording/weight"
)

const (
	// answerMost is how large an answer may be that is read as a whole, unpacked: a page of a list, an object, an error. A page of
	// 500 large pods is 10 MiB.
	answerMost = 32 << 20
	// objectMost is how large an event of a watch may be, unpacked. An API server keeps no object of more than 3 MiB.
	objectMost = 8 << 20
	// answerHeld and objectHeld are how much memory they may take when they are decoded. A page of real pods takes three times its size.
	answerHeld, objectHeld = 3 * answerMost, 3 * objectMost
)

// largeError is an answer of which more came than there can be.
type largeError struct {
	what string
	most int
}

var (
	errLargeAnswer = &largeError{"an answer", answerMost}
	errLargeEvent  = &largeError{"an event of a watch", objectMost}
	errHeavyList   = &weight.Error{What: weight.List, Most: answerHeld}
	errHeavyEvent  = &weight.Error{What: weight.Object, Most: objectHeld}
)

func (e *largeError) Error() string {
	return fmt.Sprintf("%s of the server is larger than %d MiB, and is not read", e.what, e.most>>20)
}

// costly reports whether an answer was refused because it is too large. It has cost much by then.
func costly(err error) bool {
	switch plain(err) {
	case errLargeAnswer.Error(), errLargeEvent.Error(), errHeavyList.Error(), errHeavyEvent.Error():
		return true
	}
	return false
}

// bounded is a transport whose answers end with an error when they are too large to be one. It is above the transport that
// unpacks them: a few kilobytes may unpack to gigabytes.
type bounded struct{ below http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	a, err := b.below.RoundTrip(r)
	if err != nil || a.StatusCode == http.StatusSwitchingProtocols {
		return a, err
	}
	if !r.URL.Query().Has("watch") || a.StatusCode != http.StatusOK {
		a.Body = &boundedBody{ReadCloser: a.Body, left: answerMost}
		return a, nil
	}
	if strings.Contains(a.Header.Get("Content-Type"), "json") {
		a.Body = &boundedLines{ReadCloser: a.Body}
	} else {
		a.Body = &boundedFrames{ReadCloser: a.Body}
	}
	return a, nil
}

// WrappedRoundTripper returns the transport below, for client-go to find what it wrapped.
func (b bounded) WrappedRoundTripper() http.RoundTripper { return b.below }

// boundedBody is a body that is read as a whole.
type boundedBody struct {
	io.ReadCloser
	left int
}

// Read implements io.Reader.
func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, errLargeAnswer
	}
	return n, err
}

// boundedLines is a watch in JSON, an event a line.
type boundedLines struct {
	io.ReadCloser
	line int // how much of the line has come
}

// Read implements io.Reader.
func (b *boundedLines) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.line += n
	if i := bytes.LastIndexByte(p[:n], '\n'); i >= 0 {
		b.line = n - i - 1
	}
	if b.line > objectMost {
		return 0, errLargeEvent
	}
	return n, err
}

// boundedFrames is a watch in protobuf, where the length of each event comes before it.
type boundedFrames struct {
	io.ReadCloser
	head [4]byte
	held int // bytes of head that have come
	body int // bytes of the event that are still to come
}

// Read implements io.Reader.
func (b *boundedFrames) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	for q := p[:n]; len(q) > 0; {
		if b.held < len(b.head) {
			k := copy(b.head[b.held:], q)
			if b.held, q = b.held+k, q[k:]; b.held < len(b.head) {
				break
			}
			if size := binary.BigEndian.Uint32(b.head[:]); size > objectMost {
				return 0, errLargeEvent
			}
			b.body = int(binary.BigEndian.Uint32(b.head[:]))
		}
		k := min(b.body, len(q))
		if b.body, q = b.body-k, q[k:]; b.body == 0 {
			b.held = 0
		}
	}
	return n, err
}
