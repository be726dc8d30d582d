package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/probetop/probetop/model"
)

// estate is the incident with what the views show beside it: zones, images, a rollout whose new revision fails, a Service that
// lost its last endpoint, a slice that is late, and a pod that ends.
func estate() *factList {
	f := incident()
	for i, n := range []string{"ip-10-0-1-17", "ip-10-0-2-44", "ip-10-0-3-8"} {
		f.later(time.Minute, 4, &model.Node{
			Name: n, Ready: model.True, Since: ago(90 * time.Hour), KubeletVersion: []string{"v1.37.1", "v1.36.4", "v1.31.2"}[i],
			RuntimeVersion: "containerd://2.1.4", OS: "linux", Zone: "eu-west-1" + string(rune('a'+i)),
		})
	}
	var before, after []model.Endpoint
	for i, name := range []string{"4k2xw", "b9rtz", "w7zpl", "hq4mm", "x8v2c"} {
		hash, image := "5c9d6f7b8", "registry.example.com/shop/front:1.9.3"
		c := container("front", probed(model.Readiness))
		if i >= 3 {
			hash, image = "77b4d9c6f", "registry.example.com/shop/front:2.0.0"
		}
		c.Spec = &model.ContainerSpec{Image: image}
		p := pod("shop", "front-"+hash+"-"+name, []string{"ip-10-0-1-17", "ip-10-0-2-44", "ip-10-0-3-8"}[i%3], deployment("front", hash), c)
		if before = append(before, ready(p)); i >= 3 {
			born(p, 6*time.Minute)
			unready(p, 5*time.Minute)
		}
		f.later(50*time.Second, 0, p)
		if i >= 3 {
			f.said(p, "front", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 500", 30, 5*time.Minute, 3*time.Second)
			f.changes[len(f.changes)-1].At = ago(3 * time.Second)
			after = append(after, out(p))
			continue
		}
		end := ready(p)
		end.Terminating = i == 2
		after = append(after, end)
	}
	f.later(45*time.Second, 3, &model.Service{Namespace: "shop", Name: "front"})
	f.later(45*time.Second, 2, slice("shop", "front", before...))
	f.later(40*time.Second, 2, slice("shop", "front", after...))
	f.later(0, 0, nil)
	return f
}

// viewKeys brings up every view, and every grouping of workloads.
var viewKeys = map[string][]string{
	"pods": {"1"}, "workloads": {"2"}, "by revision": {"2", "tab"}, "by node": {"2", "tab", "tab"}, "by zone": {"2", "tab", "tab", "tab"},
	"by image": {"2", "tab", "tab", "tab", "tab"}, "by cause": {"2", "shift+tab"}, "services": {"3"}, "restarts": {"4"}, "nodes": {"5"},
}

func TestViews(t *testing.T) {
	s := estate().snapshot()
	for name, keys := range viewKeys {
		for _, size := range [...]struct{ width, height int }{{80, 24}, {200, 50}} {
			t.Run(fmt.Sprintf("%s %dx%d", name, size.width, size.height), func(t *testing.T) {
				b := boardOf(t, options(), size.width, size.height, s)
				press(b, keys...)
				golden(t, plainScreen(b))
				checkScreen(t, b)
			})
		}
	}
}

func TestViewsHaveTheSizeOfTheScreen(t *testing.T) {
	for world, s := range map[string]*model.Snapshot{"estate": estate().snapshot(), "hostile": hostile().snapshot(), "nothing": nil} {
		for name, keys := range viewKeys {
			t.Run(world+" "+name, func(t *testing.T) {
				b := boardOf(t, options(), 80, 24, s)
				press(b, keys...)
				for _, width := range []int{1, 9, 40, 99, 160, 250} {
					for _, height := range []int{1, 3, 8, 18, 60} {
						b.Update(tea.WindowSizeMsg{Width: width, Height: height})
						checkScreen(t, b)
					}
				}
			})
		}
	}
}

func TestEveryColumnOrdersAndIsMarked(t *testing.T) {
	s := estate().snapshot()
	for name, keys := range viewKeys {
		for _, width := range []int{40, 80, 200} {
			b := boardOf(t, options(), width, 24, s)
			press(b, keys...)
			begin, first, seen := plainScreen(b), b.view().Order(), map[string]bool{}
			for range 30 {
				press(b, "o")
				if seen[b.view().Order()] {
					break
				}
				seen[b.view().Order()] = true
				if b.view().Order() != first && !strings.Contains(plainScreen(b), b.theme.down) {
					t.Errorf("%s, width %d, %s: no title is marked:\n%s", name, width, b.view().Order(), plainScreen(b))
				}
			}
			if len(seen) < 3 {
				t.Errorf("%s, width %d: o goes through %d orders", name, width, len(seen))
			}
			b = boardOf(t, options(), width, 24, s)
			press(b, keys...)
			press(b, "@", "@", "!")
			if name == "pods" && b.view().Order() != "" {
				t.Errorf("%s, width %d: ordered %s after shift-1", name, width, b.view().Order())
			}
			press(b, "g")
			if name == "pods" && plainScreen(b) != begin {
				t.Errorf("%s, width %d: not as it began:\n%s", name, width, plainScreen(b))
			}
		}
	}
}

func TestARowOpensItsPods(t *testing.T) {
	tests := []struct {
		keys  []string
		find  string
		words string
		pods  int
	}{
		{[]string{"2"}, "front", "workload Deployment/front", 5},
		{[]string{"2", "tab", "tab", "tab"}, "front-5c9d6f7b8-4k2xw", "zone eu-west-1a", 8},
		{[]string{"3"}, "front", "Service front", 5},
		{[]string{"5"}, "node:ip-10-0-9-9", "node ip-10-0-9-9", 1},
	}
	for _, test := range tests {
		b := boardOf(t, options(), 120, 40, estate().snapshot())
		press(b, test.keys...)
		press(b, "/")
		typed(b, test.find)
		press(b, "enter", "enter")
		wantOnScreen(t, b, "pods of "+test.words)
		at := b.from
		press(b, "esc")
		if shown, _ := b.view().Counts(); b.at != 0 || shown != test.pods {
			t.Errorf("%s: %d pods, want %d", test.words, shown, test.pods)
		}
		press(b, "esc")
		if b.at != at || at == 0 {
			t.Errorf("%s: esc goes to view %d, not to %d", test.words, b.at+1, at+1)
		}
	}
}

func TestARestartOpensItsPod(t *testing.T) {
	b := boardOf(t, options(), 120, 40, estate().snapshot())
	press(b, "4", "enter")
	if b.page == nil || b.page.row.Pod.Name != "ledger-1" && !strings.HasPrefix(b.page.row.Pod.Name, "api-") && b.page.row.Pod.Name != "checkout-66c9d7b5f4-kz8wd" {
		t.Fatalf("no page, or that of another pod:\n%s", plainScreen(b))
	}
	press(b, "esc")
	if b.at != 3 {
		t.Errorf("esc goes to view %d", b.at+1)
	}
}

func TestARolloutSaysWhichRevisionFails(t *testing.T) {
	b := boardOf(t, options(), 200, 50, estate().snapshot())
	press(b, "2")
	wantOnScreen(t, b, "2 of 5 new, 0 ready")
	wantOnScreen(t, b, "the new revision fails, 2 of 2")
}

func TestAServiceWithoutAnyReadyEndpointIsAnAlarm(t *testing.T) {
	b := boardOf(t, options(), 200, 50, estate().snapshot())
	press(b, "3")
	first := b.view().(*listView[*serviceRow]).table.Selected()
	if first.state() != servesNobody || first.total == 0 {
		t.Errorf("the first Service is %s, with %d of %d endpoints ready", first.name, first.ready, first.total)
	}
	wantOnScreen(t, b, "no traffic")
	f := estate()
	f.later(0, 2, &model.Source{Kind: model.EndpointSlices, State: model.SourceForbidden, Since: night})
	b = boardOf(t, options(), 200, 50, f.snapshot())
	press(b, "3")
	wantOnScreen(t, b, "EndpointSlices are not read: who gets traffic is not known")
	wantNotOnScreen(t, b, "0/")
}

func TestNodesTellTheirKubeletAndItsQuirks(t *testing.T) {
	b := boardOf(t, options(), 200, 50, estate().snapshot())
	press(b, "5")
	wantOnScreen(t, b, "lost")
	wantOnScreen(t, b, "NodeStatusUnknown")
	wantOnScreen(t, b, "v1.31.2")
	press(b, "/")
	typed(b, "node:3-8")
	press(b, "enter")
	wantOnScreen(t, b, "known of this kubelet: events of kills and starts are dropped")
}

func TestAGlanceIsForWhatWasOnTheScreen(t *testing.T) {
	v := newVillage(t, "a", "b")
	v.wantSelected("a")
	v.fail("b")
	v.draw()
	v.wantSelected("b")
	press(v.board, "enter")
	if got := v.board.page.row.Pod.Name; got != "a" {
		t.Errorf("enter opens %s, which had just come up; a was on the screen", got)
	}
	press(v.board, "esc")
	v.fail("a")
	v.draw()
	v.wantSelected("a")
	v.board.Update(seenMsg{v.board.aim.turn - 1})
	if got := v.board.target().pod.Pod.Name; got != "b" {
		t.Errorf("a glance that was over before ends this one: the target is %s", got)
	}
	v.board.Update(seenMsg{v.board.aim.turn})
	press(v.board, "enter")
	if got := v.board.page.row.Pod.Name; got != "a" {
		t.Errorf("enter opens %s after a glance", got)
	}
}

func TestTheCursorStaysOnAPodThatIsReplaced(t *testing.T) {
	v := newVillage(t, "a", "b", "c")
	press(v.board, "j")
	v.wantSelected("b")
	v.remove("b")
	v.draw()
	v.wantSelected("c")
	v.replace("b")
	v.draw()
	v.wantSelected("b")
	v.remove("b")
	v.draw()
	press(v.board, "k")
	v.add("b")
	v.draw()
	v.wantSelected("a")
}

func TestHealthyRowsAreDimmed(t *testing.T) {
	v := newVillage(t, "a", "b", "c")
	v.fail("a")
	v.draw()
	for l := range strings.SplitSeq(v.board.View().Content, "\n") {
		if strings.Contains(l, " c ") && strings.Count(l, v.board.theme.dim.on) == 0 {
			t.Errorf("the row of a healthy pod is not dimmed: %q", l)
		}
	}
}

func TestNamesKeepWhatDiffers(t *testing.T) {
	names := []string{"liveness-exec-demo", "liveness-http-demo", "liveness-tcp-demo", "api-7d9f8b6c5d-x2x4z", "api-7d9f8b6c5d-9qk2m", "db-0"}
	tails := tailsOf(names)
	for w := 8; w < 20; w++ {
		seen := map[string]string{}
		for _, name := range names {
			cut := PerRune.cutName(name, w, tails[name], "…")
			if PerRune.Cells(cut) > w {
				t.Errorf("%s in %d cells is %q", name, w, cut)
			}
			if other := seen[cut]; other != "" {
				t.Errorf("%s and %s are both %q in %d cells", name, other, cut, w)
			}
			seen[cut] = name
		}
	}
	if got := PerRune.cutName(names[0], 13, tails[names[0]], "…"); got != "liv…exec-demo" {
		t.Errorf("the first is %q", got)
	}
}
