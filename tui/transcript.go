package tui

import (
	"slices"
	"time"

	"github.com/probetop/probetop/model"
)

// transcript writes the last runs of the probes from here, newest first, and how they compare with the kubelet's word.
func (s *sheet) transcript(r *model.Row) {
	for _, p := range sortedProbes(r) {
		s.heading("FROM HERE  "+p.Type.String()+" of "+model.Printable(p.Container.Name), model.Printable(p.Spec.Target()))
		s.fromHere(r, p)
		if p.Shadow == nil {
			s.text(2, 2, s.dim, "not run from here yet: P runs the probes of this pod")
			continue
		}
		s.runs(p)
	}
	if len(r.Probes) == 0 {
		s.text(2, 1, s.dim, "no probes: there is nothing to run from here")
	}
}

// runs writes the runs that are kept.
func (s *sheet) runs(p *model.Probe) {
	l := s.row(4).cell(s.dim, "AT", 10).cell(s.dim, "CAME TO", 14).cell(s.dim, "TOOK", 9)
	s.end(l.cell(s.dim, "WAY", 9).put(s.dim, "TEXT"))
	for _, run := range slices.Backward(p.Shadow.Runs) {
		mark := s.verdict(run.Verdict)
		l := s.row(4).cell(ink{}, run.At.In(s.now.Location()).Format(time.TimeOnly), 10).cell(mark.ink, mark.text, 14)
		took, way := s.none, s.none
		if run.Verdict != model.ShadowNone && run.Timed(p.Spec.Handler) {
			took = latency(run.Took)
		}
		if run.RoundTrip > 0 {
			way = latency(run.RoundTrip)
		}
		l.cell(ink{}, took, 9).cell(ink{}, way, 9)
		s.hang(l, 46, fullLines, s.dim, model.PrintableLines(run.Text)...)
	}
}
