package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// The budgets these are held to, at 200×50 with 50,000 pods: View 2 ms, a key 2 ms, one changed row 5 ms.

const manyPods = 50_000

// crowd is a cluster of n pods of which every fortieth is unready, and its liveness about to end it.
func crowd(n int) (*model.Cluster, []*model.Pod) {
	c := model.NewCluster()
	for _, ch := range (&factList{}).listed() {
		c.Apply(ch)
	}
	pods := make([]*model.Pod, n)
	for i := range pods {
		name := fmt.Sprintf("service-%d-7d9f8b6c5d-%05x", i%300, i*7919%(1<<20))
		p := pod(fmt.Sprintf("team-%d", i%60), name, fmt.Sprintf("ip-10-0-%d-%d", i%250, i%17), deployment(fmt.Sprintf("service-%d", i%300), "7d9f8b6c5d"),
			container("main", probed(model.Readiness), probed(model.Liveness)))
		if i%40 == 0 {
			unready(p, time.Duration(i)*time.Millisecond)
		}
		pods[i] = p
		c.Apply(model.Change{At: night, Fact: p})
		for n := 0; i%40 == 0 && n < 2; n++ {
			c.Apply(model.Change{At: night, Stream: 1, Fact: model.NewEvent(model.Event{
				UID: "event-" + p.UID, Namespace: p.Namespace, Name: p.Name + ".1", Pod: p.UID, Container: "main", Reason: "Unhealthy",
				Message: "Liveness probe failed: " + notServing, Count: int32(n + 1), First: ago(14 * time.Second), Last: ago(time.Duration(14-10*n) * time.Second),
			})})
		}
	}
	return c, pods
}

func (f *factList) listed() []model.Change {
	f.sources(model.SourceSyncing, false)
	f.sources(model.SourceSynced, true)
	return f.changes
}

func BenchmarkView(b *testing.B) {
	c, _ := crowd(manyPods)
	for _, size := range []struct{ width, height int }{{80, 24}, {200, 50}} {
		b.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(b *testing.B) {
			board := boardOf(b, options(), size.width, size.height, c.Snapshot())
			b.ReportAllocs()
			for b.Loop() {
				board.View()
			}
		})
	}
}

func BenchmarkKey(b *testing.B) {
	c, _ := crowd(manyPods)
	for _, keys := range [][]string{{"j"}, {"G", "g"}, {"f"}, {"o"}, {"O"}} {
		b.Run(keys[0], func(b *testing.B) {
			board := boardOf(b, options(), 200, 50, c.Snapshot())
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				press(board, keys[i%len(keys)])
				board.View()
			}
		})
	}
}

func BenchmarkFilterKey(b *testing.B) {
	c, _ := crowd(manyPods)
	board := boardOf(b, options(), 200, 50, c.Snapshot())
	press(board, "/")
	b.ReportAllocs()
	for b.Loop() {
		press(board, "7", "backspace")
	}
}

func BenchmarkSnapshot(b *testing.B) {
	for _, filter := range []string{"", "service-1"} {
		for _, changed := range []int{1, 100, 50_000} {
			b.Run(fmt.Sprintf("filter=%s/changed=%d", filter, changed), func(b *testing.B) {
				c, pods := crowd(manyPods)
				snapshots := [2]*model.Snapshot{c.Snapshot()}
				for i := range changed {
					p := *pods[(i*31)%manyPods]
					p.Created = p.Created.Add(time.Second)
					c.Apply(model.Change{At: night, Fact: unready(&p, time.Second)})
				}
				snapshots[1] = c.Snapshot()
				board := boardOf(b, options(), 200, 50, snapshots[0])
				press(board, "/")
				typed(board, filter)
				press(board, "enter", "j", "j")
				b.ReportAllocs()
				for i := 1; b.Loop(); i++ {
					board.Update(snapshotMsg{snapshot: snapshots[i%2]})
				}
			})
		}
	}
}

func BenchmarkPodPage(b *testing.B) {
	for name, f := range map[string]*factList{"incident": incident(), "hostile": hostile()} {
		b.Run(name, func(b *testing.B) {
			board := boardOf(b, options(), 200, 50, f.snapshot())
			press(board, "enter")
			b.ReportAllocs()
			for b.Loop() {
				press(board, "j")
				board.View()
			}
		})
	}
}

