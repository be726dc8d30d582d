package tui

import (
	"fmt"
	"slices"
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
		"y was not typed":           {[]string{"P", "Y", "y"}, nil, "esc back"},
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

func TestQuestionShowsTheWholeCommand(t *testing.T) {
	long := []string{"sh", "-c", "wget -qO- http://localhost:8080/healthz | grep -q ready && test ! -e /tmp/maintenance || rm -rf /"}
	tests := []struct {
		width   int
		command []string
		want    []string
	}{
		{80, []string{"cat", "/tmp/ok"}, []string{`run "cat /tmp/ok" in web of shop/web-6f7d4c8b9-hn5zq?  y/n`}},
		{80, []string{"sh", "-c", "it's"}, []string{`run "sh -c 'it'\''s'" in web of shop/web-6f7d4c8b9-hn5zq?  y/n`}},
		{80, []string{"sh", "", "a\x1b[2Jb"}, []string{"run \"sh '' 'a\uFFFD[2Jb'\" in web of shop/web-6f7d4c8b9-hn5zq?  y/n"}},
		{80, []string{"echo", "a\u202eb\u200bc"}, []string{"run \"echo a\uFFFDb\uFFFDc\" in web of shop/web-6f7d4c8b9-hn5zq?  y/n"}},
		{80, []string{"rm", "-rf", "/tmp/a;", "echo"}, []string{`run "rm -rf '/tmp/a;' echo" in web of shop/web-6f7d4c8b9-hn5zq?  y/n`}},
		{40, []string{"cat", "/tmp/healthy"}, []string{`run "cat /tmp/healthy" in web?  y/n`}},
		{80, long, []string{
			strings.Repeat("─", 80), "  sh -c 'wget -qO- http://localhost:8080/healthz | grep -q ready && test ! -e /t", "  mp/maintenance || rm -rf /'",
			"run this in web of shop/web-6f7d4c8b9-hn5zq?  y/n",
		}},
		{80, []string{"sh", "-c", "if true\nthen\n  exit 1\nfi"}, []string{
			strings.Repeat("─", 80), "  sh -c 'if true", "  then", "    exit 1", "  fi'", "run this in web of shop/web-6f7d4c8b9-hn5zq?  y/n",
		}},
		{26, []string{"cat", "/var/run/healthy"}, []string{strings.Repeat("─", 26), "  cat /var/run/healthy", "run this in web?  y/n"}},
		{12, []string{"cat", "/tmp/okay"}, []string{strings.Repeat("─", 12), " cat /tmp/ok", " ay", " y/n"}},
	}
	for _, test := range tests {
		b := asking(t, test.width, 24, test.command)
		lines := b.questions[0].Render(b.canvas)
		for i := range lines {
			lines[i] = strings.TrimRight(ansi.Strip(lines[i]), " ")
		}
		if !slices.Equal(lines, test.want) {
			t.Errorf("%q in %d cells is\n%s\nwant\n%s", test.command, test.width, strings.Join(lines, "\n"), strings.Join(test.want, "\n"))
		}
		checkScreen(t, b)
	}
}

// asking returns a board that asks about a command.
func asking(t *testing.T, width, height int, command []string) *Board {
	t.Helper()
	f := &factList{}
	f.sources(model.SourceSyncing, false)
	f.pod(pod("shop", "web-6f7d4c8b9-hn5zq", "node", deployment("web", "1"), container("web", probed(model.Liveness, execs(command...)))))
	f.sources(model.SourceSynced, true)
	f.later(0, 0, nil)
	b := boardOf(t, shadowOptions(&fakeShadow{}), width, height, f.snapshot())
	press(b, "P")
	if !b.asks() {
		t.Fatalf("%q is not asked about", command)
	}
	return b
}

func TestACommandIsReadToItsEndBeforeAYes(t *testing.T) {
	var script strings.Builder
	for i := range 30 {
		fmt.Fprintf(&script, "echo step %d\n", i+1)
	}
	b := asking(t, 80, 12, []string{"sh", "-c", script.String() + "rm -rf /"})
	f := b.options.Shadow.(*fakeShadow)
	f.forget("view")
	wantOnScreen(t, b, "echo step 1")
	wantOnScreen(t, b, "22 more lines: j, no: n")
	wantNotOnScreen(t, b, "y/n")
	press(b, "y")
	f.wantTold(t)
	wantOnScreen(t, b, "the command goes on")
	for range 40 {
		press(b, "j")
	}
	f.forget("view")
	wantOnScreen(t, b, "rm -rf /'")
	wantOnScreen(t, b, "y/n")
	press(b, "g")
	wantOnScreen(t, b, "echo step 1")
	wantOnScreen(t, b, "22 more ↓")
	press(b, "y")
	f.forget("view")
	f.wantTold(t, "run web-6f7d4c8b9-hn5zq web liveness confirmed")
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
