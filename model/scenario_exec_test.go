package model_test

import (
	"fmt"
	"testing"

	. "github.com/probetop/probetop/model"
)

const (
	noBinary = `rpc error: code = Unknown desc = failed to exec in container: failed to start exec "3f1c": OCI runtime exec failed: exec failed: unable to start container process: exec: "foo": executable file not found in $PATH: unknown`
	noFile   = "cat: can't open '/tmp/health': No such file or directory\n"
)

// TestScenariosOfExec are those of section 7.3.
func TestScenariosOfExec(t *testing.T) {
	play(t, map[string]scenario{
		"X01 exit 0": {pod: []func(*Pod){livenessOf(by(Exec))}, plot: plot{{60, shows("liveness passing high")}}},
		"X03 the runtime errors": {pod: []func(*Pod){readinessOf(by(Exec))}, plot: plot{
			{20.1, errs(Readiness, "rpc error: code = Unknown desc = command error: EOF, stdout: , stderr: , exit code -1")},
			{20.2, shows("readiness erroring high")},
			{50, shows("readiness passing high")},
		}},
		"X04 exit 1": {pod: []func(*Pod){livenessOf(by(Exec))}, plot: plot{
			{20.1, fails(Liveness, "Fail")}, {20.2, shows("liveness failing high 1/3 exact")},
		}},
		"X05 timeout": {pod: []func(*Pod){readinessOf(by(Exec)), fresh}, plot: plots(
			repeated(2, 62, 10, fails(Readiness, `command timed out: "sh -c sleep 10" timed out after 1s`)),
			plot{{63, shows("readiness failed high 7/3 exact")}, {63, ledger()}, {63, broken("readiness: readiness of web: the command takes longer than 1s")}},
		)},
		"X05 timeout, 1.29": {kubelet: "v1.29.6", pod: []func(*Pod){livenessOf(by(Exec))}, plot: plot{
			{20.1, fails(Liveness, `command "sh -c sleep 10" timed out`)}, {20.2, shows("liveness failing high 1/3 exact")},
		}},
		"X07 file removed": {pod: []func(*Pod){livenessOf(by(Exec))}, plot: plot{
			{20.1, fails(Liveness, noFile)},
			{30.1, fails(Liveness, noFile)},
			{40.1, fails(Liveness, noFile)},
			{40.12, kills(Liveness)},
			{40.2, shows("liveness failed certain 3/3 exact")},
			{40.2, foresees("liveness", WillRestart, 71)},
			{71.1, again("Error", 137)},
			{71.2, shows("liveness delayed medium")},
			{90, shows("liveness passing high")},
			{90, ledger("liveness certain")},
		}},
		"X08 file stays": {pod: []func(*Pod){livenessOf(by(Exec), threshold(1))}, plot: plot{{240, shows("liveness passing high")}, {240, ledger()}}},
		"X12 missing binary never kills": {pod: []func(*Pod){livenessOf(by(Exec), threshold(1))}, plot: plots(
			repeated(20, 90, 10, errs(Liveness, noBinary)),
			plot{{91, shows("liveness erroring high")}, {91, ledger()}, {91, foresees("liveness", NoConsequence, 0)}, {91, broken("")}},
		)},
		"X12 missing binary, 1.31": {kubelet: "v1.31.14", pod: []func(*Pod){startupOf(by(Exec)), livenessOf(), fresh}, plot: plots(
			repeated(1, 61, 10, says(ReasonUnhealthy, "Startup probe errored: "+noBinary)),
			plot{{62, shows("startup erroring high", "liveness gated certain")}, {62, broken(`started: startup of web: foo is not in the image of web`)}},
		)},
		"X13 no output": {pod: []func(*Pod){livenessOf(by(Exec))}, plot: plot{
			{20.1, fails(Liveness, "")}, {30.1, fails(Liveness, "")}, {30.2, shows("liveness failing high 2/3 exact")},
		}},
		"X15 timeout of CRI-O": {pod: []func(*Pod){livenessOf(by(Exec))}, plot: plot{
			{21.1, fails(Liveness, "command timed out")}, {31.1, fails(Liveness, "command timed out")}, {31.2, shows("liveness failing high 2/3 exact")},
		}},
		"X18 a new text every time, merged after the tenth": {pod: []func(*Pod){livenessOf(by(Exec), threshold(20))}, plot: plots(
			newTexts(20, 12),
			plot{{130.2, shows("liveness failing high 12/20 exact")}},
		)},
		"X18 merged, and of two containers": {pod: []func(*Pod){livenessOf(by(Exec), threshold(20)), second("proxy")}, plot: plots(
			newTexts(20, 12),
			plot{{130.2, shows("proxy/liveness passing low")}, {130.2, shows("liveness failing low 0/20 atLeast")}},
		)},
	})
}

// newTexts is a liveness probe that fails so often, every ten seconds, and says something else every time. The
// kubelet merges what it says from the tenth on.
func newTexts(from, times int) plot {
	var p plot
	for i := range times {
		message := fmt.Sprintf("Liveness probe failed: it is %d o'clock", i)
		if i >= 9 {
			message = "(combined from similar events): " + message
		}
		p = append(p, beat{float64(from+10*i) + 0.1, says(ReasonUnhealthy, message)})
	}
	return p
}
