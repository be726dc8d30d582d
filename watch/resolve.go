package watch

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/model"
)

// Request is what a command line says about the pods it wants.
type Request struct {
	// Namespaces are searched; none means all.
	Namespaces []string
	// Explicit is set when the namespaces were named, rather than the kube-context. Unless it is set,
	// node/NAME means that node's pods in all namespaces.
	Explicit bool
	// Labels and Fields are selectors in kubectl's syntax; empty for all.
	Labels, Fields string
	// Args are TYPE/NAME; their pods are united. None means all pods.
	Args []string
	// Leftover is set when what the arguments name may be gone: then the pods that it has left behind are meant.
	Leftover bool
}

// Problem says what is wrong with an argument.
type Problem uint8

// What can be wrong with an argument.
const (
	// BadSelector is a label or field selector that cannot be read.
	BadSelector Problem = iota
	// UnknownType is a TYPE that is none of ours, or missing.
	UnknownType
	// MissingName is a TYPE without a NAME.
	MissingName
	// NotFound is a pod, workload or Service that does not exist in any of the namespaces.
	NotFound
	// NoSelector is a workload or Service that selects no pods.
	NoSelector
)

// ArgumentError is returned for an argument that selects nothing.
type ArgumentError struct {
	Problem Problem
	// Argument is what the command line says; Namespaces is where it was looked for, none for everywhere.
	Argument   string
	Namespaces []string
	// Err is the cause; nil when there is none but the problem itself.
	Err error
}

// Error says what is wrong, in one sentence without a full stop.
func (e *ArgumentError) Error() string {
	switch e.Problem {
	case UnknownType:
		return fmt.Sprintf("%q is not TYPE/NAME, where TYPE is %s", e.Argument, typeNames)
	case MissingName:
		return fmt.Sprintf("%q lacks a name: want TYPE/NAME", e.Argument)
	case NotFound:
		if len(e.Namespaces) == 0 {
			return "there is no " + e.Argument + " in any namespace"
		}
		return "there is no " + e.Argument + " in namespace " + strings.Join(e.Namespaces, ", ")
	case NoSelector:
		return "the selector of " + e.Argument + " is empty, so no pods belong to it"
	}
	return fmt.Sprintf("the selector %q cannot be read: %v", e.Argument, e.Err)
}

// Unwrap returns the cause.
func (e *ArgumentError) Unwrap() error { return e.Err }

// Resolve returns the scope that r means. It asks the API server for the objects that the arguments name, but
// not for nodes, and for nothing when there are no arguments. It returns an *ArgumentError for what cannot be resolved, an
// *AccessError when the API server does not answer, and wraps ErrTooManyStreams when the scope is too wide.
func Resolve(ctx context.Context, cfg *rest.Config, r Request) (Scope, error) {
	if err := r.checkSelectors(); err != nil {
		return Scope{}, err
	}
	var scope Scope
	if len(r.Args) == 0 {
		scope.Pods = r.everywhere(r.Namespaces, Selection{})
	}
	for _, arg := range r.Args {
		sels, err := r.resolve(ctx, cfg, arg)
		if err != nil {
			return Scope{}, err
		}
		scope.Pods = append(scope.Pods, sels...)
	}
	_, err := scope.plans()
	return scope, err
}

func (r *Request) checkSelectors() error {
	if _, err := labels.Parse(r.Labels); err != nil {
		return &ArgumentError{Problem: BadSelector, Argument: r.Labels, Err: err}
	}
	if _, err := fields.ParseSelector(r.Fields); err != nil {
		return &ArgumentError{Problem: BadSelector, Argument: r.Fields, Err: err}
	}
	return nil
}

// everywhere repeats a selection for each namespace, with the request's own selectors.
func (r *Request) everywhere(namespaces []string, sel Selection) []Selection {
	if len(namespaces) == 0 {
		namespaces = []string{""}
	}
	sels := make([]Selection, len(namespaces))
	for i, ns := range namespaces {
		sels[i] = r.narrow(ns, sel)
	}
	return sels
}

func (r *Request) narrow(namespace string, sel Selection) Selection {
	sel.Namespace = namespace
	sel.Labels, sel.Fields = and(sel.Labels, r.Labels), and(sel.Fields, r.Fields)
	return sel
}

