package tui

import (
	"slices"
	"strings"

	"github.com/probetop/probetop/model"
)

// helpLines writes the help: what is under the cursor, which may be nothing, the keys, how to filter, and what the marks mean.
func helpLines(c *canvas, keys *keyMap, r *model.Row, width int) []string {
	s := &sheet{canvas: c, width: width}
	if r != nil {
		s.underCursor(r)
	}
	s.heading("KEYS", "nothing here changes the cluster")
	s.bindings(7, keys.groups())
	s.views(keys)
	if keys.Play.Enabled() {
		s.heading("REPLAY", "a change is a pod that got better or worse")
		s.bindings(7, keys.tapeGroups())
	}
	s.shadow(keys)
	s.heading("A POD'S PAGE", "its panes: why, timeline, evidence, shadow, spec, logs, yaml")
	s.bindings(9, keys.pageGroups())
	s.heading("PROBES", "S startup, R readiness, L liveness; "+certaintyMark+" a guess; 2/3 failures/threshold")
	var states [2][]entry
	for st := model.StateFailed; st <= model.StatePassing; st++ {
		v := model.Verdict{State: st, Certainty: model.Certain}
		e := entry{s.glyphs.state[st] + " " + stateWord(v), stateMeans[st], s.stateInk[st]}
		states[st/6] = append(states[st/6], e)
	}
	s.columns(12, 39, states[:]...)
	s.heading("FILTER", "every word must match; ! turns one round")
	s.columns(14, 78, []entry{
		{"web !canary", "in a name, namespace, status, note, node or workload", s.strong},
		{"status:^crash", "a regexp; also ns, name, state, why, node, workload", s.strong},
	})
	s.marks()
	return s.lines
}

// views writes the keys of the views, and of what is in them.
func (s *sheet) views(keys *keyMap) {
	var words []string
	for i := range keys.Views {
		h := keys.Views[i].Help()
		words = append(words, h.Key+" "+h.Desc)
	}
	s.text(2, 3, s.strong, strings.Join(words, "  "))
	words = nil
	for _, k := range [...]*binding{&keys.Tab, &keys.Column} {
		words = append(words, k.Help().Key+" "+k.about)
	}
	s.text(2, 3, ink{}, strings.Join(words, "  "))
}

// shadow writes the keys that run probes from here, and the mark of a difference, which may be on a recording, too.
func (s *sheet) shadow(keys *keyMap) {
	mark := []entry{{s.differ, "differs from here", s.warn}}
	switch {
	case !keys.Shadow.untold:
		s.heading("SHADOW", "the probes of the pod, run from here as the kubelet runs them")
		s.columns(7, 26, entries(s.key, &keys.Shadow), entries(s.key, &keys.Auto), mark)
	case keys.Play.Enabled():
		s.heading("SHADOW", "the probes of the pod, run from where this was recorded")
		s.columns(7, 26, mark)
	}
}

// entries returns what keys do.
func entries(i ink, keys ...*binding) []entry {
	var list []entry
	for _, k := range keys {
		list = append(list, entry{k.Help().Key, k.about, i})
	}
	return list
}

// bindings writes keys and what they do, in columns.
func (s *sheet) bindings(term int, groups [][]*binding) {
	var lists [][]entry
	for _, group := range groups {
		lists = append(lists, entries(s.key, group...))
	}
	s.columns(term, 26, lists...)
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

// columns writes lists side by side in columns of that width, or one after the other when that is too wide.
// A term takes the first cells of a column.
func (s *sheet) columns(term, width int, lists ...[]entry) {
	if len(lists)*width > s.width {
		lists = [][]entry{slices.Concat(lists...)}
	}
	longest := 0
	for _, list := range lists {
		longest = max(longest, len(list))
	}
	for i := range longest {
		l := s.row(2)
		for j, list := range lists {
			w := width
			if j == len(lists)-1 {
				w = l.room
			}
			if i >= len(list) {
				l.pad(w)
				continue
			}
			l.cell(list[i].ink, list[i].term, term).pad(1).cell(ink{}, list[i].means, w-term-2).pad(1)
		}
		s.end(l)
	}
}
