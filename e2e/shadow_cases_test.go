package e2e

import "strings"

var shadowHTTPCases = []shadowCase{
	{name: "http 200", turns: []string{"handler=http&output=hello"}, main: `{readinessProbe: {httpGet: {port: 8080}}}`},
	{name: "http liveness", main: `{livenessProbe: {httpGet: {port: 8080, path: /livez}}}`, kind: "liveness"},
	{name: "http 204", turns: []string{"handler=http&status=204"}, main: `{readinessProbe: {httpGet: {port: 8080}}}`},
	{name: "http with a query", main: `{readinessProbe: {httpGet: {port: 8080, path: "/p?x=1"}}}`},
	{
		name: "http to a named host", turns: []string{"handler=http&wants=Host:+shop.example"},
		main: `{readinessProbe: {httpGet: {port: 8080, httpHeaders: [{name: Host, value: shop.example}]}}}`,
	},
	{name: "the kubelet's User-Agent", turns: []string{"handler=http&wants=User-Agent:+kube-probe/1."}, main: `{readinessProbe: {httpGet: {port: 8080}}}`},
	{
		name: "own headers", turns: []string{"handler=http&wants=Accept:+text/html"},
		main: `{readinessProbe: {httpGet: {port: 8080, httpHeaders: [{name: accept, value: text/html}]}}}`,
	},
	{name: "a named port", main: `{ports: [{name: web, containerPort: 8080}], readinessProbe: {httpGet: {port: web}}}`},
	{name: "https, certificate expired", main: `{readinessProbe: {httpGet: {port: 8443, scheme: HTTPS}}}`},
	{name: "a redirect that is followed", turns: []string{"handler=http&path=/&status=302&location=/new"}, main: `{readinessProbe: {httpGet: {port: 8080}}}`},
	{name: "a big body", turns: []string{"handler=http&output=" + strings.Repeat("x", 10241)}, main: `{readinessProbe: {httpGet: {port: 8080}}}`},
	{
		name: "a redirect to another host", turns: []string{"handler=http&status=302&location=http://192.0.2.1/"},
		main: `{readinessProbe: {httpGet: {port: 8080}}}`, kubelet: "warning",
	},
	{name: "308 without Location", turns: []string{"handler=http&status=308&output=:+ok"}, main: `{readinessProbe: {httpGet: {port: 8080}}}`, kubelet: "warning"},
	{name: "http 500", turns: []string{"handler=http&status=500"}, main: `{readinessProbe: {httpGet: {port: 8080}}}`, kubelet: "failure", classes: "A1"},
	{name: "http 503, liveness", turns: []string{"handler=http&status=503"}, main: `{livenessProbe: {httpGet: {port: 8080}}}`, kind: "liveness", kubelet: "failure", classes: "A1"},
	{name: "http 404, startup", turns: []string{"handler=http&status=404"}, main: `{startupProbe: {httpGet: {port: 8080}}}`, kind: "startup", kubelet: "failure", classes: "A1"},
	{name: "http 403", turns: []string{"handler=http&status=403"}, main: `{readinessProbe: {httpGet: {port: 8080}}}`, kubelet: "failure", classes: "A1"},
	{
		name: "a redirect to a failure", turns: []string{"handler=http&path=/&status=302&location=/new", "handler=http&path=/new&status=500"},
		main: `{readinessProbe: {httpGet: {port: 8080}}}`, kubelet: "failure", classes: "A1",
	},
	{name: "a redirect to itself", turns: []string{"handler=http&status=302&location=/"}, main: `{readinessProbe: {httpGet: {port: 8080}}}`, kubelet: "failure", classes: "A1"},
	{name: "http refused", main: `{readinessProbe: {httpGet: {port: 8081}}}`, kubelet: "failure", classes: "A1"},
	{name: "http closed instead of answered", turns: []string{"handler=http&breaks=headers"}, main: `{readinessProbe: {httpGet: {port: 8080}}}`, kubelet: "failure", classes: "A1"},
	{
		name: "http reset instead of answered", turns: []string{"handler=http&breaks=reset"}, main: `{readinessProbe: {httpGet: {port: 8080}}}`,
		kubelet: "failure", classes: "A1", loose: true, runs: 3,
	},
	{
		name: "http too slow", turns: []string{"handler=http&delay=30s"}, main: `{readinessProbe: {httpGet: {port: 8080}, timeoutSeconds: 1}}`,
		kubelet: "failure", classes: "A1", loose: true,
	},
	{name: "https to a plain server", main: `{readinessProbe: {httpGet: {port: 8080, scheme: HTTPS}}}`, kubelet: "failure", classes: "A1"},
	{name: "http to a TLS server", main: `{readinessProbe: {httpGet: {port: 8443}}}`, kubelet: "failure", classes: "A1"},
	{name: "no such named port", main: `{readinessProbe: {httpGet: {port: web}}}`, kubelet: "errored", classes: "A3"},
}

