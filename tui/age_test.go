package tui

import (
	"testing"
	"time"
)

func TestAgeIsThatOfKubectl(t *testing.T) {
	const day = 24 * time.Hour
	tests := map[time.Duration]string{
		-time.Minute: "0s", 0: "0s", 119 * time.Second: "119s", 2 * time.Minute: "2m", 3*time.Minute + 12*time.Second: "3m12s",
		10*time.Minute + 12*time.Second: "10m", 179 * time.Minute: "179m", 3*time.Hour + 5*time.Minute: "3h5m",
		8*time.Hour + 5*time.Minute: "8h", 47 * time.Hour: "47h", 50 * time.Hour: "2d2h", 7*day + 23*time.Hour: "7d23h",
		8*day + time.Hour: "8d", 729 * day: "729d", 730 * day: "2y", 3*365*day + 7*day: "3y7d", 9 * 365 * day: "9y",
	}
	for d, want := range tests {
		if got := age(night, night.Add(-d)); got != want {
			t.Errorf("age of %v = %q, want %q", d, got, want)
		}
	}
	if got := age(night, time.Time{}); got != "" {
		t.Errorf("age of nothing = %q", got)
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 50_000: "50,000", 1_234_567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %q, want %q", n, got, want)
		}
	}
}
