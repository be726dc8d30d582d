package cmd

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/watch"
)

// hearing tells, while lines are written for every change, when sources are not heard any more, when they are heard again, and of
// which time changes may be missing: without that, no line would look like no change.
type hearing struct {
	out io.Writer
	was map[model.SourceKind]model.Source
}

// newHearing returns one that has told of the sources as they are in s.
func newHearing(out io.Writer, s *model.Snapshot) *hearing {
	h := &hearing{out: out, was: map[model.SourceKind]model.Source{}}
	for _, src := range s.Sources {
		h.was[src.Kind] = src
	}
	return h
}

// follow tells of every snapshot until ctx ends or there are no more.
func (h *hearing) follow(ctx context.Context, r *watch.Reader) {
	for {
		s, err := r.Next(ctx)
		if err != nil {
			return
		}
		h.tell(s.Sources)
	}
}

// tell writes what has become different, with the sources together of which the same is to be said.
func (h *hearing) tell(sources []model.Source) {
	var said []string
	kinds := map[string][]string{}
	for _, src := range sources {
		for _, what := range news(h.was[src.Kind], src) {
			if kinds[what] == nil {
				said = append(said, what)
			}
			kinds[what] = append(kinds[what], string(src.Kind))
		}
		h.was[src.Kind] = src
	}
	for _, what := range said {
		fmt.Fprintf(h.out, what+"\n", strings.Join(kinds[what], ", "))
	}
}

// news is what to say of a source that has become another, as formats for its name. That the server gives another reason is none.
func news(was, is model.Source) []string {
	var said []string
	if is.Missed != was.Missed && !is.Missed.IsZero() {
		said = append(said, fmt.Sprintf("Changes of %%s between %s and %s may be missing.", timeOfDay(is.Missed.From), timeOfDay(is.Missed.To)))
	}
	silent, wasSilent := !is.Silent.IsZero(), !was.Silent.IsZero()
	switch {
	case is.State == was.State && silent == wasSilent:
	case is.State != model.SourceSynced:
		why := ""
		if is.Error != "" {
			why = ": " + strings.ReplaceAll(model.Printable(is.Error), "%", "%%")
		}
		said = append(said, fmt.Sprintf("Without %%s since %s (%s)%s", timeOfDay(is.Since), is.State, why))
	case silent:
		said = append(said, fmt.Sprintf("Nothing heard of %%s since %s.", timeOfDay(is.Silent)))
	default:
		said = append(said, "Heard again: %s.")
	}
	return said
}

// timeOfDay is a moment of today.
func timeOfDay(t time.Time) string { return t.Local().Format(time.TimeOnly) }
