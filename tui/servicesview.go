package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

// serviceRow is a Service with the pods that are its endpoints, or that it selects.
type serviceRow struct {
	namespace, name string
	// known is set when what the endpoints say is all there is; otherwise the counts are unknown.
	known bool
	// published is set for a Service that sends traffic to pods that are not ready.
	published bool
	pods      []*model.Row
	// total counts the endpoints; ready, serving and terminating those of them that are.
	total, ready, serving, terminating int
	// selected counts the pods that it selects and that have not run to their end.
	selected int
	// behind counts the endpoints that do not say what their pod does, and lag is since when the first of them does not.
	behind int
	lag    time.Time
	// fell is when the newest endpoint that is out of traffic went out, if that was seen.
	fell time.Time
}

// serving is how a Service stands, worst first.
type serving uint8

const (
	servesNobody serving = iota
	servesSome
	servesLate
	servesEmpty
	servesUnknown
	servesAll
)

func newServicesView(keys *keyMap, namespaces bool) view {
	same := func(a, b *serviceRow) bool { return a.name == b.name && a.namespace == b.namespace }
	return &listView[*serviceRow]{
		name: "services",
		table: newTable(keys, about[*serviceRow]{
			same: same, heir: same, calm: func(s *serviceRow) bool { return s.state() == servesAll },
		}, serviceColumns(namespaces)),
		detail: detail[*serviceRow]{write: (*sheet).service},
		rows:   servicesOf,
		empty:  "No Service is known in scope: none is there, or Services and EndpointSlices are not read.",
		pods:   func(s *serviceRow) []*model.Row { return s.pods },
		open: func(s *serviceRow) opening {
			return opening{words: "Service " + model.Printable(s.name), keep: s.has}
		},
	}
}

// has reports whether a pod is an endpoint of the Service, or selected by it.
func (s *serviceRow) has(r *model.Row) bool {
	return r.Pod.Namespace == s.namespace && (slices.ContainsFunc(r.Traffic, func(t model.Traffic) bool { return t.Service == s.name }) ||
		slices.ContainsFunc(r.Services, func(o *model.Service) bool { return o.Name == s.name }))
}

// servicesOf makes the rows of a snapshot: the Services that are known, and those of which there are endpoints.
func servicesOf(snap *model.Snapshot) []*serviceRow {
	type key struct{ namespace, name string }
	known := snap.Source(model.EndpointSlices).State != model.SourceForbidden && snap.Source(model.EndpointSlices).State != model.SourceOff
	rows := make([]*serviceRow, 0, len(snap.Services))
	index := make(map[key]*serviceRow, len(snap.Services))
	find := func(namespace, name string) *serviceRow {
		k := key{namespace, name}
		s := index[k]
		if s == nil {
			s = &serviceRow{namespace: namespace, name: name, known: known}
			index[k] = s
			rows = append(rows, s)
		}
		return s
	}
	for _, o := range snap.Services {
		find(o.Namespace, o.Name).published = o.PublishNotReady
	}
	for _, r := range snap.Rows {
		for i := range r.Traffic {
			find(r.Pod.Namespace, r.Traffic[i].Service).endpoint(r, &r.Traffic[i])
		}
		if r.Severity == model.Finished {
			continue
		}
		for _, o := range r.Services {
			s := find(r.Pod.Namespace, o.Name)
			if s.selected++; len(s.pods) == 0 || s.pods[len(s.pods)-1] != r {
				s.pods = append(s.pods, r)
			}
		}
	}
	return rows
}

// endpoint counts an endpoint for a pod.
func (s *serviceRow) endpoint(r *model.Row, t *model.Traffic) {
	s.pods = append(s.pods, r)
	s.total++
	if t.Ready {
		s.ready++
	}
	if t.Serving {
		s.serving++
	}
	if t.Terminating {
		s.terminating++
	}
	if !t.Ready && t.Since.After(s.fell) {
		s.fell = t.Since
	}
	if c := r.Pod.Condition("Ready"); c != nil && c.Status != model.Unknown && !t.PublishNotReady && !r.Pod.Deleting() &&
		(c.Status == model.True) != t.Ready {
		if s.behind++; s.lag.IsZero() || c.Since.Before(s.lag) {
			s.lag = c.Since
		}
	}
}

