package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"testing"
)

// result is what one run of probetop left behind.
type result struct {
	stdout, stderr string
	code           int
}

// binary is the path of the probetop under test.
func binary(t *testing.T) string {
	t.Helper()
	file, err := shared.binary()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// probetop runs a command of probetop to its end.
func probetop(t *testing.T, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), binary(t), args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+shared.kubeconfig)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("running probetop %q: %v", args, err)
	}
	return result{stdout: stdout.String(), stderr: stderr.String(), code: cmd.ProcessState.ExitCode()}
}

// getReport is what "probetop get -o json" says about a namespace.
func getReport(t *testing.T, ns string) report {
	t.Helper()
	res := probetop(t, "get", "-n", ns, "-o", "json")
	if res.code != 0 {
		t.Fatalf("probetop get -n %s -o json: exit code %d, want 0:\n%s", ns, res.code, res.stderr)
	}
	var r report
	if err := json.Unmarshal([]byte(res.stdout), &r); err != nil {
		t.Fatalf("decoding the report: %v\n%s", err, res.stdout)
	}
	return r
}
