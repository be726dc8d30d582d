package watch

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/probetop/probetop/model"
)

// typeNames lists the types for people.
const typeNames = "pod, deployment, replicaset, statefulset, daemonset, job, service, node or namespace"

// workload is a type that can be named on the command line.
type workload struct {
	kind string
	// group and resource are where the API has it.
	group, resource string
	// short are kubectl's abbreviations.
	short []string
}

// typeOf finds a type by its name, plural or short name, with or without its group.
func typeOf(name string) (workload, bool) {
	name = strings.ToLower(name)
	for _, t := range [...]workload{
		{"Pod", "/api/v1", "pods", []string{"po"}},
		{"Deployment", "/apis/apps/v1", "deployments", []string{"deploy"}},
		{"ReplicaSet", "/apis/apps/v1", "replicasets", []string{"rs"}},
		{"StatefulSet", "/apis/apps/v1", "statefulsets", []string{"sts"}},
		{"DaemonSet", "/apis/apps/v1", "daemonsets", []string{"ds"}},
		{"Job", "/apis/batch/v1", "jobs", nil},
		{"Service", "/api/v1", "services", []string{"svc"}},
		{"Node", "/api/v1", "nodes", []string{"no"}},
		{"Namespace", "/api/v1", "namespaces", []string{"ns"}},
	} {
		names := append([]string{t.resource, strings.TrimSuffix(t.resource, "s")}, t.short...)
		if parts := strings.Split(t.group, "/"); len(parts) == 4 {
			names = append(names, t.resource+"."+parts[2], names[1]+"."+parts[2])
		}
		if slices.Contains(names, name) {
			return t, true
		}
	}
	return workload{}, false
}

// selection selects the pods of the object o of that name.
func (t workload) selection(o selecting, name string) (Selection, error) {
	if t.kind == "Pod" {
		return Selection{Fields: "metadata.name=" + fields.EscapeValue(name)}, nil
	}
	selector, err := t.selector(o.Spec.Selector)
	return Selection{Labels: selector, Keep: t.keep(name)}, err
}

// selector returns the label selector that an object's spec.selector means.
func (t workload) selector(raw json.RawMessage) (string, error) {
	if t.kind == "Service" {
		var set map[string]string
		if err := json.Unmarshal(orNull(raw), &set); err != nil {
			return "", fmt.Errorf("reading spec.selector: %w", err)
		}
		return wanted(labels.SelectorFromSet(set))
	}
	var selector metav1.LabelSelector
	if err := json.Unmarshal(orNull(raw), &selector); err != nil {
		return "", fmt.Errorf("reading spec.selector: %w", err)
	}
	s, err := metav1.LabelSelectorAsSelector(&selector)
	if err != nil {
		return "", fmt.Errorf("reading spec.selector: %w", err)
	}
	return wanted(s)
}

func orNull(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

// wanted returns the selector in kubectl's syntax, unless it would select everything.
func wanted(s labels.Selector) (string, error) {
	if s.Empty() {
		return "", errors.New("spec.selector is empty")
	}
	return s.String(), nil
}

// leftover selects the pods of the object of that name that may be there when it is not any more.
func (t workload) leftover(name string) Selection {
	if t.kind == "Pod" {
		return Selection{Fields: "metadata.name=" + fields.EscapeValue(name)}
	}
	return Selection{Keep: keepOwned(t.kind, name)}
}

// keep returns what is asked about the pods that the selector selects: whether the workload owns them.
func (t workload) keep(name string) func(*model.Pod) bool {
	if t.kind == "Service" {
		return nil
	}
	return keepOwned(t.kind, name)
}
