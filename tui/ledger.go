package tui

import (
	"fmt"
	"strconv"
	"time"

	"github.com/probetop/probetop/model"
)

// restartLimit is how many restarts a page shows, restartLines how much of what the probe said.
const restartLimit, restartLines = 10, 2

// ledger writes the restarts that are known, newest first, each with what the probe said that caused it.
func (s *sheet) ledger(r *model.Row) {
	known := len(r.Restarts)
	if known == 0 {
		return
	}
	title, remark := "RESTARTS", "newest first"
	if r.Pod.Terminal() {
		title = "HOW IT ENDED"
	} else if all := int(r.Summary.Restarts); all > known {
		remark = fmt.Sprintf("the last %d of %s", known, thousands(all))
	}
	s.heading(title, remark)
	cols := s.restartColumns(r)
	l := s.row(2)
	for _, c := range cols {
		l.cell(s.dim, c.title, c.width)
	}
	s.end(l)
	for i := range r.Restarts[:min(known, restartLimit)] {
		s.restart(&r.Restarts[i], cols)
	}
	if known > restartLimit {
		s.text(2, 1, s.dim, fmt.Sprintf("and %d older", known-restartLimit))
	}
}

// restart writes one line of the ledger.
func (s *sheet) restart(x *model.Restart, cols []restartColumn) {
	l := s.row(2)
	for _, c := range cols {
		i, word := c.cell(s, x)
		l.cell(i, s.Clip(word, c.width-1, s.ellipsis), c.width)
	}
	s.end(l)
	s.text(4, restartLines, s.dim, model.Printable(x.Text))
}

// restartColumn is a column of the ledger; its width holds the blank behind it.
type restartColumn struct {
	title string
	width int
	cell  func(s *sheet, x *model.Restart) (ink, string)
}

// restartColumns lists the columns. The container is left out where there is only one.
func (s *sheet) restartColumns(r *model.Row) []restartColumn {
	name, cause := 0, len("CAUSE")
	for i := range r.Restarts {
		x := &r.Restarts[i]
		name = max(name, s.Cells(model.Printable(x.Container)))
		cause = max(cause, s.Cells(string(x.Cause)+certaintyMark))
	}
	cols := []restartColumn{{"AGO", 8, func(s *sheet, x *model.Restart) (ink, string) { return ink{}, age(s.now, x.At) }}}
	if len(r.Pod.Containers) > 1 {
		cols = append(cols, restartColumn{"CONTAINER", min(max(name, 9), 16) + 1, func(s *sheet, x *model.Restart) (ink, string) {
			return ink{}, model.Printable(x.Container)
		}})
	}
	return append(
		cols,
		restartColumn{"CAUSE", cause + 1, func(s *sheet, x *model.Restart) (ink, string) { return s.strong, causeWord(x) }},
		restartColumn{"EXIT", 9, exit},
		restartColumn{"LIVED", 8, took(func(x *model.Restart) time.Duration { return x.Lived })},
		restartColumn{"FAILING", 8, took(func(x *model.Restart) time.Duration { return x.Failing })},
		restartColumn{"DOWN", 8, took(func(x *model.Restart) time.Duration { return x.Down })},
		restartColumn{"TO READY", 8, took(func(x *model.Restart) time.Duration { return x.ToReady })},
	)
}

// took words a duration; a mark for one that is not known.
func took(of func(*model.Restart) time.Duration) func(*sheet, *model.Restart) (ink, string) {
	return func(s *sheet, x *model.Restart) (ink, string) {
		if d := of(x); d > 0 {
			return ink{}, span(d)
		}
		return s.dim, s.none
	}
}

// causeWord is why a container was restarted, with a mark when that is less than highly certain.
func causeWord(x *model.Restart) string {
	if x.Certainty < model.CertaintyHigh && x.Cause != model.CauseUnknown {
		return string(x.Cause) + certaintyMark
	}
	return string(x.Cause)
}

// exit draws how an instance ended; a mark when nobody said.
func exit(s *sheet, x *model.Restart) (ink, string) {
	if x.Untold {
		return s.dim, s.none
	}
	return ink{}, exitWord(x)
}

// exitWord is how the runtime says that an instance ended: its exit code, with the signal that it stands for.
func exitWord(x *model.Restart) string {
	if x.Signal != 0 {
		return signalWord(x.Signal)
	}
	code := strconv.Itoa(int(x.ExitCode))
	if n := x.ExitCode - 128; n > 0 && signals[n] != "" {
		return code + " " + signals[n]
	}
	return code
}

func signalWord(n int32) string {
	if name := signals[n]; name != "" {
		return name
	}
	return "sig " + strconv.Itoa(int(n))
}

// signals names those that end containers.
var signals = map[int32]string{
	1: "HUP", 2: "INT", 3: "QUIT", 4: "ILL", 6: "ABRT", 7: "BUS", 8: "FPE", 9: "KILL", 11: "SEGV", 13: "PIPE", 15: "TERM",
}
