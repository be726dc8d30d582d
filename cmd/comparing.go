package cmd

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
	"github.com/probetop/probetop/watch"
)

// comparing is a run of probetop shadow that knows what to probe.
type comparing struct {
	options *shadowOptions
	target  *target
	feed    *watch.Feed
	reader  *watch.Reader
	prober  *prober.Prober
	aims    []aim

	reports []TranscriptReport // one for each aim
	worst   int                // the exit code so far
}

// run runs the probes in rounds, all of a round at once as far as the prober's limits let them.
func (c *comparing) run(ctx context.Context) error {
	c.reports = make([]TranscriptReport, len(c.aims))
	rounds := c.options.count
	for round := range rounds {
		transcripts := c.round(ctx)
		if ctx.Err() != nil {
			break
		}
		if err := c.tell(ctx, round, transcripts); err != nil {
			return err
		}
		if round < rounds-1 && !sleep(ctx, c.rest(transcripts)) {
			break
		}
	}
	if c.options.format == string(formatJSON) {
		for i := range c.reports {
			if len(c.reports[i].Runs) == 0 {
				continue // interrupted before
			}
			if err := c.encode(&c.reports[i]); err != nil {
				return err
			}
		}
	}
	switch {
	case ctx.Err() != nil:
		return interrupted(ctx.Err())
	case c.worst != exitFine:
		return &failure{code: c.worst}
	}
	return nil
}

// round runs every probe once.
func (c *comparing) round(ctx context.Context) []prober.Transcript {
	transcripts := make([]prober.Transcript, len(c.aims))
	var group sync.WaitGroup
	for i, a := range c.aims {
		// What may not be run was sorted out before.
		group.Go(func() { transcripts[i], _ = c.prober.Run(ctx, a.subject, true) })
	}
	group.Wait()
	return transcripts
}

// tell writes what a round came to, beside what the kubelets find now.
func (c *comparing) tell(ctx context.Context, round int, transcripts []prober.Transcript) error {
	s := c.heard(ctx, transcripts)
	for i := range transcripts {
		t := &transcripts[i]
		row, probe := find(s, t.Subject.Probe)
		r := transcriptReport(c.target.context, s, row, probe, c.aims[i], t, s.At)
		c.worst = worseCode(c.worst, r.code())
		r.Runs = append(c.reports[i].Runs, r.Runs...)
		c.reports[i] = r
		if c.options.format == string(formatJSON) {
			continue
		}
		if round+i > 0 {
			fmt.Fprintln(c.options.streams.Out)
		}
		if err := r.print(c.options.streams.Out, round+1, c.options.count, s.At); err != nil {
			return unwritten(err)
		}
	}
	return nil
}

// heard returns a snapshot in which the runs are, as far as their pods are known, or the newest when that takes too long.
func (c *comparing) heard(ctx context.Context, transcripts []prober.Transcript) *model.Snapshot {
	ctx, cancel := context.WithTimeout(ctx, c.target.patience)
	defer cancel()
	s := c.feed.Snapshot()
	for !all(s, transcripts) {
		next, err := c.reader.Next(ctx)
		if err != nil {
			return s
		}
		s = next
	}
	return s
}

// all reports whether a snapshot has all runs in it.
func all(s *model.Snapshot, transcripts []prober.Transcript) bool {
	for i := range transcripts {
		_, p := find(s, transcripts[i].Subject.Probe)
		if p != nil && (p.Shadow == nil || p.Shadow.Last().At.Before(transcripts[i].Result.At)) {
			return false
		}
	}
	return true
}

// find returns a probe of a snapshot; nil when it is gone.
func find(s *model.Snapshot, key model.Key) (*model.Row, *model.Probe) {
	for _, row := range s.Rows {
		if row.Pod.UID != key.Pod {
			continue
		}
		for i := range row.Probes {
			if row.Probes[i].Key(row.Pod) == key {
				return row, &row.Probes[i]
			}
		}
	}
	return nil, nil
}

// rest is how long to wait until all probes may be run again: a period of its own after each has begun.
func (c *comparing) rest(transcripts []prober.Transcript) (rest time.Duration) {
	for i := range transcripts {
		rest = max(rest, c.aims[i].probe.Spec.Period-transcripts[i].Result.Since())
	}
	return rest
}

func (c *comparing) encode(r *TranscriptReport) error {
	data, err := encode(r, "  ")
	if err != nil {
		return err
	}
	if _, err := (escaper{c.options.streams.Out}).Write(append(data, '\n')); err != nil {
		return unwritten(err)
	}
	return nil
}

// sleep reports false when ctx ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// worseCode returns the exit code that says more: that something fails is certain, that a way is closed is not about
// the pod.
func worseCode(a, b int) int {
	switch {
	case a == exitFailing || b == exitFailing:
		return exitFailing
	case a != exitFine:
		return a
	}
	return b
}

// interrupted is the end by ctrl-c.
func interrupted(err error) error {
	return because(&failure{sentence: "Interrupted.", code: exitInterrupted}, err)
}
