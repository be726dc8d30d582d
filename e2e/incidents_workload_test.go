package e2e

// workloadIncidents are pods of Jobs and Deployments.
var workloadIncidents = []incident{
	{
		name: "job-mesh", core: true, owner: `{apiVersion: batch/v1, kind: Job}`, spec: `{restartPolicy: Never, containers: [{name: envoy,
			readinessProbe: {httpGet: {path: /readyz, port: 8080}}}]}`, app: `{command: [sh, -c, "sleep 10"]}`,
		proof: "\"reason\":\"Completed\", \"phase\":\"Running\"", want: headlines("jobDone|completed", "", "app|work, envoy").but(anyProbe),
	},
	{
		name: "job-failed", owner: `{apiVersion: batch/v1, kind: Job, spec: {backoffLimit: 0}}`, spec: `{restartPolicy: Never}`,
		app:   `{command: [sh, -c, "sleep 8; exit 17"]}`,
		proof: "\"phase\":\"Failed\", \"exitCode\":17", want: headlines("exit|failed", "app", "exit code 17").but("starts again, " + anyProbe),
	},
	{
		name: "group-readiness", owner: `{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 4}}`, turns: []string{"handler=http&path=/readyz&status=503"},
		app: `{readinessProbe: {httpGet: {path: /readyz, port: 8080}}, livenessProbe: {httpGet: {path: /livez, port: 8080}}}`, with: service,
		proof: "Readiness probe failed, statuscode: 503", want: headlines("readiness", "app/readiness", "503").but("liveness"),
		group: "4 of 4|all 4, group-readiness, readiness, 503",
	},
	{
		name: "group-liveness", owner: `{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 3}}`, turns: []string{"handler=http&open=false"},
		app: `{livenessProbe: {httpGet: {path: /livez, port: 8080}, failureThreshold: 2}}`, with: service,
		proof: "failed liveness probe", want: headlines("liveness", "app/liveness", "refused|nothing listens"),
		group: "3 of 3|all 3, group-liveness, liveness, refused|nothing listens",
	},
	{
		name: "group-image", owner: `{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 3}}`,
		app:   `{image: "probetop.dev/absent:5", imagePullPolicy: Never}`,
		proof: "ErrImageNeverPull", want: headlines("image", "app", "probetop.dev/absent:5"),
		group: "3 of 3|all 3, group-image, probetop.dev/absent:5",
	},
}

