package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

// rollout is how far a workload has got from one revision to the next, as far as its pods tell. How many there should be is
// nowhere in them.
type rollout struct {
	// revisions are those that have pods, the newest first.
	revisions []revision
	// old counts the pods of any but the newest.
	old int
}

// revision is the pods of one revision of a workload.
type revision struct {
	name                string
	pods, ready, faults int
	created             time.Time // when the first of its pods was
}

// rolloutOf counts the pods of a workload by revision.
func rolloutOf(pods []*model.Row) rollout {
	var ro rollout
	for _, r := range pods {
		name := r.Pod.Revision()
		if name == "" {
			return rollout{}
		}
		at := slices.IndexFunc(ro.revisions, func(v revision) bool { return v.name == name })
		if at < 0 {
			at = len(ro.revisions)
			ro.revisions = append(ro.revisions, revision{name: name, created: r.Pod.Created})
		}
		v := &ro.revisions[at]
		v.pods++
		if r.Pod.Ready() {
			v.ready++
		}
		if r.Severity.Fault() {
			v.faults++
		}
		if r.Pod.Created.Before(v.created) {
			v.created = r.Pod.Created
		}
	}
	slices.SortFunc(ro.revisions, func(a, b revision) int {
		if c := b.created.Compare(a.created); c != 0 {
			return c
		}
		return strings.Compare(a.name, b.name)
	})
	for _, v := range ro.revisions[min(len(ro.revisions), 1):] {
		ro.old += v.pods
	}
	return ro
}

// rolling reports whether there are pods of more than one revision.
func (ro *rollout) rolling() bool { return len(ro.revisions) > 1 }

// verdict says which revision has all the faults; nothing when that is not so, or there is one only.
func (ro *rollout) verdict() string {
	if !ro.rolling() {
		return ""
	}
	failing, at := 0, 0
	for i := range ro.revisions {
		if ro.revisions[i].faults > 0 {
			failing, at = failing+1, i
		}
	}
	switch v := &ro.revisions[at]; {
	case failing != 1:
		return ""
	case at == 0:
		return fmt.Sprintf("the new revision fails, %d of %d", v.faults, v.pods)
	default:
		return fmt.Sprintf("the old revision fails, %d of %d", v.faults, v.pods)
	}
}

// rollout draws how many pods are of the newest revision, and how many of these are ready.
func (c *canvas) rollout(l *line, g *groupRow, w int) {
	if !g.rollout.rolling() {
		l.pad(w)
		return
	}
	v := &g.rollout.revisions[0]
	i := ink{}
	if v.faults > 0 {
		i = c.bad
	}
	l.cell(i, fmt.Sprintf("%d of %d new, %d ready", v.pods, v.pods+g.rollout.old, v.ready), w)
}

// revisions writes the revisions of a workload that has several.
func (s *sheet) revisions(ro rollout) {
	if !ro.rolling() {
		return
	}
	for i, v := range ro.revisions {
		word := "old"
		if i == 0 {
			word = "new"
		}
		in := ink{}
		if v.faults > 0 {
			in = s.bad
		}
		text := fmt.Sprintf("%s, %d ready, %d with faults, since %s", plural(v.pods, "1 pod", thousands(v.pods)+" pods"), v.ready, v.faults, age(s.now, v.created))
		s.end(s.row(0).cell(s.dim, word, 4).text(model.Printable(v.name)+": ").put(in, text))
	}
}
