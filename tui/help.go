package tui

import (
	"charm.land/bubbles/v2/key"

	"github.com/probetop/probetop/model"
)

// helpLines writes the help: the keys, what the marks mean, and how to filter.
func helpLines(c *canvas, keys *keyMap, width int) []string {
	s := &sheet{canvas: c, width: width}
	groups := keys.groups()
	s.heading("KEYS", "nothing here changes the cluster")
	s.columns(bindings(groups[0]), bindings(groups[1]))
	s.heading("PROBES", "S startup, R readiness, L liveness")
	var states [2][]entry
	for st := model.StateFailed; st <= model.StatePassing; st++ {
		v := model.Verdict{State: st, Certainty: model.Certain}
		e := entry{s.glyphs.state[st] + " " + stateWord(v), stateMeans[st], s.stateInk[st]}
		states[st/6] = append(states[st/6], e)
	}
	s.columns(states[0], states[1])
	s.text(2, 2, s.dim, "A "+certaintyMark+" after a word: little more than a guess.")
	s.heading("FILTER", "every word must match")
	s.columns([]entry{
		{"web", "in a name, status, note, node, workload", s.strong},
		{"!web", "not that", s.strong},
		{"status:crash", "a regular expression on one column", s.strong},
	}, nil)
	s.text(2, 3, s.dim, "Columns: ns, name, state, status, why, node, workload.")
	return s.lines
}

// stateMeans explains the states of a probe.
var stateMeans = [...]string{
	model.StateFailed: "threshold reached", model.StateFailing: "below the threshold",
	model.StateErroring: "cannot be carried out", model.StateUnknown: "nobody said",
	model.StateStarting: "no success yet", model.StateDelayed: "not run yet",
	model.StateGated: "waits for startup", model.StateWaiting: "no container runs",
	model.StateSuspended: "the pod ends", model.StateHeld: "startup is over", model.StatePassing: "the last run was well",
}

// entry is a term and what it means.
type entry struct {
	term, means string
	ink         ink
}

func bindings(keys []key.Binding) []entry {
	var entries []entry
	for _, k := range keys {
		entries = append(entries, entry{k.Help().Key, k.Help().Desc, ink{}})
	}
	return entries
}

// columns writes two lists side by side, or one after the other when that is too wide.
func (s *sheet) columns(left, right []entry) {
	const term, column = 13, 39
	if s.width < 2*column {
		left, right = append(left[:len(left):len(left)], right...), nil
	}
	for i := range max(len(left), len(right)) {
		l := s.row(2)
		for j, list := range [...][]entry{left, right} {
			if i >= len(list) {
				l.pad(column)
				continue
			}
			w := column - term
			if j == 1 || right == nil {
				w = l.room
			}
			l.cell(list[i].ink, list[i].term, term).cell(s.dim, list[i].means, w)
		}
		s.end(l)
	}
}
