package tui

import (
	"math"
	"testing"
)

func TestSize(t *testing.T) {
	tests := map[int64]string{
		-1: "0 B", 0: "0 B", 999: "999 B", 1000: "1.0 kB", 1234: "1.2 kB", 9949: "9.9 kB", 9951: "10 kB", 999_499: "999 kB",
		999_500: "1.0 MB", 1_240_000: "1.2 MB", 345_000_000: "345 MB", 2_500_000_000: "2.5 GB", math.MaxInt64: "9.2 EB",
	}
	for n, want := range tests {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %q, want %q", n, got, want)
		}
	}
}
