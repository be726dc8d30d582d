package recording

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

const (
	// frameSize is how many bytes of lines the writer closes a frame at.
	frameSize = 1 << 20
	// maxLine is the longest line there may be, its newline included. An API object is at most 3 MiB large
	// when it comes in, most of which is trimmed off.
	maxLine = 16 << 20
	// maxFrame is the largest frame there may be, compressed or not.
	maxFrame = maxLine + frameSize
	// maxBlock is the largest block of a frame (RFC 8878, Block_Maximum_Size).
	maxBlock = 128 << 10
)

var (
	errNoChecksum = errors.New("a frame has no checksum")
	errNotLines   = errors.New("a frame does not consist of whole lines")
	errBadBlock   = errors.New("a block is not valid")
)

// newEncoder returns what compresses frames. Its memory is bounded by frameSize, not by the file.
func newEncoder() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderCRC(true), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(frameSize), zstd.WithLowerEncoderMem(true), zstd.WithZeroFrames(true))
}

// cut returns how many of the bytes in lines, which are whole lines, go into the next frame: as many lines as
// frameSize holds, and at least one.
func cut(lines []byte) int {
	if len(lines) <= frameSize {
		return len(lines)
	}
	for end := frameSize; end > 0; end-- {
		if lines[end-1] == '\n' {
			return end
		}
	}
	end := frameSize
	for lines[end] != '\n' {
		end++
	}
	return end + 1
}

// frames reads the frames of a file, one at a time. A frame is decoded as a whole before any of it is
// believed, because its checksum comes last; that is why its size is bounded.
type frames struct {
	in      *bufio.Reader
	decoder *zstd.Decoder
	// offset is where the next frame begins.
	offset int64
	// packed is the compressed frame; its memory is used again.
	packed []byte
}

func newFrames(in io.Reader) (*frames, error) {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxMemory(maxFrame), zstd.WithDecoderMaxWindow(maxFrame))
	if err != nil {
		return nil, err
	}
	return &frames{in: bufio.NewReaderSize(in, 64<<10), decoder: decoder}, nil
}

// next returns the lines of the next frame, in memory that is the caller's. Its error is io.EOF when the file
// ends where a frame ends.
func (f *frames) next() ([]byte, error) {
	for {
		f.packed = f.packed[:0]
		var h zstd.Header
		begin, err := f.in.Peek(zstd.HeaderMaxSize)
		switch {
		case len(begin) == 0:
			return nil, err
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		}
		if err := h.Decode(begin); err != nil {
			return nil, err
		}
		if !h.Skippable {
			return f.decode(&h)
		}
		size := int64(h.HeaderSize) + int64(h.SkippableSize)
		if _, err := io.CopyN(io.Discard, f.in, size); err != nil {
			return nil, cutOff(err)
		}
		f.offset += size
	}
}

// decode reads a frame and checks it.
func (f *frames) decode(h *zstd.Header) ([]byte, error) {
	if !h.HasCheckSum {
		return nil, errNoChecksum
	}
	if h.HasFCS && h.FrameContentSize > maxFrame {
		return nil, fmt.Errorf("a frame of %d bytes: %w", h.FrameContentSize, ErrTooLong)
	}
	if err := f.pack(h.HeaderSize); err != nil {
		return nil, err
	}
	for last := false; !last; {
		var err error
		if last, err = f.block(); err != nil {
			return nil, err
		}
	}
	if err := f.pack(4); err != nil { // the checksum
		return nil, err
	}
	lines, err := f.decoder.DecodeAll(f.packed, nil)
	if err != nil {
		return nil, cutOff(err)
	}
	if len(lines) == 0 || lines[len(lines)-1] != '\n' {
		return nil, errNotLines
	}
	f.offset += int64(len(f.packed))
	return lines, nil
}

// block reads a block as RFC 8878 section 3.1.1.2 lays it out, and reports whether it is the frame's last.
func (f *frames) block() (last bool, err error) {
	if err := f.pack(3); err != nil {
		return false, err
	}
	b := f.packed[len(f.packed)-3:]
	head := int(b[0]) | int(b[1])<<8 | int(b[2])<<16
	size := head >> 3
	if size > maxBlock {
		return false, errBadBlock
	}
	switch head >> 1 & 3 {
	case 1: // one byte, to be repeated
		size = 1
	case 3:
		return false, errBadBlock
	}
	return head&1 == 1, f.pack(size)
}

// pack reads the next n bytes of the frame.
func (f *frames) pack(n int) error {
	old := len(f.packed)
	if old+n > maxFrame {
		return ErrTooLong
	}
	f.packed = append(f.packed, make([]byte, n)...)
	_, err := io.ReadFull(f.in, f.packed[old:])
	return cutOff(err)
}

// cutOff turns the end of the file into an unexpected one.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (f *frames) close() { f.decoder.Close() }
