package tui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/probetop/probetop/model"
)

// commands is a cluster of one pod with the commands given, each of them liveness and readiness of a container.
func commands(list ...[]string) *model.Snapshot {
	f := &factList{}
	f.sources(model.SourceSyncing, false)
	var containers []model.Container
	for i, command := range list {
		containers = append(containers, container(fmt.Sprint("web", i), probed(model.Readiness, execs(command...)), probed(model.Liveness, execs(command...))))
	}
	f.pod(pod("shop", "web-0", "node", deployment("web", "1"), containers...))
	f.sources(model.SourceSynced, true)
	f.later(0, 0, nil)
	return f.snapshot()
}

func TestQuestion(t *testing.T) {
	two := [][]string{{"cat", "/tmp/ok"}, {"check"}}
	const first, second = `run "cat /tmp/ok" in web0 of shop/web-0, 2 times?  y/n`, `run "check" in web1 of shop/web-0, 2 times?  y/n`
	ran := []string{"run web-0 web0 readiness confirmed", "run web-0 web0 liveness confirmed"}
	also := []string{"run web-0 web1 readiness confirmed", "run web-0 web1 liveness confirmed"}
	tests := map[string]struct {
		keys []string
		told []string
		want string // on the screen
	}{
		"asked":                     {[]string{"P"}, nil, first},
		"yes":                       {[]string{"P", "y"}, ran, second},
		"yes, yes":                  {[]string{"P", "y", "y"}, append(ran[:2:2], also...), "running 2 probes of shop/web-0 from here"},
		"no":                        {[]string{"P", "n"}, nil, second},
		"no, yes":                   {[]string{"P", "n", "y"}, also, "running 2 probes"},
		"no, no":                    {[]string{"P", "n", "n"}, nil, "not run"},
		"esc":                       {[]string{"P", "esc"}, nil, "not run"},
		"a key that means another":  {[]string{"P", "?"}, nil, "KEYS"},
		"asked again":               {[]string{"P", "P"}, nil, first},
		"y was not typed":           {[]string{"P", "Y", "y"}, nil, "enter open"},
		"on the page of the pod":    {[]string{"enter", "P", "y"}, ran, second},
		"esc does not leave a page": {[]string{"enter", "P", "esc"}, nil, "CONTAINER web0"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := &fakeShadow{}
			b := boardOf(t, shadowOptions(f), 80, 24, commands(two...))
			press(b, test.keys...)
			f.forget("view")
			f.wantTold(t, test.told...)
			wantOnScreen(t, b, test.want)
		})
	}
}

func TestExecNeedsNoQuestionWhenItIsAllowed(t *testing.T) {
	f := &fakeShadow{state: ShadowState{Exec: true}}
	b := boardOf(t, shadowOptions(f), 80, 24, commands([]string{"check"}))
	press(b, "P")
	f.forget("view")
	f.wantTold(t, "run web-0 web0 readiness", "run web-0 web0 liveness")
	wantNotOnScreen(t, b, "y/n")
}

func TestQuestionIsAskedWhereItIsSeen(t *testing.T) {
	for height := 1; height < 8; height++ {
		f := &fakeShadow{}
		b := boardOf(t, shadowOptions(f), 80, height, commands([]string{"check"}))
		press(b, "P")
		asked := strings.Contains(plainScreen(b), "y/n")
		press(b, "y")
		f.forget("view")
		if ran := len(f.told) > 0; ran != asked || asked != (height >= roomForWords) {
			t.Errorf("in %d lines it is asked: %t, and run: %t", height, asked, ran)
		}
	}
}

func TestQuestionShowsWhatThereIsRoomFor(t *testing.T) {
	long := []string{"sh", "-c", "wget -qO- http://localhost:8080/healthz | grep -q ready && test ! -e /tmp/maintenance || rm -rf /"}
	tests := []struct {
		width   int
		command []string
		want    string
	}{
		{80, []string{"cat", "/tmp/ok"}, `run "cat /tmp/ok" in web of shop/web-6f7d4c8b9-hn5zq?  y/n`},
		{80, []string{"sh", "-c", "it's"}, `run "sh -c 'it'\''s'" in web of shop/web-6f7d4c8b9-hn5zq?  y/n`},
		{80, []string{"sh", "", "a\x1b[2J\nb"}, "run \"sh '' 'a\uFFFD[2J b'\" in web of shop/web-6f7d4c8b9-hn5zq?  y/n"},
		{80, long, `run "sh -c 'wge…ntenance || rm -rf /'" in web of shop/web-6f7d4c8b9-hn5zq?  y/n`},
		{40, long, `run "sh -c … || rm -rf /'" in web?  y/n`},
		{20, long, `run "sh…f /'"?  y/n`},
		{9, long, ""},
		{3, long, ""},
	}
	c := &canvas{theme: newTheme(true, false), now: night}
	for _, test := range tests {
		p := pod("shop", "web-6f7d4c8b9-hn5zq", "node", deployment("web", "1"), container("web", probed(model.Liveness, execs(test.command...))))
		q := question{&model.Row{Pod: p}, []*model.Probe{{Type: model.Liveness, Container: &p.Containers[0], Spec: p.Containers[0].Probes[model.Liveness]}}}
		got := ansi.Strip(q.Render(c, test.width))
		t.Logf("%d: %s", test.width, got)
		if PerRune.Cells(got) > test.width || test.width > 8 && !strings.HasSuffix(got, " y/n ") {
			t.Errorf("in %d cells it is %q, which has %d", test.width, got, PerRune.Cells(got))
		}
		if test.want != "" && strings.TrimRight(got, " ") != test.want {
			t.Errorf("in %d cells it is\n%q, want\n%q", test.width, got, test.want)
		}
	}
}

// forget drops what a prober was told that begins so.
func (f *fakeShadow) forget(word string) {
	var rest []string
	for _, told := range f.told {
		if !strings.HasPrefix(told, word) {
			rest = append(rest, told)
		}
	}
	f.told = rest
}
