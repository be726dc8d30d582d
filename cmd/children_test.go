package cmd

import (
	"slices"
	"testing"
)

// TestDescendantsAreThoseOfTheGroup: neither what was there before, nor what has left to stay.
func TestDescendantsAreThoseOfTheGroup(t *testing.T) {
	all := []process{
		{1, 0, 1},
		{10, 1, 10},
		{20, 10, 10}, // us
		{30, 20, 10},
		{31, 30, 10}, // a plugin, and its child
		{32, 31, 32},
		{33, 32, 32}, // a browser
		{34, 33, 10},
		{40, 10, 10},
		{41, 40, 10}, // the other end of a pipe
	}
	got := descendants(all, 20)
	if slices.Sort(got); !slices.Equal(got, []int{30, 31, 34}) {
		t.Errorf("got %v", got)
	}
	if got := descendants([]process{{1, 1, 1}, {2, 3, 1}, {3, 2, 1}}, 1); len(got) != 0 {
		t.Errorf("of a process that is its own parent: %v", got)
	}
}
