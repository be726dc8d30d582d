package config

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// An Error is what is wrong with a line of a configuration, and what to do about it.
type Error struct {
	// Line is counted from 1; 0 for the file as a whole.
	Line int
	// What is the fault, Next what to do about it, each a sentence without its full stop.
	What, Next string
}

func (e *Error) Error() string {
	where := ""
	if e.Line > 0 {
		where = fmt.Sprintf("line %d: ", e.Line)
	}
	return where + e.What + ". " + e.Next
}

// choice is a text that may only be one of some.
type choice interface{ choices() []string }

// parser is a text with a form of its own.
type parser interface{ parse(text string) error }

// decoder reads a document into a value, and refuses whatever the value has no place for.
type decoder struct {
	// lines tells where a value was, by its path, such as keys.open.
	lines map[string]int
}

// wrong is an error at a node.
func wrong(n *yaml.Node, next, format string, args ...any) error {
	return &Error{Line: n.Line, What: fmt.Sprintf(format, args...), Next: next}
}

// read reads a node into v. The path is that of the value, for the messages.
func (d *decoder) read(path string, n *yaml.Node, v reflect.Value) error {
	d.lines[path] = n.Line
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return wrong(n, "Write the value out", "%s has an anchor or an alias", path)
	}
	if p, ok := v.Addr().Interface().(parser); ok {
		return d.parse(path, n, p)
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return d.read(path, n, v.Elem())
	case reflect.Struct:
		return d.fields(path, n, v)
	case reflect.Map:
		return d.entries(path, n, v)
	case reflect.Slice:
		return d.elements(path, n, v)
	case reflect.Bool:
		return d.flag(path, n, v)
	default:
		return d.text(path, n, v)
	}
}

func (d *decoder) parse(path string, n *yaml.Node, p parser) error {
	if n.Kind != yaml.ScalarNode {
		return wrong(n, "Write one value behind the name", "%s is a list or a mapping", path)
	}
	if err := p.parse(n.Value); err != nil {
		var e *Error
		if errors.As(err, &e) {
			e.Line, e.What = n.Line, path+" "+e.What
		}
		return err
	}
	return nil
}

func (d *decoder) text(path string, n *yaml.Node, v reflect.Value) error {
	if n.Kind != yaml.ScalarNode {
		return wrong(n, "Write one value behind the name", "%s is a list or a mapping", path)
	}
	if c, ok := v.Interface().(choice); ok && !slices.Contains(c.choices(), n.Value) {
		return wrong(n, meant(n.Value, c.choices()), "%s cannot be %q", path, n.Value)
	}
	v.SetString(n.Value)
	return nil
}

func (d *decoder) flag(path string, n *yaml.Node, v reflect.Value) error {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
		return wrong(n, "Write true or false", "%s cannot be %q", path, n.Value)
	}
	return n.Decode(v.Addr().Interface())
}

// elements reads a list, or one value that stands for a list of one.
func (d *decoder) elements(path string, n *yaml.Node, v reflect.Value) error {
	list := n.Content
	if n.Kind == yaml.ScalarNode {
		list = []*yaml.Node{n}
	}
	if n.Kind == yaml.MappingNode {
		return wrong(n, "Write a list, such as [a, b]", "%s is a mapping", path)
	}
	all := reflect.MakeSlice(v.Type(), len(list), len(list))
	for i, e := range list {
		if err := d.read(path, e, all.Index(i)); err != nil {
			return err
		}
	}
	v.Set(all)
	return nil
}

// entries reads a mapping whose keys are a choice.
func (d *decoder) entries(path string, n *yaml.Node, v reflect.Value) error {
	known := reflect.Zero(v.Type().Key()).Interface().(choice).choices()
	v.Set(reflect.MakeMap(v.Type()))
	return d.pairs(path, n, known, func(name, at string, value *yaml.Node) error {
		e := reflect.New(v.Type().Elem()).Elem()
		if err := d.read(at, value, e); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(name).Convert(v.Type().Key()), e)
		return nil
	})
}

// fields reads a mapping into a struct.
func (d *decoder) fields(path string, n *yaml.Node, v reflect.Value) error {
	var known []string
	for i := range v.NumField() {
		known = append(known, v.Type().Field(i).Tag.Get("yaml"))
	}
	return d.pairs(path, n, known, func(name, at string, value *yaml.Node) error {
		return d.read(at, value, v.Field(slices.Index(known, name)))
	})
}

// pairs goes through a mapping, and refuses what is unknown or there twice. A name without anything behind it is left
// as it is.
func (d *decoder) pairs(path string, n *yaml.Node, known []string, read func(name, at string, value *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		return wrong(n, "Write names with a colon, such as theme: dark", "%s is no mapping", cmp.Or(path, "the file"))
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, value := n.Content[i], n.Content[i+1]
		at := strings.TrimPrefix(path+"."+k.Value, ".")
		switch first, again := seen[k.Value]; {
		case !slices.Contains(known, k.Value):
			return wrong(k, meant(k.Value, known), "there is no %s", at)
		case again:
			return wrong(k, "Take one of them out", "%s is on line %d already", at, first)
		}
		seen[k.Value] = k.Line
		if value.ShortTag() == "!!null" {
			continue
		}
		if err := read(k.Value, at, value); err != nil {
			return err
		}
	}
	return nil
}

// meant says what could be written instead: what is nearest, when that is near, or all there is.
func meant(got string, known []string) string {
	if near := slices.MinFunc(known, func(a, b string) int { return distance(got, a) - distance(got, b) }); distance(got, near) <= 2 {
		return "Did you mean " + near + "?"
	}
	return "There are: " + strings.Join(known, ", ")
}

// distance is how many letters must be changed, put in or taken out to make one word of another.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before, row[j+1] = row[j+1], min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
