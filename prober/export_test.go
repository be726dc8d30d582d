package prober

import (
	"context"
	"net"

	"k8s.io/apimachinery/pkg/types"
)

// Retire ends the tunnel to a pod as if it had not been used for long.
func (p *Pool) Retire(pod types.UID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.slots[pod].current().retire(0)
}

// AliveOn asks the other side of a connection for a sign of life, as a tunnel on it does.
func AliveOn(ctx context.Context, c net.Conn) error {
	m, err := newMux(c)
	if err != nil {
		return err
	}
	defer m.close()
	return m.alive(ctx)
}
