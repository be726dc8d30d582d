package tui

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/probetop/probetop/model"
)

// sizes are those of the goldens.
var sizes = [...]struct{ width, height int }{{80, 24}, {120, 40}, {200, 50}, {40, 12}}

func TestPods(t *testing.T) {
	s := incident().snapshot()
	for _, size := range sizes {
		t.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(t *testing.T) {
			golden(t, plainScreen(boardOf(t, options(), size.width, size.height, s)))
		})
	}
	t.Run("one namespace", func(t *testing.T) {
		o := options()
		o.Scope, o.Namespace = "ns payments", "payments"
		golden(t, plainScreen(boardOf(t, o, 80, 24, s)))
	})
	t.Run("ascii", func(t *testing.T) {
		o := options()
		o.ASCII, o.Notice = true, "This is a recorded incident; nothing here is your cluster."
		golden(t, plainScreen(boardOf(t, o, 80, 24, s)))
	})
	t.Run("every probe in words", func(t *testing.T) { golden(t, plainScreen(boardOf(t, options(), 260, 24, s))) })
	t.Run("a pod of several containers", func(t *testing.T) {
		b := boardOf(t, options(), 80, 24, s)
		press(b, "j", "j", "j", "j")
		golden(t, plainScreen(b))
	})
	t.Run("20x5", func(t *testing.T) { golden(t, plainScreen(boardOf(t, options(), 20, 5, s))) })
	t.Run("filter, order and pause", func(t *testing.T) {
		b := boardOf(t, options(), 80, 24, s)
		press(b, "/")
		typed(b, "shop !name:web")
		press(b, "enter", "f", "o", "o", "O", "j", "space")
		golden(t, plainScreen(b))
	})
	t.Run("filter being typed", func(t *testing.T) {
		b := boardOf(t, options(), 80, 24, s)
		press(b, "/")
		typed(b, "status:crash(")
		golden(t, plainScreen(b))
	})
}

func TestPodPage(t *testing.T) {
	s := incident().snapshot()
	for _, size := range sizes {
		t.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(t *testing.T) {
			b := boardOf(t, options(), size.width, size.height, s)
			press(b, "enter")
			golden(t, plainScreen(b))
		})
	}
	for _, name := range []string{"search-0", "prometheus-0", "web-6f7d4c8b9-hn5zq", "backup", "7d2xk", "ledger-1", "recommender", "cart"} {
		t.Run(name, func(t *testing.T) {
			b := boardOf(t, options(), 100, 60, s)
			press(b, "/")
			typed(b, name)
			press(b, "enter", "enter")
			golden(t, plainScreen(b))
		})
	}
}

func TestHelp(t *testing.T) {
	for _, size := range sizes {
		t.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(t *testing.T) {
			b := boardOf(t, options(), size.width, size.height, incident().snapshot())
			press(b, "?")
			golden(t, plainScreen(b))
		})
	}
}

// sourcesIn is a cluster without pods whose sources are in these states.
func sourcesIn(states map[model.SourceKind]model.Source) *factList {
	f := &factList{}
	for i, kind := range model.SourceKinds {
		s, ok := states[kind]
		if !ok {
			s.State = model.SourceSynced
		}
		s.Kind = kind
		f.add(model.Stream(i), &s)
	}
	return f
}

func TestEmptyBoard(t *testing.T) {
	refused := `pods is forbidden: User "dev" cannot list resource "pods" in API group "" at the cluster scope`
	tests := map[string]*model.Snapshot{
		"before the first snapshot": nil,
		"while listing":             sourcesIn(map[model.SourceKind]model.Source{model.Pods: {State: model.SourceSyncing}, model.Events: {State: model.SourceSyncing}}).snapshot(),
		"no pod in scope":           sourcesIn(nil).snapshot(),
		"pods are forbidden":        sourcesIn(map[model.SourceKind]model.Source{model.Pods: {State: model.SourceForbidden, Error: refused}}).snapshot(),
		"the connection is lost":    sourcesIn(map[model.SourceKind]model.Source{model.Pods: {State: model.SourceStale, Since: ago(12 * time.Second), Error: "dial tcp 10.0.0.1:443: connect: connection refused"}}).snapshot(),
	}
	for name, s := range tests {
		t.Run(name, func(t *testing.T) { golden(t, plainScreen(boardOf(t, options(), 80, 24, s))) })
	}
	t.Run("nothing matches", func(t *testing.T) {
		b := boardOf(t, options(), 80, 24, incident().snapshot())
		press(b, "/")
		typed(b, "nonsense")
		press(b, "enter")
		golden(t, plainScreen(b))
	})
	t.Run("no faults", func(t *testing.T) {
		v := newVillage(t, "a", "b", "c")
		press(v.board, "f")
		golden(t, plainScreen(v.board))
	})
}

func TestSourcesThatDoNotSayEverything(t *testing.T) {
	f := incident()
	f.add(1, &model.Source{
		Kind: model.Events, State: model.SourceForbidden, Since: ago(time.Hour),
		Error: `events is forbidden: User "dev" cannot list resource "events" in API group "" at the cluster scope`,
	})
	f.add(4, &model.Source{Kind: model.Nodes, State: model.SourceStale, Since: ago(12 * time.Second), Error: "connection refused"})
	for _, size := range sizes {
		t.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(t *testing.T) {
			golden(t, plainScreen(boardOf(t, options(), size.width, size.height, f.snapshot())))
		})
	}
	t.Run("late events", func(t *testing.T) {
		s := *incident().snapshot()
		s.Late = []model.LateNode{{Name: "ip-10-0-2-44", By: 130 * time.Second, Until: ago(-time.Minute)}, {Name: "ip-10-0-1-17", By: 20 * time.Second, Until: ago(-time.Second)}}
		golden(t, plainScreen(boardOf(t, options(), 80, 24, &s)))
	})
	t.Run("the feed has ended", func(t *testing.T) {
		b := boardOf(t, options(), 80, 24, incident().snapshot())
		b.Update(snapshotMsg{err: errors.New("the recording is over")})
		golden(t, plainScreen(b))
	})
}
