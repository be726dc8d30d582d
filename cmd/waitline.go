package cmd

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/tui"
)

// progress tells how a wait goes on: on a terminal in one line that is written over, otherwise with a line for every change.
type progress struct {
	out io.Writer
	// width is that of the terminal; 0 when there is none.
	width int
	// said is what the last line was about, and drawn whether there is a line to be written over.
	said  string
	drawn bool
}

// tell writes how the wait goes on.
func (p *progress) tell(w *waiting, elapsed time.Duration) error {
	now := w.target.clock.Now()
	text, about := w.words(now)
	var err error
	switch {
	case p.width > 0:
		p.drawn = true
		line := model.Printable(fmt.Sprintf("%s  %s", clockOf(elapsed), text))
		_, err = io.WriteString(p.out, "\r\x1b[K"+tui.PerRune.Clip(line, p.width-1, "…"))
	case about != p.said:
		p.said = about
		_, err = fmt.Fprintf(p.out, "%s  %s\n", clockOf(elapsed), model.Printable(text))
	}
	if err != nil {
		return unwritten(err)
	}
	return nil
}

// clear takes the line off the terminal.
func (p *progress) clear() {
	if p.drawn {
		_, _ = io.WriteString(p.out, "\r\x1b[K")
		p.drawn = false
	}
}

// clockOf is a duration as a clock shows it: 0:07, 12:30.
func clockOf(d time.Duration) string {
	return fmt.Sprintf("%2d:%02d", int(d/time.Minute), int(d/time.Second)%60)
}

// words says how the wait stands, and in about what of it is worth a line of its own when it becomes different.
func (w *waiting) words(now time.Time) (text, about string) {
	var counts []string
	var worst *model.Row
	var expect time.Time
	for _, a := range w.awaits {
		counts = append(counts, a.words(w.goal))
		if a.outlook.Met {
			continue
		}
		if r := a.outlook.Worst; r != nil && (worst == nil || model.Compare(r, worst) < 0) {
			worst = r
		}
		if a.outlook.Expect.After(expect) {
			expect = a.outlook.Expect
		}
	}
	text = strings.Join(counts, ", ")
	about = text
	if !w.since.IsZero() && w.goal.Stable > 0 {
		left := max(w.goal.Stable-time.Since(w.since), 0).Round(time.Second)
		return fmt.Sprintf("%s; must stay so for another %v", text, left), about + "; stays"
	}
	if worst == nil {
		return text, about
	}
	if d := worst.Diagnosis(now); d != nil {
		text += "; pod/" + worst.Pod.Name + ": " + d.Headline
		about += fmt.Sprint(worst.Pod.UID, d.Cause, d.Container, d.Probe, d.Reason)
	}
	if next := worst.Soonest(now); !next.IsZero() && worst.Pod.Node != "" && w.goal.Aim != model.AimGone {
		text += "; next try " + soon(next, now)
	}
	if left := expect.Sub(now); left > 0 {
		text += fmt.Sprintf("; likely in %v, as the others", left.Round(time.Second))
	}
	return text, about
}

// soon words a window that is to come.
func soon(w model.Window, now time.Time) string {
	from, to := max(w.Earliest.Sub(now), 0).Round(time.Second), max(w.Latest.Sub(now), 0).Round(time.Second)
	if from == to {
		return fmt.Sprintf("in %v", to)
	}
	return fmt.Sprintf("in %v–%v", from, to)
}

// words says how many of its pods are what they are waited for to be.
func (a *awaited) words(g model.Goal) string {
	o := &a.outlook
	if g.Aim == model.AimGone {
		if o.Met {
			return a.name + ": gone"
		}
		return fmt.Sprintf("%s: %d pods left", a.name, o.Pods)
	}
	of := o.Pods
	if a.rollout.Known {
		of = o.Want
	}
	text := fmt.Sprintf("%s: %d of %d %s", a.name, o.Good, of, g.Aim)
	switch {
	case a.rollout.Known, of > 0:
	case a.rollout.Done:
		text = a.name + ": done"
	default:
		text = a.name + ": no pods yet"
	}
	if o.Behind {
		text += ", its controller has not made the newest revision yet"
	} else if o.Old > 0 && a.rollout.Revision != "" {
		text += fmt.Sprintf(", %d of older revisions", o.Old)
	}
	if a.rollout.Refused != "" && o.Pods < o.Want {
		text += ", pods cannot be created: " + a.rollout.Refused
	}
	return text
}
