package tui

import (
	"cmp"
	"slices"
)

// claim is how much room a column asks for. The last column of a table takes what the others leave.
type claim struct {
	// rank says who is given room first: the lowest.
	rank int
	// min is the width below which the column is not worth showing; wide is that in a table of at least wideTable cells.
	min, wide int
	// want and most are how wide its contents may make it: before the last column has had its share, and afterwards. For the
	// last column they are its share.
	want, most int
	// steps are widths at which it says more, each taken whole or not at all.
	steps []int
	// leaves is how many cells the last column must have for this one to be shown.
	leaves int
}

// wideTable is how many cells a table has in which there is room for words.
const wideTable = 100

// slot is a column in the room it was given.
type slot struct {
	column, width int
}

// gap is what separates columns; margin is the cursor's.
const gap, margin = 1, 1

// demand is a claim and what the contents would take.
type demand struct {
	claim
	contents int
	// vacant is set when there is nothing to show; pinned when it is shown first whatever its rank.
	vacant, pinned bool
}

// allotment is room being given to columns.
type allotment struct {
	demands []demand
	widths  []int
	left    int
}

// layout gives the columns their room in a width; those that get none are left out.
func layout(width int, demands []demand) []slot {
	a := &allotment{demands: demands, widths: make([]int, len(demands)), left: width - margin + gap}
	ranked := make([]int, 0, len(demands))
	for i := range demands {
		if d := &demands[i]; !d.vacant || d.pinned {
			ranked = append(ranked, i)
		}
		if width >= wideTable {
			demands[i].min = max(demands[i].min, demands[i].wide)
		}
	}
	first := func(i int) int { // the pinned column comes after the first of all
		if d := demands[i]; d.pinned && d.rank > 0 {
			return 1
		}
		return 2 * demands[i].rank
	}
	slices.SortStableFunc(ranked, func(i, j int) int { return cmp.Compare(first(i), first(j)) })
	for _, i := range ranked {
		a.admit(i)
	}
	last := len(demands) - 1
	a.grow(last, demands[last].want)
	for _, i := range ranked {
		a.grow(i, min(demands[i].contents, demands[i].want))
	}
	a.grow(last, demands[last].most)
	for _, i := range ranked {
		a.grow(i, min(demands[i].contents, demands[i].most))
		a.step(i)
	}
	return a.slots()
}

// admit shows a column if there is room.
func (a *allotment) admit(i int) {
	d, last := &a.demands[i], len(a.widths)-1
	spare := 0
	if i != last && !d.pinned {
		spare = max(d.leaves-a.widths[last], 0)
	}
	if d.min+gap+spare <= a.left {
		a.widths[i], a.left = d.min, a.left-d.min-gap
	}
}

// grow makes a column that is shown wider, as far as there is room.
func (a *allotment) grow(i, to int) {
	if w := a.widths[i]; w > 0 && w < to {
		n := min(to-w, a.left)
		a.widths[i], a.left = w+n, a.left-n
	}
}

// step takes the widths at which a column says more.
func (a *allotment) step(i int) {
	for _, s := range a.demands[i].steps {
		if s-a.widths[i] <= a.left {
			a.grow(i, s)
		}
	}
}

// slots lists the columns that have room, in order; what is left goes to the last one.
func (a *allotment) slots() []slot {
	var s []slot
	for i, width := range a.widths {
		if width > 0 {
			s = append(s, slot{i, width})
		}
	}
	if len(s) > 0 {
		s[len(s)-1].width += max(a.left, 0)
	}
	return s
}
