package e2e

import "time"

// longStories take longer than others, so they begin first.
var longStories = []story{
	{
		names: []string{"S07 same event repeated"}, turns: []string{"handler=http&status=200,500"},
		main:  `{livenessProbe: {httpGet: {port: 8080}, failureThreshold: 100}}`,
		beats: []beat{{probes: "liveness failing high 1/100"}, {probes: "liveness failing high 8+/100"}},
		also:  "liveness passing",
	},
	{
		names: []string{"X18 unique text per run ×10 in 10 min"},
		main:  `{livenessProbe: {exec: {command: [sh, -c, "cat /proc/uptime; exit 1"]}, failureThreshold: 100}}`,
		beats: []beat{
			{probes: "liveness failing high 9/100", cause: "EXIT_NONZERO"},
			{probes: "liveness failing high", combined: true},
		},
	},
	{
		names: []string{"S08 >25 same events at 1 s"}, turns: []string{"handler=http&status=500"},
		main: `{livenessProbe: {httpGet: {port: 8080}, periodSeconds: 1, failureThreshold: 1000}}`,
		beats: []beat{
			{probes: "liveness failing high"},
			{probes: "liveness failing low"},
		},
	},
	{
		names: []string{"K17 OnFailure, exits 0 on SIGTERM, in back-off"}, spec: `{restartPolicy: OnFailure}`, turns: []string{"handler=http&status=500"},
		main: `{livenessProbe: {httpGet: {port: 8080}, failureThreshold: 1}}`,
		beats: []beat{
			{probes: "liveness failed high 1/1"},
			{restarts: "liveness ..."},
			{probes: "liveness waiting certain", status: "Completed", restarts: "liveness? ...", broken: "none"},
		},
	},
	{
		names: []string{"1.14 kills end in a crash loop"}, turns: []string{"handler=http&status=500"}, main: `{livenessProbe: {httpGet: {port: 8080}, failureThreshold: 1}}`,
		beats: []beat{
			{probes: "liveness failed high 1/1"},
			{restarts: "liveness ..."},
			{probes: "liveness waiting certain", status: "CrashLoopBackOff", restarts: "liveness? ...", broken: "started: main: CrashLoopBackOff"},
		},
	},
	theCountSurvives("exit", since(32)),
	theCountSurvives("exit?", before(32)), // probes that fail may have used up the event of a kill
	{
		names: []string{"W10 Sthr=3 readiness"}, turns: []string{"handler=http&status=500,200,200,200,200,200,200,200,200,500"},
		main: `{readinessProbe: {httpGet: {port: 8080}, successThreshold: 3, failureThreshold: 1}}`,
		beats: []beat{
			{probes: "readiness failed high 1/1"},
			{probes: "readiness passing high", broken: noService},
			{probes: "readiness failed high", broken: "readiness: readiness of main: HTTP 500"},
		},
	},
	{
		names: []string{"W09 Fthr=3: 3 ok, 2 fail, 3 fail"}, turns: []string{"handler=http&status=200,200,200,500,500,200,200,200,500"},
		main: `{livenessProbe: {httpGet: {port: 8080}}}`,
		beats: []beat{
			{probes: "liveness passing high"},
			{probes: "liveness failing high 1/3"},
			{probes: "liveness failing high 2/3"},
			{probes: "liveness passing high"},
			{probes: "liveness failing high 1/3"},
			{probes: "liveness failing high 2/3"},
			{probes: "liveness failed high 3/3"},
			{restarts: "liveness ..."},
		},
	},
	{
		names: []string{"W13 liveness Fthr=3 fail", "K05 Kill and recreate the container if the liveness check has failed"},
		turns: []string{"handler=http&status=200,500"}, main: `{livenessProbe: {httpGet: {port: 8080}}}`,
		beats: []beat{
			{probes: "liveness failing high 1/3"},
			{probes: "liveness failing high 2/3"},
			{probes: "liveness failed high 3/3"},
			{restarts: "liveness ..."},
			{probes: "liveness failing high 1/3"},
		},
		also: "liveness passing",
	},
	{
		names: []string{"X07 cat /tmp/health, file removed after 8 s", "W34 fails after 8 s"},
		main: `{command: [sh, -c, "trap exit TERM; touch /tmp/health; sleep 8; rm /tmp/health; while sleep 1; do :; done"],
			livenessProbe: {exec: {command: [cat, /tmp/health]}, failureThreshold: 2}}`,
		beats: []beat{
			{probes: "liveness passing high"},
			{probes: "liveness failing high 1/2", cause: "EXIT_NONZERO", text: "cat: can't open '/tmp/health'"},
			{probes: "liveness failed high 2/2"},
			{restarts: "liveness ..."},
		},
		also: "liveness erroring",
	},
	{
		names: []string{"W14 on hold; then new container ID"}, turns: []string{"handler=http&status=500"},
		main: `{args: [-linger, 6s], livenessProbe: {httpGet: {port: 8080}, failureThreshold: 2, terminationGracePeriodSeconds: 20}}`,
		beats: []beat{
			{probes: "liveness failed certain 2/2"},
			{restarts: "liveness ..."},
			{probes: "liveness failed certain 2/2", restarts: "liveness ..."},
		},
	},
}

