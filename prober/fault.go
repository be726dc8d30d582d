package prober

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/probetop/probetop/model"
)

// The reasons of a Refusal.
const (
	ReasonRefused = "refused"
	ReasonNoRoute = "noRoute"
	ReasonTimeout = "timeout"
)

// Refusal is what the container's side said about a connection that it did not take.
type Refusal struct {
	// Reason is one of the reasons above.
	Reason string
	// Raw is the text it is taken from, in the words of the container runtime.
	Raw string
}

// Error returns what follows the address in the text of a Go dial error.
func (r *Refusal) Error() string {
	switch r.Reason {
	case ReasonRefused:
		return "connect: connection refused"
	case ReasonNoRoute:
		return "connect: no route to host"
	}
	return "i/o timeout"
}

// Broken is a way to the container that ended, or was never open, before there was an answer. There is no verdict.
type Broken struct {
	Err error
	// Lack says why there is no verdict; empty for LackTunnel.
	Lack model.ShadowLack
}

// Error returns the text of the cause.
func (b *Broken) Error() string { return b.Err.Error() }

// Unwrap returns the cause.
func (b *Broken) Unwrap() error { return b.Err }

// none is the outcome of an attempt on which the way broke.
func (b *Broken) none() outcome {
	o := outcome{lack: b.Lack, text: b.Error(), cause: b}
	if o.lack == "" {
		o.lack = model.LackTunnel
	}
	return o
}

// broken returns the breakage that err is or contains; nil when err is an answer of the container's side, or the
// end of our own context. An error of a kind that no socket returns is a breakage: when in doubt there is no
// verdict.
func broken(err error) *Broken {
	var b *Broken
	if errors.As(err, &b) {
		return b
	}
	var refusal *Refusal
	var op *net.OpError
	if errors.As(err, &refusal) || errors.As(err, &op) {
		return nil
	}
	for _, known := range [...]error{
		io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed, os.ErrDeadlineExceeded, context.Canceled, context.DeadlineExceeded,
	} {
		if errors.Is(err, known) {
			return nil
		}
	}
	return &Broken{Err: err}
}

// panicked turns a panic into a breakage.
func panicked(doing string, reason any) *Broken {
	return &Broken{Err: fmt.Errorf("%s panicked: %v", doing, reason), Lack: model.LackUnsupported}
}
