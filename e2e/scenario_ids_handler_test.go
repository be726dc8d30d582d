package e2e

import "strings"

// httpStories are of section 7.1, and of 2.0 and 2.1.
var httpStories = []story{
	{
		names: []string{"H01 200 + body", "W36 http always ok Fthr=5"}, turns: []string{"handler=http&output=hello"},
		main:  `{livenessProbe: {httpGet: {port: 8080}, failureThreshold: 5}, readinessProbe: {httpGet: {port: 8080}}}`,
		beats: []beat{{probes: "liveness passing high, readiness passing high", broken: noService}},
	},
	{
		names: []string{"H02 default headers", "H05 no UA"},
		turns: []string{"handler=http&path=/accept&wants=Accept:+*/*", "handler=http&path=/agent&wants=User-Agent:+kube-probe/1."},
		main:  `{livenessProbe: {httpGet: {port: 8080, path: /accept}}, readinessProbe: {httpGet: {port: 8080, path: /agent}}}`,
		beats: []beat{{probes: "liveness passing high, readiness passing high"}},
	},
	{
		names: []string{`H04 User-Agent "foo/1.0"`, `H06 Accept "text/html"`},
		turns: []string{"handler=http&path=/accept&wants=Accept:+text/html", "handler=http&path=/agent&wants=User-Agent:+foo/1.0"},
		main: `{livenessProbe: {httpGet: {port: 8080, path: /accept, httpHeaders: [{name: accept, value: text/html}]}},
			readinessProbe: {httpGet: {port: 8080, path: /agent, httpHeaders: [{name: User-Agent, value: foo/1.0}]}}}`,
		beats: []beat{{probes: "liveness passing high, readiness passing high"}},
	},
	{
		names: []string{`H08 status 500 body "fail body"`}, turns: []string{"handler=http&status=200,500&output=fail+body"},
		main: `{livenessProbe: {httpGet: {port: 8080}}}`,
		beats: []beat{
			{probes: "liveness failing high 1/3", cause: "STATUS(500)", text: "HTTP probe failed with statuscode: 500"},
			{probes: "liveness failing high 2/3"},
			{probes: "liveness failed high 3/3"},
			{restarts: "liveness ..."},
		},
		also: "liveness passing",
	},
	{
		names: []string{"H09 handler panics (conn closed)", "H10 sleep 3 s, T=1"},
		turns: []string{"handler=http&path=/panic&breaks=headers", "handler=http&path=/sleep&delay=3s"},
		main:  `{readinessProbe: {httpGet: {port: 8080, path: /panic}}, livenessProbe: {httpGet: {port: 8080, path: /sleep}, failureThreshold: 100}}`,
		beats: []beat{
			{probes: "readiness failed high 3+/3", cause: "EOF", text: "EOF", broken: "readiness: readiness of main"},
			{probes: "liveness failing high 2+/100", cause: "TIMEOUT", text: "Client.Timeout"},
		},
	},
	{
		names: []string{"H11 302 → /new 200"}, turns: []string{"handler=http&path=/&status=302&location=/new"},
		main:  `{livenessProbe: {httpGet: {port: 8080}}}`,
		beats: []beat{{probes: "liveness passing high", broken: noService}},
	},
	{
		names: []string{"H12 302 → /new 500"}, main: `{livenessProbe: {httpGet: {port: 8080}, failureThreshold: 1}}`,
		turns: []string{"handler=http&path=/&status=302&location=/new", "handler=http&path=/new&status=500"},
		beats: []beat{{probes: "liveness failed high 1/1", cause: "STATUS(500)"}, {restarts: "liveness ..."}},
	},
	{
		names: []string{"H13 308 without Location, with body", "H15 redirect to http://0.0.0.0/"},
		turns: []string{"handler=http&path=/308&status=308&output=:+ok+body", "handler=http&path=/302&status=302&location=http://0.0.0.0/"},
		main:  `{readinessProbe: {httpGet: {port: 8080, path: /308}, periodSeconds: 4}, livenessProbe: {httpGet: {port: 8080, path: /302}, periodSeconds: 4, failureThreshold: 1}}`,
		beats: []beat{
			{probes: "readiness passing high", outcome: "warning", text: "Probe terminated redirects, Response body: Permanent Redirect: ok body"},
			{probes: "liveness passing high", outcome: "warning", text: "Probe terminated redirects, Response body: Found", broken: noService},
		},
	},
	{
		names: []string{"H18 body 10 241 bytes, 200", "2.1 a Host header"},
		turns: []string{"handler=http&path=/big&output=" + strings.Repeat("x", 10241), "handler=http&path=/host&wants=Host:+shop.example"},
		main: `{livenessProbe: {httpGet: {port: 8080, path: /big}},
			readinessProbe: {httpGet: {port: 8080, path: /host, httpHeaders: [{name: Host, value: shop.example}]}}}`,
		beats: []beat{{probes: "liveness passing high, readiness passing high"}},
	},
	{
		names: []string{"H23 200 headers then body stalls (SSE) T=1"}, turns: []string{"handler=http&breaks=body"},
		main: `{readinessProbe: {httpGet: {port: 8080}}}`,
		beats: []beat{{
			probes: "readiness erroring high", outcome: "errored", text: "while reading body", broken: "readiness: readiness of main: the answer from",
		}},
	},
	{
		names: []string{"H26 https with expired self-signed cert", "2.0 a named port"},
		main: `{ports: [{name: web, containerPort: 8080}],
			livenessProbe: {httpGet: {port: 8443, scheme: HTTPS}}, readinessProbe: {httpGet: {port: web}}}`,
		beats: []beat{{probes: "liveness passing high, readiness passing high"}},
	},
	{
		names: []string{"H27 scheme HTTPS to plain HTTP server", "H28 scheme HTTP to Go TLS server"},
		main:  `{readinessProbe: {httpGet: {port: 8080, scheme: HTTPS}}, livenessProbe: {httpGet: {port: 8443}, failureThreshold: 100}}`,
		beats: []beat{
			{
				probes: "readiness failed high 3+/3", cause: "TLS_MISMATCH_HTTP", text: "http: server gave HTTP response to HTTPS client",
				broken: "readiness: readiness of main: the probe asks HTTPS, :",
			},
			{probes: "liveness failing high 3+/100", cause: "STATUS(400)"},
		},
	},
	aNamedPortIsMissing(`port "web" not found`, since(37)),
	aNamedPortIsMissing(`strconv.Atoi: parsing "web": invalid syntax`, before(37)),
	{
		names: []string{"H32 host: the node dials it", "2.1 a redirect to itself"}, turns: []string{"handler=http&status=302&location=/"},
		main: `{readinessProbe: {httpGet: {port: 1, host: 127.0.0.1}}, livenessProbe: {httpGet: {port: 8080}, failureThreshold: 100}}`,
		beats: []beat{
			{probes: "readiness failed high 3+/3", cause: "REFUSED", text: `Get "http://127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused`},
			{probes: "liveness failing high 3+/100", cause: "REDIRECT_LOOP", text: "stopped after 10 redirects"},
		},
	},
	{
		names: []string{"H34 app bound 127.0.0.1"},
		main:  `{args: [-bind, 127.0.0.1], livenessProbe: {httpGet: {port: 8080}, failureThreshold: 100}, readinessProbe: {httpGet: {port: 8080}}}`,
		beats: []beat{{probes: "readiness failed high 3+/3, liveness failing high 2+/100", cause: "REFUSED", broken: "readiness: readiness of main: connection refused"}},
	},
	{
		names: []string{"H35 app bound PodIP only", "G05 SERVING"},
		main: `{args: [-bind, $(IP)], env: [{name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}],
			livenessProbe: {httpGet: {port: 8080}}, readinessProbe: {grpc: {port: 9090, service: db}}}`,
		beats: []beat{{probes: "liveness passing high, readiness passing high"}},
	},
}

