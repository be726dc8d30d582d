package watch

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/recording/mask"
)

// hooksOf says in a few words what the hooks of a container do, without secrets.
func hooksOf(policy mask.Policy, c *corev1.Container) (postStart, preStop string) {
	if c.Lifecycle == nil {
		return "", ""
	}
	return hookWords(policy, c.Lifecycle.PostStart), hookWords(policy, c.Lifecycle.PreStop)
}

// hookWords says what a hook does: the command, the request, or the sleep.
func hookWords(policy mask.Policy, h *corev1.LifecycleHandler) string {
	switch {
	case h == nil:
		return ""
	case h.Exec != nil:
		return "exec " + strings.Join(policy.Command(h.Exec.Command), " ")
	case h.HTTPGet != nil:
		return "http-get :" + h.HTTPGet.Port.String() + policy.Text(h.HTTPGet.Path)
	case h.TCPSocket != nil:
		return "tcp-socket :" + h.TCPSocket.Port.String()
	case h.Sleep != nil:
		return "sleep " + strconv.FormatInt(h.Sleep.Seconds, 10) + "s"
	}
	return ""
}
