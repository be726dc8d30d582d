package infer

import "github.com/probetop/probetop/model/fact"

// killed reports whether the kubelet has said that it kills the running instance for that cause, and how sure that is:
// within a second one instance may be killed and the next one start. The event counts kills, so only its last occurrence
// speaks of now. A container that still runs when the kill must be over was not the one.
func (j *Facts) killed(p *Probe, cause fact.KillCause) (Verdict, bool) {
	c := p.Container
	for _, e := range j.Events {
		if e.Kill != cause || e.Container != c.Name || e.Last.Before(c.StartedAt) || c.Last != nil && !e.Last.After(c.Last.FinishedAt) {
			continue
		}
		v := Verdict{State: StateFailed, Certainty: Certain, Evidence: ByStatus | ByEvent}
		if c.Restarts > 0 && e.Last.Equal(c.StartedAt) {
			v.Certainty, v.Until = CertaintyMedium, e.Last.Add(j.grace(p)+EventSlack+killLag)
		}
		return v, v.Until.IsZero() || j.Now.Before(v.Until)
	}
	return Verdict{}, false
}
