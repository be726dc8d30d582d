package prober

import (
	"context"
	"errors"
	"net"
	"testing"

	"github.com/probetop/probetop/model"
)

// TestWireDialsOneHost: nothing gets past the wire, whatever a library asks of it.
func TestWireDialsOneHost(t *testing.T) {
	t.Parallel()
	dialled := 0
	w := &wire{host: "10.0.0.5", dial: func(context.Context, string, string) (net.Conn, error) {
		dialled++
		return nil, net.ErrClosed
	}}
	for _, address := range []string{"10.0.0.6:80", "10.0.0.5", "localhost:80", ":80", "[::1]:80", "", "10.0.0.5.example.org:80"} {
		_, err := w.open(t.Context(), "tcp", address)
		var b *Broken
		if !errors.As(err, &b) || b.Lack != model.LackHost {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := w.open(t.Context(), "tcp", "10.0.0.5:80"); dialled != 1 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("dialled %d times, %v", dialled, err)
	}
	w.close()
	if _, err := w.open(t.Context(), "tcp", "10.0.0.5:80"); dialled != 1 || err == nil {
		t.Errorf("dialled %d times after the end, %v", dialled, err)
	}
}
