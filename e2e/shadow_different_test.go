package e2e

import (
	"fmt"
	"testing"
)

// boundToPodIP makes the workload listen on the pod IP, and not on localhost.
const boundToPodIP = `args: [-bind, $(IP)], env: [{name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]`

// shadowDifferentCases are pods that the kubelet and a tunnel do not, or not in the same way, get at.
var shadowDifferentCases = []shadowCase{
	{name: "on 127.0.0.1 only, http", main: `{args: [-bind, 127.0.0.1], readinessProbe: {httpGet: {port: 8080}}}`, kubelet: "failure", here: "success", classes: "N1"},
	{name: "on 127.0.0.1 only, tcp", main: `{args: [-bind, 127.0.0.1], readinessProbe: {tcpSocket: {port: 7070}}}`, kubelet: "failure", here: "success", classes: "N1"},
	{
		name: "on 127.0.0.1 only, grpc", main: `{args: [-bind, 127.0.0.1], readinessProbe: {grpc: {port: 9090}, timeoutSeconds: 1}}`,
		kubelet: "failure", here: "success", classes: "N1",
	},
	{name: "on the pod IP only, http", main: `{` + boundToPodIP + `, readinessProbe: {httpGet: {port: 8080}}}`, here: "failure", classes: "N2", unreached: true},
	{name: "on the pod IP only, tcp", main: `{` + boundToPodIP + `, livenessProbe: {tcpSocket: {port: 7070}}}`, kind: "liveness", here: "failure", classes: "N2", unreached: true},
	{name: "a host", main: `{readinessProbe: {httpGet: {port: 1, host: 127.0.0.1}}}`, kubelet: "failure", here: "none", classes: "N3"},
	{name: "a host by its name", main: `{readinessProbe: {tcpSocket: {port: 1, host: localhost}}}`, kubelet: "failure", here: "none", classes: "N10"},
	{
		name: "nearly too slow", turns: []string{"handler=http&delay=1800ms"}, main: `{readinessProbe: {httpGet: {port: 8080}, timeoutSeconds: 2}}`,
		kubelet: "success failure", here: "success failure", classes: "D1 T5", runs: 3,
	},
	{name: "others are denied", turns: []string{"handler=http&denies=others"}, main: `{readinessProbe: {httpGet: {port: 8080}}}`, kubelet: "failure", here: "success", classes: "N6"},
	{name: "loopback is denied", turns: []string{"handler=http&denies=loopback"}, main: `{readinessProbe: {httpGet: {port: 8080}}}`, here: "failure", classes: "N6"},
	{name: "a body without an end", turns: []string{"handler=http&breaks=body"}, main: `{readinessProbe: {httpGet: {port: 8080}, timeoutSeconds: 1}}`, kubelet: "errored", classes: "P4", loose: true},
	{name: "an initial delay", main: `{readinessProbe: {httpGet: {port: 8080}, initialDelaySeconds: 600}}`, kubelet: "none", here: "success", classes: "T3"},
	{name: "started already", main: `{startupProbe: {httpGet: {port: 8080}}}`, kind: "startup", here: "success", classes: "A0"},
	{
		name: "not started yet", turns: []string{"handler=http&path=/started&status=503"}, kubelet: "none", here: "success", classes: "T3",
		main: `{startupProbe: {httpGet: {port: 8080, path: /started}}, readinessProbe: {tcpSocket: {port: 7070}}}`,
	},
}

// hostNetworkCases are pods in the network of their node, on ports that are free here.
func hostNetworkCases(t *testing.T) []shadowCase {
	const inNode = `hostNetwork: true`
	listening := func(address, probe string) string {
		port := freePort(t)
		return fmt.Sprintf(`{command: [httpd, -f, -p, "%s:%d", -h, /etc], env: [{name: IP, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}], readinessProbe: %s}`,
			address, port, fmt.Sprintf(probe, port))
	}
	return []shadowCase{
		{name: "host network", spec: inNode, main: listening("0.0.0.0", `{tcpSocket: {port: %d}}`)},
		{name: "host network, on the node's IP only", spec: inNode, main: listening("$(IP)", `{tcpSocket: {port: %d}}`), here: "failure", classes: "N4", unreached: true},
		{name: "host network, on 127.0.0.1 only", spec: inNode, main: listening("127.0.0.1", `{tcpSocket: {port: %d}}`), kubelet: "failure", here: "success", classes: "N4"},
		{name: "host network, asked at 127.0.0.1", spec: inNode, main: listening("127.0.0.1", `{httpGet: {port: %d, host: 127.0.0.1, path: /hostname}}`)},
	}
}
