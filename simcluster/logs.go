package simcluster

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// log serves pods/log: what there is now, or its last lines.
func (s *session) log(container string) error {
	if s.behaviour == nil {
		return apierrors.NewBadRequest("container \"" + container + "\" in pod \"" + s.pod.Name + "\" is not available")
	}
	out, err := s.behaviour.Log(s.ctx, container, s.asked("previous"))
	if err != nil {
		return apierrors.NewBadRequest(err.Error())
	}
	defer func() { _ = out.Close() }()
	from := io.Reader(out)
	if n, err := strconv.Atoi(s.Query.Get("tailLines")); err == nil {
		all, err := io.ReadAll(out)
		if err != nil {
			return apierrors.NewInternalError(err)
		}
		from = bytes.NewReader(tail(all, n))
	}
	if n, err := strconv.ParseInt(s.Query.Get("limitBytes"), 10, 64); err == nil {
		from = io.LimitReader(from, n)
	}
	s.w.Header().Set("Content-Type", "text/plain")
	s.w.WriteHeader(http.StatusOK)
	return s.stream(from)
}

// stream sends what there is to read as soon as it is there.
func (s *session) stream(from io.Reader) error {
	flush := http.NewResponseController(s.w)
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if _, gone := s.w.Write(buf[:n]); gone != nil || flush.Flush() != nil || errors.Is(err, io.EOF) {
			return nil //nolint:nilerr // The answer has begun.
		}
		if err != nil {
			severed(s.ctx)
			return nil //nolint:nilerr // As above.
		}
	}
}

// tail returns the last n lines.
func tail(all []byte, n int) []byte {
	lines := bytes.SplitAfter(all, []byte("\n"))
	if last := len(lines) - 1; len(lines[last]) == 0 {
		lines = lines[:last]
	}
	return bytes.Join(lines[len(lines)-min(max(n, 0), len(lines)):], nil)
}
