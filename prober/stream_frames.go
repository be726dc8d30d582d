package prober

import (
	"encoding/binary"
	"net"
)

// frames is a connection that is sent whole frames of SPDY/3.1. The library writes every field of a frame by itself, and
// each would be a message, a TLS record and a system call on every leg of the way.
type frames struct {
	net.Conn
	begun []byte // what has been written of a frame; owned by the writer, which the library makes one at a time
}

// Write implements net.Conn. It keeps what is not a whole frame yet.
func (f *frames) Write(p []byte) (int, error) {
	f.begun = append(f.begun, p...)
	n := whole(f.begun)
	if n == 0 {
		return len(p), nil
	}
	if _, err := f.Conn.Write(f.begun[:n]); err != nil {
		return 0, err
	}
	f.begun = f.begun[:copy(f.begun, f.begun[n:])]
	return len(p), nil
}

// whole returns how many bytes of p are whole frames.
func whole(p []byte) (n int) {
	for len(p) >= n+frameHeader {
		end := n + frameHeader + frameBody(p[n:])
		if len(p) < end {
			break
		}
		n = end
	}
	return n
}

// frameBody returns how many bytes follow the header of a frame.
func frameBody(header []byte) int { return int(binary.BigEndian.Uint32(header[4:]) & 0xffffff) }
