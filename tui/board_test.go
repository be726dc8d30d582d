package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

func TestPauseKeepsThePictureAndThenShowsTheNewest(t *testing.T) {
	now := night
	v := newVillage(t, "a", "b")
	v.board.options.Now = func() time.Time { return now }
	v.fail("a")
	v.draw()
	press(v.board, "space")
	v.fail("b")
	v.draw()
	v.add("c")
	now = now.Add(90 * time.Second)
	v.draw()
	wantOnScreen(t, v.board, "PAUSED 90s")
	wantOnScreen(t, v.board, "2 pods, 1 ready")
	wantOnScreen(t, v.board, " 60s ") // nor does its age grow
	press(v.board, "space")
	wantOnScreen(t, v.board, "3 pods, 1 ready")
	if s := plainScreen(v.board); strings.Contains(s, "PAUSED") {
		t.Errorf("still paused:\n%s", s)
	}
}

func TestOldTicksCountForNothing(t *testing.T) {
	b := boardOf(t, options(), 80, 24, incident().snapshot())
	b.Init()
	if _, cmd := b.Update(tickMsg{generation: b.generation}); cmd == nil {
		t.Error("the newest tick is not followed by another")
	}
	if _, cmd := b.Update(tickMsg{generation: b.generation - 1}); cmd != nil {
		t.Error("an old tick is followed by another")
	}
}

func TestEveryKeyOfTheMapDoesSomething(t *testing.T) {
	v := newVillage(t, "a", "b", "c")
	v.fail("b")
	v.draw()
	press(v.board, "j")
	before := plainScreen(v.board)
	for _, group := range v.board.keys.groups() {
		for _, k := range group {
			if k.Help().Desc == "quit" {
				continue
			}
			press(v.board, "o", "j") // away from every end
			from := plainScreen(v.board)
			press(v.board, strings.NewReplacer("ctrl-", "ctrl+", "pgdn", "pgdown").Replace(k.Help().Key))
			if k.Help().Desc != "back" && plainScreen(v.board) == from {
				t.Errorf("%s does nothing", k.Help().Key)
			}
			v.board = boardOf(t, options(), 80, 24, v.Snapshot())
			press(v.board, "j")
		}
	}
	if plainScreen(v.board) != before {
		t.Error("the board is not where it began")
	}
}

func TestQuit(t *testing.T) {
	for k, want := range map[string]tea.Msg{"q": tea.QuitMsg{}, "ctrl+c": tea.InterruptMsg{}} {
		for _, before := range [][]string{nil, {"enter"}, {"?"}} {
			b := boardOf(t, options(), 80, 24, incident().snapshot())
			press(b, before...)
			if _, cmd := b.Update(keyOf(k)); cmd == nil || cmd() != want {
				t.Errorf("%s does not quit after %q", k, before)
			}
		}
	}
}

func TestWhatIsTypedIsCleaned(t *testing.T) {
	tests := map[string]string{
		"a\u202eb":        "ab",
		"\u2066x\u200b":   "x",
		"e\u0301":         "e\u0301",
		"น\u0e49\u0e33":   "น\u0e49\u0e33",
		"shop sea":        "shop sea",
		"\u0301x":         "x",
		"ﾊ\uff9e":         "ﾊ\uff9e",
		"a\u202e\u202db ": "ab ",
	}
	for text, want := range tests {
		b := boardOf(t, options(), 80, 24, incident().snapshot())
		press(b, "/")
		typed(b, text)
		if got := b.prompt.input.String(); got != want || b.prompt.text != want {
			t.Errorf("%q typed is %q, and looked for is %q; want %q", text, got, b.prompt.text, want)
		}
		checkScreen(t, b)
	}
}

func TestThePromptShowsWhatIsAroundTheCursor(t *testing.T) {
	b := boardOf(t, options(), 40, 12, incident().snapshot())
	press(b, "/")
	typed(b, "abcdefghijklmnopqrstuvwxyz")
	wantOnScreen(t, b, "/ghijklmnopqrstuvwxyz ")
	for range 26 {
		press(b, "left")
	}
	wantOnScreen(t, b, "/abcdefghijklmnopqrstu ")
	press(b, "right", "X")
	wantOnScreen(t, b, "/aXbcdefghijklmnopqrst ")
	if want := b.theme.selected.on + "b" + b.theme.selected.off; !strings.Contains(b.View().Content, want) {
		t.Errorf("the cursor is not on the b: %q", b.View().Content)
	}
}

func TestPasteGoesIntoTheFilter(t *testing.T) {
	b := boardOf(t, options(), 80, 24, incident().snapshot())
	b.Update(tea.PasteMsg{Content: "ignored"})
	press(b, "/")
	b.Update(tea.PasteMsg{Content: "shop/sea\u202erch-0\n"})
	press(b, "enter")
	wantOnScreen(t, b, "filter shop/search-0")
	wantOnScreen(t, b, "1 of 1 ")
}

func TestPodPageFollowsItsPod(t *testing.T) {
	v := newVillage(t, "a", "b")
	press(v.board, "j", "enter")
	wantOnScreen(t, v.board, "── ns/b")
	wantOnScreen(t, v.board, "nothing is known to be wrong")
	v.fail("b")
	v.draw()
	wantOnScreen(t, v.board, "✖ unready")
	v.remove("b")
	v.draw()
	wantOnScreen(t, v.board, "This pod is gone")
	wantOnScreen(t, v.board, "CONTAINER main")
	v.remove("a")
	v.draw()
	wantOnScreen(t, v.board, "── ns/b")
	press(v.board, "esc", "j")
	wantOnScreen(t, v.board, "There is no pod in scope")
}

func TestPodPageGoesOnWithTheReplacement(t *testing.T) {
	v := newVillage(t, "a", "b")
	press(v.board, "j", "enter")
	v.remove("b")
	v.draw()
	press(v.board, "enter")
	wantOnScreen(t, v.board, "This pod is gone")
	v.replace("b")
	v.draw()
	wantOnScreen(t, v.board, "by a new pod of the same name: enter opens that one")
	press(v.board, "enter")
	if text := plainScreen(v.board); strings.Contains(text, "Replaced") || !strings.Contains(text, "── ns/b") {
		t.Errorf("the page is not the new pod's:\n%s", text)
	}
}

func TestPodPageKeepsItsPlace(t *testing.T) {
	f := incident()
	c := f.cluster()
	b := boardOf(t, options(), 80, 24, c.Snapshot())
	press(b, "enter", "j", "j", "j", "j", "j")
	line := strings.Split(plainScreen(b), "\n")[5]
	c.Apply(model.Change{At: night.Add(time.Second), Fact: f.changes[len(f.changes)-1].Fact})
	b.Update(snapshotMsg{snapshot: c.Snapshot()})
	b.Update(tickMsg{generation: b.generation})
	if got := strings.Split(plainScreen(b), "\n")[5]; got != line {
		t.Errorf("line 5 is %q, was %q", got, line)
	}
	press(b, "G", "j")
	wantOnScreen(t, b, "Liveness probe failed")
	press(b, "g")
	wantOnScreen(t, b, "WHAT IS WRONG")
}
