package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"github.com/probetop/probetop/model"
)

// Board is the program: it takes snapshots, keys and the time, and says what is on the screen.
type Board struct {
	// immutable after New
	options Options
	keys    *keyMap
	next    tea.Cmd

	// style is what is known of the terminal and wanted of the theme, which is made from it.
	style look
	theme *theme

	width, height int
	// newest is the last snapshot that came, shown the one on the screen; they differ while the display
	// is paused.
	newest, shown *model.Snapshot
	paused        time.Time
	ended         error
	// A tick of the newest generation is on its way while ticking is set.
	generation int
	ticking    bool
	// recording is set while the recorder is being switched; said is what there is to say until the next key.
	recording bool
	said      phrase
	// questions are asked one after another, before anything else is taken.
	questions []question
	// inView are the pods that the prober was last told of.
	inView []model.UID

	views []view // those of newViews
	at    int    // which of them is on the screen
	// within narrows the pods to those of a row of the view from, which was opened.
	within opening
	from   int
	aim    aim
	prompt prompt
	page   *podPage // nil while no pod is open
	help   *pager   // nil while it is closed
	scrub  *scrub   // nil without a tape

	// derived by compose
	playhead   *model.Playhead // nil without a tape
	canvas     *canvas
	opinions   *opinions
	state      ShadowState
	head, foot []string
}

// snapshotMsg brings what the source said.
type snapshotMsg struct {
	snapshot *model.Snapshot
	err      error
}

// tickMsg says that a second has passed. Only the newest generation counts.
type tickMsg struct{ generation int }

// New returns a board that reads its source while it runs and ctx is not done.
func New(ctx context.Context, o Options) *Board {
	if o.Now == nil {
		o.Now = time.Now
	}
	b := &Board{options: o, style: look{theme: o.Theme, noColor: o.NoColor, ascii: o.ASCII}}
	b.theme = b.style.newTheme()
	b.keys = newKeyMap(o.Tape != nil, o.Recorder != nil, o.Shadow != nil)
	b.keys.Suspend.untold = !o.Suspend
	if o.Tape != nil {
		b.scrub = newScrub(o.Tape)
	}
	b.views = newViews(b.keys, &b.options)
	b.keys.number(b.views)
	b.keys.rebind(o.Keys)
	b.next = func() tea.Msg {
		s, err := o.Source.Next(ctx)
		return snapshotMsg{s, err}
	}
	b.compose()
	return b
}

// Init asks for the first snapshot, and the terminal for its background.
func (b *Board) Init() tea.Cmd {
	if b.style.follows() {
		return tea.Batch(b.next, b.tick(), tea.RequestBackgroundColor)
	}
	return tea.Batch(b.next, b.tick())
}

// tick asks to be woken in a second while anything changes by itself, unless that has been asked for.
func (b *Board) tick() tea.Cmd {
	still := b.playhead != nil && !b.playhead.Playing && !b.recorder().On
	if b.ticking || still {
		return nil
	}
	b.ticking = true
	b.generation++
	g := b.generation
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return tickMsg{g} })
}

// Update takes one message.
func (b *Board) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	page := b.page
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		b.width, b.height = msg.Width, msg.Height
	case snapshotMsg:
		cmd = b.receive(msg)
	case tickMsg:
		if msg.generation != b.generation {
			return b, nil
		}
		b.ticking = false
	case answerMsg:
		msg.to.Take(msg.answer, msg.err)
	case seenMsg:
		b.aim.seen(msg.turn)
	case recordedMsg:
		b.recorded(msg.err)
	case tea.ModeReportMsg:
		b.measure(msg)
	case tea.BackgroundColorMsg:
		b.restyle(func(l *look) { l.light = !msg.IsDark() })
	case tea.ColorProfileMsg:
		b.restyle(func(l *look) { l.rich = msg.Profile >= colorprofile.ANSI256 })
	case tea.MouseWheelMsg:
		b.wheel(msg)
	case tea.MouseClickMsg:
		cmd = b.click(msg)
	case tea.KeyPressMsg:
		cmd = b.hear(msg)
	case tea.PasteMsg:
		b.edit(tea.PasteMsg{Content: model.Printable(msg.Content)})
	default:
		return b, nil
	}
	if page != nil && page != b.page {
		page.Close()
	}
	b.compose()
	return b, tea.Batch(cmd, b.tick(), b.ask())
}

// measure takes what the terminal answers about mode 2027. Where it knows the mode, bubbletea switches it on and counts
// cells so, which is why the condition is bubbletea's.
func (b *Board) measure(msg tea.ModeReportMsg) {
	known := msg.Value == ansi.ModeReset || msg.Value == ansi.ModeSet || msg.Value == ansi.ModePermanentlySet
	if msg.Mode != ansi.ModeUnicodeCore || !known || b.theme.Measure == PerGrapheme {
		return
	}
	b.restyle(func(l *look) { l.measure = PerGrapheme })
	for _, v := range b.views {
		v.SetMeasure(PerGrapheme)
	}
}

// restyle makes the theme anew after the look has changed.
func (b *Board) restyle(change func(*look)) {
	before := b.style
	change(&b.style)
	if b.style != before {
		b.theme = b.style.newTheme()
	}
}

// recorder is how the recording goes; nothing without a recorder.
func (b *Board) recorder() RecorderStatus {
	if b.options.Recorder == nil {
		return RecorderStatus{}
	}
	return b.options.Recorder.Status()
}

// now is the moment shown: that of the tape, or the clock's. Ages grow together, once a second.
func (b *Board) now() time.Time {
	if b.playhead != nil {
		return b.playhead.At.Truncate(time.Second)
	}
	return b.options.Now().Truncate(time.Second)
}

// receive takes what the source said, and asks for more.
func (b *Board) receive(msg snapshotMsg) tea.Cmd {
	if msg.err != nil {
		b.ended = msg.err
		return nil
	}
	b.newest = msg.snapshot
	if !b.paused.IsZero() {
		return b.next
	}
	return tea.Batch(b.next, b.show(msg.snapshot))
}

// show puts a snapshot on the screen. For a glance keys mean what was selected before.
func (b *Board) show(s *model.Snapshot) tea.Cmd {
	if s == nil || s == b.shown {
		return nil
	}
	was := b.view().Open()
	b.shown = s
	b.view().Show(s)
	if b.page != nil {
		b.page.Follow(s)
	}
	return b.aim.keep(was, b.view().Open())
}
