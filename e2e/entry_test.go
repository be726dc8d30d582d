package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"time"

	"github.com/klauspost/compress/zstd"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// entry is the part of a recording's line that the tests read.
type entry struct {
	At                    time.Time
	Event, Resource, List string
	Object                struct {
		Metadata metav1.ObjectMeta
		Status   struct {
			Conditions []struct{ Type, Message string }
		}
	}
	Source *struct {
		Kind, State, Error           string
		Silent, MissedFrom, MissedTo time.Time
	}
}

// version is what the entry says has happened to its object.
func (e *entry) version() version {
	m := &e.Object.Metadata
	return version{e.Resource, e.Event, m.Name, string(m.UID), m.ResourceVersion}
}

// readEntries reads a recording without probetop's help, up to where it ends or is cut off.
func readEntries(file string) []entry {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	decoder, err := zstd.NewReader(f)
	if err != nil {
		return nil
	}
	defer decoder.Close()
	text, _ := io.ReadAll(decoder) // what comes before an error counts
	var entries []entry
	for line := range bytes.Lines(text) {
		var e entry
		if json.Unmarshal(line, &e) == nil {
			entries = append(entries, e)
		}
	}
	return entries
}