// workerStories are of section 7.4.
var workerStories = []story{
	{
		names: []string{"W01 no status / no container status"}, spec: `{nodeSelector: {no: such-node}}`, main: `{livenessProbe: {httpGet: {port: 8080}}}`,
		beats: []beat{{probes: "liveness waiting certain", broken: "scheduled: not scheduled: "}},
	},
	{
		names: []string{"W15 started=false, liveness failing", "W32 startup ok after some time, then failing liveness"},
		turns: []string{"handler=http&path=/start&status=500,500,500,500,200", "handler=http&path=/live&status=500"},
		main:  `{startupProbe: {httpGet: {port: 8080, path: /start}, failureThreshold: 60}, livenessProbe: {httpGet: {port: 8080, path: /live}, failureThreshold: 1}}`,
		beats: []beat{
			{probes: "startup starting certain 4/60, liveness gated certain"},
			{probes: "liveness failed high 1/1, startup held certain", cause: "STATUS(500)"},
			{restarts: "liveness ..."},
			{probes: "startup starting certain, liveness gated certain", restarts: "liveness ..."},
		},
	},
	{
		names: []string{"W31 failing liveness, startup pending Fthr=60"}, turns: []string{"handler=http&status=500"},
		main:  `{startupProbe: {httpGet: {port: 8080}, failureThreshold: 60}, livenessProbe: {httpGet: {port: 8080}, failureThreshold: 1}}`,
		beats: []beat{{probes: "startup starting certain 8/60, liveness gated certain", broken: "started: startup of main is starting: HTTP 5"}},
	},
	{
		names: []string{"W20 readiness flips", "S04 ready, then unready"}, turns: []string{"handler=http&status=200,200,200,200,200,200,500,500,500,500,200"},
		main: `{readinessProbe: {httpGet: {port: 8080}, failureThreshold: 2}}`, service: `{ports: [{port: 80}]}`,
		beats: []beat{
			{probes: "readiness passing high", broken: "none", traffic: "ready true, serving true, terminating false"},
			{probes: "readiness failing high 1/2", broken: "none"},
			{probes: "readiness failed high 2+/2", broken: "readiness: readiness of main: HTTP 500"},
			{probes: "readiness failed high", traffic: "ready false, serving false, terminating false"},
			{probes: "readiness passing high", broken: "none", traffic: "ready true, serving true, terminating false"},
		},
	},
	{
		names: []string{"W12 startup Fthr=3", "W30 startup fails Fthr=3"}, turns: []string{"handler=http&status=500"}, main: `{startupProbe: {httpGet: {port: 8080}}}`,
		beats: []beat{
			{probes: "startup starting certain 1/3"},
			{probes: "startup starting certain 2/3"},
			{probes: "startup failed high 3/3", broken: "started: startup of main: HTTP 500"},
			{restarts: "startup ..."},
		},
	},
	{
		names: []string{"W11 startup Sthr=1", "W16 startup after started"}, turns: []string{"handler=http&status=500,200,500"},
		main: `{startupProbe: {httpGet: {port: 8080}}, livenessProbe: {tcpSocket: {port: 7070}}}`,
		beats: []beat{
			{probes: "startup starting certain 1/3, liveness gated certain", broken: "started: startup of main is starting"},
			{probes: "startup held certain"},
			{probes: "startup held certain, liveness passing high", broken: noService},
		},
	},
	{
		names: []string{"W29 startup passes, readiness P=30"}, turns: []string{"handler=http&status=500,500,200"},
		main: `{startupProbe: {httpGet: {port: 8080}}, readinessProbe: {tcpSocket: {port: 7070}, periodSeconds: 30}}`,
		beats: []beat{
			{probes: "readiness gated certain, startup starting certain"},
			{probes: "startup held certain"},
			{probes: "readiness passing high, startup held certain", broken: noService, within: 10 * time.Second},
		},
	},
	{
		names: []string{"W06 container restart rules"}, spec: `{restartPolicy: Never}`,
		main: `{command: [sh, -c, sleep 5; exit 42], restartPolicy: Never, restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}],
			livenessProbe: {tcpSocket: {port: 8080}, failureThreshold: 100}}`,
		beats: []beat{
			{probes: "liveness failing high 1/100"},
			{restarts: "exit ..."},
			{probes: "liveness failing high", restarts: "exit ..."},
		},
		on: since(35),
	},
	{
		names: []string{"W08 D=10, fresh container"},
		main:  `{livenessProbe: {httpGet: {port: 8080}, initialDelaySeconds: 10}, readinessProbe: {httpGet: {port: 8080}, initialDelaySeconds: 10}}`,
		beats: []beat{
			{probes: "liveness delayed high, readiness delayed high", broken: "readiness: readiness of main is delayed"},
			{probes: "liveness passing high, readiness passing high", broken: noService},
		},
	},
	{
		names: []string{"W21 UpdatePodStatus matrix"},
		spec: `{restartPolicy: Never, containers: [
			{name: unprobed, command: [sleep, inf]},
			{name: probed, command: [sleep, inf], readinessProbe: {exec: {command: ["true"]}, periodSeconds: 3}},
			{name: unready, command: [sleep, inf], readinessProbe: {tcpSocket: {port: 1}, periodSeconds: 5}},
			{name: pending, command: [sleep, inf], startupProbe: {tcpSocket: {port: 1}, failureThreshold: 100, periodSeconds: 5}},
			{name: ended, command: ["true"]}]}`,
		beats: []beat{{
			probes: "probed/readiness passing high, unready/readiness failed high, pending/startup starting certain", ready: "unprobed probed",
			restarts: "exit ...", broken: "started: ended ended: Completed",
		}},
		on: since(32), // before, five containers that start use up the events of the probes that fail
	},
	{
		names: []string{"W05 container terminated (restartPolicy Never)"}, spec: `{restartPolicy: Never, containers: [{name: other}]}`,
		main:  `{command: [sh, -c, sleep 3; exit 3], livenessProbe: {tcpSocket: {port: 8080}, failureThreshold: 100}}`,
		beats: []beat{{probes: "liveness waiting certain", restarts: "exit ...", broken: "started: main ended: Error, exit code 3", ready: "other"}},
		also:  "liveness failing",
	},
	{
		names: []string{"W02 pod Failed"}, spec: `{restartPolicy: Never}`, main: `{command: [sh, -c, sleep 2; exit 4], livenessProbe: {tcpSocket: {port: 8080}, failureThreshold: 100}}`,
		beats: []beat{{probes: "liveness waiting certain", status: "Error", restarts: "exit ...", broken: "none"}},
		also:  "liveness failing",
	},
	{
		names: []string{"W04 container waiting"}, main: `{image: "x.invalid/x:x", livenessProbe: {httpGet: {port: 8080}}, startupProbe: {httpGet: {port: 8080}}}`,
		beats: []beat{{probes: "liveness waiting certain, startup waiting certain", broken: "started: main: Err"}},
	},
}

// theCountSurvives is a story whose container crashes while it fails; exit is what the ledger says of that.
func theCountSurvives(exit string, on func(minor int) bool) story {
	return story{
		names: []string{"1.6 the count survives a crash"},
		main: `{command: [sh, -c, "[ -e /kept/crashed ] || { touch /kept/crashed; sleep 5; exit 3; }; exec sleep 600"], volumeMounts: [{name: kept, mountPath: /kept}],
			livenessProbe: {tcpSocket: {port: 8080}, failureThreshold: 7}}`,
		spec: `{volumes: [{name: kept, emptyDir: {}}]}`,
		beats: []beat{
			{probes: "liveness failing high 2/7"},
			{restarts: exit + " ..."},
			{probes: "liveness failed high 7/7", restarts: exit + " ..."},
			{restarts: "liveness " + exit},
		},
		on: on,
	}
}

// since and before are the kubelets from a minor version on, and those before it.
func since(version int) func(minor int) bool { return func(minor int) bool { return minor >= version } }

func before(version int) func(minor int) bool { return func(minor int) bool { return minor < version } }
