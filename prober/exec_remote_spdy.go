package prober

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// spdyCommand is a command over v4.channel.k8s.io: a stream for each output, and one for how it ended.
type spdyCommand struct {
	*mux
	lines  [3]*line // the error stream, stdout and stderr
	kept   [3][]byte
	heard  atomic.Int64 // bytes that have come
	finish chan struct{}
}

// newSPDYCommand asks for the command on an upgraded connection, which it closes.
func newSPDYCommand(c net.Conn) (remote, error) {
	m, err := newMux(c)
	if err != nil {
		return nil, err
	}
	s := &spdyCommand{mux: m, finish: make(chan struct{})}
	for i, kind := range [...]string{corev1.StreamTypeError, corev1.StreamTypeStdout, corev1.StreamTypeStderr} {
		if s.lines[i], err = m.stream(http.Header{http.CanonicalHeaderKey(corev1.StreamType): {kind}}); err != nil {
			m.end(err)
			m.running.Wait()
			return nil, fmt.Errorf("opening the streams of a command: %w", err)
		}
	}
	for i, limit := range [...]int{textKept, outputKept, outputKept} {
		m.running.Go(func() {
			s.lines[i].read(16<<10, func(p []byte) bool {
				s.kept[i] = keep(s.kept[i], p, limit)
				if s.heard.Add(int64(len(p))) > outputMost {
					s.end(errEndless)
				}
				return true
			})
		})
	}
	m.running.Go(s.wait)
	return s, nil
}

// wait waits for the status, and then for what of the output is still on its way: it was sent before the status, but
// streams overtake each other.
func (s *spdyCommand) wait() {
	defer close(s.finish)
	<-s.lines[0].done
	late := time.AfterFunc(settlingOutput, func() { s.end(errors.New("the output of a command did not end")) })
	defer late.Stop()
	<-s.lines[1].done
	<-s.lines[2].done
}

func (s *spdyCommand) over() <-chan struct{} { return s.finish }

func (s *spdyCommand) result() (ExecResult, error) {
	if s.tap.ending(s.lines[0].Identifier()) == open && len(s.kept[0]) == 0 {
		return ExecResult{}, s.broken()
	}
	return commandEnding(s.kept[0], ExecResult{Stdout: s.kept[1], Stderr: s.kept[2]})
}

func (s *spdyCommand) alive(ctx context.Context) error { return s.mux.alive(ctx) }

func (s *spdyCommand) ask(ctx context.Context) error { return s.mux.ask(ctx) }

func (s *spdyCommand) close() { s.mux.close() }
