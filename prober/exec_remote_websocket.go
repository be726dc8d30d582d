package prober

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	gwebsocket "github.com/gorilla/websocket"
	"k8s.io/apimachinery/pkg/util/remotecommand"
)

// webSocketCommand is a command over v5.channel.k8s.io: messages that begin with the number of their stream.
type webSocketCommand struct {
	conn    *gwebsocket.Conn
	running sync.WaitGroup
	pongs   chan string
	finish  chan struct{}

	asking sync.Mutex // held while an answer is waited for
	asked  int        // guarded by asking

	// owned by read until finish is closed
	status []byte
	kept   ExecResult
	heard  int64 // bytes that have come
	cause  error
}

// newWebSocketCommand reads from a connection, which it closes.
func newWebSocketCommand(conn *gwebsocket.Conn) remote {
	w := &webSocketCommand{conn: conn, pongs: make(chan string, 8), finish: make(chan struct{})}
	conn.SetPongHandler(func(id string) error {
		select {
		case w.pongs <- id:
		default: // that many are not taken yet
		}
		return nil
	})
	w.running.Go(w.read)
	return w
}

// read reads until the status is there: what was written before it has been read then.
func (w *webSocketCommand) read() {
	defer close(w.finish)
	for !json.Valid(w.status) {
		_, message, err := w.conn.NextReader()
		if err == nil {
			err = w.take(message)
		}
		if err != nil {
			w.cause = err
			return
		}
	}
}

// take takes one message in.
func (w *webSocketCommand) take(message io.Reader) error {
	var id [1]byte
	if _, err := io.ReadFull(message, id[:]); err != nil {
		return err
	}
	to, limit := (*[]byte)(nil), outputKept
	switch id[0] {
	case remotecommand.StreamStdOut:
		to = &w.kept.Stdout
	case remotecommand.StreamStdErr:
		to = &w.kept.Stderr
	case remotecommand.StreamErr:
		to, limit = &w.status, textKept
	default:
		return nil
	}
	buf := make([]byte, 4<<10)
	for {
		n, err := message.Read(buf)
		*to = keep(*to, buf[:n], limit)
		if w.heard += int64(n); w.heard > outputMost {
			return errEndless
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (w *webSocketCommand) over() <-chan struct{} { return w.finish }

func (w *webSocketCommand) result() (ExecResult, error) {
	if errors.Is(w.cause, errEndless) {
		return ExecResult{}, errEndless
	}
	if w.cause != nil {
		return ExecResult{}, &Broken{Err: errors.New("the way to the container broke: " + w.cause.Error())}
	}
	return commandEnding(w.status, w.kept)
}

func (w *webSocketCommand) alive(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	err := w.ask(within)
	if err != nil && ctx.Err() == nil && within.Err() != nil {
		return &Broken{Err: errors.New("the other side is silent")}
	}
	return err
}

func (w *webSocketCommand) ask(ctx context.Context) error {
	w.asking.Lock()
	defer w.asking.Unlock()
	w.asked++
	id := strconv.Itoa(w.asked)
	if err := w.conn.WriteControl(gwebsocket.PingMessage, []byte(id), time.Now().Add(silence)); err != nil {
		return &Broken{Err: fmt.Errorf("asking for a sign of life: %w", err)}
	}
	for {
		select {
		case answer := <-w.pongs:
			if answer == id { // and not the answer to one that was given up
				return nil
			}
		case <-w.finish:
			if w.cause == nil {
				return nil
			}
			return &Broken{Err: errors.New("the way to the container broke: " + w.cause.Error())}
		case <-ctx.Done():
			return &Broken{Err: ctx.Err()}
		}
	}
}

func (w *webSocketCommand) close() {
	_ = w.conn.Close()
	w.running.Wait()
}