// ruleIncidents are containers that are restarted by a rule or a resize, or that should be.
var ruleIncidents = []incident{
	{
		name: "resize-restart", app: `{resources: {limits: {memory: 64Mi}, requests: {memory: 32Mi}}, livenessProbe: {httpGet: {path: /livez, port: 8080}},
			resizePolicy: [{resourceName: memory, restartPolicy: RestartContainer}]}`,
		then:  once(ready, resizes(`{limits: {memory: 96Mi}}`)),
		proof: "\"restartCount\":1, resize", want: expectation{cause: "none|resize", blame: "app", never: "liveness, SIGKILL, exit code"},
	},
	{
		name: "resize-deferred", app: `{resources: {requests: {cpu: 10m}}, readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		with: `{apiVersion: v1, kind: Pod, metadata: {name: "{{.Name}}-rival"}, spec: {nodeName: "{{.Node}}", enableServiceLinks: false, terminationGracePeriodSeconds: 1,
			containers: [{name: app, image: "{{.Image}}", imagePullPolicy: "{{.Pull}}", resources: {requests: {cpu: 200m}}}]}}`,
		then:  once(ready, claimsNode),
		proof: "PodResizePending, Deferred", want: expectation{cause: "none|resize", never: "readiness, liveness"},
	},
	{
		name: "restart-all", app: `{readinessProbe: {httpGet: {path: /readyz, port: 8080}}, livenessProbe: {httpGet: {path: /livez, port: 8080}}}`,
		spec: `{containers: [{name: watcher, command: [sh, -c, "sleep 25; exit 88"], restartPolicy: Never,
			restartPolicyRules: [{action: RestartAllContainers, exitCodes: {operator: In, values: [88]}}]}]}`,
		proof: "RestartingAllContainers", want: hints("restartAll", "watcher", "watcher, 88", "restart|watcher").but(anyProbe),
	},
	{
		name: "rule-restarts", spec: `{restartPolicy: Never, containers: [{name: envoy, command: [sleep, inf]}]}`,
		app: `{command: [sh, -c, "trap 'exit 42' TERM; while :; do sleep 0.5; done"], livenessProbe: {exec: {command: ["false"]}, failureThreshold: 2},
			restartPolicy: Never, restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]}`,
		proof: "failed liveness probe, \"exitCode\":42, \"lastState\":{\"terminated\"", want: headlines("liveness|rule", "app/liveness", ""),
	},
	{
		name: "rule-restarts-exit", spec: `{restartPolicy: Never, containers: [{name: envoy, command: [sleep, inf]}]}`,
		app:   `{command: [sh, -c, "sleep 25; exit 42"], restartPolicy: Never, restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]}`,
		proof: "\"exitCode\":42, \"lastState\":{\"terminated\"", want: headlines("exit|rule", "app", "42").but(anyProbe),
	},
	{
		name: "wedged", spec: `{restartPolicy: Never}`,
		app: `{command: [sh, -c, "trap 'exit 42' TERM; while :; do sleep 0.5; done"], livenessProbe: {exec: {command: ["false"]}, failureThreshold: 2},
			restartPolicy: Never, restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]}`,
		proof: "Liveness probe failed, Stopping container app, \"exitCode\":42, \"phase\":\"Running\"", want: headlines("wedged|liveness", "app/liveness", ""),
	},
}

// healthyIncidents are pods with which nothing is wrong.
var healthyIncidents = []incident{
	{name: "healthy-plain", app: `{}`, proof: "\"ready\":true", want: fine},
	{
		name: "healthy-probed", core: true, with: service,
		app:   `{startupProbe: {httpGet: {path: /startz, port: 8080}}, readinessProbe: {httpGet: {path: /readyz, port: 8080}}, livenessProbe: {grpc: {port: 9090}}}`,
		proof: "\"ready\":true", want: fine,
	},
	{
		name: "healthy-slow-start", core: true, turns: []string{"handler=http&open=false", "handler=http&open=true&after=30s"},
		app:   `{startupProbe: {httpGet: {path: /startz, port: 8080}, failureThreshold: 100}, readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		proof: "\"ready\":true, Startup probe failed", want: fine,
	},
	{
		name: "healthy-recovered", turns: []string{"handler=http&open=false", "handler=http&open=true&after=30s"},
		app:   `{livenessProbe: {httpGet: {path: /livez, port: 8080}, failureThreshold: 20}, readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		proof: "\"ready\":true, Readiness probe failed, Liveness probe failed", want: fine,
	},
	{
		name: "healthy-redirect", turns: []string{"handler=http&path=/readyz&status=302&location=http://example.com/"},
		app:   `{readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		proof: "\"ready\":true, ProbeWarning", want: fine,
	},
	{
		name: "healthy-job", owner: `{apiVersion: batch/v1, kind: Job}`, spec: `{restartPolicy: Never}`, app: `{command: [sh, -c, "sleep 5"]}`,
		proof: "\"phase\":\"Succeeded\"", want: fine,
	},
	{
		name: "healthy-sidecar", app: `{readinessProbe: {tcpSocket: {port: 7070}}}`,
		spec:  `{initContainers: [{name: prepare, command: ["true"]}, {name: envoy, restartPolicy: Always, command: [sleep, inf], startupProbe: {exec: {command: ["true"]}}}]}`,
		proof: "\"ready\":true", want: fine,
	},
	{
		name: "healthy-deployment", owner: `{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 2}}`, with: service,
		app:   `{readinessProbe: {httpGet: {path: /readyz, port: 8080}}, lifecycle: {postStart: {exec: {command: ["true"]}}}}`,
		proof: "\"ready\":true", want: fine,
	},
	{
		name: "healthy-gate", app: `{}`, spec: `{readinessGates: [{conditionType: ` + gate + `}]}`, then: setsGate("True"),
		proof: "\"ready\":true", want: fine,
	},
}
