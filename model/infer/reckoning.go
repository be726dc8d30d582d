package infer

import (
	"time"

	"github.com/probetop/probetop/model/fact"
)

// reckoning walks back through the failures of one probe.
type reckoning struct {
	*Facts
	Probe *Probe
	zero  fact.Window
	Until time.Time
}

func (j *Facts) reckoning(p *Probe) reckoning {
	return reckoning{Facts: j, Probe: p, zero: j.zero(p)}
}

// newest returns the newest failure of the running instance that counts; nil for none.
func (r *reckoning) newest() *Failure {
	all := r.Failures()
	for i := len(all) - 1; i >= 0; i-- {
		f := &all[i]
		switch {
		case !r.mine(f):
		case f.To().Before(r.Probe.Container.StartedAt), !r.zero.IsZero() && !f.To().After(r.zero.Earliest):
			return nil
		default:
			return f
		}
	}
	return nil
}

func (r *reckoning) Failures() []Failure {
	if r.History == nil {
		return nil
	}
	return r.History.Failures
}

// mine reports whether a failure is the probe's.
func (r *reckoning) mine(f *Failure) bool {
	return f.Event.Outcome == fact.Failed && f.Event.Probe == r.Probe.Type && f.Event.Container == r.Probe.Container.Name
}
