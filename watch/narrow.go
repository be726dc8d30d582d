package watch

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/probetop/probetop/model"
)

// Narrow returns what a request selects of a snapshot, of which no API server can be asked: of a recording, or of manifests. No
// namespace is all of them. What a snapshot does not hold cannot be named: a workload of which there is no pod.
func Narrow(s *model.Snapshot, r Request) (*model.Snapshot, error) {
	matches, err := r.matcher()
	if err != nil {
		return nil, err
	}
	narrow := *s
	narrow.Rows = nil
	for _, row := range s.Rows {
		if matches(row.Pod) {
			narrow.Rows = append(narrow.Rows, row)
		}
	}
	owned, err := r.ownedBy(narrow.Rows)
	if err != nil {
		return nil, err
	}
	narrow.Rows = slices.DeleteFunc(narrow.Rows, func(row *model.Row) bool { return !owned(row) })
	narrow.Totals = model.TotalsOf(narrow.Rows)
	return &narrow, nil
}

// matcher returns what asks about the namespaces and selectors of a request.
func (r *Request) matcher() (func(*model.Pod) bool, error) {
	byLabel, err := labels.Parse(r.Labels)
	if err != nil {
		return nil, &ArgumentError{Problem: BadSelector, Argument: r.Labels, Err: err}
	}
	byField, err := fields.ParseSelector(r.Fields)
	if err != nil {
		return nil, &ArgumentError{Problem: BadSelector, Argument: r.Fields, Err: err}
	}
	for _, q := range byField.Requirements() {
		if !podFields(&model.Pod{}).Has(q.Field) {
			return nil, &ArgumentError{Problem: BadSelector, Argument: r.Fields, Err: fmt.Errorf("%s is not in a recording", q.Field)}
		}
	}
	return func(p *model.Pod) bool {
		return (len(r.Namespaces) == 0 || slices.Contains(r.Namespaces, p.Namespace)) &&
			byLabel.Matches(labelSet(p.Labels)) && byField.Matches(podFields(p))
	}, nil
}

// labelSet takes labels apart.
func labelSet(l model.Labels) labels.Set {
	set := labels.Set{}
	for pair := range strings.SplitSeq(string(l), ",") {
		if key, value, ok := strings.Cut(pair, "="); ok {
			set[key] = value
		}
	}
	return set
}

// podFields are the fields that the API server can select pods by, as far as the model has them.
func podFields(p *model.Pod) fields.Set {
	return fields.Set{
		"metadata.name": p.Name, "metadata.namespace": p.Namespace, "spec.nodeName": p.Node,
		"spec.restartPolicy": p.RestartPolicy, "status.phase": p.Phase, "status.podIP": p.IP,
	}
}

// ownedBy returns what asks whether a row is of one of the arguments. Every argument must have a pod among the rows.
func (r *Request) ownedBy(rows []*model.Row) (func(*model.Row) bool, error) {
	if len(r.Args) == 0 {
		return func(*model.Row) bool { return true }, nil
	}
	var asks []func(*model.Row) bool
	for _, arg := range r.Args {
		t, name, err := nameOf(arg)
		if err != nil {
			return nil, err
		}
		of := func(row *model.Row) bool { return t.has(name, row) }
		if !slices.ContainsFunc(rows, of) {
			return nil, &ArgumentError{Problem: NotFound, Argument: arg, Namespaces: r.Namespaces}
		}
		asks = append(asks, of)
	}
	return func(row *model.Row) bool {
		return slices.ContainsFunc(asks, func(of func(*model.Row) bool) bool { return of(row) })
	}, nil
}

// has reports whether a pod is of the object of that name.
func (t workload) has(name string, row *model.Row) bool {
	switch p := row.Pod; t.kind {
	case "Pod":
		return p.Name == name
	case "Node":
		return p.Node == name
	case "Namespace":
		return p.Namespace == name
	case "Service":
		return slices.ContainsFunc(row.Services, func(s *model.Service) bool { return s.Name == name }) ||
			slices.ContainsFunc(row.Traffic, func(t model.Traffic) bool { return t.Service == name })
	default:
		return keepOwned(t.kind, name)(p)
	}
}
