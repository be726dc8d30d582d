package model_test

import (
	"testing"

	. "github.com/probetop/probetop/model"
)

// TestWhatARestartLeavesInDoubt is about the moments after a restart in which the kubelet may not have told of a kill yet.
func TestWhatARestartLeavesInDoubt(t *testing.T) {
	play(t, map[string]scenario{
		"1.6 a count is carried for sure once a kill would have been told": {pod: []func(*Pod){livenessOf(threshold(9))}, plot: plot{
			{20.1, fails(Liveness, "x")},
			{30.1, fails(Liveness, "x")},
			{38.5, again("Error", 1)},
			{40.1, fails(Liveness, "x")},
			{40.2, shows("liveness failing high 1/9 atLeast")},
			{41.2, shows("liveness failing high 3/9 atLeast")},
		}},
		"1.6 a kill in the second of a start may be that of the new instance": {pod: []func(*Pod){livenessOf(period(1), threshold(3))}, plot: plot{
			{40.1, kills(Liveness)},
			{40.3, again("Error", 1)},
			{40.4, ledger("liveness medium")},
			{80, ledger("liveness certain")},
		}},
		"1.6 not where no run of the new instance can have failed in that second": {pod: []func(*Pod){livenessOf(period(4), threshold(1))}, plot: plot{
			{40.05, fails(Liveness, headers)},
			{40.1, kills(Liveness)},
			{40.3, again("Completed", 0)},
			{40.4, ledger("liveness certain")},
		}},
		"1.6 not where a signal ended the old one": {pod: []func(*Pod){livenessOf(period(1), threshold(3))}, plot: plot{
			{40.1, kills(Liveness)},
			{40.3, again("Error", 137)},
			{40.4, ledger("liveness certain")},
		}},
		"W08 not where the probe waits": {pod: []func(*Pod){livenessOf(period(1), threshold(3), delay(5))}, plot: plot{
			{40.1, kills(Liveness)},
			{40.3, again("Error", 1)},
			{40.4, ledger("liveness certain")},
		}},
	})
}
