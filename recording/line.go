package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/watch"
)

var errNoTime = errors.New("an entry has no time")

// appendHead begins a line: the members that every entry has, in the order in which they are always written.
func appendHead(b []byte, at time.Time, stream uint8) []byte {
	b = append(b, `{"at":"`...)
	b = Stamp(at).AppendFormat(b, time.RFC3339Nano)
	b = append(b, `","stream":`...)
	return strconv.AppendUint(b, uint64(stream), 10)
}

// appendObjectHead begins the line of an object, which comes last and is followed by nothing but a brace.
func appendObjectHead(b []byte, at time.Time, stream uint8, event watch.EventType, resource string) []byte {
	b = appendHead(b, at, stream)
	b = append(append(b, `,"event":"`...), event...)
	b = append(append(b, `","resource":"`...), resource...)
	return append(b, `","object":`...)
}

// parseLine reads an entry, whatever the order of its members.
func parseLine(line []byte) (Entry, error) {
	if e, ok := parseObjectLine(line); ok {
		return e, nil
	}
	var e Entry
	if err := json.Unmarshal(line, &e); err != nil {
		return Entry{}, err
	}
	if e.At.IsZero() {
		return Entry{}, errNoTime
	}
	e.At = e.At.UTC()
	return e, nil
}

// parseObjectLine reads a line that has the members of appendObjectHead in their order and no others. Nearly
// every line is one; reading it this way costs a tenth, and the object's JSON is looked at once, by what
// decodes it.
func parseObjectLine(line []byte) (e Entry, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte(`{"at":"`))
	if !ok {
		return e, false
	}
	at, rest, _ := bytes.Cut(rest, []byte(`","stream":`))
	stream, rest, _ := bytes.Cut(rest, []byte(`,"event":"`))
	event, rest, _ := bytes.Cut(rest, []byte(`","resource":"`))
	resource, rest, _ := bytes.Cut(rest, []byte(`","object":`))
	object, ok := bytes.CutSuffix(rest, []byte("}"))
	if !ok || !wholeObject(object) {
		return e, false
	}
	when, err := time.Parse(time.RFC3339Nano, string(at))
	if err != nil || when.IsZero() {
		return e, false
	}
	id, err := strconv.ParseUint(string(stream), 10, 8)
	if err != nil {
		return e, false
	}
	e = Entry{At: when.UTC(), Stream: uint8(id), Object: object[:len(object):len(object)]}
	e.Event, e.Resource = eventType(event), resourceName(resource)
	return e, e.Event != "" && e.Resource != ""
}

// eventType returns the type that b names; empty when there is none.
func eventType(b []byte) watch.EventType {
	for _, t := range [...]watch.EventType{watch.Added, watch.Modified, watch.Deleted} {
		if string(b) == string(t) {
			return t
		}
	}
	return ""
}

// resourceName returns the resource that b names; empty when there is none.
func resourceName(b []byte) string {
	for _, r := range [...]string{"pods", "events", "endpointslices", "services", "nodes"} {
		if string(b) == r {
			return r
		}
	}
	return ""
}

// wholeObject reports whether b begins with a brace whose partner is its last byte: whether no member of the
// entry follows the object.
func wholeObject(b []byte) bool {
	if len(b) < 2 || b[0] != '{' {
		return false
	}
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i == len(b)-1
			}
		case '"':
			if i = stringEnd(b, i+1); i < 0 {
				return false
			}
		}
	}
	return false
}

// stringEnd returns where the string ends whose first byte is at i: the index of its closing quote, or -1.
func stringEnd(b []byte, i int) int {
	for {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return -1
		}
		end := i + n
		escapes := 0
		for end-escapes > i && b[end-escapes-1] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return end
		}
		i = end + 1
	}
}
