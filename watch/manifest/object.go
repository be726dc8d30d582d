package manifest

import (
	"strings"

	yaml "go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"
)

// Object is a pod, what makes pods, or a Service, as a manifest has it.
type Object struct {
	// File is the name of the file, and Line where the object begins in it.
	File string
	Line int
	// Source is the template that Helm rendered the object from; empty for none.
	Source                string
	Kind, Namespace, Name string
	// Pod is the pod that the manifest describes, or the one that its template makes. It is nil for a Service, and where the template
	// cannot be read: Problems say why.
	Pod *corev1.Pod
	// Service is nil for everything else.
	Service *corev1.Service
	// Problems are what the API server refuses about the probes, and fields that it does not know.
	Problems []Problem
	// ProgressDeadlineSeconds is a Deployment's spec.progressDeadlineSeconds; nil when it does not say.
	ProgressDeadlineSeconds *int32

	// template is the node of the pod, or of its template.
	template *yaml.Node
}

// Problem is what the API server refuses about a probe.
type Problem struct {
	// Field is the field of the pod, containers spelled as events do: spec.containers{web}.livenessProbe.
	Field string
	// Container is the container it is in; empty where that cannot be told.
	Container string
	// Text says what is wrong, in the words of the API server where it has some.
	Text string
	// Unknown is set for a field that does not exist, which the API server drops when it is not asked to be strict.
	Unknown bool
}

// LineOf returns the line of the first of several fields of the pod that the manifest has, spelled as in Problem.Field or with an index, [0].
// When it has none of them it is the line of the nearest field around the first.
func (o *Object) LineOf(fields ...string) int {
	line := o.Line
	for i, field := range fields {
		at, whole := o.find(field)
		if whole {
			return at
		}
		if i == 0 {
			line = at
		}
	}
	return line
}

// find returns the line of a field; whole is false when it is that of a field around it.
func (o *Object) find(field string) (line int, whole bool) {
	node, line := o.template, o.Line
	for _, step := range steps(field) {
		next, at := step.in(node)
		if next == nil {
			return line, false
		}
		node, line = next, at
	}
	return line, true
}

// step is one step of the way to a field: a key of a mapping, or an element of a list.
type step struct {
	key string
	// name selects the element of a list by its name, or of a map by its key; index by its position where name is empty.
	name    string
	index   int
	element bool
}

// steps takes the path of a field apart.
func steps(field string) []step {
	var way []step
	for field != "" {
		end := strings.IndexAny(field, ".{[")
		switch {
		case end < 0:
			return append(way, step{key: field})
		case end > 0:
			way = append(way, step{key: field[:end]})
		}
		closing := map[byte]string{'{': "}", '[': "]"}[field[end]]
		field = field[end+1:]
		if closing == "" {
			continue
		}
		inside, rest, _ := strings.Cut(field, closing)
		s := step{element: true, name: inside}
		if closing == "]" {
			s.name = ""
			for _, digit := range inside {
				s.index = 10*s.index + int(digit-'0')
			}
		}
		way, field = append(way, s), strings.TrimPrefix(rest, ".")
	}
	return way
}

// in returns the node that a step leads to, and its line: that of the key.
func (s step) in(node *yaml.Node) (next *yaml.Node, line int) {
	node = resolved(node)
	switch {
	case node == nil:
		return nil, 0
	case !s.element && node.Kind == yaml.SequenceNode: // an error of the decoder leaves out which element it was
		for _, element := range node.Content {
			if next, line = value(resolved(element), s.key); next != nil {
				return next, line
			}
		}
		return nil, 0
	case !s.element:
		return value(node, s.key)
	case node.Kind == yaml.MappingNode:
		return value(node, s.name)
	case node.Kind != yaml.SequenceNode:
		return nil, 0
	}
	for i, element := range node.Content {
		if s.name == "" && i == s.index {
			return element, element.Line
		}
		if name, _ := value(resolved(element), "name"); s.name != "" && name != nil && name.Value == s.name {
			return element, element.Line
		}
	}
	return nil, 0
}

// resolved follows an alias, and goes into a document.
func resolved(node *yaml.Node) *yaml.Node {
	for node != nil {
		switch {
		case node.Kind == yaml.AliasNode:
			node = node.Alias
		case node.Kind == yaml.DocumentNode && len(node.Content) == 1:
			node = node.Content[0]
		default:
			return node
		}
	}
	return nil
}

// value returns what a mapping has under a key, and the line of the key; what is merged into it counts last.
func value(node *yaml.Node, key string) (found *yaml.Node, line int) {
	if node == nil || node.Kind != yaml.MappingNode {
		return nil, 0
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1], node.Content[i].Line
		}
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Tag == "!!merge" {
			if found, line = value(resolved(node.Content[i+1]), key); found != nil {
				return found, line
			}
		}
	}
	return nil, 0
}

// at returns the node at the end of a way of keys; nil when there is none.
func at(node *yaml.Node, keys ...string) *yaml.Node {
	node = resolved(node)
	for _, key := range keys {
		found, _ := value(node, key)
		node = resolved(found)
	}
	return node
}

// text returns the scalar at the end of a way of keys.
func text(node *yaml.Node, keys ...string) string {
	if node = at(node, keys...); node == nil || node.Kind != yaml.ScalarNode {
		return ""
	}
	return node.Value
}
