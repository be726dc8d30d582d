package model_test

import (
	"testing"

	. "github.com/probetop/probetop/model"
)

const (
	refused = `Get "http://10.0.0.7:8080/healthz": dial tcp 10.0.0.7:8080: connect: connection refused`
	headers = `Get "http://10.0.0.7:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
	code500 = "HTTP probe failed with statuscode: 500"
	moved   = "Liveness probe warning: Probe terminated redirects, Response body: <a href=\"http://0.0.0.0/\">Found</a>.\n\n"
	stalled = "Readiness probe errored and resulted in failure state: context deadline exceeded (Client.Timeout or context cancellation while reading body)"
)

// TestScenariosOfHTTP are those of sections 7.1 and 2.1.
func TestScenariosOfHTTP(t *testing.T) {
	play(t, map[string]scenario{
		"H01 200": {pod: []func(*Pod){livenessOf(), readinessOf()}, plot: plot{
			{60, shows("liveness passing high", "readiness passing high")}, {60, broken("")}, {60, ledger()},
		}},
		"H08 status 500": {pod: []func(*Pod){livenessOf(), readinessOf()}, plot: plot{
			{30.1, fails(Liveness, code500)},
			{30.2, shows("liveness failing high 1/3 exact", "readiness passing high")},
			{40.1, fails(Liveness, code500)},
			{40.2, shows("liveness failing high 2/3 exact")},
			{40.2, foresees("liveness", WillRestart, 51)},
			{53, shows("liveness passing high")},
			{53, foresees("liveness", NoConsequence, 0)},
		}},
		"H09 connection closed": {pod: []func(*Pod){readinessOf(), fresh}, plot: plot{
			{2.1, fails(Readiness, `Get "http://10.0.0.7:8080/healthz": EOF`)},
			{2.2, shows("readiness failed high 1/3 exact")},
			{2.2, broken("readiness: readiness of web: :8080 closes the connection without an answer")},
		}},
		"H10 headers after the timeout": {pod: []func(*Pod){livenessOf(period(5))}, plot: plot{
			{21.2, fails(Liveness, headers)},
			{26.2, fails(Liveness, headers)},
			{26.3, shows("liveness failing high 2/3 exact")},
			{26.3, foresees("liveness", WillRestart, 32)},
		}},
		"H11 local redirect": {pod: []func(*Pod){livenessOf()}, plot: plot{{60, shows("liveness passing high")}, {60, quirk("")}}},
		"H12 local redirect to a 500": {pod: []func(*Pod){livenessOf(threshold(1))}, plot: plot{
			{30.1, fails(Liveness, code500)},
			{30.11, kills(Liveness)},
			{30.2, shows("liveness failed certain 1/1 exact")},
			{31.5, again("Error", 143)},
			{33, ledger("liveness certain")},
		}},
		"H13 redirect without a Location": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{20.1, says(ReasonProbeWarning, "Liveness probe warning: Probe terminated redirects, Response body: ok body")},
			{20.2, shows("liveness passing high")},
			{20.2, quirk("redirected to another host")},
		}},
		"H15 redirect to another host": {pod: []func(*Pod){livenessOf(threshold(1))}, plot: plots(
			repeated(20, 180, 10, says(ReasonProbeWarning, moved)),
			plot{{181, shows("liveness passing high")}, {181, ledger()}, {181, broken("")}},
		)},
		"H23 body stalls, readiness freezes where it is": {pod: []func(*Pod){readinessOf()}, plot: plots(
			repeated(23, 83, 10, says(ReasonUnhealthy, stalled)),
			plot{{84, shows("readiness erroring high")}, {84, foresees("readiness", NoConsequence, 0)}, {84, broken("")}},
		)},
		"H23 body stalls, not ready before": {pod: []func(*Pod){readinessOf(), fresh}, plot: plots(
			repeated(3, 43, 10, says(ReasonUnhealthy, stalled)),
			plot{{44, shows("readiness erroring high")}, {44, broken("readiness: readiness of web: the answer from /healthz does not end within 1s")}},
		)},
		"H26 expired certificate": {pod: []func(*Pod){livenessOf(func(p *ProbeSpec) { p.Scheme = "https" })}, plot: plot{{60, shows("liveness passing high")}}},
		"H27 https to a plain server": {pod: []func(*Pod){readinessOf(func(p *ProbeSpec) { p.Scheme = "https" }), fresh}, plot: plots(
			repeated(1, 31, 10, fails(Readiness, `Get "https://10.0.0.7:8080/healthz": http: server gave HTTP response to HTTPS client`)),
			plot{{32, shows("readiness failed high 4/3 exact")}, {32, broken("readiness: readiness of web: the probe asks HTTPS, :8080 speaks plain HTTP")}},
		)},
		"H28 http to a TLS server": {pod: []func(*Pod){readinessOf(), fresh}, plot: plots(
			repeated(1, 11, 10, fails(Readiness, "HTTP probe failed with statuscode: 400")),
			plot{{12, shows("readiness failed high 2/3 exact")}},
		)},
		"H31 named port missing, 1.36": {kubelet: "v1.36.3", pod: []func(*Pod){livenessOf(threshold(1))}, plot: plots(
			repeated(20, 120, 10, errs(Liveness, `strconv.Atoi: parsing "http": invalid syntax`)),
			plot{{121, shows("liveness erroring high")}, {121, foresees("liveness", NoConsequence, 0)}, {121, ledger()}},
		)},
		"H31 named port missing, 1.37": {pod: []func(*Pod){startupOf(), fresh}, plot: plots(
			repeated(1, 121, 10, errs(Startup, `port "http" not found`)),
			plot{{122, shows("startup erroring high")}, {122, broken("started: startup of web: no port \"http\" in web (it has http)")}, {122, ledger()}},
		)},
		"H31 named port missing, 1.32": {kubelet: "v1.32.9", pod: []func(*Pod){readinessOf(), fresh}, plot: plots(
			repeated(1, 41, 10, says(ReasonUnhealthy, `Readiness probe errored: strconv.Atoi: parsing "http": invalid syntax`)),
			plot{{42, shows("readiness erroring high")}},
		)},
		"H32 host": {pod: []func(*Pod){readinessOf(func(p *ProbeSpec) { p.Host = "example.com" })}, plot: plot{
			{30.1, fails(Readiness, `Get "http://example.com:8080/healthz": dial tcp: lookup example.com on 10.0.0.53:53: no such host`)},
			{30.2, shows("readiness failing high 1/3 exact")},
			{30.2, foresees("readiness", WillUnready, 50.2)},
		}},
		"H34 bound to the loopback": {pod: []func(*Pod){livenessOf(), readinessOf(), fresh}, plot: plots(
			plot{{1.1, fails(Readiness, refused)}, {4.1, fails(Liveness, refused)}, {11.1, fails(Readiness, refused)}, {14.1, fails(Liveness, refused)}},
			plot{{14.2, shows("liveness failing high 2/3 exact", "readiness failed high 2/3 exact")}, {21.1, fails(Readiness, refused)}, {24.1, fails(Liveness, refused)}},
			plot{{24.11, kills(Liveness)}, {24.2, shows("liveness failed certain 3/3 exact", "readiness failed high 3/3 exact")}, {25.1, again("Error", 2)}},
			plot{{27, ledger("liveness certain")}, {27, broken("readiness: readiness of web")}},
		)},
		"2.1 a different ephemeral port in every text": {pod: []func(*Pod){livenessOf(threshold(6))}, plot: plot{
			{20.1, fails(Liveness, "read tcp 10.0.0.1:40001->10.0.0.7:8080: read: connection reset by peer")},
			{30.1, fails(Liveness, "read tcp 10.0.0.1:40002->10.0.0.7:8080: read: connection reset by peer")},
			{40.1, fails(Liveness, "read tcp 10.0.0.1:40003->10.0.0.7:8080: read: connection reset by peer")},
			{40.2, shows("liveness failing high 3/6 exact")},
		}},
	})
}
