package weight

import (
	"bytes"
	"encoding/json"
)

// textIn is a JSON text that is weighed. What is not valid weighs nothing: it is not decoded either.
type textIn struct {
	*scale
	data []byte
	at   int
}

// peek returns the next byte that is not space; zero at the end.
func (t *textIn) peek() byte {
	for ; t.at < len(t.data); t.at++ {
		switch c := t.data[t.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// take reports whether the next byte is that one, and goes behind it then.
func (t *textIn) take(c byte) bool {
	if t.peek() != c || c == 0 {
		return false
	}
	t.at++
	return true
}

// fail ends the text.
func (t *textIn) fail() { t.at = len(t.data) }

// value weighs a value of a shape; nil for one that the decoder leaves out.
func (t *textIn) value(s *shape) {
	c := t.peek()
	for s != nil && s.kind == pointer && c != 'n' {
		t.add(s.size)
		s = s.elem
	}
	switch {
	case t.over():
		t.fail()
	case c == '"':
		if n := t.skipString(); s != nil && s.kind == text {
			t.add(n)
		}
	case s != nil && s.kind == text:
		begin := t.at
		t.skip()
		t.add(int64(t.at - begin))
	case c == '{' && s != nil && s.kind == record:
		t.members(func(name []byte) { t.value(s.names[string(name)]) })
	case c == '{' && s != nil && s.kind == dict:
		t.members(func(name []byte) {
			t.add(s.size + int64(len(name)))
			t.value(s.elem)
		})
	case c == '[' && s != nil && s.kind == list:
		t.elements(func() {
			t.add(s.size)
			t.value(s.elem)
		})
	default:
		t.skip()
	}
}

// members calls f at the value of each member of an object.
func (t *textIn) members(f func(name []byte)) {
	t.take('{')
	if t.take('}') {
		return
	}
	for {
		if t.peek() != '"' {
			t.fail()
			return
		}
		begin := t.at
		t.skipString()
		name := nameOf(t.data[begin:t.at])
		if !t.take(':') {
			t.fail()
			return
		}
		f(name)
		if !t.take(',') {
			if !t.take('}') {
				t.fail()
			}
			return
		}
	}
}

// nameOf returns what a quoted name says.
func nameOf(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1:max(1, len(quoted)-1)]
	}
	var name string
	if json.Unmarshal(quoted, &name) != nil {
		return nil
	}
	return []byte(name)
}

// elements calls f at each element of an array.
func (t *textIn) elements(f func()) {
	t.take('[')
	if t.take(']') {
		return
	}
	for {
		f()
		if !t.take(',') {
			if !t.take(']') {
				t.fail()
			}
			return
		}
	}
}

// skipString goes behind a string, and returns how long it is.
func (t *textIn) skipString() int64 {
	begin := t.at
	for t.at++; t.at < len(t.data); t.at++ {
		switch t.data[t.at] {
		case '"':
			t.at++
			return int64(t.at - begin)
		case '\\':
			t.at++ // what is escaped
		}
	}
	t.fail()
	return int64(t.at - begin)
}

// skip goes behind a value.
func (t *textIn) skip() {
	for depth := 0; ; {
		switch t.peek() {
		case 0:
			t.fail()
			return
		case '"':
			t.skipString()
		case '{', '[':
			t.at++
			depth++
		case '}', ']':
			if depth == 0 {
				return // of what holds it
			}
			t.at++
			depth--
		case ',', ':':
			if depth == 0 {
				return
			}
			t.at++
			continue
		default:
			t.literal()
		}
		if depth == 0 {
			return
		}
	}
}

// literal goes behind a number or a word.
func (t *textIn) literal() {
	for t.at < len(t.data) {
		switch t.data[t.at] {
		case ',', ':', '{', '}', '[', ']', '"', ' ', '\t', '\r', '\n':
			return
		}
		t.at++
	}
}

// typeOfJSON returns the kind that an object says it is.
func typeOfJSON(data []byte) (apiVersion, kind string) {
	t := &textIn{scale: &scale{}, data: data}
	if t.peek() != '{' {
		return "", ""
	}
	t.members(func(name []byte) {
		var to *string
		switch string(name) {
		case "kind":
			to = &kind
		case "apiVersion":
			to = &apiVersion
		}
		t.peek()
		begin := t.at
		t.skip()
		if to != nil {
			_ = json.Unmarshal(data[begin:t.at], to) // nothing else than text
		}
	})
	return apiVersion, kind
}
