package e2e

import "time"

// killStories are of section 7.5, and of 1.12, 1.13 and 5.5.
var killStories = []story{
	{
		names: []string{"K02 the startup probe's own grace"}, turns: []string{"handler=http&status=500"},
		spec: `{terminationGracePeriodSeconds: 120}`,
		main: `{args: [-linger, 300s], startupProbe: {httpGet: {port: 8080}, failureThreshold: 1, terminationGracePeriodSeconds: 3}}`,
		beats: []beat{
			{probes: "startup failed high 1/1"},
			{restarts: "startup ...", within: 60 * time.Second},
		},
	},
	{
		names: []string{"K06 preStop + failing liveness"}, turns: []string{"handler=http&status=500"}, spec: `{terminationGracePeriodSeconds: 20}`,
		main: `{livenessProbe: {httpGet: {port: 8080}, failureThreshold: 1}, lifecycle: {preStop: {exec: {command: [sleep, "4"]}}}}`,
		beats: []beat{
			{probes: "liveness failed certain 1/1"},
			{restarts: "liveness ..."},
		},
	},
	{
		names: []string{"K07 pod deleted, readiness fails on SIGTERM", "K08 same + liveness", "S04 ready × terminating"}, spec: `{terminationGracePeriodSeconds: 30}`,
		main: `{args: [-on-term, handler=http&path=/ready&status=503, -on-term, handler=http&path=/live&status=503, -linger, 12s],
			readinessProbe: {httpGet: {port: 8080, path: /ready}, periodSeconds: 1}, livenessProbe: {httpGet: {port: 8080, path: /live}, periodSeconds: 1, failureThreshold: 1}}`,
		service: `{ports: [{port: 80}]}`,
		beats: []beat{
			{probes: "readiness passing high, liveness passing high", traffic: "ready true, serving true, terminating false", then: deletes},
			{probes: "liveness suspended certain", traffic: "ready false, serving true, terminating true", status: "Terminating"},
			{probes: "readiness failed high, liveness suspended certain", cause: "STATUS(503)"},
			{probes: "readiness waiting certain, liveness waiting certain"},
		},
	},
	{
		names: []string{"K07 pod deleted, readiness exec fails on SIGTERM"}, spec: `{terminationGracePeriodSeconds: 30}`,
		main: `{args: [-on-term, handler=exec&check=ready&status=1, -linger, 12s], readinessProbe: {exec: {command: [/workload, check, ready]}, failureThreshold: 1}}`,
		beats: []beat{
			{probes: "readiness passing high", then: deletes},
			{probes: "readiness failed high", cause: "EXIT_NONZERO", status: "Terminating"},
		},
		on:   func(minor int) bool { return !freezesExecReadiness(minor) },
		also: "readiness erroring",
	},
	{
		names: []string{"K07 pod deleted, readiness exec is not carried out"}, spec: `{terminationGracePeriodSeconds: 30}`,
		main: `{args: [-on-term, handler=exec&check=ready&status=1, -linger, 12s], readinessProbe: {exec: {command: [/workload, check, ready]}, failureThreshold: 1}}`,
		beats: []beat{
			{probes: "readiness passing high", then: deletes},
			{probes: "readiness erroring high", status: "Terminating"},
		},
		on: freezesExecReadiness,
	},
	{
		names: []string{"K10 sidecar startup gating order"}, main: `{command: [sleep, inf]}`,
		spec: `{initContainers: [{name: proxy, restartPolicy: Always, args: [-turn, "handler=http&status=500,500,500,200"], startupProbe: {httpGet: {port: 8080}, failureThreshold: 10}}]}`,
		beats: []beat{
			{probes: "proxy/startup starting certain 2/10", ready: "", broken: "initialized: startup of proxy is starting: HTTP 5"},
			{probes: "proxy/startup held certain"},
			{probes: "proxy/startup held certain", ready: "proxy main", broken: noService},
		},
	},
	{
		names: []string{"K12 sidecar liveness fails", "K09 sidecar variants"}, main: `{command: [sleep, inf]}`,
		spec: `{restartPolicy: Never, initContainers: [{name: proxy, restartPolicy: Always, args: [-turn, "handler=http&status=200,500"],
			livenessProbe: {httpGet: {port: 8080}, failureThreshold: 2}, readinessProbe: {tcpSocket: {port: 1}}}]}`,
		beats: []beat{
			{probes: "proxy/liveness failing high 1/2", cause: "STATUS(500)"},
			{probes: "proxy/liveness failed certain 2/2, proxy/readiness failed high", ready: "main", broken: "readiness: readiness of proxy: connection refused"},
			{restarts: "liveness ..."},
		},
		also: "proxy/liveness passing",
	},
	{
		names: []string{"1.13 never restarted, and nothing else to keep"}, spec: `{restartPolicy: Never}`, turns: []string{"handler=http&status=500"},
		main:  `{livenessProbe: {httpGet: {port: 8080}, failureThreshold: 2}}`,
		beats: []beat{{probes: "liveness waiting certain", restarts: "liveness ...", broken: "none"}},
		also:  "liveness failed",
	},
	{
		names: []string{"5.5 out of memory"}, turns: []string{"handler=memory&eat=100&after=3s"},
		main:  `{resources: {limits: {memory: 40Mi}}, livenessProbe: {httpGet: {port: 8080}}}`,
		beats: []beat{{restarts: "oom ..."}},
		also:  "liveness passing, liveness failing",
	},
	{
		names: []string{"5.5 postStart fails"}, main: `{lifecycle: {postStart: {exec: {command: ["false"]}}}, livenessProbe: {httpGet: {port: 8080}}}`,
		beats: []beat{{probes: "liveness waiting certain", restarts: "postStart? ..."}},
	},
	{
		names: []string{"4.8 an init container fails"}, main: `{livenessProbe: {httpGet: {port: 8080}}}`, spec: `{initContainers: [{name: migrate, command: ["false"]}]}`,
		beats: []beat{{probes: "liveness waiting certain", status: "Init:CrashLoopBackOff", broken: "initialized: migrate: CrashLoopBackOff"}},
	},
}

