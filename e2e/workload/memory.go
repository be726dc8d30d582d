package main

import "os"

// memory is what the workload holds on to. Its owner's lock guards it.
type memory struct {
	blocks [][]byte
}

// eat takes more memory for good. The kernel counts a page when it is written to.
func (m *memory) eat(mib int) {
	for range mib {
		block := make([]byte, 1<<20)
		for i := 0; i < len(block); i += os.Getpagesize() {
			block[i] = 1
		}
		m.blocks = append(m.blocks, block)
	}
}
