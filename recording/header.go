package recording

import (
	"encoding/json"
	"time"
)

const (
	// Kind is the kind of every header.
	Kind = "ProbetopRecording"
	// Version is the major version of the format that this package writes, and the highest it reads. It is
	// raised only by a change that would make an older reader say something wrong.
	Version = 1
)

// Header is the first line of a recording: what was recorded, when, and by what.
type Header struct {
	// Kind is always "ProbetopRecording"; the writer fills it in.
	Kind string `json:"kind"`
	// Version is the major version of the format; the writer fills it in.
	Version int `json:"version"`
	// Context is the name of the kube-context, empty when there was none.
	Context string `json:"context"`
	// ServerVersion is the API server's version, such as v1.37.2; empty when it was not known.
	ServerVersion string `json:"serverVersion"`
	// Scope says in words what was selected: namespaces, selectors, names.
	Scope string `json:"scope"`
	// Start is when the recording began.
	Start time.Time `json:"start"`
	// Build is the version of the program that recorded.
	Build string `json:"build"`
}

// line returns the header as a line of the file.
func (h Header) line() ([]byte, error) {
	h.Kind, h.Version, h.Start = Kind, Version, Stamp(h.Start)
	line, err := json.Marshal(h)
	return append(Escape(line), '\n'), err
}

// parseHeader reads a header from the first line of a file.
func parseHeader(line []byte) (Header, error) {
	// The version is read first: what else a newer header holds is not for us to judge.
	var stamp struct {
		Kind    string `json:"kind"`
		Version int    `json:"version"`
	}
	if err := json.Unmarshal(line, &stamp); err != nil {
		return Header{}, &FormatError{Kind: NotARecording, Err: err}
	}
	if stamp.Kind != Kind || stamp.Version < 1 {
		return Header{}, &FormatError{Kind: NotARecording}
	}
	if stamp.Version > Version {
		return Header{}, &FormatError{Kind: NewerVersion, Version: stamp.Version}
	}
	var h Header
	if err := json.Unmarshal(line, &h); err != nil {
		return Header{}, &FormatError{Kind: NotARecording, Err: err}
	}
	return h, nil
}
