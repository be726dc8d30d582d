package simcluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	"k8s.io/streaming/pkg/httpstream/wsstream"
	"k8s.io/utils/exec"
)

// exec serves pods/exec the way a kubelet does, without standard input and terminal.
func (s *session) exec(container string) error {
	argv := s.Query["command"]
	opts := &remotecommand.Options{Stdout: s.asked("stdout"), Stderr: s.asked("stderr")}
	switch {
	case len(argv) == 0:
		return apierrors.NewBadRequest("you must specify at least one command for the container")
	case s.asked("stdin") || s.asked("tty"):
		return apierrors.NewBadRequest("this cluster has no terminal")
	case !opts.Stdout && !opts.Stderr:
		return s.refuse(http.StatusBadRequest, "you must specify at least 1 of stdin, stdout, stderr")
	case s.behaviour == nil:
		return s.refuse(http.StatusInternalServerError, "container not found (%q)", container)
	}
	run := execution{s.ctx, s.behaviour}
	if wsstream.IsWebSocketRequestWithStreamCloseProtocol(s.r) {
		return s.execOverWebSocket(run, container, argv, opts)
	}
	remotecommand.ServeExec(s.w, s.r, run, s.pod.Name, string(s.pod.UID), container, argv, opts, streamIdle, streamCreation,
		[]string{remotecommand.StreamProtocolV4Name})
	return nil
}

func (s *session) asked(param string) bool {
	on, err := strconv.ParseBool(s.Query.Get(param))
	return err == nil && on
}

// execOverWebSocket speaks the protocol that the library has no server for: v5.channel.k8s.io.
func (s *session) execOverWebSocket(run execution, container string, argv []string, opts *remotecommand.Options) error {
	channels := make([]wsstream.ChannelType, remotecommand.StreamErr+1)
	channels[remotecommand.StreamErr] = wsstream.WriteChannel
	if opts.Stdout {
		channels[remotecommand.StreamStdOut] = wsstream.WriteChannel
	}
	if opts.Stderr {
		channels[remotecommand.StreamStdErr] = wsstream.WriteChannel
	}
	conn := wsstream.NewConn(map[string]wsstream.ChannelProtocolConfig{
		remotecommand.StreamProtocolV5Name: {Binary: true, Channels: channels},
	})
	_, streams, err := conn.Open(s.w, s.r)
	if err != nil {
		return nil //nolint:nilerr // The upgrade has answered.
	}
	defer func() { _ = conn.Close() }()
	out, errs := streams[remotecommand.StreamStdOut], streams[remotecommand.StreamStdErr]
	err = run.ExecInContainer(s.ctx, "", "", container, argv, nil, out, errs, false, nil, 0)
	status, encoding := json.Marshal(execStatus(err))
	if encoding == nil {
		_, _ = streams[remotecommand.StreamErr].Write(status)
	}
	return nil
}

// execStatus is the Status that tells how a command has ended.
func execStatus(err error) metav1.Status {
	exit := exec.ExitError(nil)
	switch {
	case err == nil:
		return metav1.Status{Status: metav1.StatusSuccess}
	case errors.As(err, &exit):
		cause := metav1.StatusCause{Type: remotecommand.ExitCodeCauseType, Message: strconv.Itoa(exit.ExitStatus())}
		return metav1.Status{
			Status: metav1.StatusFailure, Reason: remotecommand.NonZeroExitCodeReason,
			Message: fmt.Sprintf("command terminated with non-zero exit code: %v", err),
			Details: &metav1.StatusDetails{Causes: []metav1.StatusCause{cause}},
		}
	}
	return apierrors.NewInternalError(fmt.Errorf("error executing command in container: %w", err)).ErrStatus
}

// execution runs a command for one client.
type execution struct {
	ctx       context.Context
	behaviour Behaviour
}

// ExecInContainer implements remotecommand.Executor.
func (e execution) ExecInContainer(
	_ context.Context, _, _, container string, argv []string, _ io.Reader, stdout, stderr io.WriteCloser,
	_ bool, _ <-chan remotecommand.TerminalSize, _ time.Duration,
) error {
	code, err := e.behaviour.Exec(e.ctx, container, argv, orDiscard(stdout), orDiscard(stderr))
	if err == nil && code != 0 {
		err = exec.CodeExitError{Err: fmt.Errorf("command terminated with exit code %d", code), Code: code}
	}
	return err
}

func orDiscard(w io.Writer) io.Writer {
	if w == nil {
		return io.Discard
	}
	return w
}
