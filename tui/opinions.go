package tui

import (
	"slices"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/compare"
)

// opinions are what is known of the probes of the rows in view beside the kubelet's word: how their runs from here
// compare with it, and which are being run. They never change. To compare may mean to look at every row there is, so
// it is done once a second, and at once only for a row that has changed. The nil opinions know nothing.
type opinions struct {
	at      time.Time
	rows    map[*model.Row][]opinion // of the probes that were run, the most telling first
	running []model.Key
}

// next returns the opinions of another moment, or of other rows; itself when there is nothing new.
func (o *opinions) next(s *model.Snapshot, now time.Time, rows []*model.Row, running []model.Key) *opinions {
	known := func(r *model.Row) ([]opinion, bool) {
		if o == nil || !o.at.Equal(now) {
			return nil, false
		}
		list, ok := o.rows[r]
		return list, ok
	}
	same := slices.Equal(o.runs(), running)
	var compared []*model.Row
	for _, r := range rows {
		if shadowed(r) {
			_, ok := known(r)
			same = same && ok
			compared = append(compared, r)
		}
	}
	if same {
		return o
	}
	next := &opinions{at: now, rows: make(map[*model.Row][]opinion, len(compared)), running: running}
	for _, r := range compared {
		list, ok := known(r)
		if !ok {
			list = opinionsOf(s, r, now)
		}
		next.rows[r] = list
	}
	return next
}

// shadowed reports whether a probe of the row was run from here.
func shadowed(r *model.Row) bool {
	return slices.ContainsFunc(r.Probes, func(p model.Probe) bool { return p.Shadow != nil })
}

// opinionsOf compares the probes of a row that were run, and puts the most telling first.
func opinionsOf(s *model.Snapshot, r *model.Row, now time.Time) []opinion {
	var list []opinion
	for i := range r.Probes {
		if p := &r.Probes[i]; p.Shadow != nil {
			list = append(list, opinion{p, compare.AgreementOf(s, r, p, now)})
		}
	}
	slices.SortStableFunc(list, func(a, b opinion) int {
		if a.weight() != b.weight() {
			return int(a.weight()) - int(b.weight())
		}
		return byState(a.probe, b.probe)
	})
	return list
}

func (o *opinions) runs() []model.Key {
	if o == nil {
		return nil
	}
	return o.running
}

// isRunning reports whether a probe is being run from here.
func (o *opinions) isRunning(r *model.Row, p *model.Probe) bool {
	return slices.Contains(o.runs(), p.Key(r.Pod))
}

// opinion is how the runs of a probe compare with what the kubelet finds.
type opinion struct {
	probe *model.Probe
	compare.Agreement
}

// of returns what is known of the probes of a row that were run, the most telling first.
func (o *opinions) of(r *model.Row) []opinion {
	if o == nil {
		return nil
	}
	return o.rows[r]
}

// about returns what is known of one probe; it reports false when it was not run, or is not in view.
func (o *opinions) about(r *model.Row, p *model.Probe) (opinion, bool) {
	for _, op := range o.of(r) {
		if op.probe == p {
			return op, true
		}
	}
	return opinion{}, false
}

// weight is how much an opinion has to say.
type weight uint8

// The weights, the most telling first.
const (
	unexplained weight = iota
	// differing is a difference that has a reason.
	differing
	// passing is one that time should end.
	passing
	// remarked is no difference, and still there is something to say.
	remarked
	// undecided is a run that decided nothing, or has nothing to be compared with.
	undecided
	agreed
)

// weight finds it. A run that is old, or that the kubelet has no word against, is no difference.
func (o *opinion) weight() weight {
	here, there := o.run().Verdict, o.Kubelet.Verdict
	alike := here == there || here.Succeeds() && there.Succeeds()
	switch {
	case o.Class == compare.Unexplained:
		return unexplained
	case here == model.ShadowNone, o.Class == "":
		return undecided
	case there == model.ShadowNone:
		return undecided
	}
	switch o.Class {
	case compare.AgreePass, compare.AgreeSameCause, compare.AgreeOtherCause, compare.AgreeErrored, compare.ExecWording:
		return agreed
	case compare.KubeletStale, compare.NotProbedYet, compare.HostField, compare.HostResolver:
		return undecided
	case compare.BelowTheThreshold, compare.Recovering:
		return passing
	}
	if alike {
		return remarked
	}
	return differing
}

// run is the newest run.
func (o *opinion) run() *model.Shadow { return o.probe.Shadow.Last() }

// name says what is behind the opinion, with the mark when that is a guess.
func (o *opinion) name() string {
	if o.Class != "" && o.Certainty <= model.CertaintyLow {
		return o.Class.Name() + certaintyMark
	}
	return o.Class.Name()
}

// differs reports whether the probe comes to something else from here.
func (o *opinion) differs() bool { return o.weight() <= passing }

// difference returns the worst of the opinions about a row if it is a difference.
func (o *opinions) difference(r *model.Row) (opinion, bool) {
	if list := o.of(r); len(list) > 0 && list[0].differs() {
		return list[0], true
	}
	return opinion{}, false
}

// contests reports whether a probe of that type comes to something else from here.
func (o *opinions) contests(r *model.Row, typ model.ProbeType) bool {
	return slices.ContainsFunc(o.of(r), func(op opinion) bool { return op.probe.Type == typ && op.differs() })
}
