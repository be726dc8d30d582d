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
	for id, c := range columns() {
		if !indispensable(columnID(id)) {
			names = append(names, c.name(columnID(id)))
		}
	}
	return names
}

// PodSorts lists the columns by which the table of pods can be ordered.
func PodSorts() []string {
	var names []string
	all := columns()
	for _, s := range sortings {
		names = append(names, all[s.column].name(s.column))
	}
	return names
}

// name is what a column is called in a configuration.
func (c *column) name(id columnID) string {
	if id == colProbes {
		return "probes" // its title is that of its lanes
	}
	return strings.ToLower(c.title)
}

// indispensable reports whether a table of pods makes no sense without a column.
func indispensable(id columnID) bool { return id == colState || id == colName || id == colWhy }

// unwanted is the width that a column never gets.
const unwanted = 1 << 20

// arrangeBy makes the table begin so.
func (t *table) arrangeBy(a Arrangement) {
	for id := range t.columns {
		c := &t.columns[id]
		if id := columnID(id); len(a.Columns) > 0 && !indispensable(id) && !slices.Contains(a.Columns, c.name(id)) {
			c.min = unwanted
		}
	}
	if n := slices.Index(PodSorts(), a.Sort); n > 0 {
		t.sort = n
		t.order.compare = sortings[n].compare
	}
	if a.Reverse {
		t.invert = true
		t.order.reverse()
	}
}
