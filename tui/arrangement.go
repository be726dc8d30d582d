package tui

import (
	"slices"
	"strings"
)

// Arrangement is how a table begins: which columns it has, and how it is ordered.
type Arrangement struct {
	// Columns are those there may be, of [PodColumns]; all when empty. What a table cannot be without is there anyway.
	Columns []string
	// Sort is one of [PodSorts]; worst first when empty.
	Sort string
	// Reverse turns the order round.
	Reverse bool
}

// PodColumns lists the columns of the table of pods that can be left out, by name.
func PodColumns() []string {
	var names []string
	for _, c := range podColumns(true) {
		if !c.indispensable() {
			names = append(names, c.key())
		}
	}
	return names
}

// PodSorts lists the columns by which the table of pods can be ordered.
func PodSorts() []string {
	var names []string
	for _, c := range podColumns(true) {
		if c.compare != nil {
			names = append(names, c.key())
		}
	}
	return names
}

// key is what a column is called in a configuration.
func (col *column[R]) key() string {
	if col.title == "S R L" {
		return "probes" // its title is that of its lanes
	}
	return strings.ToLower(col.title)
}

// indispensable reports whether a table makes no sense without a column: which row it is, how it is, and why.
func (col *column[R]) indispensable() bool { return col.rank <= indispensableRank }

// indispensableRank is the last rank of a column that a table of pods cannot be without, and unwanted the width that a
// column never gets.
const (
	indispensableRank = 2
	unwanted          = 1 << 20
)

// arrangeBy makes the table begin so.
func (t *table[R]) arrangeBy(a Arrangement) {
	for i := range t.columns {
		c := &t.columns[i]
		if len(a.Columns) > 0 && !c.indispensable() && !slices.Contains(a.Columns, c.key()) {
			c.min = unwanted
		}
		if a.Sort == c.key() && c.compare != nil {
			t.sort, t.order.compare = i, c.compare
		}
	}
	if a.Reverse {
		t.invert = true
		t.order.reverse()
	}
}
