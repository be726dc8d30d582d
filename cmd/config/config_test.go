package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/probetop/probetop/tui"
)

var update = flag.Bool("update", false, "write docs/schema/config.json")

func TestConfigIsRead(t *testing.T) {
	got, err := parse([]byte(`
# what I like
theme: light
ascii: false
refresh: 500ms
bell: true
mouse:
views: {pods: {columns: [age, node], sort: restarts, reverse: true}}
keys:
  open: [enter, x]
  filter: /
  quit: Q
  auto: []
  half-down: "ctrl-x"
`))
	no := false
	want := Config{Theme: "light", ASCII: &no, Refresh: Interval(500 * time.Millisecond), Bell: true, Views: Views{Pods{[]PodColumn{"age", "node"}, "restarts", true}}, Keys: map[Action]Keys{
		"open": {"enter", "x"}, "filter": {"/"}, "quit": {"Q"}, "auto": {}, "half-down": {"ctrl+x"},
	}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if keys := got.Bindings(); !reflect.DeepEqual(keys["open"], []string{"enter", "x"}) || keys["auto"] == nil {
		t.Errorf("the bindings are %q", keys)
	}
}

func TestAnEmptyConfigIsNone(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "---\n", "theme:\n", "{}\n"} {
		if got, err := parse([]byte(text)); err != nil || !reflect.DeepEqual(got, Config{}) {
			t.Errorf("%q is %+v, %v", text, got, err)
		}
	}
	if got, err := Load(filepath.Join(t.TempDir(), "none.yaml")); err != nil || !reflect.DeepEqual(got, Config{}) {
		t.Errorf("no file is %+v, %v", got, err)
	}
	if got, err := Load(""); err != nil || !reflect.DeepEqual(got, Config{}) {
		t.Errorf("no folder is %+v, %v", got, err)
	}
}

func TestWhatIsWrongIsRefusedWithItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"colour: dark\n":                       `line 1: there is no colour. There are: theme, ascii, refresh, bell, mouse, views, keys`,
		"# x\n\nthem: dark\n":                  `line 3: there is no them. Did you mean theme?`,
		"theme: dakr\n":                        `line 1: theme cannot be "dakr". Did you mean dark?`,
		"theme: solarized\n":                   `line 1: theme cannot be "solarized". There are: auto, dark, light, color-blind, high-contrast, mono`,
		"theme: dark\ntheme: light\n":          `line 2: theme is on line 1 already. Take one of them out`,
		"theme: [dark]\n":                      `line 1: theme is a list or a mapping. Write one value behind the name`,
		"ascii: maybe\n":                       `line 1: ascii cannot be "maybe". Write true or false`,
		"bell: 1\n":                            `line 1: bell cannot be "1". Write true or false`,
		"refresh: 10\n":                        `line 1: refresh cannot be "10". Write a time from 100ms to 10s, such as 500ms`,
		"refresh: 1ms\n":                       `line 1: refresh cannot be "1ms". Write a time from 100ms to 10s, such as 500ms`,
		"views:\n  pods:\n    sort: nam\n":     `line 3: views.pods.sort cannot be "nam". Did you mean name?`,
		"views: {pods: {columns: [ag]}}\n":     `line 1: views.pods.columns cannot be "ag". Did you mean age?`,
		"keys:\n  opne: x\n":                   `line 2: there is no keys.opne. Did you mean open?`,
		"keys:\n  open: [x,\n    ctrl-i]\n":    `line 3: keys.open cannot be used: a terminal sends the same for ctrl-i and for tab: write tab. The help (?) of the board names the keys`,
		"keys:\n  open: {x: y}\n":              `line 2: keys.open is a mapping. Write a list, such as [a, b]`,
		"keys:\n  filter: x\n  open: [x, y]\n": `line 2: the key x of filter is that of open. Choose another key, or bind open to another one as well`,
		"keys:\n\n  open: f\n":                 `line 3: the key f of open is that of faults. Choose another key, or bind faults to another one as well`,
		"keys:\n  open: ctrl-c\n":              `line 2: the key ctrl-c of open is that of quit. Choose another key, or bind quit to another one as well`,
		"keys: [a]\n":                          `line 1: keys is no mapping. Write names with a colon, such as theme: dark`,
		"dark\n":                               `line 1: the file is no mapping. Write names with a colon, such as theme: dark`,
		"theme: &a dark\n":                     `line 1: theme has an anchor or an alias. Write the value out`,
		"theme: dark\n---\ntheme: light\n":     `line 2: a second document begins. Keep one, without ---`,
		"theme: dark\n  bell: true\n":          `line 2: this is not YAML: mapping values are not allowed in this context. Correct the line`,
		"theme: \"dark\n":                      `line 2: this is not YAML: found unexpected end of stream. Correct the line`,
	} {
		_, err := parse([]byte(text))
		var e *Error
		if !errors.As(err, &e) || err.Error() != want {
			t.Errorf("%q:\ngot  %v\nwant %s", text, err, want)
		}
	}
}

func TestAFileThatCannotBeReadIsRefused(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large.yaml")
	if err := os.WriteFile(large, []byte(strings.Repeat("#", largest+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{dir: "the file cannot be read: ", large: "the file is larger than 1 MiB"} {
		if _, err := Load(path); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

func TestPath(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("AppData", home)
	file := filepath.Join("probetop", "config.yaml")
	usual := map[string]string{
		"darwin": filepath.Join(home, "Library", "Application Support", file), "windows": filepath.Join(home, file),
	}[runtime.GOOS]
	if usual == "" {
		usual = filepath.Join(home, ".config", file)
	}
	for xdg, want := range map[string]string{"": usual, "relative": usual, filepath.Join(home, "x"): filepath.Join(home, "x", file)} {
		t.Setenv("XDG_CONFIG_HOME", xdg)
		if got := Path(); got != want {
			t.Errorf("XDG_CONFIG_HOME=%q: %s, want %s", xdg, got, want)
		}
	}
}

func TestSchemaIsWritten(t *testing.T) {
	const path = "../../docs/schema/config.json"
	got, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || string(got) != string(want) {
		t.Errorf("%s is old (%v): go test ./cmd/config -update writes it", path, err)
	}
}

// TestTheDocumentationIsWholeAndRight reads the example of docs/config.md, and looks for everything that can be in the file.
func TestTheDocumentationIsWholeAndRight(t *testing.T) {
	text, err := os.ReadFile("../../docs/config.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(text)
	example := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindStringSubmatch(doc)
	if example == nil {
		t.Fatal("there is no example")
	}
	c, err := parse([]byte(example[1]))
	if err != nil {
		t.Errorf("the example: %v", err)
	}
	fields := reflect.TypeFor[Config]()
	for i := range fields.NumField() {
		name := fields.Field(i).Tag.Get("yaml")
		if !strings.Contains(doc, "`"+name+"`") {
			t.Errorf("nothing is said of %s", name)
		}
		if reflect.ValueOf(c).Field(i).IsZero() && !strings.Contains(example[1], name+": false") {
			t.Errorf("%s is not in the example", name)
		}
	}
	for _, name := range slices.Concat(tui.Actions(), Theme("").choices(), tui.PodColumns(), tui.PodSorts(), []string{"columns", "sort", "reverse"}) {
		if !strings.Contains(doc, "`"+name+"`") {
			t.Errorf("nothing is said of %s", name)
		}
	}
}