// state is how the Service stands.
func (s *serviceRow) state() serving {
	switch {
	case !s.known:
		return servesUnknown
	case s.total == 0:
		return servesEmpty
	case s.ready == 0:
		return servesNobody
	case s.behind > 0:
		return servesLate
	case s.ready < s.total:
		return servesSome
	}
	return servesAll
}

// words are what a Service's state is called, and what mark it has.
func (s *serviceRow) words(c *canvas) (word, glyph string, in ink) {
	switch s.state() {
	case servesNobody:
		return "no traffic", c.stopped, c.bad
	case servesSome:
		return "degraded", c.trouble, c.warn
	case servesLate:
		return "slice late", c.trouble, c.warn
	case servesEmpty:
		return "no endpoint", c.severity[model.Unprobed], ink{}
	case servesUnknown:
		return "unknown", certaintyMark, c.strong
	}
	return "serving", c.live, c.good
}

// count words a number of endpoints; a mark where that is not known.
func (s *serviceRow) count(n int) string {
	if !s.known {
		return certaintyMark
	}
	return thousands(n)
}

// serviceColumns are the columns of Services.
func serviceColumns(namespaces bool) []column[*serviceRow] {
	by := func(first func(a, b *serviceRow) int) func(a, b *serviceRow) int {
		return func(a, b *serviceRow) int { return cmp.Or(first(a, b), compareServices(a, b)) }
	}
	most := func(of func(*serviceRow) int) func(a, b *serviceRow) int {
		return by(func(a, b *serviceRow) int { return cmp.Compare(of(b), of(a)) })
	}
	counted := func(of func(*serviceRow) int) func(*canvas, *line, *serviceRow, int) {
		return func(_ *canvas, l *line, s *serviceRow, w int) { l.cell(ink{}, s.count(of(s)), w) }
	}
	ready := func(s *serviceRow) int { return s.ready }
	serves := func(s *serviceRow) int { return s.serving }
	terminating := func(s *serviceRow) int { return s.terminating }
	selected := func(s *serviceRow) int { return s.selected }
	cols := []column[*serviceRow]{
		{
			title: "STATE", claim: claim{rank: 0, min: 1, wide: stateWide}, heading: stateTitle,
			draw: (*canvas).serviceState, order: "worst first", compare: compareServices,
		},
		{
			title: "NAMESPACE", claim: claim{rank: 4, min: 6, want: 9, most: 32, leaves: 20}, heading: namespaceTitle,
			text: func(s *serviceRow) string { return s.namespace }, order: "by namespace",
			compare: by(func(a, b *serviceRow) int { return strings.Compare(a.namespace, b.namespace) }),
		},
		{
			title: "SERVICE", claim: claim{rank: 1, min: 12, want: 26, most: 60}, text: func(s *serviceRow) string { return s.name }, name: true,
			order: "by name", compare: by(func(a, b *serviceRow) int { return strings.Compare(a.name, b.name) }),
		},
		{
			title: "READY", claim: claim{rank: 3, min: 7}, draw: (*canvas).endpoints, order: "fewest ready first",
			compare: by(func(a, b *serviceRow) int { return cmp.Compare(ready(a)*b.total, ready(b)*a.total) }),
		},
		{title: "SERVING", claim: claim{rank: 6, min: 7, leaves: 24}, draw: counted(serves), order: "most serving first", compare: most(serves)},
		{
			title: "TERMINATING", claim: claim{rank: 7, min: 11, leaves: 24}, draw: counted(terminating),
			filled: func(s *serviceRow) bool { return s.terminating > 0 }, order: "most terminating first", compare: most(terminating),
		},
		{
			title: "PODS", claim: claim{rank: 8, min: 5, leaves: 30}, draw: number(selected),
			filled: func(s *serviceRow) bool { return s.selected > 0 }, order: "most pods first", compare: most(selected),
		},
		{
			title: "LAG", claim: claim{rank: 5, min: 9, leaves: 20}, draw: (*canvas).sliceLag,
			filled: func(s *serviceRow) bool { return s.behind > 0 }, order: "furthest behind first", compare: by(func(a, b *serviceRow) int {
				return cmp.Or(cmp.Compare(b.behind, a.behind), a.lag.Compare(b.lag))
			}),
		},
		{
			title: "SINCE", claim: claim{rank: 5, min: 5, leaves: 24},
			draw:   func(c *canvas, l *line, s *serviceRow, w int) { l.cell(ink{}, age(c.now, s.fell), w) },
			filled: func(s *serviceRow) bool { return !s.fell.IsZero() }, order: "latest change first",
			compare: by(func(a, b *serviceRow) int { return b.fell.Compare(a.fell) }),
		},
		{title: "WHY", claim: claim{rank: 2, min: 14, want: 30, most: 56}, draw: (*canvas).serviceWhy},
	}
	if !namespaces {
		cols = slices.DeleteFunc(cols, func(c column[*serviceRow]) bool { return c.title == "NAMESPACE" })
	}
	return cols
}

