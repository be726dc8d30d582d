//go:build soak

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// A claim is right if it was true at some moment within the time that news of the contrary may take: it rests on the
// events and statuses that have arrived.
const (
	// soakNews is how long an event or a status may take from the kubelet to probetop, and what the model waits before
	// it takes silence for a success.
	soakNews = 1500 * time.Millisecond
	// soakBlur is two looks at the counters, and the way of a line through the pipe.
	soakBlur = 2*soakLook + 100*time.Millisecond
)

// soakScore is what became of one probetop's claims.
type soakScore struct {
	mode                string
	cells, resolved     int            // claims about a probe, and those better than unknown
	sure, wrongSure     int            // of high certainty or more
	exact, wrongExact   int            // numbers of failures
	bounds, wrongBounds int            // the same, that say at least
	states              map[string]int // cells by state and certainty
	held, missed        int            // forecasts
	widths              []time.Duration
	restarts            int      // that happened
	known, misled       int      // of these: with the right cause in the end, and at some time sure of a wrong one
	causeless           int      // that neither the process nor a probe explains
	wrong               []string // what was wrong, with the evidence
}

// soakJudge holds the claims of one probetop against the truth.
type soakJudge struct {
	*soakTruth
	score  soakScore
	claims map[string][]soakLine // by UID
	told   map[string]bool       // what is in score.wrong
}

func newSoakJudge(truth *soakTruth, s *soakSpeaker) *soakJudge {
	j := &soakJudge{soakTruth: truth, claims: map[string][]soakLine{}, told: map[string]bool{}}
	j.score.mode, j.score.states = s.mode, map[string]int{}
	for _, l := range s.lines {
		j.claims[l.UID] = append(j.claims[l.UID], l)
	}
	return j
}

// judge looks at what was claimed once a second, and at what was promised in every line.
func (j *soakJudge) judge() soakScore {
	for uid, lines := range j.claims {
		next := 0
		for t := j.began; t.Before(j.ended); t = t.Add(time.Second) {
			for next < len(lines) && !lines[next].At.After(t) {
				next++
			}
			if next > 0 && !lines[next-1].Gone {
				j.look(uid, &lines[next-1], t)
			}
		}
	}
	j.judgeForecasts()
	j.judgeLedger()
	return j.score
}

// look judges what a line claims at a moment.
func (j *soakJudge) look(uid string, line *soakLine, t time.Time) {
	for _, c := range line.Containers {
		for i := range c.Probes {
			claim := &c.Probes[i]
			p := countedProbe{uid, c.Name, claim.Type}
			j.score.cells++
			j.score.states[claim.State+" "+claim.Certainty]++
			if claim.State != "unknown" {
				j.score.resolved++
			}
			if claim.sure() {
				j.score.sure++
				if why := j.refute(p, claim, t); why != "" {
					j.score.wrongSure++
					j.blame(p, line, claim, t, claim.State+": "+why)
				}
			}
			j.lookAtRun(p, line, claim, t)
		}
	}
}

// lookAtRun judges a number of failures.
func (j *soakJudge) lookAtRun(p countedProbe, line *soakLine, claim *soakClaim, t time.Time) {
	if claim.State != "failing" && claim.State != "failed" && claim.State != "starting" {
		return
	}
	runs, known := j.runs(p, t)
	if !known {
		return
	}
	f := claim.Failures
	if f.Bound == "exact" {
		if j.score.exact++; !slices.Contains(runs, f.Run) {
			j.score.wrongExact++
			j.blame(p, line, claim, t, fmt.Sprintf("exact run, truth %v", runs))
		}
		return
	}
	if j.score.bounds++; f.Run > slices.Max(runs) {
		j.score.wrongBounds++
		j.blame(p, line, claim, t, fmt.Sprintf("lower bound, truth %v", runs))
	}
}

// runs are the numbers of failures that were true within the lag; not known when the order of results is not.
func (j *soakJudge) runs(p countedProbe, t time.Time) (runs []int, known bool) {
	if !j.deletion(p.uid).After(t) {
		return nil, false // the kubelet drops the counters of a worker that it ends, with what they counted last
	}
	for _, point := range j.during(p, j.since(p, t), t) {
		switch {
		case point == nil:
			runs = append(runs, 0)
		case point.blurred:
			return nil, false
		default:
			runs = append(runs, point.run)
			if point.reached && p.kind != "readiness" {
				runs = append(runs, 0) // of the next instance
			}
		}
	}
	return runs, true
}

// since is when what is claimed at t must have been true at the latest. How long a probe takes is not known up to its
// timeout, so that a success that is due may come so much later.
func (j *soakJudge) since(p countedProbe, t time.Time) time.Time {
	return t.Add(-soakNews - soakBlur - time.Duration(j.spec(p).TimeoutSeconds)*time.Second)
}

