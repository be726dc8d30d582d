package prober

import (
	"context"
	"net"

	"k8s.io/apimachinery/pkg/types"

	"github.com/probetop/probetop/recording/mask"
)

// ReproduceMasked is Reproduce without the probe's secrets, with the variables that stand in their place and the secrets.
func (c *Check) ReproduceMasked(flags ...string) (line string, fill []Variable, secrets []string) {
	l, err := c.reproduce(mask.Hide, flags)
	if err != nil {
		return "", nil, nil
	}
	line, _ = l.line()
	return line, l.fill, l.secrets
}

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
