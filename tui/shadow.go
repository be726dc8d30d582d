package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// Shadow runs the probes of containers from here. Its methods may be called at any time and return at once; what
// the runs come to arrives through the [Source], as model.Shadow facts in later snapshots.
type Shadow interface {
	// Run runs a probe once; not when it is being run already. The row may be older than the newest snapshot: the
	// pod may be gone, and the container another instance, which then is what the run comes to. The probe of the row
	// is what the user has seen: an exec probe runs that command and no other, and only when confirmed is set, which
	// says that the user has agreed to it, or when State allows exec.
	Run(r *model.Row, p *model.Probe, confirmed bool)
	// Auto begins, or ends, running the probes in view or failing on their own period. Runs that have begun go on.
	Auto(on bool)
	// View tells which pods are in view: those of the rows on the screen, or the one that is open; there may be none. It is called at
	// most once a frame, when they have changed, and before Auto, too. The slice is the Shadow's to keep.
	View(pods []model.UID)
	// State says what is done now. It is cheap, and called for every frame.
	State() ShadowState
}

// ShadowState is what a [Shadow] does, and what it may do.
type ShadowState struct {
	// Auto is set while the probes in view or failing are run on their own period.
	Auto bool
	// Exec is set when exec probes may be run without asking, in auto, too.
	Exec bool
	// Running lists the probes that are being run, in an order that stays. Nobody writes to it.
	Running []model.Key
	// Lack says in a few words what it may not do, such as "pods/portforward is forbidden"; empty when nothing that
	// matters is missing.
	Lack string
}

// shadow is what the prober does; nothing without one.
func (b *Board) shadow() ShadowState {
	if b.options.Shadow == nil {
		return ShadowState{}
	}
	return b.options.Shadow.State()
}

// pressShadow handles a key that is about running probes from here, and reports whether it was one.
func (b *Board) pressShadow(k tea.KeyPressMsg) bool {
	run, auto := b.keys.Shadow.is(k), b.keys.Auto.is(k)
	switch {
	case !run && !auto:
		return false
	case b.options.Tape != nil:
		b.said = phrase{b.theme.strong, "a replay runs no probes; what they came to from here is in the recording"}
	case b.options.Shadow == nil:
		b.said = phrase{b.theme.strong, "nothing is run from here: --read-only, or --shadow off, is set"}
	case auto:
		b.shadowAuto()
	default:
		b.shadowSelected()
	}
	return true
}

// shadowAuto switches the runs that begin by themselves on or off, and says so.
func (b *Board) shadowAuto() {
	state := b.shadow()
	b.options.Shadow.Auto(!state.Auto)
	text := "auto on: probes in view or failing run from here once a period"
	switch {
	case state.Auto:
		text = "auto off: no probe runs from here by itself"
	case !state.Exec:
		text += "; no exec"
	}
	b.said = phrase{b.theme.strong, text}
}

// shadowSelected runs the probes of the pod that is open, or selected, worst first. A command is run in somebody's
// container, and is asked about before.
func (b *Board) shadowSelected() {
	target := b.target()
	r := target.pod
	if b.page != nil {
		r = b.page.row
	}
	switch {
	case r == nil && target.keep != nil:
		b.said = phrase{b.theme.strong, "enter shows the pods of " + target.words + ": probes are run of one of them"}
		return
	case r == nil:
		return
	case b.page != nil && !b.page.gone.IsZero():
		b.said = phrase{b.theme.strong, model.Printable(r.Pod.Name) + " is gone"}
		return
	}
	n, asks := 0, !b.shadow().Exec
	var commands []*model.Probe
	for _, p := range sortedProbes(r) {
		if asks && p.Spec.Handler == model.Exec {
			commands = append(commands, p)
			continue
		}
		b.options.Shadow.Run(r, p, false)
		n++
	}
	if b.questions = questionsAbout(r, commands); !b.asks() {
		b.questions = nil // there is no room for them
	}
	switch {
	case n > 0:
		b.sayRunning(r, n)
	case len(commands) == 0:
		b.said = phrase{b.theme.strong, model.Printable(r.Pod.Name) + " has no probes"}
	}
}

// sayRunning says that so many probes are run. While the display is paused, what they come to is not seen.
func (b *Board) sayRunning(r *model.Row, n int) {
	text := "running " + thousands(n) + plural(n, " probe of ", " probes of ") + model.Printable(r.Pod.Namespace+"/"+r.Pod.Name) + " from here"
	if !b.paused.IsZero() {
		text += "; seen when the display goes on"
	}
	b.said = phrase{b.theme.strong, text}
}

// sortedProbes lists the probes of a pod, worst first.
func sortedProbes(r *model.Row) []*model.Probe {
	list := make([]*model.Probe, len(r.Probes))
	for i := range list {
		list[i] = &r.Probes[i]
	}
	slices.SortStableFunc(list, byState)
	return list
}

// look derives what is known of the rows in view beside the kubelet's word, and tells the prober which these are.
func (b *Board) look() {
	rows := b.view().InView()
	if b.page != nil {
		rows = []*model.Row{b.page.row}
	}
	if b.shown != nil {
		b.opinions = b.opinions.next(b.shown, b.canvas.now, rows, b.state.Running)
	}
	b.canvas.opinions = b.opinions
	if b.options.Shadow == nil {
		return
	}
	same := slices.EqualFunc(rows, b.inView, func(r *model.Row, uid model.UID) bool { return r.Pod.UID == uid })
	if same {
		return
	}
	b.inView = make([]model.UID, len(rows))
	for i, r := range rows {
		b.inView[i] = r.Pod.UID
	}
	b.options.Shadow.View(slices.Clone(b.inView))
}
