package prober

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/remotecommand"
)

// outputKept is how much of each output of a command is kept, as the kubelet does.
const outputKept = 10 << 10

// keep appends what there is room for.
func keep(kept, p []byte, limit int) []byte {
	return append(kept, p[:min(len(p), limit-len(kept))]...)
}

// startFailure is what a kubelet, or the API server for it, puts before what the runtime says of a command that it
// could not start.
const startFailure = "error executing command in container: "

// commandEnding returns how a command ended by the Status on its error stream. Nothing but a whole Status is an answer.
func commandEnding(status []byte, result ExecResult) (ExecResult, error) {
	if len(status) == 0 {
		return ExecResult{}, &Broken{Err: errors.New("the connection ended before the command")}
	}
	s := metav1.Status{}
	if err := json.Unmarshal(status, &s); err != nil {
		return ExecResult{}, &Broken{Err: fmt.Errorf("reading how a command ended: %w", err)}
	}
	switch {
	case s.Status == metav1.StatusSuccess:
		return result, nil
	case s.Status != metav1.StatusFailure:
		return ExecResult{}, &Broken{Err: fmt.Errorf("reading how a command ended: status %q", s.Status)}
	case s.Reason == remotecommand.NonZeroExitCodeReason:
		var err error
		result.ExitCode, err = exitCode(&s)
		return result, err
	}
	if _, said, ok := strings.Cut(s.Message, startFailure); ok {
		result.StartError = startFailure + said
		return result, nil
	}
	return ExecResult{}, &Broken{Err: errors.New(s.Message)}
}

func exitCode(s *metav1.Status) (int, error) {
	if s.Details != nil {
		for _, c := range s.Details.Causes {
			if c.Type != remotecommand.ExitCodeCauseType {
				continue
			}
			code, err := strconv.ParseUint(c.Message, 10, 8)
			if err == nil && code > 0 {
				return int(code), nil
			}
		}
	}
	return 0, &Broken{Err: fmt.Errorf("reading how a command ended: no exit code in %q", s.Message)}
}
