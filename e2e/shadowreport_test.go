package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// shadowReport is the part of what "probetop shadow -o json" prints that the tests read.
type shadowReport struct {
	Handler, State, Target string
	Gone                   bool
	Shadow                 *struct {
		Class, Name, Certainty, Explain string
		Kubelet                         struct{ Outcome, Cause, Text, Certainty string }
	}
	Runs []struct {
		Outcome, Lack, Text string
		Attempts            []struct{ DurationMs, TookMs float64 }
	}
}

// class is how the probe compares, empty when it was not compared.
func (r *shadowReport) class() string {
	if r.Shadow == nil {
		return ""
	}
	return r.Shadow.Class
}

// shadow runs the probe of one kind of a pod from here, and returns the report and the exit code. Which cluster it is, is
// the kubeconfig's to say.
func shadow(ctx context.Context, kubeconfig, ns, pod, kind string, args ...string) (shadowReport, int, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	binary, err := shared.binary()
	if err != nil {
		return shadowReport{}, 0, err
	}
	args = append([]string{"shadow", "pod/" + pod, "-n", ns, "--probe", kind, "-o", "json", "--allow-exec"}, args...)
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return shadowReport{}, 0, fmt.Errorf("running probetop: %w", err)
	}
	var r shadowReport
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil || len(r.Runs) == 0 {
		return shadowReport{}, 0, fmt.Errorf("decoding %q (%w), exit code %d: %s", stdout.String(), err, cmd.ProcessState.ExitCode(), stderr.String())
	}
	return r, cmd.ProcessState.ExitCode(), nil
}
