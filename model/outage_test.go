package model_test

import (
	"testing"

	. "github.com/probetop/probetop/model"
)

// The kubelets were cut off as we were: what is said of their pods when they are heard again may be from before.
func TestAfterAnOutageKubeletsMayBeLate(t *testing.T) {
	ready := web(func(p *Pod) { p.Containers[0].Probes[Readiness] = probe() })
	w := newWorld(t).hears(&Node{Name: "n1", Ready: True}, ready)
	listens := func(second int, state SourceState) {
		w.after(second).hears(&Source{Kind: Pods, State: state, Since: w.now})
	}
	expect := func(second int, want Certainty, bound Bound) {
		t.Helper()
		p := w.after(second).row(t, "u-web").Probes[0]
		if p.State != StatePassing || p.Certainty != want || p.Failures.Bound != bound {
			t.Errorf("after %d s it is %v, %v, %v; want passing, %v, %v", second, p.State, p.Certainty, p.Failures.Bound, want, bound)
		}
	}
	expect(60, CertaintyHigh, Exact)
	listens(70, SourceStale)
	expect(71, CertaintyMedium, AtLeast)
	listens(100, SourceSynced)
	expect(101, CertaintyMedium, AtLeast)
	expect(110, CertaintyMedium, AtLeast)
	expect(115, CertaintyHigh, Exact)
}
