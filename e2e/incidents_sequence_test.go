package e2e

// sequenceIncidents are pods that do not get beyond an init container, a sidecar or a hook.
var sequenceIncidents = []incident{
	{
		name: "init-exit", core: true, app: `{livenessProbe: {httpGet: {port: 8080}}, readinessProbe: {httpGet: {port: 8080}}}`,
		spec:  `{initContainers: [{name: migrate, command: [sh, -c, "sleep 15; exit 9"]}]}`,
		proof: "\"exitCode\":9, \"name\":\"migrate\"", want: headlines("init", "migrate", "exit code 9").but(anyProbe),
	},
	{
		name: "init-exit-never", app: `{}`,
		spec:  `{restartPolicy: Never, initContainers: [{name: migrate, command: [sh, -c, "sleep 15; exit 9"]}]}`,
		proof: "\"exitCode\":9, \"phase\":\"Failed\"", want: headlines("init|failed", "migrate", "exit code 9").but("starts again"),
	},
	{
		name: "init-hangs", app: `{livenessProbe: {httpGet: {port: 8080}}}`,
		spec:  `{initContainers: [{name: prepare, command: ["true"]}, {name: wait-for-db, command: [sleep, inf]}]}`,
		proof: "PodInitializing, \"name\":\"wait-for-db\"", want: headlines("init", "wait-for-db", "").but(anyProbe),
	},
	{
		name: "init-oom", app: `{}`,
		spec:  `{initContainers: [{name: migrate, args: [-turn, "handler=memory&eat=96&after=15s"], resources: {limits: {memory: 48Mi}}}]}`,
		proof: "OOMKilled", want: headlines("init|oom", "migrate", "OOMKilled"),
	},
	{
		name: "image-init", app: `{}`,
		spec:  `{initContainers: [{name: migrate, image: "probetop.dev/absent:4", imagePullPolicy: Never}]}`,
		proof: "ErrImageNeverPull", want: headlines("image|init", "migrate", "probetop.dev/absent:4"),
	},
	{
		name: "config-init", app: `{}`,
		spec:  `{initContainers: [{name: migrate, envFrom: [{secretRef: {name: db-admin}}]}]}`,
		proof: "CreateContainerConfigError", want: headlines("config|init", "migrate", "secret, db-admin"),
	},
	{
		name: "poststart-fails", app: `{lifecycle: {postStart: {exec: {command: [sh, -c, "echo no token; exit 1"]}}}, livenessProbe: {httpGet: {port: 8080}}}`,
		proof: "FailedPostStartHook", want: headlines("postStart", "app", "postStart").but("liveness"),
	},
	{
		name: "poststart-hangs", app: `{lifecycle: {postStart: {exec: {command: [sleep, "480"]}}}, livenessProbe: {httpGet: {port: 8080}}}`,
		proof: "ContainerCreating|PodInitializing", want: headlines("postStart|starting", "app", "postStart").but("liveness"),
	},
	{
		name: "poststart-http", app: `{lifecycle: {postStart: {httpGet: {path: /warm, port: 8081}}}, readinessProbe: {httpGet: {port: 8080}}}`,
		proof: "FailedPostStartHook", want: headlines("postStart", "app", "postStart").but("readiness"),
	},
}

