package model

import (
	"testing"
	"time"
)

func TestSnapshotsListNodesAndServices(t *testing.T) {
	c, at := NewCluster(), time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	apply := func(gone bool, facts ...Fact) *Snapshot {
		for _, f := range facts {
			at = at.Add(time.Second)
			c.Apply(Change{At: at, Gone: gone, Fact: f})
		}
		return c.Snapshot()
	}
	first := apply(false, &Node{Name: "b"}, &Node{Name: "a", Zone: "z"}, &Service{Namespace: "n", Name: "s"}, &Service{Namespace: "m", Name: "t"})
	if len(first.Nodes) != 2 || first.Nodes[0].Name != "a" || len(first.Services) != 2 || first.Services[0].Name != "t" {
		t.Fatalf("%d nodes, %d Services, or not by name", len(first.Nodes), len(first.Services))
	}
	if again := apply(false, &Node{Name: "a", Zone: "z"}, &Service{Namespace: "n", Name: "s"}); again != first {
		t.Error("another snapshot for what was said before")
	}
	second := apply(true, first.Nodes[0], first.Services[0])
	if len(second.Nodes) != 1 || len(second.Services) != 1 || len(first.Nodes) != 2 || len(first.Services) != 2 {
		t.Errorf("%d nodes and %d Services, and in the snapshot before %d and %d", len(second.Nodes), len(second.Services), len(first.Nodes), len(first.Services))
	}
}
