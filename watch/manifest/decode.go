package manifest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	kjson "sigs.k8s.io/json"
)

// objectsOf returns the objects of a document: none for what is no Kubernetes object, or has nothing to do with pods.
func objectsOf(in input, node *yaml.Node) ([]Object, error) {
	kind := text(node, "kind")
	if kind == "" || text(node, "apiVersion") == "" {
		return nil, nil
	}
	if items := at(node, "items"); items != nil && items.Kind == yaml.SequenceNode {
		var objects []Object
		for _, item := range items.Content {
			found, err := objectsOf(in, resolved(item))
			if err != nil {
				return nil, err
			}
			objects = append(objects, found...)
		}
		return objects, nil
	}
	o := Object{File: in.name, Line: node.Line, Kind: kind, Namespace: text(node, "metadata", "namespace"), Name: text(node, "metadata", "name")}
	if kind == "Service" && text(node, "apiVersion") == "v1" {
		o.Service = &corev1.Service{}
		return []Object{o}, decodeService(in, &o, node)
	}
	if o.template = templateOf(kind, node); o.template == nil {
		return nil, nil
	}
	if n, err := strconv.ParseInt(text(node, "spec", "progressDeadlineSeconds"), 10, 32); err == nil && kind == "Deployment" {
		o.ProgressDeadlineSeconds = new(int32(n))
	}
	return []Object{o}, o.decodePod(in)
}

func decodeService(in input, o *Object, node *yaml.Node) error {
	data, err := jsonOf(in, node)
	if err != nil {
		return err
	}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(data, o.Service); err != nil {
		return &Error{File: o.File, Line: o.Line, Err: fmt.Errorf("reading Service %s: %w", o.Name, err)}
	}
	return nil
}

// templateOf returns what an object has of a pod: itself, or the template of the pods it makes. It knows no list of kinds, so that
// it finds the templates of those that it has never heard of.
func templateOf(kind string, node *yaml.Node) *yaml.Node {
	if kind == "Pod" {
		return node
	}
	for _, way := range [...][]string{{"spec", "template"}, {"spec", "jobTemplate", "spec", "template"}, {"template"}} {
		if template := at(node, way...); at(template, "spec", "containers") != nil {
			return template
		}
	}
	return nil
}

// decodePod reads the pod out of its template.
func (o *Object) decodePod(in input) error {
	data, err := jsonOf(in, o.template)
	if err != nil {
		return err
	}
	pod := &corev1.Pod{}
	unknown, err := kjson.UnmarshalStrict(data, pod)
	if err != nil {
		o.Problems = append(o.Problems, mistyped(err))
		return nil
	}
	pod.Name, pod.Namespace = o.Name, o.Namespace
	pod.UID = types.UID(fmt.Sprintf("%s:%d", o.File, o.Line))
	pod.Status = corev1.PodStatus{}
	if o.Kind != "Pod" {
		pod.OwnerReferences = []metav1.OwnerReference{{Kind: o.Kind, Name: o.Name, Controller: new(true)}}
	}
	if pod.Spec.RestartPolicy == "" {
		pod.Spec.RestartPolicy = corev1.RestartPolicyAlways
	}
	o.Pod = pod
	o.Problems = append(o.Problems, unknownFields(unknown, pod)...)
	o.Problems = append(o.Problems, validate(pod)...)
	return nil
}

// jsonOf returns a node as JSON. Keys that are no text become one, as kubectl makes them.
func jsonOf(in input, node *yaml.Node) ([]byte, error) {
	var decoded any
	if err := node.Decode(&decoded); err != nil {
		return nil, in.unreadable(err)
	}
	data, err := json.Marshal(named(decoded))
	if err != nil {
		return nil, &Error{File: in.name, Line: node.Line, Err: err}
	}
	return data, nil
}

// named makes every key of the maps in v a text.
func named(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			v[key] = named(value)
		}
	case map[any]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			out[fmt.Sprint(key)] = named(value)
		}
		return out
	case []any:
		for i := range v {
			v[i] = named(v[i])
		}
	}
	return v
}

var wrongType = regexp.MustCompile(`cannot unmarshal (.+) into Go struct field [^.]+\.(\S+) of type (\S+)`)

// mistyped says which field has a value of another type than the API has.
func mistyped(err error) Problem {
	if m := wrongType.FindStringSubmatch(err.Error()); m != nil {
		return Problem{Field: m[2], Text: fmt.Sprintf("%s is a %s and must be of type %s", m[2], m[1], m[3])}
	}
	return Problem{Field: "spec", Text: "the pod cannot be read: " + strings.TrimPrefix(err.Error(), "json: ")}
}

var (
	unknownField = regexp.MustCompile(`^unknown field "(.*)"$`)
	inContainer  = regexp.MustCompile(`^spec\.(containers|initContainers)\[(\d+)\]\.(.*)$`)
)

// unknownFields are the fields of probes that do not exist, and those of containers that were meant to be probes. Others may be of a newer API.
func unknownFields(errs []error, pod *corev1.Pod) []Problem {
	var problems []Problem
	for _, err := range errs {
		m := unknownField.FindStringSubmatch(err.Error())
		if m == nil {
			continue
		}
		in := inContainer.FindStringSubmatch(m[1])
		if in == nil || !strings.Contains(strings.ToLower(in[3]), "probe") {
			continue
		}
		i, _ := strconv.Atoi(in[2])
		list := pod.Spec.Containers
		if in[1] == "initContainers" {
			list = pod.Spec.InitContainers
		}
		name := list[i].Name
		problems = append(problems, Problem{
			Field: fmt.Sprintf("spec.%s{%s}.%s", in[1], name, in[3]), Container: name, Unknown: true,
			Text: fmt.Sprintf("%s of container %s is no field of the API", in[3], name),
		})
	}
	return problems
}
