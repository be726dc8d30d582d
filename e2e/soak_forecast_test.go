//go:build soak

package e2e

import (
	"fmt"
	"time"
)

// judgeForecasts holds every forecast of a restart or of unreadiness, in the line that made it first, against what
// happened when the probe did go on failing.
func (j *soakJudge) judgeForecasts() {
	ends := map[string][]soakEnd{}
	for _, e := range j.ends() {
		ends[e.uid] = append(ends[e.uid], e)
	}
	for uid, lines := range j.claims {
		for i := range lines {
			for _, c := range lines[i].Containers {
				for k := range c.Probes {
					j.judgeForecast(countedProbe{uid, c.Name, c.Probes[k].Type}, &lines[i], &c.Probes[k], ends[uid])
				}
			}
		}
	}
}

// judgeForecast looks for the outcome of one forecast.
func (j *soakJudge) judgeForecast(p countedProbe, line *soakLine, claim *soakClaim, ends []soakEnd) {
	f := claim.Consequence
	if line.Gone || f.Kind == "" || claim.State == "failed" || !claim.sure() {
		return
	}
	from, to, ok := j.outcome(p, line, ends)
	if !ok {
		return
	}
	j.score.widths = append(j.score.widths, f.Latest.Sub(f.Earliest))
	if !to.Before(f.Earliest) && !from.After(f.Latest) {
		j.score.held++
		return
	}
	j.score.missed++
	j.blame(p, line, claim, line.At, fmt.Sprintf("missed: %s due from %s to %s, and came from %s to %s", f.Kind,
		f.Earliest.Format("15:04:05.0"), f.Latest.Format("15:04:05.0"), from.Format("15:04:05.0"), to.Format("15:04:05.0")))
}

// outcome is when a probe brought about what it does, if it did nothing but fail from the newest result before made on,
// and nothing else came between: the container did not end by itself, and nobody deleted the pod. It is some time from
// the result that decides, or from the second in which the container ended, until a status told of it.
func (j *soakJudge) outcome(p countedProbe, line *soakLine, ends []soakEnd) (from, to time.Time, ok bool) {
	made := line.At
	points := j.points[p]
	for i, k := range points {
		switch {
		case i+1 < len(points) && !points[i+1].to.After(made):
			continue
		case k.ok, k.blurred:
			return from, to, false
		case !k.reached:
			continue
		}
		from, to = k.from, j.unready(p, k)
		if p.kind != "readiness" {
			from, to, ok = j.killed(p, k, line, ends)
		} else {
			ok = !between(ends, made, to)
		}
		if to.After(made) {
			return from, to, ok && j.deletion(p.uid).After(to)
		}
	}
	return from, to, false
}

// unready is when the pod was seen unready that a result makes so.
func (j *soakJudge) unready(p countedProbe, k soakPoint) time.Time {
	for _, v := range j.pods[p.uid] {
		if v.at.After(k.from) && !v.container(p.container).Ready {
			return v.at
		}
	}
	return j.ended
}

// killed is when the container ended that a result makes the kubelet kill. A line tells of what comes after the ends that it
// knows.
func (j *soakJudge) killed(p countedProbe, k soakPoint, line *soakLine, ends []soakEnd) (from, to time.Time, ok bool) {
	for _, e := range ends {
		if from, to = e.how.FinishedAt.Time, e.told; !from.Add(time.Second).Before(k.from) && !ledgerHas(line, p.container, from) {
			return from, to, j.cause(e) == p.kind
		}
	}
	return from, j.ended, false
}

// between reports whether an instance ended between two moments.
func between(ends []soakEnd, from, to time.Time) bool {
	for _, e := range ends {
		if at := e.how.FinishedAt.Time; at.After(from.Add(-time.Second)) && at.Before(to) {
			return true
		}
	}
	return false
}
