package recording

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

const (
	// maxWindow is how far a frame may refer back: as far as encoders do by default, which costs nothing where frames are small.
	maxWindow = 32 << 20
	// overhang is what the decoder likes to have behind what it writes.
	overhang = 64
	// maxBlock is the largest block of a frame, unfolded (RFC 8878, Block_Maximum_Size).
	maxBlock = 128 << 10
	// freely is what every recording may unfold to, leeway how many times its size a large one may, and maxUnfolded what
	// none may exceed. Recordings of real clusters unfold to between 5 and 60 times their size.
	freely      = 16 << 20
	leeway      = 250
	maxUnfolded = 4 << 30
	// maxSearches is how often what may be a frame is looked at behind a damaged one, in all of a recording.
	maxSearches = 1000
)

var (
	errNoChecksum = errors.New("a frame has no checksum")
	errNotLines   = errors.New("a frame does not consist of whole lines")
	errBadBlock   = errors.New("a block is not valid")
)

// magic is how a frame begins.
const magic = "\x28\xb5\x2f\xfd"

// frames reads the frames of a file, one at a time. A frame is decoded as a whole before any of it is
// believed, because its checksum comes last; that is why its size is bounded.
type frames struct {
	in      window
	decoder *zstd.Decoder
	// offset is where the window begins, and begin where the frame begins that was returned last, or cannot be read.
	offset, begin int64
	// packed is how large the whole frames were, and unfolded what they and the damaged ones have unfolded to.
	packed, unfolded int64
	// found is the frame behind a damaged one, which begins at foundAt.
	found   []byte
	foundAt int64
	// scratch is memory that is used again.
	scratch []byte
	// whole is set when there was a whole frame; searches counts what was looked at behind damaged ones.
	whole    bool
	searches int
}

func newFrames(in io.Reader) (*frames, error) {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxMemory(maxWindow), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		return nil, err
	}
	return &frames{in: window{in: in}, decoder: decoder}, nil
}

// next returns the lines of the next frame, in memory that is the caller's. Its error is io.EOF when the file
// ends where a frame ends. After another error the next call goes on with the next frame that is whole, or returns io.EOF.
func (f *frames) next() ([]byte, error) {
	if lines := f.found; lines != nil {
		f.found, f.begin = nil, f.foundAt
		return lines, nil
	}
	lines, err := f.read()
	if err == nil || errors.Is(err, io.EOF) {
		return lines, err
	}
	begin := f.begin
	if errors.Is(err, ErrUnfolds) {
		f.in.close()
	}
	f.found = f.search()
	f.foundAt, f.begin = f.begin, begin
	return nil, err
}

// read returns the lines of the frame at which the window begins, behind what is to be skipped. After an error the window
// still begins there.
func (f *frames) read() ([]byte, error) {
	for {
		f.begin = f.offset
		if !f.in.has(1) {
			return nil, f.in.ended()
		}
		f.in.has(zstd.HeaderMaxSize)
		var h zstd.Header
		if err := h.Decode(f.in.data); errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, cutOff(f.in.ended())
		} else if err != nil {
			return nil, err
		}
		if !h.Skippable {
			return f.decode(&h)
		}
		if !f.skip(int64(h.HeaderSize) + int64(h.SkippableSize)) {
			return nil, io.ErrUnexpectedEOF
		}
	}
}

// skip leaves n bytes of the file behind. It reports whether there were as many.
func (f *frames) skip(n int64) bool {
	for n > 0 && f.in.has(1) {
		some := int(min(n, int64(len(f.in.data))))
		f.in.drop(some)
		f.offset, n = f.offset+int64(some), n-int64(some)
	}
	return n == 0
}

