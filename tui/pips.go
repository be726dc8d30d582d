package tui

import (
	"strings"

	"github.com/probetop/probetop/model"
)

// maxPips is how many failures are drawn one by one.
const maxPips = 10

// pips draws the run of a probe that fails: a mark for each failure, and one for each that is missing to its threshold.
func (g *glyphs) pips(p *model.Probe) string {
	f := p.Failures
	if g.runWord(p) == "" || f.Threshold < 2 || f.Threshold > maxPips {
		return ""
	}
	n := min(max(int(f.Run), 0), int(f.Threshold))
	if p.State == model.StateFailed {
		n = int(f.Threshold)
	}
	return strings.Repeat(g.lanes.full, n) + strings.Repeat(g.lanes.empty, int(f.Threshold)-n) + " "
}
