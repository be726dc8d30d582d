package e2e

// livenessIncidents are containers that their liveness probe kills, or will.
var livenessIncidents = []incident{
	{
		name: "liveness-503", core: true, turns: []string{"handler=http&path=/livez&status=503"},
		app:   `{livenessProbe: {httpGet: {path: /livez, port: 8080}, failureThreshold: 2}}`,
		proof: "failed liveness probe, statuscode: 503", want: headlines("liveness", "app/liveness", "503, /livez").but("exit code 0, Completed"),
	},
	{
		name: "liveness-404", turns: []string{"handler=http&path=/livez&status=404"},
		app:   `{livenessProbe: {httpGet: {path: /livez, port: 8080}, failureThreshold: 2}}`,
		proof: "failed liveness probe, statuscode: 404", want: headlines("liveness", "app/liveness", "404, /livez"),
	},
	{
		name: "liveness-refused", turns: []string{"handler=http&open=false"},
		app:   `{livenessProbe: {httpGet: {path: /livez, port: 8080}, failureThreshold: 2}}`,
		proof: "failed liveness probe, connection refused", want: headlines("liveness", "app/liveness", "refused|nothing listens, 8080"),
	},
	{
		name: "liveness-tcp", turns: []string{"handler=tcp&open=false"},
		app:   `{livenessProbe: {tcpSocket: {port: 7070}, failureThreshold: 2}}`,
		proof: "failed liveness probe, connection refused", want: headlines("liveness", "app/liveness", "refused|nothing listens, 7070"),
	},
	{
		name: "liveness-exec", turns: []string{"handler=exec&status=3&output=cache+is+corrupt"},
		app:   `{livenessProbe: {exec: {command: [/workload, check]}, failureThreshold: 2}}`,
		proof: "failed liveness probe, cache is corrupt", want: headlines("liveness", "app/liveness", "cache is corrupt").but("exit code 0"),
	},
	{
		name:  "liveness-exec-timeout",
		app:   `{livenessProbe: {exec: {command: [sleep, "5"]}, failureThreshold: 2}}`,
		proof: "failed liveness probe, timed out", want: headlines("liveness", "app/liveness", "timed out|timeout|longer|within"),
	},
	{
		name: "liveness-grpc", turns: []string{"handler=grpc&status=NOT_SERVING"},
		app:   `{livenessProbe: {grpc: {port: 9090}, failureThreshold: 2}}`,
		proof: "failed liveness probe, NOT_SERVING", want: headlines("liveness", "app/liveness", "NOT_SERVING"),
	},
	{
		name: "liveness-slow", turns: []string{"handler=http&path=/livez&delay=8s"},
		app:   `{livenessProbe: {httpGet: {path: /livez, port: 8080}, failureThreshold: 2}}`,
		proof: "failed liveness probe, deadline exceeded|Client.Timeout", want: headlines("liveness", "app/liveness", "timed out|timeout|no answer|longer|within"),
	},
	{
		name: "liveness-reset", turns: []string{"handler=http&path=/livez&breaks=reset"},
		app:   `{livenessProbe: {httpGet: {path: /livez, port: 8080}, failureThreshold: 2}}`,
		proof: "failed liveness probe, reset by peer", want: headlines("liveness", "app/liveness", "reset"),
	},
	{
		name: "liveness-closed", turns: []string{"handler=http&path=/livez&breaks=headers"},
		app:   `{livenessProbe: {httpGet: {path: /livez, port: 8080}, failureThreshold: 2}}`,
		proof: "failed liveness probe, EOF", want: headlines("liveness", "app/liveness", "EOF|closed|hung up|without an answer"),
	},
	{
		name:  "liveness-https-to-http",
		app:   `{livenessProbe: {httpGet: {path: /livez, port: 8080, scheme: HTTPS}, failureThreshold: 2}}`,
		proof: "failed liveness probe, HTTP response to HTTPS client", want: headlines("liveness", "app/liveness", "HTTPS|TLS, HTTP"),
	},
	{
		name:  "liveness-http-to-https",
		app:   `{livenessProbe: {httpGet: {path: /livez, port: 8443}, failureThreshold: 2}}`,
		proof: "failed liveness probe, statuscode: 400", want: headlines("liveness", "app/liveness", "400|HTTPS|TLS"),
	},
	{
		name: "liveness-redirects", turns: []string{"handler=http&status=302&location=/livez"},
		app:   `{livenessProbe: {httpGet: {path: /livez, port: 8080}, failureThreshold: 2}}`,
		proof: "failed liveness probe, redirects", want: headlines("liveness", "app/liveness", "redirect"),
	},
	{
		name:  "liveness-sigkill", // the process does not hear SIGTERM, and is killed after the grace period
		app:   `{command: [sh, -c, "trap '' TERM; while :; do sleep 1; done"], livenessProbe: {tcpSocket: {port: 7070}, failureThreshold: 2}}`,
		proof: "failed liveness probe, \"exitCode\":137", want: headlines("liveness", "app/liveness", "refused|nothing listens").but("OOM, memory"),
	},
	{
		name:  "liveness-143", // the process ends with the code of SIGTERM
		app:   `{command: [sh, -c, "trap 'exit 143' TERM; while :; do sleep 0.5; done"], livenessProbe: {tcpSocket: {port: 7070}, failureThreshold: 2}}`,
		proof: "failed liveness probe, \"exitCode\":143", want: headlines("liveness", "app/liveness", "refused|nothing listens").but("SIGTERM ended"),
	},
	{
		name: "liveness-never-failed", core: true, // the kubelet says only that it stops the container
		spec:  `{restartPolicy: Never}`,
		app:   `{command: [sh, -c, "trap 'exit 143' TERM; while :; do sleep 0.5; done"], livenessProbe: {tcpSocket: {port: 7070}, failureThreshold: 2}}`,
		proof: "Liveness probe failed, Stopping container app, \"phase\":\"Failed\"", want: headlines("liveness", "app/liveness", "refused|nothing listens").but("starts again, restarts in"),
	},
	{
		name: "liveness-never-succeeded", spec: `{restartPolicy: Never}`, turns: []string{"handler=http&path=/livez&status=503"},
		app:   `{livenessProbe: {httpGet: {path: /livez, port: 8080}, failureThreshold: 2}}`,
		proof: "Liveness probe failed, Stopping container app, \"phase\":\"Succeeded\"", want: headlines("liveness", "app/liveness", "503").but("starts again, restarts in"),
	},
	{
		name: "liveness-onfailure", spec: `{restartPolicy: OnFailure}`,
		app:   `{command: [sh, -c, "trap 'exit 143' TERM; while :; do sleep 0.5; done"], livenessProbe: {exec: {command: ["false"]}, failureThreshold: 2}}`,
		proof: "failed liveness probe, \"exitCode\":143", want: headlines("liveness", "app/liveness", ""),
	},
	{
		name: "liveness-sidecar", app: `{command: [sleep, inf]}`,
		spec: `{initContainers: [{name: envoy, restartPolicy: Always, args: [-turn, "handler=http&status=503"],
			livenessProbe: {httpGet: {path: /livez, port: 8080}, failureThreshold: 2}}]}`,
		proof: "Init container envoy failed liveness probe|Container envoy failed liveness probe", want: headlines("liveness", "envoy/liveness", "503"),
	},
	{
		name: "liveness-one-of-two", turns: []string{"handler=http&path=/envoy&status=500"},
		app: `{livenessProbe: {httpGet: {path: /livez, port: 8080}}, readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		spec: `{containers: [{name: envoy, command: [sh, -c, "trap 'exit 0' TERM; while :; do sleep 0.5; done"],
			livenessProbe: {httpGet: {path: /envoy, port: 8080}, failureThreshold: 2}}]}`,
		proof: "Container envoy failed liveness probe", want: headlines("liveness", "envoy/liveness", "500"),
	},
	{
		name: "liveness-prestop", turns: []string{"handler=http&path=/livez&status=503"}, spec: `{terminationGracePeriodSeconds: 6}`,
		app:   `{livenessProbe: {httpGet: {path: /livez, port: 8080}, failureThreshold: 2}, lifecycle: {preStop: {exec: {command: [sleep, "4"]}}}}`,
		proof: "failed liveness probe, statuscode: 503", want: headlines("liveness", "app/liveness", "503").but("preStop"),
	},
	{
		name: "liveness-after-start", turns: []string{"handler=http&path=/livez&status=500&after=15s"},
		app: `{startupProbe: {httpGet: {path: /startz, port: 8080}}, readinessProbe: {httpGet: {path: /readyz, port: 8080}},
			livenessProbe: {httpGet: {path: /livez, port: 8080}, failureThreshold: 2}}`,
		proof: "failed liveness probe, statuscode: 500", want: headlines("liveness", "app/liveness", "500, /livez").but("startup, readiness"),
	},
	{
		name: "failing-liveness", turns: []string{"handler=http&path=/livez&status=503"},
		app:   `{livenessProbe: {httpGet: {path: /livez, port: 8080}, failureThreshold: 1000}}`,
		proof: "Liveness probe failed, \"restartCount\":0", want: headlines("failing", "app/liveness", "503").but("liveness killed"),
	},
}