// deletedIncidents are pods that are being deleted or that something other than their containers has ended.
var deletedIncidents = []incident{
	{
		name: "terminating-prestop", core: true, spec: `{terminationGracePeriodSeconds: 500}`,
		app:   `{lifecycle: {preStop: {exec: {command: [sleep, "480"]}}}, readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		then:  once(ready, deletes),
		proof: "\"deletionTimestamp\"", want: headlines("terminating", "app", "preStop").but(anyProbe),
	},
	{
		name: "terminating-stubborn", spec: `{terminationGracePeriodSeconds: 500}`,
		app:   `{command: [sh, -c, "trap '' TERM; while :; do sleep 1; done"]}`,
		then:  once(ready, deletes),
		proof: "\"deletionTimestamp\"", want: headlines("terminating", "app", "").but("preStop"),
	},
	{
		name: "terminating-finalizer", app: `{}`, meta: `{finalizers: [probetop.dev/billing]}`,
		then:  once(ready, deletes),
		proof: "\"deletionTimestamp\", probetop.dev/billing", want: headlines("terminating", "", "probetop.dev/billing|finalizer"),
	},
	{
		name: "terminating-node", app: `{readinessProbe: {httpGet: {port: 8080}}}`,
		spec: `{nodeName: "{{.Namespace}}-lost", tolerations: [{operator: Exists}]}`,
		with: lostNode, then: inOrder(wasRunning, deletes),
		proof: "\"deletionTimestamp\"", want: headlines("terminating|node", "", "{{.Namespace}}-lost").but("preStop, " + anyProbe),
	},
	{
		name: "evicted-by-api", spec: `{terminationGracePeriodSeconds: 500}`, app: `{lifecycle: {preStop: {exec: {command: [sleep, "480"]}}}}`,
		then:  once(ready, evicts),
		proof: "\"deletionTimestamp\", EvictionByEvictionAPI", want: headlines("evicted|terminating", "app", "evict").but(anyProbe),
	},
	{
		name: "preempted", spec: `{terminationGracePeriodSeconds: 500}`,
		app:   `{resources: {limits: {probetop.dev/licence: "1"}}, lifecycle: {preStop: {exec: {command: [sleep, "480"]}}}}`,
		first: offersLicence,
		then: once(ready, makes(`{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: "{{.Namespace}}-urgent"}, value: 1000}
---
{apiVersion: v1, kind: Pod, metadata: {name: "{{.Name}}-by"}, spec: {priorityClassName: "{{.Namespace}}-urgent", terminationGracePeriodSeconds: 1, enableServiceLinks: false,
	containers: [{name: app, image: "{{.Image}}", imagePullPolicy: "{{.Pull}}", resources: {limits: {probetop.dev/licence: "1"}}}]}}`)),
		proof: "\"deletionTimestamp\", PreemptionByScheduler", want: headlines("preempted", "app", "preempt").but(anyProbe),
	},
	{
		name: "deadline", spec: `{activeDeadlineSeconds: 20}`, app: `{livenessProbe: {httpGet: {port: 8080}}}`,
		proof: "DeadlineExceeded", want: headlines("deadline", "", "deadline").but(anyProbe),
	},
	{
		name: "evicted-emptydir", spec: `{volumes: [{name: cache, emptyDir: {sizeLimit: 1Mi}}]}`,
		app:   `{command: [sh, -c, "dd if=/dev/zero of=/cache/f bs=1M count=4; exec sleep 9999"], volumeMounts: [{name: cache, mountPath: /cache}]}`,
		proof: "Evicted", want: headlines("evicted", "", "cache|emptyDir|disk").but(anyProbe),
		at: map[int]expectation{1: {cause: "none|evicted"}}, happens: 3,
	},
	{
		name: "replaced-unready", turns: []string{"handler=http&path=/livez&status=503"},
		app:   `{livenessProbe: {httpGet: {path: /livez, port: 8080}, failureThreshold: 2}}`,
		then:  once(restarted, replaces(`{readinessProbe: {httpGet: {path: /readyz, port: 9999}}}`)),
		proof: "Readiness probe failed, 9999, Killing", want: headlines("readiness|replaced", "app/readiness", "9999").but("liveness, 503"),
	},
	{
		name: "healthy-replaced", turns: []string{"handler=http&path=/livez&status=503"},
		app:   `{livenessProbe: {httpGet: {path: /livez, port: 8080}, failureThreshold: 2}}`,
		then:  once(restarted, replaces(`{readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`)),
		proof: "\"ready\":true", want: expectation{cause: "none|replaced", never: "liveness, 503"},
	},
}
