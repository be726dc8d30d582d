// Package config reads what the user has chosen for the board, from a YAML file. It is strict: what it does not know is an
// error with the line, never ignored.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/probetop/probetop/tui"
)

// Config is what can be in the file. The zero value is what holds without one. Its tags are the names in the file, and what
// the schema says of them.
type Config struct {
	Theme   Theme           `yaml:"theme" doc:"How the board is coloured. All but dark, light and mono go by the background that the terminal tells."`
	ASCII   *bool           `yaml:"ascii" doc:"Draw with the characters that every terminal has. Left out, LC_ALL, LC_CTYPE, LANG and TERM decide."`
	Refresh Interval        `yaml:"refresh" doc:"The least time between two pictures, such as 500ms, from 100ms to 10s; 100ms when left out."`
	Bell    bool            `yaml:"bell" doc:"Ring the terminal's bell for what must not be missed, as --bell does."`
	Mouse   bool            `yaml:"mouse" doc:"Take the wheel and clicks. Text is then selected with shift, or whatever key the terminal has for it."`
	Views   Views           `yaml:"views" doc:"How the tables begin."`
	Keys    map[Action]Keys `yaml:"keys" doc:"Keys that replace the usual ones, by action: one, or a list, which may be empty. Ctrl-c always quits."`
}

// Theme is the name of a theme.
type Theme string

func (Theme) choices() []string {
	var names []string
	for _, t := range tui.Themes() {
		names = append(names, string(t))
	}
	return names
}

// Action is the name of what keys can be bound to.
type Action string

func (Action) choices() []string { return tui.Actions() }

// Views are the tables of the board.
type Views struct {
	Pods Pods `yaml:"pods" doc:"The table of pods."`
}

// Pods is how the table of pods begins.
type Pods struct {
	Columns []PodColumn `yaml:"columns" doc:"The columns there may be; all when left out. The state, the name and the reason are always there, and the order stays."`
	Sort    PodSort     `yaml:"sort" doc:"The column by which it is ordered; the state, worst first, when left out."`
	Reverse bool        `yaml:"reverse" doc:"Turn the order round."`
}

// PodColumn is the name of a column of the table of pods.
type PodColumn string

func (PodColumn) choices() []string { return tui.PodColumns() }

// PodSort is the name of a column by which it can be ordered.
type PodSort string

func (PodSort) choices() []string { return tui.PodSorts() }

// Arrangement is the table as the board takes it.
func (p *Pods) Arrangement() tui.Arrangement {
	a := tui.Arrangement{Sort: string(p.Sort), Reverse: p.Reverse}
	for _, c := range p.Columns {
		a.Columns = append(a.Columns, string(c))
	}
	return a
}

// Keys are the keys of an action.
type Keys []Key

// Key is a key as tui.ParseKey returns it.
type Key string

func (k *Key) parse(text string) error {
	key, err := tui.ParseKey(text)
	if err != nil {
		return &Error{What: "cannot be used: " + err.Error(), Next: "The help (?) of the board names the keys"}
	}
	*k = Key(key)
	return nil
}

// Interval is a time between two pictures; zero for the usual one.
type Interval time.Duration

// The limits of an Interval.
const (
	shortest = 100 * time.Millisecond
	longest  = 10 * time.Second
)

func (i *Interval) parse(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d < shortest || d > longest {
		return &Error{What: fmt.Sprintf("cannot be %q", text), Next: "Write a time from 100ms to 10s, such as 500ms"}
	}
	*i = Interval(d)
	return nil
}

// Bindings are the keys as the board takes them.
func (c *Config) Bindings() tui.Bindings {
	keys := tui.Bindings{}
	for action, list := range c.Keys {
		keys[string(action)] = []string{}
		for _, k := range list {
			keys[string(action)] = append(keys[string(action)], string(k))
		}
	}
	return keys
}

// Path is where the file is looked for: probetop/config.yaml in $XDG_CONFIG_HOME, or else in ~/.config, in ~/Library/Application
// Support on macOS and in %AppData% on Windows. It is empty when there is no such folder.
func Path() string {
	dir := os.Getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) { // the specification says to ignore it then
		dir = usualFolder()
	}
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "probetop", "config.yaml")
}

// usualFolder is where the system keeps the configuration of a user; empty when it does not say.
func usualFolder() string {
	home, err := os.UserHomeDir()
	switch {
	case runtime.GOOS == "windows":
		return os.Getenv("AppData")
	case err != nil:
		return ""
	case runtime.GOOS == "darwin":
		return filepath.Join(home, "Library", "Application Support")
	}
	return filepath.Join(home, ".config")
}

// largest is how large the file may be.
const largest = 1 << 20

// Load reads a file; one that is not there is empty. What is wrong with it is an *Error.
func Load(path string) (Config, error) {
	f, err := os.Open(path)
	switch {
	case path == "" || errors.Is(err, os.ErrNotExist):
		return Config{}, nil
	case err != nil:
		return Config{}, unreadable(err)
	}
	defer f.Close() //nolint:errcheck // it is only read
	text, err := io.ReadAll(io.LimitReader(f, largest+1))
	switch {
	case err != nil:
		return Config{}, unreadable(err)
	case len(text) > largest:
		return Config{}, &Error{What: "the file is larger than 1 MiB", Next: "Take out what does not belong there"}
	}
	return parse(text)
}

// unreadable says why a file cannot be read.
func unreadable(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return &Error{What: "the file cannot be read: " + err.Error(), Next: "Make it readable, or move it away"}
}

// parse reads the text of a file.
func parse(text []byte) (Config, error) {
	var c Config
	var doc yaml.Node
	in := yaml.NewDecoder(bytes.NewReader(text))
	switch err := in.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return c, nil
	case err != nil:
		return c, syntax(err)
	}
	var more yaml.Node
	switch err := in.Decode(&more); {
	case err == nil:
		return c, wrong(&more, "Keep one, without ---", "a second document begins")
	case !errors.Is(err, io.EOF):
		return c, syntax(err)
	}
	d := decoder{lines: map[string]int{}}
	root := doc.Content[0]
	if root.ShortTag() == "!!null" {
		return c, nil
	}
	if err := d.read("", root, reflect.ValueOf(&c).Elem()); err != nil {
		return Config{}, err
	}
	return c, d.conflict(&c)
}

// atLine is how the library says where a fault is.
var atLine = regexp.MustCompile(`^yaml: line ([0-9]+): (.*)$`)

// syntax says what is wrong with the YAML.
func syntax(err error) error {
	e := &Error{What: "this is not YAML: " + strings.TrimPrefix(err.Error(), "yaml: "), Next: "Correct the line"}
	if m := atLine.FindStringSubmatch(err.Error()); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
		e.What = "this is not YAML: " + m[2]
	}
	return e
}

// conflict refuses a key with two meanings.
func (d *decoder) conflict(c *Config) error {
	var two *tui.Conflict
	if err := c.Bindings().Check(); errors.As(err, &two) {
		return &Error{
			Line: d.lines["keys."+two.Action], What: two.Error(),
			Next: "Choose another key, or bind " + two.Other + " to another one as well",
		}
	}
	return nil
}
