package main

import (
	"context"
	"fmt"
	"net"
)

// port is a listener that can be closed and opened again. Its owner's lock guards it.
type port struct {
	// immutable
	address string
	serve   func(net.Listener) (stop func())

	wanted bool   // to be open
	stop   func() // nil while closed
}

func listen(address string) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("opening a port: %w", err)
	}
	return l, nil
}

// follow opens or closes the port as wanted. Closing also ends its connections.
func (p *port) follow() error {
	switch {
	case p.wanted && p.stop == nil:
		l, err := listen(p.address)
		if err != nil {
			return err
		}
		p.stop = p.serve(l)
	case !p.wanted && p.stop != nil:
		p.stop()
		p.stop = nil
	}
	return nil
}
