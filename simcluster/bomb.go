package simcluster

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// bomb is an answer that is larger than any client should take.
type bomb struct {
	// more is what it consists of, again and again: elements of a list, or of an object in a watch; or, if text, characters of an annotation.
	more string
	text bool
	// packed says that it travels compressed.
	packed bool
	// ends says that it is whole, and no larger than a client may think possible.
	ends bool
}

// piece is how much of a bomb is made at a time. One that ends has so many of them.
const (
	piece        = 1 << 20
	listPieces   = 30
	objectPieces = 7
)

// answer sends the bomb until the client has had enough of it.
func (b *bomb) answer(x *exchange) error {
	begin, end, pieces := b.wrap(x)
	x.w.Header().Set("Content-Type", "application/json")
	if b.packed {
		x.w.Header().Set("Content-Encoding", "gzip")
	}
	x.w.WriteHeader(http.StatusOK)
	_, err := x.w.Write(b.pack(begin))
	more := b.pack(strings.Repeat(b.more, piece/len(b.more)))
	for i := 0; err == nil && (i < pieces || !b.ends); i++ {
		_, err = x.w.Write(more)
	}
	if err == nil {
		_, _ = x.w.Write(b.pack(end))
	}
	return nil
}

// wrap returns what a bomb begins and ends with, and how many pieces are between that if it ends.
func (b *bomb) wrap(x *exchange) (begin, end string, pieces int) {
	of, version := x.resource.kind, x.resource.GroupVersion().String()
	object := fmt.Sprintf(`{"kind":%q,"apiVersion":%q,"metadata":{`, of, version)
	list := fmt.Sprintf(`{"kind":%q,"apiVersion":%q,"metadata":{"resourceVersion":"1"},"items":[`, of+"List", version)
	const text = `"annotations":{"a":"`
	switch watch := x.Verb == "watch"; {
	case watch && b.text:
		return `{"type":"ADDED","object":` + object + text, "", objectPieces
	case watch:
		return `{"type":"ADDED","object":` + object + `"ownerReferences":[`, "{}]}}}\n", objectPieces
	case b.text:
		return list + `{"metadata":{` + text, "", listPieces
	}
	return list, "{}]}", listPieces
}

// pack returns a text as it travels. Packed texts that follow each other unfold as one.
func (b *bomb) pack(text string) []byte {
	if !b.packed {
		return []byte(text)
	}
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = io.WriteString(z, text) // memory does not fail
	_ = z.Close()
	return out.Bytes()
}
