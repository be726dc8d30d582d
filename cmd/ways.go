package cmd

import (
	"github.com/probetop/probetop/prober"
)

// newProber returns what runs probes in a cluster, and what ends it.
func (g *global) newProber(t *target, opts prober.Options) (*prober.Prober, func(), error) {
	opts.Kubectl, opts.Clock, opts.Mask = t.kubectl, t.clock.At, g.policy()
	if g.streams.Ways != nil {
		p := prober.New(g.streams.Ways, opts)
		return p, p.Close, nil
	}
	remote, err := prober.NewRemote(t.config)
	if err != nil {
		return nil, nil, t.explain(err)
	}
	p := prober.New(remote, opts)
	return p, func() { p.Close(); remote.Close() }, nil
}
