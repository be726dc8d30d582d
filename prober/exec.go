package prober

import (
	"context"
	"fmt"
	"strings"

	"github.com/probetop/probetop/model"
)

// startErrorPrefix is what the streaming server of a container runtime puts before the error that the runtime
// returns to the kubelet.
const startErrorPrefix = "error executing command in container: "

// execute runs a command in the container. It mirrors pkg/probe/exec/exec.go and the ExecSync of the kubelet's
// runtime client.
func (c *Check) execute(ctx context.Context, t *trial) outcome {
	t.phase(PhaseRun)
	result, err := t.via.Exec(ctx, c.argv, t.budget.allowed())
	if err != nil {
		b := broken(err)
		if b == nil {
			b = &Broken{Err: err}
		}
		return b.none()
	}
	t.budget.restart(result.Began, result.RoundTrip)
	output := append(append([]byte{}, result.Stdout...), result.Stderr...)
	output = output[:min(len(output), bodyRead)]
	t.keep(output)
	switch {
	case result.StartError != "":
		return errored(startError(result.StartError))
	case result.TimedOut, t.budget.late():
		return failure(c.execTimeout())
	case result.ExitCode != 0:
		return failure(string(output))
	}
	return outcome{verdict: model.ShadowSuccess, text: string(output)}
}

// startError returns the error that the kubelet gets for a command which the runtime could not start.
func startError(text string) string {
	if raw, ok := strings.CutPrefix(text, startErrorPrefix); ok {
		return "rpc error: code = Unknown desc = " + raw
	}
	return text
}

// execTimeout returns the text for a command that took too long, which depends on the runtime and the version.
func (c *Check) execTimeout() string {
	command := strings.Join(c.argv, " ")
	switch {
	case c.node.crio():
		return "command timed out"
	case c.node.before(31):
		return fmt.Sprintf("command %q timed out", command)
	}
	return fmt.Sprintf("command timed out: %q timed out after %v", command, c.Timeout)
}
