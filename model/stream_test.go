package model_test

import (
	"testing"

	. "github.com/probetop/probetop/model"
)

// TestAListHasNoTwoPodsOfAName is about a pod that was replaced while nobody listened: the list names its heir
// before it is complete, which is when the pod itself would be found missing.
func TestAListHasNoTwoPodsOfAName(t *testing.T) {
	c := NewCluster()
	list := func(done bool) { c.Apply(Change{Fact: &Listing{Kind: Pods, Done: done}}) }
	list(false)
	c.Apply(Change{Fact: &Pod{UID: "old", Namespace: "shop", Name: "web-0"}})
	c.Apply(Change{Fact: &Pod{UID: "same", Namespace: "shop", Name: "web-1"}})
	list(true)
	list(false)
	c.Apply(Change{Fact: &Pod{UID: "new", Namespace: "shop", Name: "web-0"}})
	c.Apply(Change{Fact: &Pod{UID: "same", Namespace: "shop", Name: "web-1"}})
	for _, row := range c.Snapshot().Rows {
		if row.Pod.UID == "old" {
			t.Error("web-0 is there twice before the list is complete")
		}
	}
	list(true)
	if n := len(c.Snapshot().Rows); n != 2 {
		t.Errorf("%d pods, want 2", n)
	}
}
