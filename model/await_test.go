package model_test

import (
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

func TestStartsAgain(t *testing.T) {
	crashing := func(message string) func(*Pod) {
		return func(p *Pod) {
			c := &p.Containers[0]
			c.State, c.Reason, c.Message, c.StartedAt = Waiting, "CrashLoopBackOff", message, time.Time{}
			c.Last = &Termination{Reason: "Error", ExitCode: 1, StartedAt: epoch, FinishedAt: at(100)}
		}
	}
	const forty = "back-off 40s restarting failed container=web pod=web-0_shop(u-web)"
	cases := map[string]struct {
		pod    *Pod
		window Window
	}{
		"the delay begins at the end of the last instance":  {web(crashing(forty)), Window{Earliest: at(140), Latest: at(164)}},
		"a long delay is looked at late":                    {web(crashing("back-off 5m0s restarting failed container=web")), Window{Earliest: at(400), Latest: at(434)}},
		"a short one is too":                                {web(crashing("back-off 10s restarting failed container=web")), Window{Earliest: at(110), Latest: at(129)}},
		"a message without a delay":                         {web(crashing("no luck")), Window{}},
		"a delay that cannot be read":                       {web(crashing("back-off long restarting")), Window{}},
		"a pod that is deleted":                             {web(crashing(forty), func(p *Pod) { p.Deleted = at(130) }), Window{}},
		"a container that runs":                             {web(), Window{}},
		"a container that waits for something else":         {web(crashing(forty), func(p *Pod) { p.Containers[0].Reason = "ImagePullBackOff" }), Window{}},
		"a status that does not tell when the last one did": {web(crashing(forty), func(p *Pod) { p.Containers[0].Last = nil }), Window{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newWorld(t).hears(c.pod).row(t, "u-web")
			if got := r.StartsAgain(&r.Pod.Containers[0]); got != c.window {
				t.Errorf("from %v to %v, want %v to %v", got.Earliest.Sub(epoch), got.Latest.Sub(epoch), c.window.Earliest.Sub(epoch), c.window.Latest.Sub(epoch))
			}
		})
	}
}

func TestGraceEnds(t *testing.T) {
	deleted := func(p *Pod) { p.Deleted = at(130) }
	ended := func(p *Pod) { p.Containers[0].State = Terminated }
	cases := map[string]struct {
		pod    *Pod
		window Window
	}{
		"nobody deleted it":     {web(), Window{}},
		"it runs on":            {web(deleted), Window{Earliest: at(130), Latest: at(135)}},
		"it has ended":          {web(deleted, ended), Window{}},
		"a sidecar is left":     {web(deleted, ended, sidecar(Liveness, probe())), Window{Earliest: at(130), Latest: at(135)}},
		"the pod has succeeded": {web(deleted, func(p *Pod) { p.Phase = "Succeeded" }), Window{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := newWorld(t).hears(c.pod).row(t, "u-web").GraceEnds(); got != c.window {
				t.Errorf("%v, want %v", got, c.window)
			}
		})
	}
}
