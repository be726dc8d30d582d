package weight

import "encoding/binary"

// The wire types of protobuf.
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// message weighs a protobuf message of a shape. Of one that is not valid it weighs what comes before that, which is decoded.
func (w *scale) message(data []byte, s *shape) {
	eachField(data, func(number uint64, wire uint64, value []byte) bool {
		if of := s.numbers[number]; of != nil {
			w.field(of, wire, value)
		}
		return !w.over()
	})
}

// field weighs one occurrence of a field.
func (w *scale) field(s *shape, wire uint64, value []byte) {
	switch s.kind {
	case list:
		n := int64(1)
		if s.elem.kind == plain && wire == wireBytes {
			n = int64(len(value)) // packed, a byte a number at least
		}
		w.add(n * s.size)
		w.field(s.elem, wire, value)
	case dict:
		w.add(s.size + int64(len(value)))
	case pointer:
		w.add(s.size)
		w.field(s.elem, wire, value)
	case text:
		w.add(int64(len(value)))
	case record:
		w.message(value, s)
	}
}

// eachField calls f with each field of a message, until it returns false or what follows is not valid.
func eachField(data []byte, f func(number, wire uint64, value []byte) bool) {
	for len(data) > 0 {
		tag, n := binary.Uvarint(data)
		if n <= 0 {
			return
		}
		data = data[n:]
		size := 0
		switch tag & 7 {
		case wireVarint:
			if _, size = binary.Uvarint(data); size <= 0 {
				return
			}
		case wireFixed64:
			size = 8
		case wireFixed32:
			size = 4
		case wireBytes:
			length, n := binary.Uvarint(data)
			if n <= 0 || length > uint64(len(data)-n) {
				return
			}
			data = data[n:]
			size = int(length)
		}
		if size > len(data) || !f(tag>>3, tag&7, data[:size]) {
			return
		}
		data = data[size:]
	}
}

// prefix is what a Kubernetes object in protobuf begins with.
const prefix = "k8s\x00"

// typeOfProtobuf returns the kind that an object says it is. It is in an envelope, a runtime.Unknown.
func typeOfProtobuf(envelope []byte) (apiVersion, kind string) {
	eachField(envelope, func(number, _ uint64, value []byte) bool {
		if number == 1 {
			eachField(value, func(number, _ uint64, value []byte) bool {
				switch number {
				case 1:
					apiVersion = string(value)
				case 2:
					kind = string(value)
				}
				return true
			})
		}
		return true
	})
	return apiVersion, kind
}

// enveloped weighs the object in an envelope.
func (w *scale) enveloped(envelope []byte, s *shape) {
	eachField(envelope, func(number, _ uint64, value []byte) bool {
		if number == 2 {
			w.message(value, s)
		}
		return !w.over()
	})
}