// search leaves behind what is no whole frame, and returns the lines of the first that is one; nil when there is none. In
// a file that has not begun like a recording, it does not look far.
func (f *frames) search() []byte {
	for f.skip(1) && f.searches < maxSearches && (f.whole || f.offset < maxFrame) {
		at := bytes.Index(f.in.data, []byte(magic))
		if at < 0 {
			f.skip(int64(max(1, len(f.in.data)-len(magic))) - 1)
			f.in.has(len(magic) + 1)
			continue
		}
		f.skip(int64(at))
		f.searches++
		if lines, err := f.read(); err == nil {
			return lines
		}
	}
	f.in.close()
	return nil
}

// decode reads a frame and checks it.
func (f *frames) decode(h *zstd.Header) ([]byte, error) {
	if !h.HasCheckSum {
		return nil, errNoChecksum
	}
	size, most, err := f.extent(h.HeaderSize)
	switch {
	case err != nil:
		return nil, err
	case h.HasFCS && h.FrameContentSize > maxFrame:
		return nil, fmt.Errorf("a frame of %d bytes: %w", h.FrameContentSize, ErrTooLong)
	case h.HasFCS && h.FrameContentSize > uint64(most):
		return nil, errBadBlock
	case h.HasFCS:
		most = int(h.FrameContentSize)
	}
	if h.HasFCS && !f.affords(size, most) {
		return nil, ErrUnfolds
	}
	lines, err := f.unpack(f.in.data[:size], min(most, maxFrame), h.HasFCS)
	switch {
	case errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return nil, fmt.Errorf("a frame of more than %d bytes: %w", maxFrame, ErrTooLong)
	case !f.affords(size, len(lines)):
		return nil, ErrUnfolds
	}
	f.unfolded += int64(len(lines))
	if err != nil {
		return nil, cutOff(err)
	}
	if len(lines) == 0 || lines[len(lines)-1] != '\n' {
		return nil, errNotLines
	}
	f.whole = true
	f.in.drop(size)
	f.packed, f.offset = f.packed+int64(size), f.offset+int64(size)
	return lines, nil
}

// unpack unfolds a frame to no more than so many bytes, in memory that is the caller's. Where that many are not told but guessed, it
// has as much of it as is needed.
func (f *frames) unpack(frame []byte, most int, told bool) ([]byte, error) {
	if told {
		return f.decoder.DecodeAll(frame, make([]byte, 0, most+overhang))
	}
	if cap(f.scratch) < most {
		f.scratch = make([]byte, 0, most)
	}
	lines, err := f.decoder.DecodeAll(frame, f.scratch[:0:most])
	return bytes.Clone(lines), err
}

// affords reports whether a frame of so many bytes may unfold to so many.
func (f *frames) affords(packed, unfolded int) bool {
	sum := f.unfolded + int64(unfolded)
	return sum <= maxUnfolded && (sum <= freely || sum <= leeway*(f.packed+int64(packed)))
}

// extent returns how many bytes the frame takes at which the window begins, which begins with a header of so many bytes, and
// what it may unfold to at most.
func (f *frames) extent(header int) (size, most int, err error) {
	size = header
	for last := false; !last; {
		if !f.in.has(size + 3) {
			return 0, 0, cutOff(f.in.ended())
		}
		b := f.in.data[size:]
		head := int(b[0]) | int(b[1])<<8 | int(b[2])<<16
		last = head&1 == 1
		block, err := blockSize(head)
		if err != nil {
			return 0, 0, err
		}
		if size, most = size+3+block, most+maxBlock; size > maxFrame {
			return 0, 0, ErrTooLong
		}
	}
	size += 4 // the checksum
	if !f.in.has(size) {
		return 0, 0, cutOff(f.in.ended())
	}
	return size, most, nil
}

// blockSize returns how many bytes follow the head of a block, as RFC 8878 section 3.1.1.2 lays it out.
func blockSize(head int) (int, error) {
	size := head >> 3
	if size > maxBlock {
		return 0, errBadBlock
	}
	switch head >> 1 & 3 {
	case 1: // one byte, to be repeated
		return 1, nil
	case 3:
		return 0, errBadBlock
	}
	return size, nil
}

// cutOff turns the end of the file into an unexpected one.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (f *frames) close() { f.decoder.Close() }
