package tui

import (
	"slices"
	"testing"

	"github.com/probetop/probetop/model"
)

func TestColumnsAreLeftOut(t *testing.T) {
	for _, out := range PodColumns() {
		o := options()
		o.Pods.Columns = slices.DeleteFunc(PodColumns(), func(name string) bool { return name == out })
		b, all := boardOf(t, o, 250, 24, incident().snapshot()), boardOf(t, options(), 250, 24, incident().snapshot())
		titles, usual := titlesOf(b), titlesOf(all)
		usual = slices.DeleteFunc(usual, func(title string) bool { return title == out })
		if !slices.Equal(titles, usual) {
			t.Errorf("without %s the columns are %q, want %q", out, titles, usual)
		}
	}
	o := options()
	o.Pods.Columns = []string{"age"}
	if got := titlesOf(boardOf(t, o, 120, 24, incident().snapshot())); !slices.Equal(got, []string{"state", "name", "age", "why"}) {
		t.Errorf("with age alone the columns are %q", got)
	}
}

// titlesOf are the columns of the table of pods, where there is room for all.
func titlesOf(b *Board) []string {
	t := tableOf(b)
	t.SetSize(500, 20, true)
	var titles []string
	for _, s := range t.slots {
		titles = append(titles, t.columns[s.column].key())
	}
	return titles
}

func TestATableBeginsAsArranged(t *testing.T) {
	s := incident().snapshot()
	for _, sort := range PodSorts() {
		for _, reverse := range []bool{false, true} {
			o := options()
			o.Pods.Sort, o.Pods.Reverse = sort, reverse
			b, by := boardOf(t, o, 120, 40, s), boardOf(t, options(), 120, 40, s)
			tableOf(by).sortBy(slices.IndexFunc(podColumns(true), func(c column[*model.Row]) bool { return c.key() == sort }))
			by.compose()
			if reverse {
				press(by, "O")
			}
			if got, want := plainScreen(b), plainScreen(by); got != want {
				t.Errorf("by %s, reversed %t:\n%s\nwant\n%s", sort, reverse, got, want)
			}
		}
	}
}
