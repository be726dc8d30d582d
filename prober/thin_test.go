//go:build !race

package prober_test

// thinned is how much less the long tests do.
const thinned = 1