// serviceState draws how a Service stands.
func (c *canvas) serviceState(l *line, s *serviceRow, w int) {
	word, glyph, in := s.words(c)
	if w > 1 {
		glyph += " " + word
	}
	l.cell(in, glyph, w)
}

func (c *canvas) serviceWhy(l *line, s *serviceRow, w int) { l.cell(ink{}, s.why(c, w), w) }

// sliceLag draws how many endpoints are behind their pods, and since when.
func (c *canvas) sliceLag(l *line, s *serviceRow, w int) {
	if s.behind == 0 {
		l.pad(w)
		return
	}
	l.cell(c.warn, strconv.Itoa(s.behind)+" "+age(c.now, s.lag), w)
}

// compareServices orders Services worst first. It is a total order.
func compareServices(a, b *serviceRow) int {
	return cmp.Or(cmp.Compare(a.state(), b.state()), cmp.Compare(b.total-b.ready, a.total-a.ready),
		strings.Compare(a.namespace, b.namespace), strings.Compare(a.name, b.name))
}

// endpoints draws how many endpoints of how many are ready; none of some is an alarm.
func (c *canvas) endpoints(l *line, s *serviceRow, w int) {
	in := ink{}
	if s.state() == servesNobody {
		in = c.bad
	}
	word := s.count(s.ready) + "/" + s.count(s.total)
	l.cell(in, word, w)
}

// why says what is wrong with a Service, and with the worst of its pods.
func (s *serviceRow) why(c *canvas, w int) string {
	var words []string
	switch s.state() {
	case servesUnknown:
		return "EndpointSlices are not read: who gets traffic is not known"
	case servesNobody:
		words = append(words, "none of "+thousands(s.total)+" ready")
	case servesEmpty:
		if s.selected == 0 {
			return "it selects no pod in scope"
		}
		words = append(words, plural(s.selected, "its pod is no endpoint", "its "+thousands(s.selected)+" pods are no endpoints"))
	case servesLate:
		words = append(words, plural(s.behind, "1 endpoint", thousands(s.behind)+" endpoints")+" not yet as the pod")
	}
	if s.published {
		words = append(words, "takes pods that are not ready")
	}
	if r := worstPod(s.pods); r != nil && r.Severity < model.Healthy {
		words = append(words, c.whyText(r, w))
	}
	return strings.Join(words, "; ")
}

// service writes what is said of a Service beside the table.
func (s *sheet) service(o *serviceRow) {
	word, glyph, in := o.words(s.canvas)
	state := glyph + " " + word
	name := s.clipMiddle(model.Printable(o.namespace+"/"+o.name), s.width-s.Cells(state)-2, s.ellipsis)
	s.end(s.row(0).put(s.strong, name).right(phrase{in, state}))
	words := fmt.Sprintf("%s of %s endpoints ready, %s serving, %s terminating", o.count(o.ready), o.count(o.total), o.count(o.serving), o.count(o.terminating))
	if o.selected > 0 {
		words += " " + s.dot + " selects " + plural(o.selected, "1 pod", thousands(o.selected)+" pods")
	}
	s.text(0, 2, ink{}, words)
	if o.behind > 0 {
		s.text(0, 2, s.warn, plural(o.behind, "1 endpoint does", thousands(o.behind)+" endpoints do")+" not say what the pod says, since "+age(s.now, o.lag)+
			": the slice is late")
	}
	if o.state() == servesNobody && !o.fell.IsZero() {
		s.text(0, 2, s.bad, "the last endpoint went out of traffic "+age(s.now, o.fell)+" ago")
	}
	s.members(o.pods)
}