// shadowHandlerCases are of TCP and gRPC.
var shadowHandlerCases = []shadowCase{
	{name: "tcp open", main: `{readinessProbe: {tcpSocket: {port: 7070}}}`},
	{name: "tcp to a failing server", turns: []string{"handler=http&status=500"}, main: `{readinessProbe: {tcpSocket: {port: 8080}}}`},
	{name: "tcp refused", turns: []string{"handler=tcp&open=false"}, main: `{readinessProbe: {tcpSocket: {port: 7070}}}`, kubelet: "failure", classes: "A1"},
	{name: "no such named tcp port", main: `{livenessProbe: {tcpSocket: {port: db}}}`, kind: "liveness", kubelet: "errored", classes: "A3"},
	{name: "grpc serving", main: `{readinessProbe: {grpc: {port: 9090}}}`},
	{name: "grpc service serving", main: `{livenessProbe: {grpc: {port: 9090, service: db}}}`, kind: "liveness"},
	{name: "grpc not serving", turns: []string{"handler=grpc&status=NOT_SERVING"}, main: `{readinessProbe: {grpc: {port: 9090}}}`, kubelet: "failure", classes: "A1"},
	{name: "grpc refused", main: `{readinessProbe: {grpc: {port: 9091}, timeoutSeconds: 1}}`, kubelet: "failure", classes: "A1"},
	{name: "grpc to an HTTP server", main: `{readinessProbe: {grpc: {port: 8080}, timeoutSeconds: 1}}`, kubelet: "failure", classes: "A1"},
	{name: "grpc without health", turns: []string{"handler=grpc&status=UNIMPLEMENTED"}, main: `{readinessProbe: {grpc: {port: 9090}}}`, kubelet: "failure", classes: "A1"},
	{name: "grpc not found", turns: []string{"handler=grpc&status=NOT_FOUND"}, main: `{readinessProbe: {grpc: {port: 9090}}}`, kubelet: "failure", classes: "A1"},
	{
		name: "grpc too slow", turns: []string{"handler=grpc&delay=30s"}, main: `{readinessProbe: {grpc: {port: 9090}, timeoutSeconds: 2}}`,
		kubelet: "failure", classes: "A1", loose: true,
	},
}

var shadowExecCases = []shadowCase{
	{name: "exec exit 0", main: `{readinessProbe: {exec: {command: [cat, /etc/hostname]}, periodSeconds: 3}}`},
	{name: "exec with much output", main: `{readinessProbe: {exec: {command: [head, -c, "11264", /bin/busybox]}, periodSeconds: 3}}`},
	{
		name: "exec with a variable", main: `{env: [{name: FILE, value: /etc/hostname}], readinessProbe: {exec: {command: [cat, $(FILE)]}, periodSeconds: 3}}`,
	},
	{name: "exec exit 1", main: `{readinessProbe: {exec: {command: [sh, -c, "echo Fail; exit 1"]}, periodSeconds: 3}}`, kubelet: "failure", classes: "A1"},
	{name: "exec without output", main: `{readinessProbe: {exec: {command: ["false"]}, periodSeconds: 3}}`, kubelet: "failure", classes: "A1"},
	{
		name: "exec with both outputs", main: `{livenessProbe: {exec: {command: [sh, -c, "echo err >&2; echo out; exit 3"]}, periodSeconds: 3}}`,
		kind: "liveness", kubelet: "failure", classes: "A1",
	},
	{
		name: "exec with much output and exit 1", main: `{readinessProbe: {exec: {command: [sh, -c, "yes 0123456789 | head -c 12000; exit 1"]}, periodSeconds: 3}}`,
		kubelet: "failure", classes: "A1",
	},
	{
		name: "exec too slow", main: `{readinessProbe: {exec: {command: [sleep, "4"]}, periodSeconds: 3, timeoutSeconds: 1}}`,
		kubelet: "failure", classes: "A1 E2",
	},
	{
		name: "a missing binary", main: `{livenessProbe: {exec: {command: [/no/such/check]}, periodSeconds: 3}}`,
		kind: "liveness", kubelet: "errored", classes: "E4", loose: true,
	},
	{
		name:    "a variable whose value comes from elsewhere",
		main:    `{env: [{name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}], readinessProbe: {exec: {command: [test, -n, $(IP)]}, periodSeconds: 3}}`,
		kubelet: "failure", classes: "E3",
	},
}
