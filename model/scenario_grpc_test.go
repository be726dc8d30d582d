package model_test

import (
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

const noServer = `timeout: failed to connect service "10.0.0.7:8080" within 5s: context deadline exceeded`

// TestScenariosOfTCPAndGRPC are those of section 7.2.
func TestScenariosOfTCPAndGRPC(t *testing.T) {
	slow := func(seconds int) func(*ProbeSpec) {
		return func(p *ProbeSpec) { p.Timeout = time.Duration(seconds) * time.Second }
	}
	play(t, map[string]scenario{
		"T01 listener open": {pod: []func(*Pod){livenessOf(by(TCP)), readinessOf(by(TCP))}, plot: plot{
			{60, shows("liveness passing high", "readiness passing high")},
		}},
		"T02 port closed": {pod: []func(*Pod){readinessOf(by(TCP)), livenessOf(by(TCP))}, plot: plot{
			{20.1, fails(Readiness, "dial tcp 10.0.0.7:8080: connect: connection refused")},
			{30.1, fails(Readiness, "dial tcp 10.0.0.7:8080: connect: connection refused")},
			{30.2, shows("readiness failing high 2/3 exact", "liveness passing high")},
			{30.2, foresees("readiness", WillUnready, 40.2)},
			{40.1, fails(Readiness, "dial tcp 10.0.0.7:8080: connect: connection refused")},
			{40.15, readies(false)},
			{40.2, shows("readiness failed high 3/3 exact")},
			{40.2, broken("readiness: readiness of web: connection refused on :8080")},
		}},
		"T03 the application fails, the socket is open": {pod: []func(*Pod){livenessOf(by(TCP), threshold(1))}, plot: plot{
			{240, shows("liveness passing high")}, {240, ledger()},
		}},
		"G01 no server": {pod: []func(*Pod){livenessOf(by(GRPC), slow(5))}, plot: plot{
			{25.1, fails(Liveness, noServer)},
			{35.1, fails(Liveness, noServer)},
			{35.2, shows("liveness failing high 2/3 exact")},
			{35.2, foresees("liveness", WillRestart, 46)}, // the tick at 40 takes its five seconds
		}},
		"G03 NOT_SERVING": {pod: []func(*Pod){readinessOf(by(GRPC)), fresh}, plot: plots(
			repeated(1, 31, 10, fails(Readiness, `service unhealthy (responded with "NOT_SERVING")`)),
			plot{{32, shows("readiness failed high 4/3 exact")}, {32, broken(`readiness: readiness of web: gRPC health is NOT_SERVING on :8080`)}},
		)},
		"G04 no answer in time": {pod: []func(*Pod){livenessOf(by(GRPC), slow(2))}, plot: plot{
			{22.1, fails(Liveness, "timeout: health rpc did not complete within 2s")},
			{22.2, shows("liveness failing high 1/3 exact")},
			{37, shows("liveness passing high")},
		}},
		"G05 SERVING": {pod: []func(*Pod){livenessOf(by(GRPC))}, plot: plot{{60, shows("liveness passing high")}}},
		"G06 wrong port": {pod: []func(*Pod){livenessOf(by(GRPC), slow(5), threshold(1))}, plot: plot{
			{15.1, fails(Liveness, noServer)},
			{15.2, kills(Liveness)},
			{15.3, shows("liveness failed certain 1/1 exact")},
			{15.3, foresees("liveness", WillRestart, 17)},
			{17.1, again("Error", 143)},
			{17.2, shows("liveness delayed medium")},
			{20, ledger("liveness certain")},
			{25.2, fails(Liveness, noServer)},
			{25.3, kills(Liveness)},
			{27.1, again("Error", 143)},
			{30, ledger("liveness certain", "liveness certain")},
		}},
	})
}
