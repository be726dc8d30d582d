package cmd

import (
	"time"
)

// A credential plugin runs inside of a request, and client-go waits for it without end. When a command ends while one
// hangs, it would go on by itself, for ever.

// parting is how long a plugin may take to end that is asked to.
const parting = 200 * time.Millisecond

// process is a process, as a list of all of them has it.
type process struct{ id, parent, group int }

// descendants returns the processes of a list that a process has begun, directly or not, and that are still in its group:
// one that has left the group is there to stay, as a browser that a plugin has opened.
func descendants(all []process, of int) []int {
	group, children := 0, map[int][]process{}
	for _, p := range all {
		children[p.parent] = append(children[p.parent], p)
		if p.id == of {
			group = p.group
		}
	}
	var found []int
	for next := []int{of}; len(next) > 0; next = next[1:] {
		for _, p := range children[next[0]] {
			if p.id == of {
				continue
			}
			next = append(next, p.id)
			if p.group == group {
				found = append(found, p.id)
			}
		}
	}
	return found
}
