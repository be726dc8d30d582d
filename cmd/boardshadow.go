package cmd

import (
	"context"
	"errors"

	"github.com/spf13/pflag"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
	"github.com/probetop/probetop/tui"
	"github.com/probetop/probetop/watch"
)

// The values of --shadow.
const (
	shadowOff    = "off"
	shadowManual = "manual"
	shadowAuto   = "auto"
)

// runOptions are the flags about running probes from here, beside what is watched.
type runOptions struct {
	shadowMode string
	allowExec  bool
}

func (o *runOptions) addFlags(fs *pflag.FlagSet) {
	fs.StringVar(&o.shadowMode, "shadow", shadowManual, "Run the containers' own probes from here: off, manual (key P) or auto (those in view or failing, once a period; key a)")
	fs.BoolVar(&o.allowExec, "allow-exec", false, "Run exec probes from here without asking, in auto, too: each runs its command in the container")
}

// validate checks the flags; readOnly is the one that switches the rest off.
func (o *runOptions) validate(readOnly bool) error {
	switch o.shadowMode {
	case shadowOff, shadowManual, shadowAuto:
	default:
		return usage("--shadow is off, manual or auto, not %q.", o.shadowMode)
	}
	off := readOnly || o.shadowMode == shadowOff
	switch {
	case readOnly && o.shadowMode == shadowAuto:
		return usage("--read-only runs no probes, and --shadow auto does: leave one of them out.")
	case off && o.allowExec:
		return usage("--allow-exec is about probes that are run from here: leave it out, or --read-only and --shadow off.")
	}
	return nil
}

// boardShadow runs probes for the board, or for a recording. A nil one runs none.
type boardShadow struct {
	prober *prober.Prober
	end    func()
}

// newShadow returns what runs probes for the board or a recording, and makes it one of the sources; nil when it is
// switched off. Its owner closes it after the feed has ended.
func (g *global) newShadow(o runOptions, t *target, s *sources) (*boardShadow, error) {
	if g.readOnly || o.shadowMode == shadowOff {
		return nil, nil
	}
	p, end, err := g.newProber(t, prober.Options{AllowExec: o.allowExec})
	if err != nil {
		return nil, err
	}
	p.Auto(o.shadowMode == shadowAuto)
	s.shadows = watch.NewShadows(p.Reports())
	return &boardShadow{prober: p, end: end}, nil
}

func (b *boardShadow) close() {
	if b != nil {
		b.end()
	}
}

// follow tells the prober of every snapshot until ctx ends.
func (b *boardShadow) follow(ctx context.Context, r *watch.Reader) error {
	if b == nil {
		return nil
	}
	for {
		s, err := r.Next(ctx)
		switch {
		case errors.Is(err, watch.ErrEnded), ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		b.prober.Follow(s)
	}
}

// Run begins to run a probe of a row, unless it is being run. That of another pod of the same name is never run: the
// pod is read first.
func (b *boardShadow) Run(r *model.Row, p *model.Probe, confirmed bool) {
	b.prober.Begin(prober.SubjectOf(r, p), confirmed)
}

// Auto begins, or ends, running the probes in view or failing by themselves.
func (b *boardShadow) Auto(on bool) { b.prober.Auto(on) }

// View tells which pods are in view.
func (b *boardShadow) View(pods []model.UID) { b.prober.View(pods) }

// State says what is done now.
func (b *boardShadow) State() tui.ShadowState {
	return tui.ShadowState(b.prober.State())
}
