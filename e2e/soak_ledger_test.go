//go:build soak

package e2e

import (
	"fmt"
	"slices"
	"time"
)

// judgeLedger holds the ledgers against every restart: there must be a line for it with the right cause, and no line may
// ever have been sure of a wrong one.
func (j *soakJudge) judgeLedger() {
	for _, e := range j.ends() {
		lines := j.claims[e.uid]
		if j.ended.Sub(e.seen) < soakNews+soakBlur || len(lines) == 0 {
			continue // not heard of yet
		}
		truth := j.cause(e)
		if truth == "" {
			j.score.causeless++
			j.score.wrong = append(j.score.wrong, fmt.Sprintf("%s: nobody knows why the instance of %s that ended at %s with code %d did", j.score.mode,
				lines[0].Name, e.how.FinishedAt.Format("15:04:05"), e.how.ExitCode))
			continue
		}
		j.score.restarts++
		for i := range lines {
			if r := ledgerLine(&lines[i], e); r != nil && r.Cause != truth && (r.Certainty == "certain" || r.Certainty == "high") {
				j.score.misled++
				j.blameLedger(&lines[i], e, r, truth)
				break
			}
		}
		last := &lines[len(lines)-1]
		if r := ledgerLine(last, e); r != nil && r.Cause == truth && r.Count == e.count {
			j.score.known++
		} else {
			j.blameLedger(last, e, r, truth)
		}
	}
}

// ledgerLine returns the line about an end; nil for none.
func ledgerLine(l *soakLine, e soakEnd) *soakRestart {
	i := slices.IndexFunc(l.Restarts, func(r soakRestart) bool { return r.Container == e.container && r.At.Equal(e.how.FinishedAt.Time) })
	if i < 0 {
		return nil
	}
	return &l.Restarts[i]
}

// ledgerHas reports whether a line knows of an instance that ended at a time.
func ledgerHas(l *soakLine, container string, at time.Time) bool {
	return slices.ContainsFunc(l.Restarts, func(r soakRestart) bool { return r.Container == container && r.At.Equal(at) })
}

func (j *soakJudge) blameLedger(line *soakLine, e soakEnd, got *soakRestart, truth string) {
	said := "has no line"
	if got != nil {
		said = fmt.Sprintf("says %s (%s), count %d", got.Cause, got.Certainty, got.Count)
	}
	kills := map[string][]time.Time{}
	for _, kind := range []string{"liveness", "startup"} {
		kills[kind] = j.kills[countedProbe{e.uid, e.container, kind}]
	}
	j.score.wrong = append(j.score.wrong, fmt.Sprintf("%s ledger of %s at %s %s; restart %d was by %s: ran %s to %s, code %d, seen %s; Killing events %v", j.score.mode,
		line.Name, line.At.Format("15:04:05.0"), said, e.count, truth, e.how.StartedAt.Format("15:04:05"), e.how.FinishedAt.Format("15:04:05"), e.how.ExitCode,
		e.seen.Format("15:04:05.0"), kills))
}
