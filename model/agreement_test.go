package model_test

import (
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// TestAgreement has a scenario for every class, and those of section 7 whose shadow is one.
func TestAgreement(t *testing.T) {
	play(t, map[string]scenario{
		"A0 H01 H11 H18 H26 T01 T03 X01 X02 X08 G05 W36": {pod: []func(*Pod){livenessOf(), readinessOf()}, plot: plot{
			{60, shadows(Liveness, "")},
			{60.1, agrees("liveness", "A0 high", "both succeed", "12ms of 1s")},
			{1000, agrees("liveness", "A0 medium")},
		}},
		"A0 H13 H15 a redirect to another host": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{20, says(ReasonProbeWarning, moved)}, {21, shadows(Liveness, "", warned)}, {22, agrees("liveness", "A0 high", "redirect")},
		}},
		"A1 H08 status 500": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{30.1, fails(Liveness, code500)},
			{31, shadows(Liveness, code500)},
			{31.1, agrees("liveness", "A1 high", "status 500", "port 8080", "1 of 3 failures", "restart in")},
		}},
		"A1 H09 connection closed, in two ways": {pod: []func(*Pod){readinessOf(), fresh}, plot: plot{
			{2.1, fails(Readiness, reset)}, {3, shadows(Readiness, `Get "http://10.0.0.7:8080/healthz": EOF`)}, {3.1, agrees("readiness", "A1 high")},
		}},
		"A1 W33 T02 refused": {pod: []func(*Pod){readinessOf(), fresh}, plot: merged(
			repeated(1, 61, 10, fails(Readiness, refused)), plot{{62, shadows(Readiness, refused)}, {62.1, agrees("readiness", "A1 high", "connection refused", "7 failures")}},
		)},
		"A1 G01 G06 nobody listens": {pod: []func(*Pod){livenessOf(by(GRPC))}, plot: plot{
			{21, fails(Liveness, unserved)}, {22, shadows(Liveness, unserved)}, {22.1, agrees("liveness", "A1 high")},
		}},
		"A1 H10 no answer in time, for both": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{21, fails(Liveness, headers)},
			{22, shadows(Liveness, `Get "http://10.0.0.7:8080/healthz": dial tcp 10.0.0.7:8080: i/o timeout`, taking(1250*time.Millisecond, 0))},
			{22.1, agrees("liveness", "A1 high", "no connection within the timeout")},
		}},
		"A1 H27 HTTPS to a plain server": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{21, fails(Liveness, plainServer)}, {22, shadows(Liveness, plainServer)}, {22.1, agrees("liveness", "A1 high", "gave HTTP response to HTTPS client")},
		}},
		"A1 H12 H28 W30 W34 startup": {pod: []func(*Pod){startupOf(), fresh}, plot: plot{
			{2, fails(Startup, "HTTP probe failed with statuscode: 400")},
			{3, shadows(Startup, "HTTP probe failed with statuscode: 400")},
			{3.1, agrees("startup", "A1 high", "status 400", "restart in")},
		}},
		"A1 G03 not serving": {pod: []func(*Pod){livenessOf(by(GRPC))}, plot: plot{
			{21, fails(Liveness, `service unhealthy (responded with "NOT_SERVING")`)},
			{22, shadows(Liveness, `service unhealthy (responded with "NOT_SERVING")`)},
			{22.1, agrees("liveness", "A1 high", "NOT_SERVING")},
		}},
		"A1 G04 no answer in time": {pod: []func(*Pod){livenessOf(by(GRPC))}, plot: plot{
			{21, fails(Liveness, "timeout: health rpc did not complete within 1s")},
			{22, shadows(Liveness, "timeout: health rpc did not complete within 1s")},
			{22.1, agrees("liveness", "A1 high", "health RPC")},
		}},
		"A1 X18 a text of its own every time": {pod: []func(*Pod){readinessOf(by(Exec))}, plot: merged(
			repeated(20, 60, 10, fails(Readiness, "(combined)")),
			plot{{61, shadows(Readiness, "at 03:01:01\nmore")}, {61.1, agrees("readiness", "A1 high", "at 03:01:01…", "5 failures in a row")}},
		)},
		"A1 W15 W32 after T3, gated": {pod: []func(*Pod){startupOf(), livenessOf(threshold(3)), fresh}, plot: plot{
			{5, shadows(Liveness, code500)},
			{5.1, agrees("liveness", "T3 certain", "status 500")},
			{10, starts},
			{13.1, fails(Liveness, code500)},
			{14, shadows(Liveness, code500)},
			{14.1, agrees("liveness", "A1 high", "1 of 3")},
		}},
		"A1 W20 readiness flips": {pod: []func(*Pod){readinessOf(threshold(1))}, plot: plot{
			{30, shadows(Readiness, "")},
			{30.1, agrees("readiness", "A0 high")},
			{40.1, fails(Readiness, refused)},
			{40.2, readies(false)},
			{41, shadows(Readiness, refused)},
			{41.1, agrees("readiness", "A1 high")},
		}},
		"A1 K12 a sidecar": {pod: []func(*Pod){sidecar(Liveness, probe())}, plot: plot{
			{20.1, of("mesh", fails(Liveness, refused))}, {21, of("mesh", shadows(Liveness, refused))}, {21.1, agrees("mesh/liveness", "A1 high")},
		}},
		"A1 what the kubelet met is not known": {pod: []func(*Pod){readinessOf(), fresh}, plot: plot{
			{60, source(Events, SourceForbidden)}, {61, shadows(Readiness, refused)}, {61.1, agrees("readiness", "A1 low", "not known")},
		}},
		"A2 other causes": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{30.1, fails(Liveness, refused)}, {31, shadows(Liveness, code503)}, {31.1, agrees("liveness", "A2 high", "status 503", "connection refused")},
		}},
		"A3 H31 no such port": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{30.1, errs(Liveness, `port "http" not found`)},
			{31, shadows(Liveness, `port "http" not found`, errored)},
			{31.1, agrees("liveness", "A3 high", "never restart")},
		}},
		"T1 W09 the kubelet has not noticed": {pod: []func(*Pod){readinessOf()}, plot: plot{
			{31, shadows(Readiness, code500)},
			{31.1, agrees("readiness", "T1 medium", "status 500", "the pod is unready in", "3 in a row")},
			{38.1, fails(Readiness, code500)},
			{39, shadows(Readiness, code500)},
			{39.1, agrees("readiness", "A1 high", "1 of 3")},
		}},
		"T1 W12 startup": {pod: []func(*Pod){startupOf(), fresh}, plot: plot{
			{3, shadows(Startup, code500)},
			{3.1, agrees("startup", "T1 medium", "no result yet", "restarted")},
			{4.1, fails(Startup, code500)},
			{5, shadows(Startup, code500)},
			{5.1, agrees("startup", "A1 high", "1 of 3")},
		}},
		"T1 went down after both succeeded": {pod: []func(*Pod){livenessOf(), addressed("10.0.0.7")}, plot: plot{
			{60, shadows(Liveness, "", byPodIP(""))}, {65, shadows(Liveness, refused, byPodIP(refused))}, {65.1, agrees("liveness", "T1 medium", "connection refused")},
		}},
		"T2 W10 one success of three": {pod: []func(*Pod){readinessOf(successes(3))}, plot: merged(
			repeated(20, 40, 10, fails(Readiness, code500)),
			plot{{40.15, readies(false)}, {42, shadows(Readiness, "")}, {42.1, agrees("readiness", "T2 medium", "recovered", "3 successes")}},
		)},
		"T2 W29 startup": {pod: []func(*Pod){startupOf(), fresh}, plot: plot{
			{3, shadows(Startup, "")}, {3.1, agrees("startup", "T2 low", "no result yet")},
		}},
		"T2 a run that is older than the failure says nothing": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{25, shadows(Liveness, "")},
			{30.1, fails(Liveness, refused)},
			{30.2, agrees("liveness", "- low", "since this run")},
			{31, shadows(Liveness, "")},
			{31.1, agrees("liveness", "T2 low")},
		}},
		"T3 W08 delay": {pod: []func(*Pod){livenessOf(delay(60))}, plot: plot{
			{10, shadows(Liveness, refused)}, {10.1, agrees("liveness", "T3 high", "initial delay ends in 50s", "connection refused")},
		}},
		"T3 W15 W31 K10 gated": {pod: []func(*Pod){startupOf(), livenessOf(), fresh}, plot: plot{
			{10, shadows(Liveness, "")}, {10.1, agrees("liveness", "T3 certain", "startup probe of web")},
		}},
		"D1 not of TCP, whose tunnel tells late": {pod: []func(*Pod){readinessOf(by(TCP), timeout(1))}, plot: plot{
			{60, shadows(Readiness, "", taking(1006*time.Millisecond, 0))}, {60.1, agrees("readiness", "A0 high", "not known")},
		}},
		"T3 W11 held": {pod: []func(*Pod){startupOf()}, plot: plot{{60, shadows(Startup, "")}, {60.1, agrees("startup", "A0 high", "next restart")}}},
		"T3 W14 held, until the next instance": {pod: []func(*Pod){livenessOf(threshold(1))}, plot: plot{
			{20.1, fails(Liveness, refused)},
			{20.2, kills(Liveness)},
			{22, again("Error", 137)},
			{23, shadows(Liveness, "")},
			{23.1, agrees("liveness", "T3 medium", "first result")},
			{38, agrees("liveness", "A0 high")},
		}},
		"T3 W03 K08 suspended": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{30, deleted(30)}, {31, shadows(Liveness, "")}, {31.1, agrees("liveness", "T3 medium", "terminating")},
		}},
		"T4 the node is silent": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{60, shadows(Liveness, refused)}, {61, node(Unknown, "NodeStatusUnknown")}, {61.1, agrees("liveness", "T4 high", "node n1")},
		}},
		"T4 W22 the kubelet is restarted": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{10, counts(1, live(1, 0))}, {20, counts(1, live(2, 0))}, {30, counts(2)}, {31, shadows(Liveness, "")}, {31.1, agrees("liveness", "T4 medium", "restarted")},
		}},
		"T5 from run to run": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{60, shadows(Liveness, code503)}, {62, shadows(Liveness, "")}, {64, shadows(Liveness, code503)}, {64.1, agrees("liveness", "T5 high", "2 of the last 3")},
		}},
		"T5 the kubelet": {pod: []func(*Pod){readinessOf(threshold(1))}, plot: plot{
			{30, fails(Readiness, code500)},
			{30.05, readies(false)},
			{40, readies(true)},
			{50, fails(Readiness, code500)},
			{50.05, readies(false)},
			{52, shadows(Readiness, "")},
			{52.1, agrees("readiness", "T5 medium", "3 times")},
		}},
		"N1 H34 loopback only": {pod: []func(*Pod){readinessOf(), addressed("10.0.0.7"), fresh}, plot: merged(
			repeated(1, 41, 10, fails(Readiness, refused)),
			plot{
				{5, shadows(Readiness, "")},
				{5.1, agrees("readiness", "T2 low")},
				{25, shadows(Readiness, "")},
				{25.1, agrees("readiness", "N1 medium", "port 8080", "10.0.0.7", "loopback only")},
				{45, shadows(Readiness, "")},
				{45.1, agrees("readiness", "N1 high")},
			},
		)},
		"N1 a first look": {pod: []func(*Pod){readinessOf(), fresh}, plot: merged(
			repeated(1, 41, 10, fails(Readiness, refused)), plot{{45, shadows(Readiness, "")}, {45.1, agrees("readiness", "N1 low", "or has come up since")}},
		)},
		"N1 by the pod IP": {pod: []func(*Pod){readinessOf(), addressed("10.0.0.7"), fresh}, plot: plot{
			{1.1, fails(Readiness, refused)}, {5, shadows(Readiness, "", byPodIP(refused))}, {5.1, agrees("readiness", "N1 high", "refuses on the pod IP")},
		}},
		"N1 not when the pod IP answers": {pod: []func(*Pod){readinessOf(), fresh}, plot: plot{
			{1.1, fails(Readiness, refused)}, {5, shadows(Readiness, "", byPodIP(""))}, {5.1, agrees("readiness", "T2 low")},
		}},
		"N1 gRPC does not tell": {pod: []func(*Pod){readinessOf(by(GRPC))}, plot: sandwich(unserved, shadows(Readiness, ""), agrees("readiness", "N1 medium"))},
		"N2 H35 pod IP only": {pod: []func(*Pod){livenessOf(), addressed("10.0.0.7")}, plot: plot{
			{1, runtimeIs("containerd://1.7.27")},
			{60, shadows(Liveness, refused)},
			{60.1, agrees("liveness", "N2 low", "or has gone down since")},
			{75, shadows(Liveness, refused)},
			{75.1, agrees("liveness", "N2 medium", "pod IP only")},
			{90, shadows(Liveness, refused)},
			{90.1, agrees("liveness", "N2 high", "pod IP only")},
			{91, shadows(Liveness, refused, byPodIP(""))},
			{91.1, agrees("liveness", "N2 high", "answers on the pod IP")},
		}},
		"N2 it was down for a moment": {pod: []func(*Pod){livenessOf()}, plot: plot{{60, shadows(Liveness, refused)}, {75, agrees("liveness", "- low", "has asked since")}}},
		"N3 H32 an address": {pod: []func(*Pod){livenessOf(host("192.0.2.1"))}, plot: plot{
			{60, shadows(Liveness, "", lacks(LackHost))}, {60.1, agrees("liveness", "N3 certain", "192.0.2.1", "n1")},
		}},
		"N3 the node's loopback is the host network's": {pod: []func(*Pod){livenessOf(host("127.0.0.1")), hostNetworked}, plot: plot{
			{60, shadows(Liveness, "")}, {60.1, agrees("liveness", "A0 high")},
		}},
		"N10 H32 a name": {pod: []func(*Pod){livenessOf(host("example.com"))}, plot: plot{
			{60, shadows(Liveness, "", lacks(LackHost))}, {60.1, agrees("liveness", "N10 certain", "example.com")},
		}},
		"N4 host network": {pod: []func(*Pod){readinessOf(), hostNetworked}, plot: sandwich(refused, shadows(Readiness, ""), agrees("readiness", "N4 high", "network of n1", "192.168.7.7", "8080"))},
		"N4 by the pod IP": {pod: []func(*Pod){readinessOf(), hostNetworked, fresh}, plot: plot{
			{1.1, fails(Readiness, refused)}, {5, shadows(Readiness, "", byPodIP(refused))}, {5.1, agrees("readiness", "N4 high")},
		}},
		"N8 by the pod IP, which does not tell it from N1": {pod: []func(*Pod){readinessOf(), addressed("fd00::5"), fresh}, plot: plot{
			{1.1, fails(Readiness, refused)}, {5, shadows(Readiness, "", byPodIP(refused))}, {5.1, agrees("readiness", "N8 medium")},
		}},
		"N5 no route": {pod: []func(*Pod){readinessOf(), addressed("10.0.0.7")}, plot: sandwich(noRoute, shadows(Readiness, ""), agrees("readiness", "N5 high", "no route to host"))},
		"N5 timeouts, of others too": {pod: []func(*Pod){readinessOf(), addressed("10.0.0.7")}, plot: merged(
			plot{{19, neighbour("other", headers, notReady)}}, sandwich(headers, shadows(Readiness, ""), agrees("readiness", "N5 medium", "1 more")),
		)},
		"N5 timeouts, of nobody else": {pod: []func(*Pod){readinessOf()}, plot: sandwich(headers, shadows(Readiness, ""), agrees("readiness", "N5 low", "or the server is slow"))},
		"N6 status by source":         {pod: []func(*Pod){readinessOf()}, plot: sandwich(code403, shadows(Readiness, ""), agrees("readiness", "N6 high", "status 403"))},
		"N6 denied here": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{60, shadows(Liveness, code403)}, {60.1, agrees("liveness", "N6 low", "unless")}, {80, shadows(Liveness, code403)}, {80.1, agrees("liveness", "N6 medium", "status 403")}, {95, shadows(Liveness, code403)}, {95.1, agrees("liveness", "N6 high")},
		}},
		"N7 not rewritten": {pod: []func(*Pod){readinessOf(), meshed}, plot: sandwich(reset, shadows(Readiness, ""), agrees("readiness", "N7 medium", "istio"))},
		"N7 T06 the proxy listens": {pod: []func(*Pod){livenessOf(by(TCP)), meshed}, plot: plot{
			{60, shadows(Liveness, dialed)}, {80, shadows(Liveness, dialed)}, {80.1, agrees("liveness", "N7 medium", "proxy of istio")},
		}},
		"N8 IPv6 first": {pod: []func(*Pod){readinessOf(), addressed("fd00::5")}, plot: sandwich(refused, shadows(Readiness, ""), agrees("readiness", "N8 medium", "fd00::5"))},
		"N9 a machine of its own": {pod: []func(*Pod){livenessOf(), classed("kata-qemu")}, plot: plot{
			{60, shadows(Liveness, refused)}, {60.1, agrees("liveness", "N9 low")}, {80, shadows(Liveness, refused)}, {80.1, agrees("liveness", "N9 medium")}, {95, shadows(Liveness, refused)}, {95.1, agrees("liveness", "N9 high", "kata-qemu")},
		}},
		"D1 H10 slow for the kubelet": {pod: []func(*Pod){readinessOf()}, plot: sandwich(headers, shadows(Readiness, "", taking(930*time.Millisecond, 0)), agrees("readiness", "D1 high", "930ms or less"))},
		"D1 both succeed, just": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{40, shadows(Liveness, "", taking(900*time.Millisecond, 0))},
			{50, shadows(Liveness, "", taking(900*time.Millisecond, 0))},
			{60, shadows(Liveness, "", taking(900*time.Millisecond, 0))},
			{60.1, agrees("liveness", "D1 high", "which is 1s", "3 runs from here took 900ms")},
		}},
		"D1 slow from here": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{50, shadows(Liveness, "", taking(700*time.Millisecond, 0))}, {60, shadows(Liveness, headers, taking(1250*time.Millisecond, 0))}, {60.1, agrees("liveness", "D1 medium")},
		}},
		"D2 a long way": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{60, shadows(Liveness, headers, taking(time.Second, 700*time.Millisecond))}, {60.1, agrees("liveness", "D2 low", "700ms")},
		}},
		"D3 a busy node": {pod: []func(*Pod){readinessOf()}, plot: merged(
			plot{{18, neighbour("calm", "")}, {19, neighbour("other", headers, notReady)}}, sandwich(headers, shadows(Readiness, ""), agrees("readiness", "D3 medium", "n1 is too busy")),
		)},
		"P1 H36 H37 h2c": {pod: []func(*Pod){readinessOf(func(p *ProbeSpec) { p.Protocol = "HTTP2" })}, plot: sandwich(
			`Get "http://10.0.0.7:8080/healthz": net/http: HTTP/1.x transport connection broken: malformed HTTP response "\x00"`, shadows(Readiness, ""),
			agrees("readiness", "P1 medium", "HTTP2"))},
		"P1 G10 TLS": {pod: []func(*Pod){readinessOf(by(GRPC), func(p *ProbeSpec) { p.Protocol = "TLS" })}, plot: sandwich(
			`error: health rpc probe failed: rpc error: code = Unavailable desc = x`, shadows(Readiness, ""), agrees("readiness", "P1 medium", "TLS"))},
		"P1 by chance": {pod: []func(*Pod){readinessOf()}, plot: sandwich(
			`Get "https://10.0.0.7:8080/healthz": remote error: tls: no application protocol`, shadows(Readiness, "", func(f *Shadow) { f.Protocol = "HTTP/2.0" }),
			agrees("readiness", "P1 low", "HTTP/2.0"))},
		"P2 the kubelet's version is not known": {kubelet: "next", pod: []func(*Pod){readinessOf()}, plot: sandwich(code403, shadows(Readiness, ""), agrees("readiness", "P2 low", "User-Agent"))},
		"P3 H31 a port of digits": {pod: []func(*Pod){livenessOf(func(p *ProbeSpec) { p.DigitName = true })}, plot: plot{
			{30.1, errs(Liveness, `port "8080" not found`)}, {31, shadows(Liveness, `port "8080" not found`, errored)}, {31.1, agrees("liveness", "P3 high", `"8080"`)},
		}},
		"P4 H23 the body stalls": {pod: []func(*Pod){readinessOf()}, plot: plot{
			{30.1, says(ReasonUnhealthy, stalled)},
			{31, shadows(Readiness, "context deadline exceeded (Client.Timeout or context cancellation while reading body)", errored)},
			{31.1, agrees("readiness", "P4 high", "does not end within 1s", "readiness stays")},
		}},
		"E1 X16 X05 given up here": {pod: []func(*Pod){livenessOf(by(Exec))}, plot: plot{
			{60, shadows(Liveness, overtime, taking(time.Second, 0))},
			{60.1, agrees("liveness", "E1 medium", "may run on")},
			{61, shadows(Liveness, "", lacks(LackUnfinished))},
			{61.1, agrees("liveness", "E1 certain", "may still run")},
		}},
		"X4 a command that writes without end": {pod: []func(*Pod){livenessOf(by(Exec))}, plot: plot{
			{61, shadows(Liveness, "the command has written more than 16 MiB", lacks(LackEndless))},
			{61.1, agrees("liveness", "X4 certain", "web sends far more than a probe reads", "16 MiB")},
		}},
		"E2 X15 X05 the runtimes' words": {pod: []func(*Pod){livenessOf(by(Exec))}, plot: plot{
			{30.1, fails(Liveness, "command timed out")}, {31, shadows(Liveness, overtime)}, {31.1, agrees("liveness", "E2 high", "after 1s", "1 of 3")},
		}},
		"A1 X04 X07 X13 exit 1": {pod: []func(*Pod){livenessOf(by(Exec))}, plot: plot{
			{30.1, fails(Liveness, "")}, {31, shadows(Liveness, " ")}, {31.1, agrees("liveness", "A1 high", "printed nothing", "1 of 3")},
		}},
		"E3 an empty variable": {pod: []func(*Pod){livenessOf(by(Exec), func(p *ProbeSpec) { p.Command = []string{"check", "$(TOKEN)"} }), func(p *Pod) {
			p.Containers[0].Spec = &ContainerSpec{ValueFrom: []string{"TOKEN"}}
		}}, plot: plot{{30.1, fails(Liveness, "no token")}, {31, shadows(Liveness, "no token")}, {31.1, agrees("liveness", "E3 medium", "$(TOKEN)", "1 of 3")}}},
		"E4 X12 X03 no binary": {pod: []func(*Pod){livenessOf(by(Exec), threshold(1))}, plot: plot{
			{30.1, errs(Liveness, noBinary)}, {31, shadows(Liveness, noBinary, errored)}, {31.1, agrees("liveness", "E4 high", "foo", "never restart")},
		}},
		"E5 two runs differ": {pod: []func(*Pod){livenessOf(by(Exec))}, plot: plot{
			{60, shadows(Liveness, "locked")}, {61, shadows(Liveness, "")}, {62, shadows(Liveness, "locked")}, {62.1, agrees("liveness", "E5 high", "2 of the last 3")},
		}},
		"X1 S20 forbidden": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{60, shadows(Liveness, `pods "web-0" is forbidden`, lacks(LackForbidden))}, {60.1, agrees("liveness", "X1 certain", "forbidden")},
		}},
		"X2 the tunnel broke": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{59, shadows(Liveness, "")}, {60, shadows(Liveness, "stream reset", lacks(LackTunnel))}, {60.1, agrees("liveness", "X2 certain", "stream reset")},
		}},
		"X3 W24 unsupported": {pod: []func(*Pod){livenessOf(by(UnknownHandler))}, plot: plot{
			{60, shadows(Liveness, "no handler is known", lacks(LackUnsupported))}, {60.1, agrees("liveness", "X3 certain")},
		}},
		"B1 W23 K07 readiness is frozen": {kubelet: "v1.35.4", pod: []func(*Pod){readinessOf(by(Exec))}, plot: plot{
			{30, deleted(30)}, {31, shadows(Readiness, "gone")}, {31.1, agrees("readiness", "B1 high", "1.35.4", "fails: gone")},
		}},
		"B1 W38 started may be a lie": {kubelet: "v1.36.2", pod: []func(*Pod){startupOf(), livenessOf()}, plot: plot{
			{40.1, fails(Liveness, "x")},
			{40.11, kills(Liveness)},
			{42.1, replaced("Error", 143)},
			{43, shadows(Startup, refused)},
			{43.1, agrees("startup", "B1 medium", "instance before")},
		}},
		"B1 W19 the kubelet has stopped": {kubelet: "v1.36.2", pod: []func(*Pod){readinessOf(), livenessOf()}, plot: plot{
			{10, counts(1, live(1, 0), count(Readiness, 1, 0))},
			{11, counts(1, live(2, 0), count(Readiness, 1, 0))},
			{100, counts(1, live(2, 0), count(Readiness, 9, 0))},
			{110, counts(1, live(2, 0), count(Readiness, 10, 0))},
			{111, shadows(Liveness, code500)},
			{111.1, agrees("liveness", "B1 low", "no result", "another of the pod")},
		}},
		"B1 1.1 the kubelet has stopped, 1.37": {kubelet: "v1.37.2", pod: []func(*Pod){readinessOf(), livenessOf()}, plot: plot{
			{10, counts(1, live(1, 0), count(Readiness, 1, 0))},
			{11, counts(1, live(2, 0), count(Readiness, 1, 0))},
			{100, counts(1, live(2, 0), count(Readiness, 9, 0))},
			{110, counts(1, live(2, 0), count(Readiness, 10, 0))},
			{111, shadows(Liveness, code500)},
			{111.1, agrees("liveness", "B1 low", "no result", "another of the container")},
		}},
		"U every time": {pod: []func(*Pod){readinessOf()}, plot: sandwich(code500, shadows(Readiness, ""), agrees("readiness", "U high", "3 times in a row"))},
		"U not after one look": {pod: []func(*Pod){readinessOf()}, plot: merged(
			repeated(20, 60, 10, fails(Readiness, code500)), plot{{55, shadows(Readiness, "")}, {56, agrees("readiness", "T2 medium")}},
		)},
		"U not while it could not be carried out once": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{60, shadows(Liveness, "odd", errored)},
			{60.1, agrees("liveness", "- low", "does not tell why")},
			{80, shadows(Liveness, "odd", errored)},
			{80.1, agrees("liveness", "U medium")},
		}},
		"U not when the kubelet's reason is not known": {pod: []func(*Pod){readinessOf(), fresh}, plot: plot{
			{1, source(Events, SourceForbidden)}, {40, shadows(Readiness, "")}, {60, shadows(Readiness, "")}, {60.1, agrees("readiness", "- low", "nobody knows of what")},
		}},
		"no class: another instance": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{30, shadows(Liveness, "")}, {40, again("Error", 1)}, {60, agrees("liveness", "- low", "instance of web that has ended")},
		}},
		"no class: W01 W04 nothing runs": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{30, ends("Error", 1)}, {31, shadows(Liveness, "", lacks(LackGone))}, {31.1, agrees("liveness", "- low", "did not run")},
		}},
		"no class: the kubelet is not heard": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{30, source(Events, SourceForbidden)}, {60, shadows(Liveness, "")}, {60.1, agrees("liveness", "- none", "not known")},
		}},
	})
}
