package tui

import (
	"slices"
	"testing"
)

// demandsOf are those of columns whose contents are that wide, where they may be.
func demandsOf[R any](columns []column[R], contents, sorted int) []demand {
	demands := make([]demand, len(columns))
	for i := range columns {
		demands[i] = demand{claim: columns[i].claim, contents: contents, pinned: i == sorted}
	}
	return demands
}

// demandsOfViews are those of every table, by the name of its view.
func demandsOfViews(sorted int) map[string][]demand {
	return map[string][]demand{
		"pods": demandsOf(podColumns(true), 30, sorted), "one namespace": demandsOf(podColumns(false), 30, sorted),
		"workloads": demandsOf(groupColumns(true), 30, sorted), "services": demandsOf(serviceColumns(true), 30, sorted),
		"restarts": demandsOf(ledgerColumns(true), 30, sorted), "nodes": demandsOf(nodeColumns(), 30, sorted),
	}
}

func TestLayoutFillsTheWidth(t *testing.T) {
	for width := 8; width <= 300; width++ {
		for name, demands := range demandsOfViews(0) {
			sum := margin - gap
			for _, s := range layout(width, demands) {
				sum += s.width + gap
				if d := demands[s.column]; s.width < d.min {
					t.Errorf("%s, width %d: column %d has %d cells, needs %d", name, width, s.column, s.width, d.min)
				}
			}
			if sum != width {
				t.Errorf("%s, width %d: the columns take %d", name, width, sum)
			}
		}
	}
}

func TestTheSortedColumnIsShown(t *testing.T) {
	for name := range demandsOfViews(0) {
		for sorted := range demandsOfViews(0)[name] {
			for _, width := range []int{24, 40, 80, 120, 200} {
				demands := demandsOfViews(sorted)[name]
				demands[sorted].vacant = true
				slots := layout(width, demands)
				if !slices.ContainsFunc(slots, func(s slot) bool { return s.column == sorted }) {
					t.Errorf("%s, width %d: ordered by column %d, which is not shown", name, width, sorted)
				}
			}
		}
	}
}

func TestLayoutShowsTheMostImportantFirst(t *testing.T) {
	columns := podColumns(true)
	want := map[int][]string{
		20:  {"STATE", "NAME"},
		40:  {"STATE", "NAME", "WHY"},
		60:  {"STATE", "NAMESPACE", "NAME", "S R L", "SINCE", "WHY"},
		80:  {"STATE", "NAMESPACE", "NAME", "S R L", "TRAFFIC", "SINCE", "WHY"},
		120: {"STATE", "NAMESPACE", "NAME", "S R L", "RESTARTS", "TRAFFIC", "SINCE", "WHY"},
		160: {"STATE", "NAMESPACE", "NAME", "READY", "STATUS", "S R L", "RESTARTS", "FORECAST", "TRAFFIC", "SINCE", "WHY"},
		200: {"STATE", "NAMESPACE", "NAME", "READY", "STATUS", "S R L", "RESTARTS", "FORECAST", "TRAFFIC", "SINCE", "AGE", "NODE", "WHY"},
	}
	for width, titles := range want {
		var got []string
		slots := layout(width, demandsOf(columns, 27, 0))
		for _, s := range slots {
			got = append(got, columns[s.column].title)
		}
		if why := slots[len(slots)-1]; width == 80 && why.width < 30 {
			t.Errorf("width 80: WHY has %d cells", why.width)
		}
		if !slices.Equal(got, titles) {
			t.Errorf("width %d: columns %q, want %q", width, got, titles)
		}
	}
}

func TestAColumnThatNoRowFillsGivesWay(t *testing.T) {
	b := boardOf(t, options(), 120, 24, newVillage(t, "a", "b").Snapshot())
	for _, title := range []string{"RESTARTS", "FORECAST", "TRAFFIC"} {
		wantNotOnScreen(t, b, title)
	}
	b = boardOf(t, options(), 120, 24, incident().snapshot())
	for _, title := range []string{"RESTARTS", "TRAFFIC"} {
		wantOnScreen(t, b, title)
	}
}

func TestStateIsAGlyphWhereThereIsLittleRoom(t *testing.T) {
	for _, width := range []int{40, 99, 100, 120} {
		slots := layout(width, demandsOf(podColumns(true), 27, 0))
		want := 1
		if width >= wideTable {
			want = stateWide
		}
		if slots[0].width != want {
			t.Errorf("width %d: STATE has %d cells, want %d", width, slots[0].width, want)
		}
	}
}