// nameOf takes an argument apart.
func nameOf(arg string) (workload, string, error) {
	typ, name, _ := strings.Cut(arg, "/")
	t, ok := typeOf(typ)
	switch {
	case !ok:
		return workload{}, "", &ArgumentError{Problem: UnknownType, Argument: arg}
	case name == "" || strings.Contains(name, "/"):
		return workload{}, "", &ArgumentError{Problem: MissingName, Argument: arg}
	}
	return t, name, nil
}

func (r *Request) resolve(ctx context.Context, cfg *rest.Config, arg string) ([]Selection, error) {
	t, name, err := nameOf(arg)
	switch {
	case err != nil:
		return nil, err
	case t.kind == "Namespace":
		return []Selection{r.narrow(name, Selection{})}, nil
	case t.kind == "Node":
		namespaces := r.Namespaces
		if !r.Explicit {
			namespaces = nil
		}
		return r.everywhere(namespaces, Selection{Fields: "spec.nodeName=" + fields.EscapeValue(name)}), nil
	}
	c, err := newClient(cfg)
	if err != nil {
		return nil, accessError(err)
	}
	return r.search(ctx, c, t, name, arg)
}

// search finds the objects of that name in the request's namespaces, and the pods that belong to them.
func (r *Request) search(ctx context.Context, c *client, t workload, name, arg string) ([]Selection, error) {
	namespaces := r.Namespaces
	if len(namespaces) == 0 {
		namespaces = []string{""}
	}
	var sels []Selection
	for _, ns := range namespaces {
		found, err := c.named(ctx, t, ns, name)
		if err != nil {
			return nil, accessError(err)
		}
		for _, o := range found {
			sel, err := t.selection(o, name)
			if err != nil {
				return nil, &ArgumentError{Problem: NoSelector, Argument: arg, Err: err}
			}
			sels = append(sels, r.narrow(o.Metadata.Namespace, sel))
		}
	}
	if len(sels) == 0 && r.Leftover && t.kind != "Service" {
		return r.everywhere(r.Namespaces, t.leftover(name)), nil
	}
	if len(sels) == 0 {
		return nil, &ArgumentError{Problem: NotFound, Argument: arg, Namespaces: r.Namespaces}
	}
	return sels, nil
}

// selecting is the part that is read of an object that selects pods.
type selecting struct {
	Metadata struct{ Namespace string }
	Spec     struct{ Selector json.RawMessage }
}

// named reads the objects of a type that have that name: one a namespace.
func (c *client) named(ctx context.Context, t workload, namespace, name string) ([]selecting, error) {
	return objectsOf[selecting](ctx, c, t, namespace, metav1.ListOptions{FieldSelector: fields.OneTermEqualSelector("metadata.name", name).String()})
}

// objectsOf reads the objects of a type, of which it keeps what is in T.
func objectsOf[T any](ctx context.Context, c *client, t workload, namespace string, opts metav1.ListOptions) ([]T, error) {
	path := t.group
	if namespace != "" {
		path += "/namespaces/" + url.PathEscape(namespace)
	}
	request := c.core.Get().AbsPath(path, t.resource).VersionedParams(&opts, metav1.ParameterCodec).
		SetHeader("Accept", "application/json").MaxRetries(0)
	var body []byte
	err := insist(ctx, func(ctx context.Context) error {
		result := request.Do(ctx)
		if err := result.Error(); err != nil {
			return err // Raw has not the server's words for it
		}
		var err error
		body, err = result.Raw()
		return err
	})
	if err != nil {
		return nil, err
	}
	var list struct {
		Kind  string
		Items []T
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("reading the list of %s: %w", t.resource, err)
	}
	if list.Kind != t.kind+"List" {
		return nil, errWrongKind
	}
	return list.Items, nil
}

// keepOwned keeps the pods of one workload, as the model names it.
func keepOwned(kind, name string) func(*model.Pod) bool {
	return func(p *model.Pod) bool {
		return p.Owner.Kind == kind && p.Owner.Name == name || kind == "ReplicaSet" && p.Owner.Revision == name
	}
}
