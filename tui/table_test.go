package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/probetop/probetop/model"
)

// tableOf is the table of pods.
func tableOf(b *Board) *table[*model.Row] { return &b.views[0].(*podsView).table }

// village is a cluster of a few pods that tests change one by one.
type village struct {
	*model.Cluster
	t     *testing.T
	board *Board
	pods  map[string]*model.Pod
}

// newVillage returns healthy pods on a board of 80×24.
func newVillage(t *testing.T, names ...string) *village {
	v := &village{Cluster: model.NewCluster(), t: t, pods: map[string]*model.Pod{}}
	for _, ch := range (&factList{}).listed() {
		v.Apply(ch)
	}
	for _, name := range names {
		v.add(name)
	}
	v.board = boardOf(t, options(), 80, 24, v.Snapshot())
	return v
}

func (v *village) add(name string) {
	p := pod("ns", name, "node-1", model.Owner{}, container("main", probed(model.Readiness)))
	v.pods[name] = p
	v.Apply(model.Change{At: night, Fact: p})
}

// fail makes a pod unready.
func (v *village) fail(name string) {
	p := *v.pods[name]
	p.Conditions = append([]model.Condition(nil), p.Conditions...)
	p.Containers = append([]model.Container(nil), p.Containers...)
	v.pods[name] = unready(&p, time.Minute)
	v.Apply(model.Change{At: night, Fact: v.pods[name]})
}

func (v *village) remove(name string) {
	v.Apply(model.Change{At: night, Gone: true, Fact: v.pods[name]})
}

// replace makes another pod of that name.
func (v *village) replace(name string) {
	p := *v.pods[name]
	p.UID += "-2"
	v.Apply(model.Change{At: night, Fact: &p})
}

// draw brings the newest snapshot to the board.
func (v *village) draw() { v.board.Update(snapshotMsg{snapshot: v.Snapshot()}) }

func (v *village) wantSelected(name string) {
	v.t.Helper()
	r := tableOf(v.board).Selected()
	switch {
	case r == nil && name != "":
		v.t.Errorf("nothing is selected, want %s", name)
	case r != nil && r.Pod.Name != name:
		v.t.Errorf("%s is selected, want %q", r.Pod.Name, name)
	}
	if r != nil && !strings.Contains(plainScreen(v.board), "▸") {
		v.t.Error("the cursor is not on the screen")
	}
}

func TestSelectionIsTheWorstPodUntilTheUserMoves(t *testing.T) {
	v := newVillage(t, "a", "b", "c")
	v.wantSelected("a")
	v.fail("c")
	v.draw()
	v.wantSelected("c")
	press(v.board, "j")
	v.wantSelected("a")
	v.fail("b")
	v.draw()
	v.wantSelected("a")
	press(v.board, "g")
	v.wantSelected("b")
}

func TestSelectionFollowsItsPod(t *testing.T) {
	v := newVillage(t, "a", "b", "c", "d", "e")
	press(v.board, "j", "j")
	v.wantSelected("c")
	v.fail("e")
	v.draw()
	v.wantSelected("c")
	v.fail("c")
	v.draw()
	v.wantSelected("c")
	press(v.board, "o", "O")
	v.wantSelected("c")
	press(v.board, "/")
	typed(v.board, "name:[ae]")
	v.wantSelected("a")
	press(v.board, "esc")
	v.wantSelected("c")
}

func TestSelectionGoesToTheNeighbourOfAPodThatIsGone(t *testing.T) {
	v := newVillage(t, "a", "b", "c", "d")
	press(v.board, "j", "j")
	v.remove("c")
	v.draw()
	v.wantSelected("d")
	v.remove("d")
	v.draw()
	v.wantSelected("b")
	v.add("c") // it is back, and with it the cursor
	v.draw()
	v.wantSelected("c")
}

func TestSelectionGoesToThePodThatComesInItsPlace(t *testing.T) {
	v := newVillage(t, "a", "b", "c", "d")
	press(v.board, "j", "j")
	v.remove("c")
	v.replace("c")
	v.draw()
	v.wantSelected("c")
	second := *v.pods["c"]
	second.UID += "-2"
	v.Apply(model.Change{At: night, Gone: true, Fact: &second})
	v.draw()
	v.wantSelected("d")
	v.add("c")
	v.draw()
	v.wantSelected("c")
	v.remove("c")
	v.draw()
	press(v.board, "k")
	v.add("c")
	v.draw()
	v.wantSelected("b")
}

func TestSelectionSurvivesAnEmptyList(t *testing.T) {
	v := newVillage(t, "a", "b", "c")
	press(v.board, "j")
	press(v.board, "/")
	typed(v.board, "nothing")
	v.wantSelected("")
	press(v.board, "j", "G", "enter", "enter")
	v.wantSelected("")
	press(v.board, "esc")
	v.wantSelected("b")
	for _, name := range []string{"a", "b", "c"} {
		v.remove(name)
	}
	v.draw()
	v.wantSelected("")
	press(v.board, "j", "enter", "o")
	v.add("x")
	v.draw()
	v.wantSelected("x")
}

func TestScrollKeepsTheLineOfTheSelection(t *testing.T) {
	var names []string
	for i := range 100 {
		names = append(names, string(rune('a'+i/26))+string(rune('a'+i%26)))
	}
	v := newVillage(t, names...)
	press(v.board, "pgdown", "pgdown", "k", "k", "k")
	line := tableOf(v.board).cursor - tableOf(v.board).top
	name := tableOf(v.board).Selected().Pod.Name
	v.fail("da")
	v.fail("db")
	v.draw()
	v.wantSelected(name)
	if got := tableOf(v.board).cursor - tableOf(v.board).top; got != line || tableOf(v.board).top == 0 {
		t.Errorf("the selection is on line %d of the table, was on %d", got, line)
	}
}

func TestListThatWasNotScrolledBeginsWithTheWorst(t *testing.T) {
	v := newVillage(t, "a", "b", "c", "d")
	press(v.board, "j")
	v.fail("d")
	v.draw()
	v.wantSelected("b")
	if tableOf(v.board).top != 0 {
		t.Errorf("the first row is %d", tableOf(v.board).top)
	}
}

func TestMovingStopsAtTheEnds(t *testing.T) {
	v := newVillage(t, "a", "b", "c")
	press(v.board, "k", "ctrl+u", "pgup")
	v.wantSelected("a")
	press(v.board, "G", "j", "ctrl+d", "pgdown")
	v.wantSelected("c")
	press(v.board, "up")
	v.wantSelected("b")
	press(v.board, "down", "down")
	v.wantSelected("c")
}
