package model_test

import (
	"testing"

	. "github.com/probetop/probetop/model"
)

// TestAFailureOfLongAgoIsNoBeginning: the event counts on when the same happens again.
func TestAFailureOfLongAgoIsNoBeginning(t *testing.T) {
	w := newWorld(t).hears(web(with(Liveness, probe())), unhealthy("Liveness probe failed: 503", 1, 5, 5))
	row := w.after(3000).hears(unhealthy("Liveness probe failed: 503", 2, 5, 3000)).row(t, "u-web")
	if row.Severity != BelowThreshold || row.Since.Before(at(2900)) {
		t.Errorf("%v since %v, want failing since a moment ago", row.Severity, row.Since)
	}
}

func TestMergedFailuresBeganWithTheFirstOfThem(t *testing.T) {
	w := newWorld(t).hears(
		web(with(Liveness, probe())),
		unhealthy("Liveness probe errored: id 1", 1, 5, 5),
		unhealthy("Liveness probe errored: id 23", 1, 15, 15),
		unhealthy("(combined from similar events): Liveness probe errored: id 456", 2, 25, 35))
	row := w.after(36).row(t, "u-web")
	if row.Severity != Unprobeable || !row.Since.Equal(at(5)) {
		t.Errorf("%v since %v, want erroring since %v", row.Severity, row.Since, at(5))
	}
}
