package cmd

import (
	"testing"
	"time"

	"github.com/probetop/probetop/simcluster"
)

func TestTheDemoSaysWhenItStartsOver(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct {
		number     int
		since, end time.Duration
		want       string
	}{
		{1, 0, 10 * time.Minute, "starts over in 10m"},
		{1, 10 * time.Second, 10*time.Minute - 10*time.Second, "starts over in 10m"},
		{1, 9 * time.Minute, time.Minute, "starts over in 60s"},
		{1, 10 * time.Minute, 5 * time.Second, "starts over in 5s"},
		{1, 11 * time.Minute, -time.Second, "starts over in 0s"},
		{2, 19 * time.Second, 10 * time.Minute, "it has started over"},
		{2, 20 * time.Second, 10 * time.Minute, "starts over in 10m"},
	} {
		r := simcluster.Round{Number: c.number, Began: now.Add(-c.since), Ends: now.Add(c.end)}
		if got := round(r, now); got != c.want {
			t.Errorf("%+v: %q, want %q", c, got, c.want)
		}
	}
}
