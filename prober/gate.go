package prober

import "github.com/probetop/probetop/model"

// runs reports whether the kubelet's worker runs a probe now. It mirrors the decisions of doProbe in
// pkg/kubelet/prober/worker.go: there is a running container, its initial delay is over, its startup probe has succeeded,
// and the worker is not held since a threshold was reached.
func runs(p *model.Probe) bool {
	switch p.State {
	case model.StateWaiting, model.StateDelayed, model.StateGated, model.StateHeld, model.StateSuspended:
		return false
	case model.StateFailed:
		return p.Type == model.Readiness // the others are held until the container's next instance
	}
	return true
}

// fails reports whether auto mode runs the probe even when it is off the screen: it needs attention.
func fails(p *model.Probe) bool {
	return p.State == model.StateFailed || p.State == model.StateFailing || p.State == model.StateErroring
}

// differs reports whether a run contradicts what is known of the kubelet's, so that a look from elsewhere is worth its
// price.
func differs(verdict model.ShadowVerdict, p *model.Probe) bool {
	if p == nil || verdict == model.ShadowNone {
		return false
	}
	return verdict.Succeeds() == fails(p)
}
