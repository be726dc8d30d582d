package tui

import (
	"slices"
	"testing"
)

func TestLayoutFillsTheWidth(t *testing.T) {
	cols := columns()
	e := extent{namespace: 11, name: 27, status: 16, node: 12}
	for width := 30; width <= 300; width++ {
		for _, namespaces := range []bool{true, false} {
			sum := margin - gap
			for _, s := range layout(width, e, namespaces, &cols) {
				sum += s.width + gap
				if s.width < cols[s.id].min {
					t.Errorf("width %d: column %q has %d cells, needs %d", width, cols[s.id].title, s.width, cols[s.id].min)
				}
				if s.id == colNamespace && !namespaces {
					t.Errorf("width %d: a column for the only namespace", width)
				}
			}
			if sum != width {
				t.Errorf("width %d: the columns take %d", width, sum)
			}
		}
	}
}

func TestLayoutShowsTheMostImportantFirst(t *testing.T) {
	cols := columns()
	e := extent{namespace: 11, name: 27, status: 16, node: 12}
	want := map[int][]columnID{
		20:  {colState, colName},
		40:  {colState, colName, colProbes},
		60:  {colState, colName, colProbes, colSince, colWhy},
		80:  {colState, colNamespace, colName, colProbes, colTraffic, colSince, colWhy},
		120: {colState, colNamespace, colName, colProbes, colRestarts, colForecast, colTraffic, colSince, colWhy},
		200: {colState, colNamespace, colName, colReady, colStatus, colProbes, colRestarts, colForecast, colTraffic, colSince, colAge, colNode, colWhy},
	}
	for width, ids := range want {
		var got []columnID
		slots := layout(width, e, true, &cols)
		for _, s := range slots {
			got = append(got, s.id)
		}
		if width == 80 && slots[len(slots)-1].width < 24 {
			t.Errorf("width 80: the note has %d cells", slots[len(slots)-1].width)
		}
		if !slices.Equal(got, ids) {
			t.Errorf("width %d: columns %v, want %v", width, got, ids)
		}
	}
}
