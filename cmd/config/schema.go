package config

import (
	"encoding/json"
	"reflect"
)

// Schema is the JSON schema of the file, for editors.
func Schema() ([]byte, error) {
	s := schemaOf(reflect.TypeFor[Config]())
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "The configuration of probetop's board"
	text, err := json.MarshalIndent(s, "", "  ")
	return append(text, '\n'), err
}

// outliner is a text whose form the schema can tell.
type outliner interface{ outline() map[string]any }

func (*Interval) outline() map[string]any {
	return map[string]any{"type": "string", "pattern": `^([0-9.]+(ms|s))+$`, "examples": []string{"250ms", "1s"}}
}

// schemaOf is the schema of a type, as far as the decoder reads it.
func schemaOf(t reflect.Type) map[string]any {
	v := reflect.New(t)
	if o, ok := v.Interface().(outliner); ok {
		return o.outline()
	}
	if c, ok := v.Elem().Interface().(choice); ok {
		return map[string]any{"type": "string", "enum": c.choices()}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.Struct:
		return schemaOfFields(t)
	case reflect.Map:
		properties := map[string]any{}
		for _, name := range reflect.Zero(t.Key()).Interface().(choice).choices() {
			properties[name] = schemaOf(t.Elem())
		}
		return map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	case reflect.Slice:
		one := schemaOf(t.Elem())
		return map[string]any{"anyOf": []any{one, map[string]any{"type": "array", "items": one}}}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	}
	return map[string]any{"type": "string"}
}

func schemaOfFields(t reflect.Type) map[string]any {
	properties := map[string]any{}
	for i := range t.NumField() {
		f := t.Field(i)
		s := schemaOf(f.Type)
		s["description"] = f.Tag.Get("doc")
		properties[f.Tag.Get("yaml")] = s
	}
	return map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
}
