package e2e

// readinessIncidents are containers that run but are not ready.
var readinessIncidents = []incident{
	{
		name: "readiness-503", turns: []string{"handler=http&path=/readyz&status=503"},
		app:   `{livenessProbe: {httpGet: {path: /livez, port: 8080}}, readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		proof: "Readiness probe failed, statuscode: 503", want: headlines("readiness", "app/readiness", "503, /readyz").but("liveness"),
	},
	{
		name: "readiness-403", turns: []string{"handler=http&path=/readyz&status=403"},
		app:   `{readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		proof: "Readiness probe failed, statuscode: 403", want: headlines("readiness", "app/readiness", "403"),
	},
	{
		name: "readiness-wrong-port", core: true,
		app:   `{ports: [{containerPort: 8080}], readinessProbe: {httpGet: {path: /readyz, port: 8888}}}`,
		proof: "Readiness probe failed, 8888: connect: connection refused", want: headlines("readiness", "app/readiness", "8888, 8080"),
	},
	{
		name:  "readiness-loopback",
		app:   `{args: [-bind, 127.0.0.1], ports: [{containerPort: 8080}], readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		proof: "Readiness probe failed, connection refused", want: headlines("readiness", "app/readiness", "8080, refused|nothing listens"),
	},
	{
		name: "readiness-exec", turns: []string{"handler=exec&status=1&output=replica+is+behind"},
		app:   `{readinessProbe: {exec: {command: [/workload, check]}}}`,
		proof: "Readiness probe failed, replica is behind", want: headlines("readiness", "app/readiness", "replica is behind"),
	},
	{
		name: "readiness-exec-silent", app: `{readinessProbe: {exec: {command: ["false"]}}}`,
		proof: "Readiness probe failed", want: headlines("readiness", "app/readiness", "false|exit|printed nothing|no output|without output"),
	},
	{
		name: "readiness-colours", turns: []string{"handler=exec&status=1&output=%1b%5b31mFATAL%1b%5b0m:+db+is+down"},
		app:   `{readinessProbe: {exec: {command: [/workload, check]}}}`,
		proof: "Readiness probe failed, db is down", want: headlines("readiness", "app/readiness", "db is down").but("[31m, [0m, \x1b"),
	},
	{
		name: "readiness-exec-lines", turns: []string{"handler=exec&status=1&output=connecting%0Aretrying%0Agave+up:+queue+is+full%0A"},
		app:   `{readinessProbe: {exec: {command: [/workload, check]}}}`,
		proof: "Readiness probe failed, queue is full", want: headlines("readiness", "app/readiness", "queue is full|connecting").but("\n"),
	},
	{
		name: "readiness-grpc", turns: []string{"handler=grpc&status=NOT_SERVING"},
		app:   `{readinessProbe: {grpc: {port: 9090}}}`,
		proof: "Readiness probe failed, NOT_SERVING", want: headlines("readiness", "app/readiness", "NOT_SERVING"),
	},
	{
		name: "readiness-grpc-service", turns: []string{"handler=grpc&service=db&status=SERVICE_UNKNOWN"},
		app:   `{readinessProbe: {grpc: {port: 9090, service: db}}}`,
		proof: "Readiness probe failed, SERVICE_UNKNOWN", want: headlines("readiness", "app/readiness", "SERVICE_UNKNOWN|does not know|unknown"),
	},
	{
		name: "readiness-grpc-unimplemented", turns: []string{"handler=grpc&status=UNIMPLEMENTED"},
		app:   `{readinessProbe: {grpc: {port: 9090}}}`,
		proof: "Readiness probe failed, does not implement", want: headlines("readiness", "app/readiness", "implement"),
	},
	{
		name:  "readiness-grpc-to-http",
		app:   `{readinessProbe: {grpc: {port: 8080}}}`,
		proof: "Readiness probe failed", want: headlines("readiness", "app/readiness", "8080|gRPC|connect"),
	},
	{
		name: "readiness-slow", turns: []string{"handler=http&path=/readyz&delay=3s"},
		app:   `{readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		proof: "Readiness probe failed, deadline exceeded|Client.Timeout", want: headlines("readiness", "app/readiness", "timed out|timeout|no answer|longer|within"),
	},
	{
		name:  "readiness-https-to-http",
		app:   `{readinessProbe: {httpGet: {path: /readyz, port: 8080, scheme: HTTPS}}}`,
		proof: "Readiness probe failed, HTTP response to HTTPS client", want: headlines("readiness", "app/readiness", "HTTPS|TLS"),
	},
	{
		name:  "readiness-unknown-host",
		app:   `{readinessProbe: {httpGet: {host: no-such-host.invalid, path: /readyz, port: 8080}}}`,
		proof: "Readiness probe failed, no-such-host.invalid", want: headlines("readiness", "app/readiness", "no-such-host.invalid|resolve|DNS"),
	},
	{
		name:  "readiness-no-route", // an address of the pods' network that no pod has
		app:   `{readinessProbe: {httpGet: {host: 10.198.255.250, path: /readyz, port: 8080}, timeoutSeconds: 4}}`,
		proof: "Readiness probe failed", want: headlines("readiness", "app/readiness", "no route|unreachable|timed out|timeout|no answer|within"),
	},
	{
		name: "readiness-lost", turns: []string{"handler=http&path=/readyz&status=503&after=20s"},
		app:  `{readinessProbe: {httpGet: {path: /readyz, port: 8080}, failureThreshold: 2}}`,
		with: service, proof: "Readiness probe failed, statuscode: 503", want: headlines("readiness", "app/readiness", "503"),
	},
	{
		name: "readiness-one-of-two", app: `{readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		spec:  `{containers: [{name: envoy, command: [sleep, inf], readinessProbe: {tcpSocket: {port: 15021}}}]}`,
		proof: "Readiness probe failed, 15021", want: headlines("readiness", "envoy/readiness", "15021"),
	},
	{
		name: "readiness-sidecar", app: `{command: [sleep, inf]}`,
		spec: `{initContainers: [{name: envoy, restartPolicy: Always, args: [-turn, "handler=http&path=/readyz&status=503"],
			readinessProbe: {httpGet: {path: /readyz, port: 8080}}}]}`,
		proof: "Readiness probe failed, statuscode: 503", want: headlines("readiness", "envoy/readiness", "503"),
	},
	{
		name:  "readiness-not-restarted", // a TCP liveness probe succeeds beside it
		turns: []string{"handler=http&path=/readyz&status=500"},
		app:   `{livenessProbe: {tcpSocket: {port: 7070}}, readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		proof: "Readiness probe failed, statuscode: 500", want: headlines("readiness", "app/readiness", "500").but("liveness"),
	},
	{
		name:  "readiness-delayed",
		app:   `{readinessProbe: {httpGet: {path: /readyz, port: 8080}, initialDelaySeconds: 900}}`,
		proof: "\"ready\":false, \"started\":true", want: hints("starting|readiness", "app/readiness", "app, readiness|first run|delay", "start|readiness|delay|app").but("failed"),
	},
	{
		name: "failing-readiness", turns: []string{"handler=http&path=/readyz&status=503&after=15s"},
		app:   `{readinessProbe: {httpGet: {path: /readyz, port: 8080}, failureThreshold: 1000}}`,
		proof: "Readiness probe failed, \"ready\":true", want: headlines("failing", "app/readiness", "503").but("not ready since"),
	},
	{
		name: "failing-one-of-two", // the kubelet combines the events of a text that differs each time
		app:  `{livenessProbe: {httpGet: {path: /livez, port: 8080}, failureThreshold: 300}}`,
		spec: `{containers: [{name: admin, command: [sh, -c, "while :; do nc -lp 9191 -e /bin/true; done"],
			livenessProbe: {httpGet: {path: /livez, port: 9191}, failureThreshold: 300}}]}`,
		proof: "Liveness probe failed, 9191", want: headlines("failing", "admin/liveness", "reset|closes|closed|EOF|refused|nothing listens"),
	},
}

// erroringIncidents are probes that the kubelet cannot carry out: they count for nothing.
var erroringIncidents = []incident{
	{
		name:  "erroring-port-name",
		app:   `{ports: [{name: http, containerPort: 8080}, {name: metrics, containerPort: 9100}], readinessProbe: {httpGet: {path: /readyz, port: web}}}`,
		proof: "Readiness probe errored, web", want: hints("erroring", "app/readiness", "web, http", "port|web|readiness"),
	},
	{
		name:  "erroring-tcp-port-name",
		app:   `{ports: [{name: http, containerPort: 8080}], livenessProbe: {tcpSocket: {port: db}}}`,
		proof: "Liveness probe errored, db", want: hints("erroring", "app/liveness", "db, http", "port|db|liveness").but("liveness killed"),
	},
	{
		name: "erroring-no-binary", core: true,
		app:   `{livenessProbe: {exec: {command: [/usr/bin/healthcheck]}}}`,
		proof: "Liveness probe errored, /usr/bin/healthcheck", want: hints("erroring", "app/liveness", "/usr/bin/healthcheck", "/usr/bin/healthcheck|liveness").but("liveness killed"),
	},
	{
		name:  "erroring-not-executable",
		app:   `{readinessProbe: {exec: {command: [/checks/ready.sh]}}, volumeMounts: [{name: checks, mountPath: /checks}]}`,
		spec:  `{volumes: [{name: checks, configMap: {name: "{{.Name}}", defaultMode: 0444}}]}`,
		with:  `{apiVersion: v1, kind: ConfigMap, metadata: {name: "{{.Name}}"}, data: {ready.sh: "#!/bin/sh\ntrue\n"}}`,
		proof: "Readiness probe errored, permission denied", want: hints("erroring", "app/readiness", "/checks/ready.sh, permission|executable", "/checks/ready.sh|readiness"),
	},
	{
		name: "erroring-body", turns: []string{"handler=http&path=/readyz&breaks=body"},
		app:   `{readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		proof: "Readiness probe errored", want: hints("erroring|readiness", "app/readiness", "app, readiness, body|answer|longer|timeout|timed out", "readiness|body|answer"),
	},
}