// BenchmarkPodPageTick is a page that is written anew because a second has passed.
func BenchmarkPodPageTick(b *testing.B) {
	for name, f := range map[string]*factList{"incident": incident(), "hostile": hostile()} {
		b.Run(name, func(b *testing.B) {
			o, now := options(), night
			o.Now = func() time.Time { return now }
			board := boardOf(b, o, 200, 50, f.snapshot())
			press(board, "enter")
			b.ReportAllocs()
			for b.Loop() {
				now = now.Add(time.Second)
				board.Update(tickMsg{board.generation})
				board.View()
			}
		})
	}
}

// BenchmarkEndlessCharacter measures a text of kilobytes that is one character.
func BenchmarkEndlessCharacter(b *testing.B) {
	for name, text := range map[string]string{"jamo": strings.Repeat("\u1100", 4<<10), "kana": "ﾊ" + strings.Repeat("\uff9e", 4<<10)} {
		for how, m := range map[string]Measure{"rune by rune": PerRune, "graphemes": PerGrapheme} {
			b.Run(name+" "+how, func(b *testing.B) {
				for b.Loop() {
					m.Clip(text, 80, "…")
					m.wrap(text, 80, fullLines, "…")
				}
			})
		}
	}
}

// longTape is a recording of a day in which something changes every few seconds.
func longTape(transitions int) *fakeTape {
	f := &fakeTape{head: model.Playhead{At: night, Start: ago(12 * time.Hour), End: ago(-12 * time.Hour), Speed: 1}}
	for i := range transitions {
		at := f.head.Start.Add(24 * time.Hour * time.Duration(i) / time.Duration(transitions))
		f.transitions = append(f.transitions, model.Transition{
			At: at, Namespace: "team", Name: fmt.Sprintf("service-%d", i%300), From: model.Healthy, To: model.Severity(i % 5),
		})
	}
	return f
}

func BenchmarkReplay(b *testing.B) {
	c, _ := crowd(manyPods)
	snapshot := c.Snapshot()
	on := func(b *testing.B) (*Board, *fakeTape) {
		f := longTape(10_000)
		board := boardOf(b, onTape(f), 200, 50, snapshot)
		b.ReportAllocs()
		return board, f
	}
	b.Run("view", func(b *testing.B) {
		board, _ := on(b)
		for b.Loop() {
			board.View()
		}
	})
	b.Run("seek", func(b *testing.B) {
		board, f := on(b)
		for i := 0; b.Loop(); i++ {
			press(board, [...]string{"]", "["}[i%2])
			board.View()
			f.told = f.told[:0]
		}
	})
	b.Run("resize", func(b *testing.B) {
		board, _ := on(b)
		for i := 0; b.Loop(); i++ {
			board.Update(tea.WindowSizeMsg{Width: 199 + i%2, Height: 50})
		}
	})
}

// BenchmarkShadow is a board on which every probe in view was run from here: a key, and a second that has passed.
func BenchmarkShadow(b *testing.B) {
	c, pods := crowd(manyPods)
	for i := 0; i < manyPods; i += 40 {
		for n := range 3 {
			c.Apply(model.Change{At: night, Stream: shadowStream, Fact: &model.Shadow{
				Probe: model.Key{Pod: pods[i].UID, Container: "main", Type: model.Liveness}, Instance: "containerd://main",
				At: ago(time.Duration(10-n) * time.Second), Took: time.Millisecond, Verdict: model.ShadowSuccess,
			}})
		}
	}
	on := func(b *testing.B) *Board {
		board := boardOf(b, shadowOptions(&fakeShadow{}), 200, 50, c.Snapshot())
		if len(board.opinions.rows) < 40 {
			b.Fatalf("%d rows in view were run from here", len(board.opinions.rows))
		}
		b.ReportAllocs()
		return board
	}
	b.Run("key", func(b *testing.B) {
		board := on(b)
		for i := 0; b.Loop(); i++ {
			press(board, [...]string{"j", "k"}[i%2])
			board.View()
		}
	})
	b.Run("tick", func(b *testing.B) {
		board, now := on(b), night
		board.options.Now = func() time.Time { return now }
		for b.Loop() {
			now = now.Add(time.Second)
			board.Update(tickMsg{board.generation})
			board.View()
		}
	})
}
