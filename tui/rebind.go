package tui

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bindings are keys that replace the usual ones, by the name of the action; a list may be empty. The keys are those
// of [ParseKey].
type Bindings map[string][]string

// Actions lists the names of everything that a key can be bound to.
func Actions() []string {
	var names []string
	usualKeys().each(func(name string, _ *binding) { names = append(names, name) })
	return names
}

// usualKeys are all keys before any is bound anew, those of the views among them.
func usualKeys() *keyMap {
	m := allKeys()
	m.number(newViews(m, &Options{}))
	return m
}

// each calls f for every binding, with the name of its action: that of the field, as in half-down, or view-pods.
func (m *keyMap) each(f func(name string, b *binding)) {
	v := reflect.ValueOf(m).Elem()
	for i := range v.NumField() {
		switch b := v.Field(i).Addr().Interface().(type) {
		case *binding:
			f(dashed(v.Type().Field(i).Name), b)
		case *[]binding: // of the views
			for j := range *b {
				f("view-"+(*b)[j].Help().Desc, &(*b)[j])
			}
		}
	}
}

// dashed writes the name of a field in small letters, as in half-down for HalfDown.
func dashed(name string) string {
	var s strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			s.WriteByte('-')
		}
		s.WriteRune(unicode.ToLower(r))
	}
	return s.String()
}

// rebind replaces the keys of actions. The help shows the first.
func (m *keyMap) rebind(keys Bindings) {
	m.each(func(name string, b *binding) {
		list, ok := keys[name]
		if !ok {
			return
		}
		b.SetKeys(list...)
		if len(list) == 0 {
			b.Unbind()
			return
		}
		b.SetHelp(keyName(list[0]), b.Help().Desc)
	})
}

// A Conflict is a key that would have two meanings.
type Conflict struct {
	// Key is the name of the key, Action what it was to be bound to, and Other what it means already.
	Key, Action, Other string
}

func (c *Conflict) Error() string {
	return fmt.Sprintf("the key %s of %s is that of %s", c.Key, c.Action, c.Other)
}

// Check reports the first key that would have two meanings at the same time, as a *Conflict. Actions that share a
// key by default never apply at the same time, and may share any.
func (keys Bindings) Check() error {
	usual, bound := usualKeys(), usualKeys()
	bound.rebind(keys)
	before, after := usual.byAction(), bound.byAction()
	for _, action := range slices.Sorted(maps.Keys(keys)) {
		for _, k := range after[action] {
			if k == alwaysQuits && action != "quit" {
				return &Conflict{keyName(k), action, "quit"}
			}
			for _, other := range slices.Sorted(maps.Keys(after)) {
				if other != action && slices.Contains(after[other], k) && !share(before[action], before[other]) {
					return &Conflict{keyName(k), action, other}
				}
			}
		}
	}
	return nil
}

// alwaysQuits is the key that ends the board whatever else is bound.
const alwaysQuits = "ctrl+c"

func (m *keyMap) byAction() map[string][]string {
	keys := map[string][]string{}
	m.each(func(name string, b *binding) { keys[name] = b.Keys() })
	return keys
}

// share reports whether two lists have a key in common.
func share(a, b []string) bool {
	return slices.ContainsFunc(a, func(k string) bool { return slices.Contains(b, k) })
}

// namedKeys are the keys that are no characters, by the name they have in a configuration and in the help.
var namedKeys = map[string]string{
	"enter": "enter", "esc": "esc", "tab": "tab", "space": "space", "backspace": "backspace", "delete": "delete", "insert": "insert",
	"up": "up", "down": "down", "left": "left", "right": "right", "home": "home", "end": "end", "pgup": "pgup", "pgdn": "pgdown",
	"f1": "f1", "f2": "f2", "f3": "f3", "f4": "f4", "f5": "f5", "f6": "f6", "f7": "f7", "f8": "f8", "f9": "f9", "f10": "f10", "f11": "f11", "f12": "f12",
}

// twins are keys that a terminal cannot tell from others.
var twins = map[string]string{"ctrl-i": "tab", "ctrl-m": "enter", "ctrl-[": "esc", "ctrl-h": "backspace"}

// ParseKey reads the name of a key, as in the help: a character, or a name such as enter, pgdn or f5, with ctrl-, alt- or
// shift- before it. It returns the name that bindings have.
func ParseKey(name string) (string, error) {
	if twin, ok := twins[name]; ok {
		return "", fmt.Errorf("a terminal sends the same for %s and for %s: write %s", name, twin, twin)
	}
	mods, rest := "", name
	for _, mod := range [...]string{"ctrl", "alt", "shift"} {
		if after, ok := strings.CutPrefix(rest, mod+"-"); ok && after != "" {
			mods, rest = mods+mod+"+", after
		}
	}
	if key, ok := namedKeys[rest]; ok {
		return mods + key, nil
	}
	r, n := utf8.DecodeRuneInString(rest)
	switch {
	case rest == "" || n != len(rest) || !unicode.IsGraphic(r) || unicode.IsSpace(r):
		return "", fmt.Errorf("%q is not the name of a key: write a character, or one of %s, with ctrl-, alt- or shift- before it",
			name, strings.Join(slices.Sorted(maps.Keys(namedKeys)), ", "))
	case strings.Contains(mods, "shift"):
		return "", fmt.Errorf("shift with a character is another character: write %s", strings.Replace(name, "shift-"+rest, string(unicode.ToUpper(r)), 1))
	case strings.Contains(mods, "ctrl") && unicode.IsUpper(r):
		return "", fmt.Errorf("ctrl makes no difference between %s and %c: write it small", rest, unicode.ToLower(r))
	}
	return mods + rest, nil
}

// keyName is the name that [ParseKey] reads.
func keyName(k string) string {
	for _, mod := range [...]string{"ctrl+", "alt+", "shift+"} {
		if after, ok := strings.CutPrefix(k, mod); ok && after != "" {
			return mod[:len(mod)-1] + "-" + keyName(after)
		}
	}
	for name, key := range namedKeys {
		if key == k {
			return name
		}
	}
	return k
}
