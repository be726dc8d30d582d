package weight

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// kind is what the decoders make of a value.
type kind uint8

const (
	// plain is a number or a truth value: what it takes is part of what holds it.
	plain kind = iota
	// text is a string, bytes, or a type that decodes itself: it takes as much as it is long.
	text
	record
	pointer
	list
	dict
)

// shape is a Go type as the decoders fill it. It is immutable once it is made.
type shape struct {
	kind kind
	// size is how many bytes a value takes where it is held: an element for a list, an entry for a dict.
	size int64
	// elem is the shape of what a pointer, a list or a dict leads to.
	elem *shape
	// names are the members of a record in JSON, and numbers in protobuf.
	names   map[string]*shape
	numbers map[uint64]*shape
}

const (
	// growth is how many times its elements a list takes while it grows.
	growth = 2
	// entryCost is what an entry of a map takes beside its key and its value, and mapGrowth how many times that, on average.
	entryCost, mapGrowth = 16, 2
)

// shapes are the shapes of the types that were decoded. It is safe for several goroutines at once.
type shapes struct {
	mu    sync.Mutex
	known map[reflect.Type]*shape // guarded by mu
}

// of returns the shape of a type.
func (s *shapes) of(t reflect.Type) *shape {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ofLocked(t)
}

// decodesItself reports whether a type reads its own JSON.
func decodesItself(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]())
}

func (s *shapes) ofLocked(t reflect.Type) *shape {
	if known := s.known[t]; known != nil {
		return known
	}
	made := &shape{}
	s.known[t] = made // before its parts: a type may hold itself
	switch {
	case decodesItself(t), t.Kind() == reflect.String, t.Kind() == reflect.Interface:
		made.kind = text
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		made.kind = text
	case t.Kind() == reflect.Slice:
		made.kind, made.elem, made.size = list, s.ofLocked(t.Elem()), growth*int64(t.Elem().Size())
	case t.Kind() == reflect.Map:
		made.kind, made.elem, made.size = dict, s.ofLocked(t.Elem()), mapGrowth*int64(t.Key().Size()+t.Elem().Size()+entryCost)
	case t.Kind() == reflect.Pointer:
		made.kind, made.elem, made.size = pointer, s.ofLocked(t.Elem()), int64(t.Elem().Size())
	case t.Kind() == reflect.Struct:
		made.kind, made.names, made.numbers = record, map[string]*shape{}, map[uint64]*shape{}
		for i := range t.NumField() {
			s.memberLocked(made, t.Field(i))
		}
	}
	return made
}

// memberLocked adds a field to the shape of its struct.
func (s *shapes) memberLocked(to *shape, f reflect.StructField) {
	if !f.IsExported() {
		return
	}
	of := s.ofLocked(f.Type)
	if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
		to.names[name] = of
	} else if f.Anonymous && name == "" {
		for name, inner := range of.names {
			to.names[name] = inner
		}
	}
	parts := strings.Split(f.Tag.Get("protobuf"), ",")
	if len(parts) < 2 {
		return
	}
	if n, err := strconv.ParseUint(parts[1], 10, 32); err == nil {
		to.numbers[n] = of
	}
}
