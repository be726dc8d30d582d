package e2e

// startupIncidents are containers that do not start within the budget of their startup probe, or have not yet.
var startupIncidents = []incident{
	{
		name: "startup-refused", core: true, turns: []string{"handler=http&open=false"},
		app: `{startupProbe: {httpGet: {path: /startz, port: 8080}, failureThreshold: 3}, livenessProbe: {httpGet: {path: /livez, port: 8080}},
			readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		proof: "failed startup probe, connection refused", want: headlines("startup", "app/startup", "refused|nothing listens, 8080").but("liveness, readiness"),
	},
	{
		name: "startup-503", turns: []string{"handler=http&path=/startz&status=503"},
		app:   `{startupProbe: {httpGet: {path: /startz, port: 8080}, failureThreshold: 3}}`,
		proof: "failed startup probe, statuscode: 503", want: headlines("startup", "app/startup", "503"),
	},
	{
		name: "startup-exec", turns: []string{"handler=exec&status=1&output=waiting+for+the+schema"},
		app:   `{startupProbe: {exec: {command: [/workload, check]}, failureThreshold: 3}}`,
		proof: "failed startup probe, waiting for the schema", want: headlines("startup", "app/startup", "waiting for the schema"),
	},
	{
		name: "startup-short", turns: []string{"handler=http&open=false", "handler=http&open=true&after=40s"},
		app:   `{startupProbe: {httpGet: {path: /startz, port: 8080}, failureThreshold: 3}}`,
		proof: "failed startup probe, connection refused", want: headlines("startup", "app/startup", "refused|nothing listens"),
	},
	{
		name: "startup-slow", turns: []string{"handler=http&path=/startz&delay=8s"},
		app:   `{startupProbe: {httpGet: {path: /startz, port: 8080}, failureThreshold: 3}}`,
		proof: "failed startup probe, deadline exceeded|Client.Timeout", want: headlines("startup", "app/startup", "timed out|timeout|no answer|longer|within"),
	},
	{
		name: "startup-sidecar", app: `{command: [sleep, inf]}`,
		spec: `{initContainers: [{name: envoy, restartPolicy: Always, args: [-turn, "handler=http&open=false"],
			startupProbe: {httpGet: {path: /startz, port: 8080}, failureThreshold: 3}}]}`,
		proof: "envoy failed startup probe", want: headlines("startup|sidecar", "envoy/startup", "refused|nothing listens"),
	},
	{
		name: "startup-never", spec: `{restartPolicy: Never}`,
		app:   `{command: [sh, -c, "trap 'exit 143' TERM; while :; do sleep 0.5; done"], startupProbe: {tcpSocket: {port: 7070}, failureThreshold: 3}}`,
		proof: "Startup probe failed, Stopping container app, \"phase\":\"Failed\"", want: headlines("startup", "app/startup", "refused|nothing listens").but("starts again"),
	},
	{
		name: "starting-long", turns: []string{"handler=http&open=false"},
		app:   `{startupProbe: {httpGet: {path: /startz, port: 8080}, failureThreshold: 1000}, livenessProbe: {httpGet: {path: /livez, port: 8080}}}`,
		proof: "Startup probe failed, \"started\":false", want: headlines("starting|failing", "app/startup|start", "refused|nothing listens").but("gave up, liveness"),
	},
	{
		name: "starting-sidecar", app: `{command: [sleep, inf]}`,
		spec: `{initContainers: [{name: envoy, restartPolicy: Always, args: [-turn, "handler=http&open=false"],
			startupProbe: {httpGet: {path: /startz, port: 8080}, failureThreshold: 1000}}]}`,
		proof: "Startup probe failed, \"started\":false", want: hints("sidecar|starting|failing", "envoy/startup", "envoy, refused|nothing listens|start", "envoy|sidecar|start").but("gave up"),
	},
	{
		name:  "erroring-startup",
		app:   `{startupProbe: {exec: {command: [/usr/bin/healthcheck]}, failureThreshold: 3}}`,
		proof: "Startup probe errored, \"started\":false", want: hints("erroring", "app/startup", "/usr/bin/healthcheck", "/usr/bin/healthcheck|startup").but("gave up"),
	},
}
