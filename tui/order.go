package tui

import "slices"

// order keeps the rows of the newest snapshot sorted, and of these the ones that are shown. A new snapshot
// costs a comparison of rows, which are pointers or hold some, and the work for those that changed.
type order[R comparable] struct {
	compare func(a, b R) int
	keep    func(R) bool // nil keeps every row

	rows   []R // the snapshot's own, not ours to write to
	sorted []R
	shown  []R // sorted itself while every row is kept
	spare  []R // room for the next sorted or shown

	// removed and added are the difference between the last two snapshots. A row that only changed its
	// place is in both.
	removed, added []R
}

// a sort is cheaper than splicing once more than one row in fullSort has changed.
const fullSort = 8

// update takes the rows of a new snapshot.
func (o *order[R]) update(rows []R) {
	o.diff(rows)
	o.rows = rows
	changed := len(o.removed) + len(o.added)
	if changed == 0 {
		return
	}
	if changed > len(rows)/fullSort || !o.splice() {
		o.sort()
	}
}

// diff finds the rows that are not in their place any more, and those that are new there.
func (o *order[R]) diff(rows []R) {
	clear(o.removed)
	clear(o.added)
	o.removed, o.added = o.removed[:0], o.added[:0]
	n := min(len(o.rows), len(rows))
	for i, old := range o.rows[:n] {
		if old != rows[i] {
			o.removed, o.added = append(o.removed, old), append(o.added, rows[i])
		}
	}
	o.removed, o.added = append(o.removed, o.rows[n:]...), append(o.added, rows[n:]...)
}

// sortBy changes the order.
func (o *order[R]) sortBy(compare func(a, b R) int) {
	o.compare = compare
	o.sort()
}

// reverse turns the order round.
func (o *order[R]) reverse() {
	compare := o.compare
	o.compare = func(a, b R) int { return compare(b, a) }
	slices.Reverse(o.sorted)
	o.sift()
}

// filter changes which rows are shown; nil shows all.
func (o *order[R]) filter(keep func(R) bool) {
	o.keep = keep
	o.sift()
}

// sort puts everything in order from the beginning.
func (o *order[R]) sort() {
	o.sorted = append(o.sorted[:0:0], o.rows...)
	slices.SortFunc(o.sorted, o.compare)
	o.sift()
}

// sift chooses the rows that are shown.
func (o *order[R]) sift() {
	o.shown = o.sorted
	if o.keep == nil {
		return
	}
	o.shown = nil
	for _, r := range o.sorted {
		if o.keep(r) {
			o.shown = append(o.shown, r)
		}
	}
}

// splice carries the difference into the order. It reports false when the order does not hold what the
// difference takes out, which the caller mends by sorting.
func (o *order[R]) splice() bool {
	slices.SortFunc(o.removed, o.compare)
	slices.SortFunc(o.added, o.compare)
	sorted, ok := o.merge(o.sorted, nil)
	if !ok {
		return false
	}
	o.spare, o.sorted = o.sorted, sorted
	if o.keep == nil {
		o.shown = sorted
		return true
	}
	shown, ok := o.merge(o.shown, o.keep)
	if !ok {
		return false
	}
	o.spare, o.shown = o.shown, shown
	return true
}

// merge returns list, which is sorted, without the removed rows and with the added ones, as far as keep lets
// them through, in the spare slice.
func (o *order[R]) merge(list []R, keep func(R) bool) ([]R, bool) {
	out := slices.Grow(o.spare[:0], len(list)+len(o.added))
	removed, added := o.removed, o.added
	for len(removed)+len(added) > 0 {
		remove := len(added) == 0 || len(removed) > 0 && o.compare(removed[0], added[0]) <= 0
		var r R
		if remove {
			r, removed = removed[0], removed[1:]
		} else {
			r, added = added[0], added[1:]
		}
		if keep != nil && !keep(r) {
			continue
		}
		at, found := slices.BinarySearchFunc(list, r, o.compare)
		out, list = append(out, list[:at]...), list[at:]
		switch {
		case !remove:
			out = append(out, r)
		case !found || list[0] != r:
			return nil, false
		default:
			list = list[1:]
		}
	}
	return append(out, list...), true
}

// position returns where r is among the rows shown, or where it would be.
func (o *order[R]) position(r R) (int, bool) {
	return slices.BinarySearchFunc(o.shown, r, o.compare)
}

// holds reports whether r is in the snapshot, shown or not.
func (o *order[R]) holds(r R) bool {
	_, found := slices.BinarySearchFunc(o.sorted, r, o.compare)
	return found
}
