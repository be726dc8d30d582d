package recording

import "github.com/klauspost/compress/zstd"

const (
	// frameSize is how many bytes of lines the writer closes a frame at.
	frameSize = 1 << 20
	// maxLine is the longest line there may be, its newline included. An API object is at most 3 MiB large
	// when it comes in, most of which is trimmed off.
	maxLine = 4 << 20
	// maxFrame is the largest frame there may be, compressed or not.
	maxFrame = maxLine + frameSize
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
