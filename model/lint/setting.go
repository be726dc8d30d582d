package lint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

// Setting is a setting of a probe that is tried out.
type Setting struct {
	// Container is whose probe it is; empty for that of every container.
	Container string
	Probe     model.ProbeType
	// Field is one of SettableFields.
	Field string
	Value int32
}

// SettableFields are the fields that can be tried out on a recording.
var SettableFields = [...]string{"timeoutSeconds", "periodSeconds", "failureThreshold", "successThreshold"}

// ParseSetting reads [CONTAINER:]PROBE.FIELD=VALUE.
func ParseSetting(text string) (Setting, error) {
	var s Setting
	name, value, ok := strings.Cut(text, "=")
	container, rest, named := strings.Cut(name, ":")
	if !named {
		container, rest = "", name
	}
	probe, field, dotted := strings.Cut(rest, ".")
	if !ok || !dotted {
		return s, fmt.Errorf("%q is not PROBE.FIELD=VALUE, as in readiness.timeoutSeconds=3", text)
	}
	s.Container, s.Field = container, field
	probe = strings.TrimSuffix(probe, "Probe")
	at := slices.IndexFunc(model.ProbeTypes[:], func(t model.ProbeType) bool { return t.String() == probe })
	if at < 0 {
		return s, fmt.Errorf("%q is not startup, readiness or liveness", probe)
	}
	s.Probe = model.ProbeTypes[at]
	if !slices.Contains(SettableFields[:], field) {
		return s, fmt.Errorf("%q cannot be tried out, only %s", field, strings.Join(SettableFields[:], ", "))
	}
	n, err := strconv.ParseInt(value, 10, 32)
	if err != nil || n < 1 {
		return s, fmt.Errorf("%s=%q is not a whole number from 1 on", field, value)
	}
	if s.Value = int32(n); field == "successThreshold" && s.Probe != model.Readiness && n != 1 {
		return s, fmt.Errorf("successThreshold of %s must be 1", s.Probe)
	}
	return s, nil
}

// String returns the setting as ParseSetting reads it.
func (s Setting) String() string {
	text := fmt.Sprintf("%s.%s=%d", s.Probe, s.Field, s.Value)
	if s.Container != "" {
		text = s.Container + ":" + text
	}
	return text
}

// applied returns what a probe would be with the settings that are about it, and whether any of them changes it.
func applied(settings []Setting, container string, typ model.ProbeType, p *model.ProbeSpec) (*model.ProbeSpec, bool) {
	with := *p
	for _, s := range settings {
		if s.Probe != typ || s.Container != "" && s.Container != container {
			continue
		}
		switch s.Field {
		case "timeoutSeconds":
			with.Timeout = time.Duration(s.Value) * time.Second
		case "periodSeconds":
			with.Period = time.Duration(s.Value) * time.Second
		case "failureThreshold":
			with.FailureThreshold = s.Value
		case "successThreshold":
			with.SuccessThreshold = s.Value
		}
	}
	changed := with.Timeout != p.Timeout || with.Period != p.Period ||
		with.FailureThreshold != p.FailureThreshold || with.SuccessThreshold != p.SuccessThreshold
	return &with, changed
}

// Changes returns the fields of a probe of a container that the settings change, and their new values; none for a probe that
// does not exist.
func Changes(settings []Setting, c *model.Container, typ model.ProbeType) map[string]int32 {
	p := c.Probes[typ]
	if p == nil {
		return nil
	}
	with, changed := applied(settings, c.Name, typ, p)
	if !changed {
		return nil
	}
	fields := map[string]int32{}
	for _, f := range [...]struct {
		name    string
		was, is int32
	}{
		{"timeoutSeconds", int32(p.Timeout / time.Second), int32(with.Timeout / time.Second)},
		{"periodSeconds", int32(p.Period / time.Second), int32(with.Period / time.Second)},
		{"failureThreshold", p.FailureThreshold, with.FailureThreshold},
		{"successThreshold", p.SuccessThreshold, with.SuccessThreshold},
	} {
		if f.was != f.is {
			fields[f.name] = f.is
		}
	}
	return fields
}
