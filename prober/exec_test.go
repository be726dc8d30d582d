package prober_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

// ends returns a way on which every command ends alike, and counts them.
func ends(result prober.ExecResult, runs *int) prober.Paths {
	return prober.Paths{Exec: func(context.Context, []string, time.Duration) (prober.ExecResult, error) {
		*runs++
		return result, nil
	}}
}

func TestExec(t *testing.T) {
	t.Parallel()
	long := bytes.Repeat([]byte("o"), 10000)
	onCRIO := prober.NodeInfo{KubeletVersion: "v1.36.0", RuntimeVersion: "cri-o://1.36.0"}
	old := prober.NodeInfo{KubeletVersion: "v1.30.4", RuntimeVersion: "containerd://1.7.0"}
	for name, c := range map[string]struct {
		node    prober.NodeInfo
		result  prober.ExecResult
		verdict model.ShadowVerdict
		text    string
		runs    int
	}{
		"success":         {newest, prober.ExecResult{Stdout: []byte("fine\n")}, model.ShadowSuccess, "fine\n", 1},
		"failure":         {newest, prober.ExecResult{Stdout: []byte("out"), Stderr: []byte("err"), ExitCode: 3}, model.ShadowFailure, "outerr", 1},
		"without output":  {newest, prober.ExecResult{ExitCode: 1}, model.ShadowFailure, "", 1},
		"output is cut":   {newest, prober.ExecResult{Stdout: long, Stderr: long, ExitCode: 1}, model.ShadowFailure, string(long) + string(long[:240]), 1},
		"timeout":         {newest, prober.ExecResult{TimedOut: true, Stdout: long}, model.ShadowFailure, `command timed out: "sh -c x \"y\"" timed out after 1s`, 1},
		"timeout, CRI-O":  {onCRIO, prober.ExecResult{TimedOut: true}, model.ShadowFailure, "command timed out", 1},
		"timeout, 1.30":   {old, prober.ExecResult{TimedOut: true}, model.ShadowFailure, `command "sh -c x \"y\"" timed out`, 1},
		"cannot start":    {newest, prober.ExecResult{StartError: "no such file"}, model.ShadowErrored, "no such file", 3},
		"runtime's words": {newest, prober.ExecResult{StartError: "error executing command in container: failed to exec in container: x: unknown"}, model.ShadowErrored, "rpc error: code = Unknown desc = failed to exec in container: x: unknown", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs := 0
			r := checkOn(t, c.node, execute("sh", "-c", `x "y"`)).Run(t.Context(), ends(c.result, &runs))
			expect(t, r, c.verdict, c.text)
			if runs != c.runs || len(r.Attempts) != c.runs {
				t.Errorf("run %d times in %d attempts, want %d", runs, len(r.Attempts), c.runs)
			}
		})
	}
}

func TestExecThatBreaks(t *testing.T) {
	t.Parallel()
	for err, lack := range map[error]model.ShadowLack{
		errCut:                      model.LackTunnel,
		&prober.Broken{Err: errCut}: model.LackTunnel,
		&prober.Broken{Err: errors.New("still running"), Lack: model.LackUnfinished}: model.LackUnfinished,
		context.DeadlineExceeded: model.LackTunnel,
	} {
		fail := func(context.Context, []string, time.Duration) (prober.ExecResult, error) {
			return prober.ExecResult{}, err
		}
		r := check(t, execute("true")).Run(t.Context(), prober.Paths{Exec: fail})
		expectNone(t, r, lack)
		if len(r.Attempts) != 1 {
			t.Errorf("%d attempts after %v, want 1", len(r.Attempts), err)
		}
	}
}

func TestExpansion(t *testing.T) {
	t.Parallel()
	env := []corev1.EnvVar{
		{Name: "NAME", Value: "value"},
		{Name: "NESTED", Value: "$(NAME)"},
		{Name: "NAME2", Value: "a"},
		{Name: "NAME2", Value: "b"},
		{Name: "SECRET", ValueFrom: &corev1.EnvVarSource{}},
	}
	for word, want := range map[string]string{
		"$(NAME)": "value", "a$(NAME)b$(NAME)": "avaluebvalue", "$(NESTED)": "$(NAME)", "$(NAME2)": "b", "[$(SECRET)]": "[]", "$(MISSING)": "$(MISSING)",
		"$$(NAME)": "$(NAME)", "$$$(NAME)": "$value", "$$": "$", "$": "$", "a$": "a$", "$(": "$(", "$(NAME": "$(NAME", "$()": "$()", "$NAME": "$NAME", "${NAME}": "${NAME}", "$é": "$é", "": "",
	} {
		if got := argv(t, newest, env, word); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
	// Until 1.33 the first byte after a dollar was taken for a character.
	if got, want := argv(t, prober.NodeInfo{KubeletVersion: "v1.33.5"}, env, "$é!"), "$\u00c3\xa9!"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// argv returns the word of a command as it is run.
func argv(t *testing.T, node prober.NodeInfo, env []corev1.EnvVar, word string) string {
	t.Helper()
	var got []string
	c := checkOn(t, node, execute("cmd", word), func(pod *corev1.Pod) { pod.Spec.Containers[0].Env = env })
	c.Run(t.Context(), prober.Paths{Exec: func(_ context.Context, argv []string, _ time.Duration) (prober.ExecResult, error) {
		got = slices.Clone(argv)
		return prober.ExecResult{}, nil
	}})
	if len(got) != 2 || got[0] != "cmd" {
		t.Fatalf("ran %q", got)
	}
	return strings.Clone(got[1])
}