// tcpStories are of section 7.2.
var tcpStories = []story{
	{
		names: []string{"T01 listener open", "T03 HTTP app returns 500 but socket open"}, turns: []string{"handler=http&status=500"},
		main:  `{readinessProbe: {tcpSocket: {port: 7070}}, livenessProbe: {tcpSocket: {port: 8080}, failureThreshold: 1}}`,
		beats: []beat{{probes: "liveness passing high, readiness passing high", broken: noService}},
	},
	{
		names: []string{"T02 port closed", "2.3 no health protocol"}, turns: []string{"handler=tcp&open=false", "handler=grpc&status=UNIMPLEMENTED"},
		main: `{readinessProbe: {tcpSocket: {port: 7070}}, livenessProbe: {grpc: {port: 9090}, failureThreshold: 100}}`,
		beats: []beat{
			{probes: "readiness failed high 3+/3", cause: "REFUSED", text: ":7070: connect: connection refused", broken: "readiness: readiness of main: connection refused"},
			{probes: "liveness failing high 3+/100", cause: "GRPC_UNIMPLEMENTED", text: "error: this server does not implement the grpc health protocol"},
		},
	},
}

// grpcStories are of section 7.2, and of 2.3.
var grpcStories = []story{
	{
		names: []string{"G01 no server", "G03 NOT_SERVING"}, turns: []string{"handler=grpc&status=NOT_SERVING"},
		main: `{livenessProbe: {grpc: {port: 9091}, failureThreshold: 100}, readinessProbe: {grpc: {port: 9090}}}`,
		beats: []beat{
			{probes: "liveness failing high 2+/100", cause: "TIMEOUT_CONNECT", text: `:9091" within 1s: context deadline exceeded`},
			{
				probes: "readiness failed high 3+/3", cause: "GRPC_STATUS(NOT_SERVING)",
				broken: `readiness: readiness of main: gRPC health is NOT_SERVING`,
			},
		},
	},
	{
		names: []string{"G04 handler sleeps 4 s, T=2", "2.3 a service that the server does not know"},
		turns: []string{"handler=grpc&service=slow&delay=4s", "handler=grpc&service=lost&status=NOT_FOUND"},
		main: `{livenessProbe: {grpc: {port: 9090, service: slow}, failureThreshold: 100, timeoutSeconds: 2, periodSeconds: 3},
			readinessProbe: {grpc: {port: 9090, service: lost}}}`,
		beats: []beat{
			{probes: "liveness failing high 2+/100", cause: "TIMEOUT_RPC", text: "timeout: health rpc did not complete within 2s"},
			{probes: "readiness failed high 3+/3", cause: "GRPC_CODE(NotFound)", text: "error: health rpc probe failed: rpc error: code = NotFound"},
		},
	},
	{
		names: []string{"G06 wrong port liveness, T=2 Fthr=1"}, main: `{livenessProbe: {grpc: {port: 9091}, timeoutSeconds: 2, failureThreshold: 1}}`,
		beats: []beat{{probes: "liveness failed high 1/1", cause: "TIMEOUT_CONNECT", text: "within 2s"}, {restarts: "liveness ..."}},
	},
}

