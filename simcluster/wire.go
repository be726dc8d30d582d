package simcluster

import (
	"bytes"
	"fmt"
	"net/http"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	apiwatch "k8s.io/apimachinery/pkg/watch"
)

// wire carries the events of one watch to its client, unless a fault happens to them.
type wire struct {
	// immutable after newWire
	cluster *Cluster
	x       *exchange
	format  format
	out     *http.ResponseController
	// owned by the request's goroutine
	held      *held
	headless  bool // the table's columns have been told
	body, buf bytes.Buffer
}

// held is an event that another one has to overtake.
type held struct {
	typ    apiwatch.EventType
	object object
}

func newWire(c *Cluster, x *exchange, f format) *wire {
	return &wire{cluster: c, x: x, format: f, out: http.NewResponseController(x.w)}
}

// send sends an event about an object, or does what a fault says. It returns an error when the watch is over.
func (w *wire) send(typ apiwatch.EventType, o object) error {
	a := w.cluster.faults.event(w.x)
	switch a.kind {
	case end:
		return errOver
	case errorEvent:
		return w.fail(a.status)
	case cut, reset:
		return w.tear(a.kind, typ, o)
	case reorder:
		if w.held == nil {
			w.held = &held{typ, o}
			return nil
		}
	case duplicate:
		if err := w.write(typ, o); err != nil {
			return err
		}
	}
	if w.held != nil && keyOf(w.held.object) == keyOf(o) {
		if err := w.settle(nil); err != nil {
			return err
		}
	}
	return w.settle(w.write(typ, o))
}

// settle sends the event that was held, unless there is an error already.
func (w *wire) settle(err error) error {
	h := w.held
	if err != nil || h == nil {
		return err
	}
	w.held = nil
	return w.write(h.typ, h.object)
}

// tear sends half of an event, and breaks the connection or the stream.
func (w *wire) tear(k actionKind, typ apiwatch.EventType, o object) error {
	frame, err := w.frame(typ, o)
	if err != nil {
		return err
	}
	if _, err := w.x.w.Write(frame[:len(frame)/2]); err != nil {
		return err
	}
	if err := w.flush(); err != nil {
		return err
	}
	if k == reset {
		panic(http.ErrAbortHandler) // net/http's word for it
	}
	severed(w.x.r.Context())
	return errOver
}

// fail sends a Status as the last event.
func (w *wire) fail(status error) error {
	if err := w.write(apiwatch.Error, statusOf(status)); err != nil {
		return err
	}
	if err := w.flush(); err != nil {
		return err
	}
	return errOver
}

func (w *wire) write(typ apiwatch.EventType, o runtime.Object) error {
	frame, err := w.frame(typ, o)
	if err == nil {
		_, err = w.x.w.Write(frame)
	}
	return err
}

// frame returns an event as it is on the wire. It is good until the next call.
func (w *wire) frame(typ apiwatch.EventType, o runtime.Object) ([]byte, error) {
	if own, ok := o.(object); ok && w.format.table {
		t, err := w.cluster.table(w.x, []object{own}, metav1.ListMeta{ResourceVersion: own.GetResourceVersion()})
		if err != nil {
			return nil, err
		}
		if w.headless {
			t.ColumnDefinitions = nil
		}
		w.headless, o = true, t
	}
	w.body.Reset()
	w.buf.Reset()
	if err := w.format.Serializer.Encode(o, &w.body); err != nil {
		return nil, fmt.Errorf("encoding %T: %w", o, err)
	}
	event := &metav1.WatchEvent{Type: string(typ), Object: runtime.RawExtension{Raw: w.body.Bytes()}}
	stream := w.format.StreamSerializer
	if err := stream.Encode(event, stream.NewFrameWriter(&w.buf)); err != nil {
		return nil, fmt.Errorf("framing %T: %w", o, err)
	}
	return w.buf.Bytes(), nil
}

func (w *wire) flush() error { return w.out.Flush() }