// statusStories are of section 7.6.
var statusStories = []story{
	{
		names: []string{"S03 readiness gate missing/False"}, main: `{readinessProbe: {httpGet: {port: 8080}}}`, spec: `{readinessGates: [{conditionType: ` + gate + `}]}`,
		beats: []beat{
			{probes: "readiness passing high", broken: "gates: gate " + gate + ": it was never set", then: setsGate("False")},
			{probes: "readiness passing high", broken: "gates: gate " + gate + " is False: Chosen", then: setsGate("True")},
			{probes: "readiness passing high", broken: noService},
		},
	},
	{
		names: []string{"S04 unready × publishNotReady", "W33 readiness always fails"}, main: `{readinessProbe: {tcpSocket: {port: 1}}}`,
		service: `{ports: [{port: 80}], publishNotReadyAddresses: true}`,
		beats: []beat{{
			probes: "readiness failed high 6+/3", traffic: "ready true, serving false, terminating false", broken: "readiness: readiness of main: connection refused",
		}},
	},
	{
		names: []string{"S11 two containers same text", "S01 ContainersReady/Ready matrix"},
		main:  `{livenessProbe: {tcpSocket: {port: 1}, failureThreshold: 100, periodSeconds: 4}, readinessProbe: {httpGet: {port: 8080}}}`,
		spec:  `{containers: [{name: proxy, command: [sleep, inf], livenessProbe: {tcpSocket: {port: 1}, failureThreshold: 100, periodSeconds: 4}, readinessProbe: {tcpSocket: {port: 1}, periodSeconds: 4}}]}`,
		beats: []beat{{
			probes: "liveness failing high 2+/100, proxy/liveness failing high 2+/100, readiness passing high, proxy/readiness failed high 2+/3",
			cause:  "REFUSED", ready: "main", broken: "readiness: readiness of proxy: connection refused",
		}},
	},
}

// freezesExecReadiness reports whether exec readiness probes cannot be carried out once their pod terminates
// (kubernetes/kubernetes#140881).
func freezesExecReadiness(minor int) bool { return minor == 35 || minor == 36 }
