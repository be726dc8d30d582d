package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

// Error says where a manifest cannot be read, and why.
type Error struct {
	File string
	// Line is 0 for the file as a whole.
	Line int
	Err  error
}

// Error returns file:line and the reason.
func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// maxSize is how large a manifest may be. The API server takes objects up to 1.5 MiB.
const maxSize = 64 << 20

var errTooLarge = fmt.Errorf("is larger than %d MiB", maxSize>>20)

// Open reads a file, or the YAML and JSON files of a directory and those below it. In a directory, files that begin with
// a dot are left out, and documents that are no Kubernetes objects are passed over.
func Open(path string) ([]Object, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, &Error{File: path, Err: reason(err)}
	}
	if !info.IsDir() {
		return openFile(path)
	}
	var objects []Object
	err = filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(entry.Name(), ".") && name != path
		switch {
		case err != nil:
			return &Error{File: name, Err: reason(err)}
		case hidden && entry.IsDir():
			return fs.SkipDir
		case hidden || entry.IsDir() || !slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(name)):
			return nil
		}
		found, err := openFile(name)
		objects = append(objects, found...)
		return err
	})
	return objects, err
}

func openFile(path string) ([]Object, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, &Error{File: path, Err: reason(err)}
	}
	objects, err := Read(path, file)
	return objects, errors.Join(err, file.Close())
}

// reason leaves out of an error what its file is called.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// Read reads the objects of a manifest: YAML of any number of documents, or JSON. Lists are taken apart.
func Read(name string, r io.Reader) ([]Object, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	switch {
	case err != nil:
		return nil, &Error{File: name, Err: reason(err)}
	case len(data) > maxSize:
		return nil, &Error{File: name, Err: errTooLarge}
	}
	in, sources := input{name, data}, helmSources(data)
	var objects []Object
	for decoder := yaml.NewDecoder(bytes.NewReader(data)); ; {
		var document yaml.Node
		switch err := decoder.Decode(&document); {
		case errors.Is(err, io.EOF):
			return objects, nil
		case err != nil:
			return objects, in.unreadable(err)
		}
		found, err := objectsOf(in, resolved(&document))
		if err != nil {
			return objects, err
		}
		for i := range found {
			found[i].Source = sources.before(found[i].Line)
		}
		objects = append(objects, found...)
	}
}

// input is a manifest as it was read.
type input struct {
	name string
	data []byte
}

var (
	lineOfError = regexp.MustCompile(`(?s)^yaml: (?:unmarshal errors:\s+)?line (\d+): (.*)$`)
	templating  = regexp.MustCompile(`\{\{-?\s`)
)

// unreadable says in which line YAML ends to be YAML.
func (in input) unreadable(err error) error {
	e := &Error{File: in.name, Err: errors.New(strings.TrimPrefix(err.Error(), "yaml: "))}
	if m := lineOfError.FindStringSubmatch(err.Error()); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
		first, _, _ := strings.Cut(m[2], "\n")
		e.Err = errors.New(first)
	}
	if found := templating.FindIndex(in.data); found != nil {
		e.Line = 1 + bytes.Count(in.data[:found[0]], []byte("\n"))
		e.Err = errors.New("is a template and no manifest: render it first, as in helm template CHART | probetop lint -f -")
	}
	return e
}

// helmSource is a comment in what Helm renders, and the line after it.
type helmSource struct {
	line int
	name string
}

type helmSourceList []helmSource

var sourceComment = regexp.MustCompile(`(?m)^# Source: (\S+)\s*$`)

// helmSources finds the comments that name the template of what follows.
func helmSources(data []byte) helmSourceList {
	var sources helmSourceList
	line, from := 1, 0
	for _, m := range sourceComment.FindAllSubmatchIndex(data, -1) {
		line += bytes.Count(data[from:m[0]], []byte("\n"))
		from = m[0]
		sources = append(sources, helmSource{line, string(data[m[2]:m[3]])})
	}
	return sources
}

// before names the template of what stands in a line.
func (s helmSourceList) before(line int) string {
	name := ""
	for _, source := range s {
		if source.line < line {
			name = source.name
		}
	}
	return name
}
