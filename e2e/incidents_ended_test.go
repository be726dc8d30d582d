package e2e

// endedIncidents are containers that end by themselves, or that the kernel kills.
var endedIncidents = []incident{
	{
		name: "exit-1", app: `{command: [sh, -c, "sleep 25; exit 1"]}`,
		proof: "\"exitCode\":1, \"reason\":\"Error\"", want: headlines("exit", "app", "exit code 1").but(anyProbe),
	},
	{
		name: "exit-0", app: `{command: [sh, -c, "sleep 25; exit 0"]}`,
		proof: "\"exitCode\":0, \"reason\":\"Completed\"", want: headlines("exit|completed", "app", "exit code 0|completed|finishes").but(anyProbe),
	},
	{
		name: "exit-probed", core: true, // its probes pass until it ends
		app: `{command: [sh, -c, "timeout 25 /workload; exit 3"], livenessProbe: {httpGet: {path: /livez, port: 8080}},
			readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		proof: "\"exitCode\":3, \"lastState\":{\"terminated\"", want: headlines("exit", "app", "exit code 3").but(anyProbe),
	},
	{
		name:  "exit-while-starting", // it ends before its startup probe has failed often enough
		app:   `{command: [sh, -c, "sleep 25; exit 2"], startupProbe: {httpGet: {path: /startz, port: 8080}, failureThreshold: 60}}`,
		proof: "\"exitCode\":2, Startup probe failed", want: headlines("exit", "app", "exit code 2").but("gave up, startup killed"),
	},
	{
		name:  "exit-while-unready",
		app:   `{command: [sh, -c, "sleep 25; exit 4"], readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		proof: "\"exitCode\":4, Readiness probe failed", want: headlines("exit", "app", "exit code 4").but("readiness of"),
	},
	{
		name:  "exit-while-failing", // its liveness probe fails, but the container ends before that kills it
		app:   `{command: [sh, -c, "sleep 25; exit 5"], livenessProbe: {httpGet: {path: /livez, port: 8080}, failureThreshold: 100}}`,
		proof: "\"exitCode\":5, Liveness probe failed", want: headlines("exit", "app", "exit code 5").but("liveness killed"),
	},
	{
		name: "exit-one-of-two", app: `{readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		spec:  `{containers: [{name: envoy, command: [sh, -c, "sleep 25; exit 6"]}]}`,
		proof: "\"exitCode\":6, \"lastState\":{\"terminated\"", want: headlines("exit", "envoy", "exit code 6").but(anyProbe),
	},
	{
		name: "exit-sidecar", app: `{command: [sleep, inf]}`,
		spec:  `{initContainers: [{name: envoy, restartPolicy: Always, command: [sh, -c, "sleep 25; exit 7"]}]}`,
		proof: "\"exitCode\":7, \"lastState\":{\"terminated\"", want: headlines("exit|sidecar", "envoy", "exit code 7").but(anyProbe),
	},
	{
		name: "exit-at-once", app: `{command: [sh, -c, "exit 127"]}`,
		proof: "\"exitCode\":127, \"lastState\":{\"terminated\"", want: headlines("exit", "app", "exit code 127|command not found").but(anyProbe),
	},
	{
		name: "signal-kill", // Kubernetes makes $$ of $$$$; a process can only kill itself when it is not the first of its namespace
		spec: `{shareProcessNamespace: true}`, app: `{command: [sh, -c, "sleep 25; kill -9 $$$$"]}`,
		proof: "\"exitCode\":137, \"lastState\":{\"terminated\"", want: headlines("signal|exit", "app", "SIGKILL|137").but("OOM, memory limit, " + anyProbe),
	},
	{
		name: "signal-segv", spec: `{shareProcessNamespace: true}`, app: `{command: [sh, -c, "sleep 25; kill -SEGV $$$$"]}`,
		proof: "\"exitCode\":139, \"lastState\":{\"terminated\"", want: headlines("signal|exit", "app", "SIGSEGV|139|segmentation").but(anyProbe),
	},
	{
		name: "signal-abort", spec: `{shareProcessNamespace: true}`, app: `{command: [sh, -c, "sleep 25; kill -ABRT $$$$"]}`,
		proof: "\"exitCode\":134, \"lastState\":{\"terminated\"", want: headlines("signal|exit", "app", "SIGABRT|134|abort").but(anyProbe),
	},
	{
		name: "oom-limit", core: true, turns: []string{"handler=memory&eat=96&after=20s"}, app: `{resources: {limits: {memory: 48Mi}}}`,
		proof: "OOMKilled, \"lastState\":{\"terminated\"", want: headlines("oom", "app", "48Mi").but(anyProbe),
	},
	{
		name: "oom-probed", turns: []string{"handler=memory&eat=96&after=25s"}, // its probe is passing until then
		app:   `{resources: {limits: {memory: 48Mi}}, livenessProbe: {httpGet: {path: /livez, port: 8080}}}`,
		proof: "OOMKilled, \"lastState\":{\"terminated\"", want: headlines("oom", "app", "48Mi").but(anyProbe),
	},
	{
		name: "exit-failed", spec: `{restartPolicy: Never}`, app: `{command: [sh, -c, "sleep 8; exit 3"], livenessProbe: {exec: {command: ["true"]}}}`,
		proof: "\"phase\":\"Failed\", \"exitCode\":3", want: headlines("exit|failed", "app", "exit code 3").but(anyProbe + ", starts again"),
	},
	{
		name: "exit-onfailure", spec: `{restartPolicy: OnFailure}`, app: `{command: [sh, -c, "sleep 25; exit 8"]}`,
		proof: "\"exitCode\":8, \"lastState\":{\"terminated\"", want: headlines("exit", "app", "exit code 8").but(anyProbe),
	},
	{
		name: "completed-one-of-two", spec: `{restartPolicy: Never, containers: [{name: seed, command: [sh, -c, "sleep 8"]}]}`,
		app:   `{readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		proof: "\"reason\":\"Completed\", \"phase\":\"Running\"", want: headlines("completed|jobDone", "seed", "seed|app").but(anyProbe),
	},
}
