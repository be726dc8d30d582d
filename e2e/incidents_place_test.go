package e2e

// placeIncidents are pods without a node, or with one that will not or cannot have them.
var placeIncidents = []incident{
	{
		name: "unscheduled-cpu", core: true, app: `{resources: {requests: {cpu: "1000"}}, readinessProbe: {httpGet: {port: 8080}}}`,
		proof: "FailedScheduling, Insufficient cpu", want: headlines("unscheduled", "", "cpu").but(anyProbe),
	},
	{
		name: "unscheduled-memory", app: `{resources: {requests: {memory: 900Gi}}}`,
		proof: "FailedScheduling, Insufficient memory", want: headlines("unscheduled", "", "memory"),
	},
	{
		name: "unscheduled-selector", app: `{}`, spec: `{nodeSelector: {disk: nvme}}`,
		proof: "FailedScheduling, node affinity/selector", want: headlines("unscheduled", "", "selector|affinity|disk"),
	},
	{
		name: "unscheduled-host-port", app: `{ports: [{containerPort: 8080, hostPort: 28080}]}`,
		with: `{apiVersion: v1, kind: Pod, metadata: {name: "{{.Name}}-rival"}, spec: {nodeName: "{{.Node}}", enableServiceLinks: false, terminationGracePeriodSeconds: 1,
			containers: [{name: app, image: "{{.Image}}", imagePullPolicy: "{{.Pull}}", ports: [{containerPort: 8080, hostPort: 28080}]}]}}`,
		proof: "FailedScheduling, free ports", want: headlines("unscheduled", "", "port"),
	},
	{
		name: "unscheduled-no-claim", app: `{}`, spec: `{volumes: [{name: data, persistentVolumeClaim: {claimName: web-data}}]}`,
		proof: "FailedScheduling, persistentvolumeclaim \\\"web-data\\\" not found", want: headlines("unscheduled", "", "web-data|claim|persistentvolumeclaim"),
	},
	{
		name: "unscheduled-unbound-claim", app: `{}`, spec: `{volumes: [{name: data, persistentVolumeClaim: {claimName: "{{.Name}}"}}]}`,
		with: `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: "{{.Name}}"},
			spec: {accessModes: [ReadWriteOnce], storageClassName: "", resources: {requests: {storage: 1Gi}}}}`,
		proof: "FailedScheduling, PersistentVolumeClaims", want: headlines("unscheduled", "", "claim|PersistentVolumeClaim"),
	},
	{
		name: "unscheduled-no-scheduler", app: `{}`, spec: `{schedulerName: volcano}`,
		proof: "\"phase\":\"Pending\"", want: headlines("unscheduled|unknown", "", "volcano|scheduler"),
	},
	{
		name: "gated-scheduling", app: `{}`, spec: `{schedulingGates: [{name: probetop.dev/quota}]}`,
		proof: "SchedulingGated", want: headlines("gatedScheduling", "", "probetop.dev/quota"),
	},
	{
		name: "node-dead", app: `{readinessProbe: {httpGet: {port: 8080}}}`,
		spec:  `{nodeName: "{{.Namespace}}-dead", tolerations: [{operator: Exists}]}`,
		with:  deadNode,
		proof: "\"phase\":\"Pending\"", want: headlines("node", "", "{{.Namespace}}-dead").but(anyProbe),
	},
	{
		name: "node-died", app: `{readinessProbe: {httpGet: {port: 8080}}}`, // it was running there when the node died
		spec: `{nodeName: "{{.Namespace}}-died", tolerations: [{operator: Exists}]}`,
		with: diedNode, then: wasRunning,
		proof: "\"phase\":\"Running\"", want: headlines("node", "", "{{.Namespace}}-died").but(anyProbe),
	},
	{
		name: "admission-cpu", app: `{resources: {requests: {cpu: "1000"}}}`, spec: `{nodeName: "{{.Node}}"}`,
		proof: "OutOfcpu", want: headlines("admission", "", "cpu").but(anyProbe),
	},
	{
		name: "admission-selector", app: `{}`, spec: `{nodeName: "{{.Node}}", nodeSelector: {disk: nvme}}`,
		proof: "NodeAffinity|Predicate", want: headlines("admission", "", "selector|affinity|NodeAffinity"),
	},
	{
		name: "admission-sysctl", app: `{}`, spec: `{securityContext: {sysctls: [{name: kernel.msgmax, value: "65536"}]}}`,
		proof: "SysctlForbidden", want: headlines("admission", "", "sysctl|kernel.msgmax"),
	},
	{
		name: "gate-missing", core: true, app: `{readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`, spec: `{readinessGates: [{conditionType: ` + gate + `}]}`,
		proof: "ReadinessGatesNotReady", want: headlines("gate", "", gate).but("readiness of, 8080"),
	},
	{
		name: "gate-false", app: `{readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`, spec: `{readinessGates: [{conditionType: ` + gate + `}]}`,
		then:  setsGate("False"),
		proof: "ReadinessGatesNotReady, Chosen", want: headlines("gate", "", gate+", False|Chosen").but("readiness of, 8080"),
	},
	{
		name: "endpoints-port-name", app: `{ports: [{name: http, containerPort: 8080}], readinessProbe: {httpGet: {path: /readyz, port: 8080}}}`,
		with:  `{apiVersion: v1, kind: Service, metadata: {name: "{{.Name}}"}, spec: {selector: {incident: "{{.Name}}"}, ports: [{port: 80, targetPort: web}]}}`,
		proof: "\"ready\":true", want: headlines("endpoints", "", "endpoints-port-name|service, web").but(anyProbe),
	},
}

// deadNode is a node that no kubelet has served for long, and diedNode one of another name.
const (
	deadNode = `{apiVersion: v1, kind: Node, metadata: {name: "{{.Namespace}}-dead", labels: {incident: "{{.Name}}"}},
	status: {conditions: [{type: Ready, status: Unknown, reason: NodeStatusUnknown, message: Kubelet stopped posting node status.}]}}`
	diedNode = `{apiVersion: v1, kind: Node, metadata: {name: "{{.Namespace}}-died", labels: {incident: "{{.Name}}"}},
	status: {conditions: [{type: Ready, status: Unknown, reason: NodeStatusUnknown, message: Kubelet stopped posting node status.}]}}`
	lostNode = `{apiVersion: v1, kind: Node, metadata: {name: "{{.Namespace}}-lost", labels: {incident: "{{.Name}}"}},
	status: {conditions: [{type: Ready, status: Unknown, reason: NodeStatusUnknown, message: Kubelet stopped posting node status.}]}}`
)

// service selects the pod of an incident.
const service = `{apiVersion: v1, kind: Service, metadata: {name: "{{.Name}}"}, spec: {selector: {incident: "{{.Name}}"}, ports: [{port: 80, targetPort: 8080}]}}`
