package cmd

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/probetop/probetop/recording"
)

// encode returns what a pointer points at in JSON. Times of years that JSON does not have are moved to the nearest that it has:
// they are in what containers, nodes and controllers write, or follow from it.
func encode[T any](report *T, indent string) ([]byte, error) {
	marshal := func() ([]byte, error) {
		if indent == "" {
			return json.Marshal(report)
		}
		return json.MarshalIndent(report, "", indent)
	}
	data, err := marshal()
	if err != nil {
		moveTimes(reflect.ValueOf(report).Elem())
		data, err = marshal()
	}
	if err != nil {
		return nil, fmt.Errorf("encoding a report: %w", err)
	}
	return data, nil
}

// moveTimes moves every time in v.
func moveTimes(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			moveTimes(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			moveTimes(v.Index(i))
		}
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			v.Set(reflect.ValueOf(recording.Stamp(t)))
			return
		}
		for i := range v.NumField() {
			moveTimes(v.Field(i))
		}
	}
}
