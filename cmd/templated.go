package cmd

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"text/template"

	"k8s.io/client-go/util/jsonpath"

	"github.com/probetop/probetop/model"
)

// templated are the formats that take a template, as kubectl has them: FORMAT=TEMPLATE, or FORMAT-file=FILE.
var templated = [...]string{"jsonpath", "go-template", "custom-columns"}

// documentPrinter prints a report by a template.
type documentPrinter func(out io.Writer, report any) error

// templatePrinter returns what prints the format, nil for one without a template.
func templatePrinter(format string, header bool) (documentPrinter, error) {
	name, text, ok := strings.Cut(format, "=")
	kind, file := strings.CutSuffix(name, "-file")
	if !slices.Contains(templated[:], kind) {
		return nil, nil
	}
	if !ok || text == "" {
		return nil, usage("-o %s lacks its template: write -o %s=%s", name, name, map[bool]string{true: "FILE", false: "TEMPLATE"}[file])
	}
	if file {
		data, err := os.ReadFile(text)
		if err != nil {
			return nil, because(usage("The template %s cannot be read: %v.", text, innermost(err)), err)
		}
		text = string(data)
	}
	var print documentPrinter
	var err error
	switch kind {
	case "jsonpath":
		print, err = jsonpathPrinter(text)
	case "go-template":
		print, err = goTemplatePrinter(text)
	default:
		print, err = columnsPrinter(text, header)
	}
	if err != nil {
		return nil, because(usage("The template of -o %s cannot be read: %v.", name, err), err)
	}
	return print, nil
}

func jsonpathPrinter(text string) (documentPrinter, error) {
	path, err := parsePath(text)
	if err != nil {
		return nil, err
	}
	return func(out io.Writer, report any) error { return path.Execute(out, report) }, nil
}

// relaxed is a path without the braces, or the dot, as kubectl takes it: name, .name, {name}.
var relaxed = regexp.MustCompile(`^\{\.?([^{} ]+)\}$|^\.?([^{} ]+)$`)

// parsePath reads a template of JSONPath, or a path alone. What is not there is nothing, and no error.
func parsePath(text string) (*jsonpath.JSONPath, error) {
	if m := relaxed.FindStringSubmatch(text); m != nil {
		text = "{." + m[1] + m[2] + "}"
	}
	path := jsonpath.New("-o").AllowMissingKeys(true)
	return path, path.Parse(text)
}

func goTemplatePrinter(text string) (documentPrinter, error) {
	t, err := template.New("-o").Funcs(template.FuncMap{
		"base64decode": func(s string) (string, error) {
			data, err := base64.StdEncoding.DecodeString(s)
			return string(data), err
		},
	}).Parse(text)
	if err != nil {
		return nil, err
	}
	return func(out io.Writer, report any) error { return t.Execute(out, report) }, nil
}

// columnsPrinter prints a line for each pod, with columns that are NAME:PATH,NAME:PATH.
func columnsPrinter(text string, header bool) (documentPrinter, error) {
	var names []string
	var paths []*jsonpath.JSONPath
	for part := range strings.SplitSeq(text, ",") {
		name, path, ok := strings.Cut(strings.TrimSpace(part), ":")
		if !ok {
			return nil, fmt.Errorf("%q is not NAME:PATH, as in NODE:.node", part)
		}
		parsed, err := parsePath(path)
		if err != nil {
			return nil, err
		}
		names, paths = append(names, name), append(paths, parsed)
	}
	return func(out io.Writer, report any) error {
		w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
		if header {
			fmt.Fprintln(w, strings.Join(names, "\t"))
		}
		for _, pod := range podsOf(report) {
			cells := make([]string, len(paths))
			for i, path := range paths {
				cells[i] = cell(path, pod)
			}
			fmt.Fprintln(w, strings.Join(cells, "\t"))
		}
		return w.Flush()
	}, nil
}

// podsOf returns the pods of a report.
func podsOf(report any) []any {
	fields, _ := report.(map[string]any)
	pods, _ := fields["pods"].([]any)
	return pods
}

// cell returns what a path finds in a pod, several values separated by commas.
func cell(path *jsonpath.JSONPath, pod any) string {
	var words []string
	for _, v := range valuesOf(path, pod) {
		words = append(words, model.Printable(fmt.Sprint(v)))
	}
	return cmp.Or(strings.Join(words, ","), "<none>")
}

func valuesOf(path *jsonpath.JSONPath, pod any) []any {
	results, err := path.FindResults(pod)
	if err != nil {
		return nil
	}
	var values []any
	for _, list := range results {
		for _, v := range list {
			if v.IsValid() && v.CanInterface() && v.Interface() != nil {
				values = append(values, v.Interface())
			}
		}
	}
	return values
}

// generic returns a report as templates see it.
func generic(r *Report) (any, error) {
	data, err := encode(r, "")
	if err != nil {
		return nil, err
	}
	var v any
	return v, json.Unmarshal(data, &v)
}

// sortPods orders the pods of a report by what a path finds in them: numbers, then texts, then those without. Equal ones stay in their order.
func sortPods(r *Report, path *jsonpath.JSONPath) error {
	v, err := generic(r)
	if err != nil {
		return err
	}
	keys := map[string]any{}
	for i, pod := range podsOf(v) {
		if found := valuesOf(path, pod); len(found) > 0 {
			keys[r.Pods[i].UID] = found[0]
		}
	}
	slices.SortStableFunc(r.Pods, func(a, b PodReport) int { return compareValues(keys[a.UID], keys[b.UID]) })
	return nil
}

func compareValues(a, b any) int {
	x, y := rankOf(a), rankOf(b)
	switch {
	case x != y:
		return x - y
	case x == 0:
		return cmp.Compare(a.(float64), b.(float64))
	case x == 1:
		return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
	}
	return 0
}

func rankOf(v any) int {
	switch {
	case v == nil:
		return 2
	case reflect.TypeOf(v).Kind() == reflect.Float64:
		return 0
	}
	return 1
}

// byTemplate writes a report by its template.
func (p *printer) byTemplate(r *Report) error {
	v, err := generic(r)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := p.template(&text, v); err != nil {
		return because(usage("The template of -o cannot be used: %v.", innermost(err)), err)
	}
	return p.write(harmless(text.Bytes()))
}
