package parity

import (
	"io"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/kubernetes/pkg/probe"
	execprobe "k8s.io/kubernetes/pkg/probe/exec"
	httpprobe "k8s.io/kubernetes/pkg/probe/http"
	"k8s.io/utils/exec"
)

// outputOf returns what a handler of the kubelet puts out for a probe that succeeds: the kubelet itself writes it
// nowhere.
func outputOf(t *testing.T, s *site, pod *corev1.Pod) string {
	t.Helper()
	c := &pod.Spec.Containers[0]
	p := c.ReadinessProbe
	timeout := time.Duration(p.TimeoutSeconds) * time.Second
	var result probe.Result
	var output string
	var err error
	switch {
	case p.HTTPGet != nil:
		request, requestErr := httpprobe.NewRequestForHTTPGetAction(p.HTTPGet, c, pod.Status.PodIP, "probe")
		if requestErr != nil {
			t.Fatal(requestErr)
		}
		handler := httpprobe.New(false)
		if p.HTTPGet.Protocol != nil && *p.HTTPGet.Protocol == corev1.HTTPProtocolHTTP2 {
			result, output, err = handler.ProbeH2C(request, timeout)
		} else {
			result, output, err = handler.Probe(request, timeout)
		}
	case p.Exec != nil:
		argv := kubecontainer.ExpandContainerCommandOnlyStatic(p.Exec.Command, c.Env)
		result, output, err = execprobe.New().Probe(&localCommand{site: s, argv: argv, timeout: timeout})
	case p.GRPC != nil:
		return "service healthy"
	default:
		return ""
	}
	if result != probe.Success || err != nil {
		t.Fatalf("the kubelet's handler: %s, %v; want the success of its worker", result, err)
	}
	return output
}

// localCommand is a command of an exec probe that is run on this machine.
type localCommand struct {
	exec.Cmd
	site    *site
	argv    []string
	timeout time.Duration
	out     io.Writer
}

func (c *localCommand) SetStdout(out io.Writer) { c.out = out }
func (c *localCommand) SetStderr(io.Writer)     {}
func (c *localCommand) Wait() error             { return nil }

func (c *localCommand) Start() error {
	output, err := c.site.execSync(c.site.t.Context(), c.argv, c.timeout)
	if len(output) > 0 {
		_, _ = c.out.Write(output) // cut to its limit
	}
	return err
}
