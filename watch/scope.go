package watch

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/probetop/probetop/model"
)

// ErrTooManyStreams is returned for a scope that needs more than 63 requests at a time.
var ErrTooManyStreams = errors.New("too many streams")

// Scope says which part of a cluster is read.
type Scope struct {
	// Pods are the selections whose union is read; none means every pod of every namespace.
	Pods []Selection
}

// Selection selects pods. Its conditions are ANDed.
type Selection struct {
	// Namespace restricts the selection; empty for all namespaces.
	Namespace string
	// Labels and Fields are selectors in kubectl's syntax, evaluated by the API server; empty for all.
	Labels, Fields string
	// Keep is asked about every pod that the API server selects; nil keeps all. It must be safe for use by
	// several goroutines.
	Keep func(*model.Pod) bool
}

// Namespaces returns the namespaces that the scope is about, sorted; none for all.
func (s Scope) Namespaces() []string {
	var names []string
	for _, sel := range s.selections() {
		if sel.Namespace == "" {
			return nil
		}
		names = append(names, sel.Namespace)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (s Scope) selections() []Selection {
	if len(s.Pods) == 0 {
		return []Selection{{}}
	}
	return s.Pods
}

// plan is what one stream reads.
type plan struct {
	Selection

	id       model.Stream
	resource resource
}

// plans lists the streams that the scope needs.
func (s Scope) plans() ([]plan, error) {
	var plans []plan
	add := func(r resource, sel Selection) {
		sel.Fields = and(r.fields, sel.Fields)
		plans = append(plans, plan{Selection: sel, id: model.Stream(len(plans)), resource: r})
	}
	for _, sel := range s.selections() {
		add(pods(), sel)
	}
	namespaces := s.Namespaces()
	if len(namespaces) == 0 {
		namespaces = []string{""}
	}
	for _, ns := range namespaces {
		add(events(), Selection{Namespace: ns})
		add(endpointSlices(), Selection{Namespace: ns})
		add(services(), Selection{Namespace: ns})
	}
	add(nodes(), Selection{})
	add(nodeEvents(), Selection{Namespace: metav1.NamespaceDefault}) // where events about objects without a namespace are
	if len(plans) > ShadowStream {
		return nil, fmt.Errorf("planning %d streams, want at most %d: %w", len(plans), ShadowStream, ErrTooManyStreams)
	}
	return plans, nil
}

// and joins selectors.
func and(selectors ...string) string {
	return strings.Join(slices.DeleteFunc(selectors, func(s string) bool { return s == "" }), ",")
}
