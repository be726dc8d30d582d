package main

import "testing"

func TestMemoryIsKeptAndWrittenTo(t *testing.T) {
	var m memory
	m.eat(1)
	m.eat(2)
	if len(m.blocks) != 3 {
		t.Fatalf("%d MiB are kept, want 3", len(m.blocks))
	}
	for _, b := range m.blocks {
		if len(b) != 1<<20 || b[0] == 0 {
			t.Errorf("a block has %d bytes that begin with %d, want 1 MiB written to", len(b), b[0])
		}
	}
}