// execStories are of section 7.3.
var execStories = []story{
	{
		names: []string{"X01 exit 0", "X02 11 KiB output exit 0", "X08 file stays"},
		main: `{livenessProbe: {exec: {command: [cat, /etc/hostname]}, failureThreshold: 1, periodSeconds: 3},
			readinessProbe: {exec: {command: [head, -c, "11264", /bin/busybox]}, periodSeconds: 3}}`,
		beats: []beat{{probes: "liveness passing high, readiness passing high"}},
	},
	{
		names: []string{`X04 exit 1 "Fail"`, "X13 empty output exit 1"},
		main: `{livenessProbe: {exec: {command: [sh, -c, "echo Fail; exit 1"]}, failureThreshold: 100},
			readinessProbe: {exec: {command: ["false"]}}}`,
		beats: []beat{
			{probes: "liveness failing high 2+/100", cause: "EXIT_NONZERO", text: "Fail"},
			{probes: "readiness failed high 2+/3", cause: "EXIT_NONZERO", broken: "readiness: readiness of main"},
		},
	},
	{
		names: []string{"X05 timeout"}, main: `{readinessProbe: {exec: {command: [sleep, "5"]}, periodSeconds: 3}}`,
		beats: []beat{{
			probes: "readiness failed high 2+/3", cause: "TIMEOUT_EXEC", text: `command timed out: "sleep 5" timed out after 1s`,
			broken: "readiness: readiness of main: “sleep” takes longer than 1s",
		}},
	},
	{
		names: []string{"X12 missing binary, liveness Fthr=1"}, main: `{livenessProbe: {exec: {command: [/no/such/check]}, failureThreshold: 1, periodSeconds: 3}}`,
		beats: []beat{{probes: "liveness erroring high", outcome: "errored", cause: "ERRORED", text: "no such file or directory", broken: noService}},
	},
}

// aNamedPortIsMissing is a story whose probe asks at a port that the container does not declare, in the words of some kubelets.
func aNamedPortIsMissing(text string, on func(minor int) bool) story {
	return story{
		names: []string{"H31 named port missing"}, main: `{livenessProbe: {httpGet: {port: web}, failureThreshold: 1}}`,
		beats: []beat{{probes: "liveness erroring high", outcome: "errored", cause: "ERRORED", text: text, broken: noService}},
		on:    on,
	}
}