// refute returns why a claim is wrong; empty when it is right.
func (j *soakJudge) refute(p countedProbe, claim *soakClaim, t time.Time) string {
	from := j.since(p, t)
	points := j.during(p, from, t)
	versions := j.versionsDuring(p.uid, from, t.Add(soakBlur))
	seen := func(is func(soakVersion, *corev1.ContainerStatus) bool) bool {
		return slices.ContainsFunc(versions, func(v soakVersion) bool { return is(v, v.container(p.container)) })
	}
	known := func(is func(*soakPoint) bool) bool { return slices.ContainsFunc(points, is) }
	var right bool
	switch claim.State {
	case "passing":
		right = known(func(k *soakPoint) bool { return k != nil && (k.ok || k.blurred) })
	case "failing":
		right = known(func(k *soakPoint) bool { return k != nil && (!k.ok || k.blurred) })
	case "failed":
		if p.kind == "readiness" {
			right = seen(func(_ soakVersion, c *corev1.ContainerStatus) bool { return !c.Ready })
		} else {
			right = known(func(k *soakPoint) bool { return k != nil && k.reached })
		}
	case "starting", "gated":
		right = seen(func(_ soakVersion, c *corev1.ContainerStatus) bool { return c.Started == nil || !*c.Started })
	case "held":
		right = j.some(p, points, versions, func(k *soakPoint, began time.Time) bool {
			return k != nil && (k.ok || k.blurred) && !k.to.Before(began)
		})
	case "waiting":
		right = seen(func(v soakVersion, c *corev1.ContainerStatus) bool { return c.State.Running == nil })
	case "delayed":
		right = j.some(p, points, versions, func(k *soakPoint, began time.Time) bool { return k == nil || k.from.Before(began.Add(time.Second)) })
	case "suspended":
		right = seen(func(v soakVersion, _ *corev1.ContainerStatus) bool { return v.pod.DeletionTimestamp != nil }) && !j.goesOn(p, claim, t)
	case "erroring":
		right = j.errs(p, from, t)
	}
	if right {
		return ""
	}
	return fmt.Sprintf("truth %v, %s", points, j.saw(p, versions))
}

// some reports whether a result and the start of an instance, which is told to the second, are as they should be.
func (*soakJudge) some(p countedProbe, points []*soakPoint, versions []soakVersion, are func(k *soakPoint, began time.Time) bool) bool {
	for _, v := range versions {
		r := v.container(p.container).State.Running
		if r != nil && slices.ContainsFunc(points, func(k *soakPoint) bool { return are(k, r.StartedAt.Time) }) {
			return true
		}
	}
	return false
}

// goesOn reports whether a probe has a result after it was called suspended for certain.
func (j *soakJudge) goesOn(p countedProbe, claim *soakClaim, t time.Time) bool {
	points := j.points[p]
	return claim.Certainty == "certain" && len(points) > 0 && points[len(points)-1].from.After(t)
}

// errs reports whether the newest that a probe told within the lag may have been an error.
func (j *soakJudge) errs(p countedProbe, from, t time.Time) bool {
	for _, at := range slices.Backward(j.errored[p]) {
		if at.After(t) {
			continue
		}
		for _, k := range j.points[p] {
			if k.from.After(at) && k.to.Before(from) {
				return false // a result that counts came after it, long ago
			}
		}
		return true
	}
	return false
}

// saw tells what the test's watch saw.
func (*soakJudge) saw(p countedProbe, versions []soakVersion) string {
	var said []string
	for _, v := range versions {
		c := v.container(p.container)
		word := "not running"
		if r := c.State.Running; r != nil {
			word = "started " + r.StartedAt.Format("15:04:05")
		}
		if c.Started != nil {
			word += fmt.Sprint(" started=", *c.Started)
		}
		said = append(said, fmt.Sprintf("[%s %s ready=%t restarts=%d deleted=%t]", v.at.Format("15:04:05.0"), word, c.Ready, c.RestartCount, v.pod.DeletionTimestamp != nil))
	}
	return strings.Join(said, " ")
}

// blame notes a wrong claim, once for every line.
func (j *soakJudge) blame(p countedProbe, line *soakLine, claim *soakClaim, t time.Time, what string) {
	id := fmt.Sprint(p, line.At, what[:5])
	if j.told[id] {
		return
	}
	j.told[id] = true
	j.score.wrong = append(j.score.wrong, fmt.Sprintf("%s %s of %s (%s): at %s the line of %s says %s, %s, run %d/%d %s, evidence %v; %s", j.score.mode,
		p.kind, line.Name, claim.Summary, t.Format("15:04:05.0"), line.At.Format("15:04:05.00"), claim.State, claim.Certainty,
		claim.Failures.Run, claim.Failures.Threshold, claim.Failures.Bound, claim.Evidence, what))
}
