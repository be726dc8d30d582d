//go:build race

package prober_test

// thinned is how much less the long tests do: the race detector makes them ten times as slow.
const thinned = 11
