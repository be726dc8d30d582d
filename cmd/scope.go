package cmd

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/watch"
)

// scopeOptions is what the flags and arguments select.
type scopeOptions struct {
	namespaces []string
	all        bool
	labels     string
	fields     string
	args       []string
	// leftover is set when the pods are meant that something has left behind which is gone.
	leftover bool
}

func (o *scopeOptions) addScopeFlags(fs *pflag.FlagSet) {
	fs.StringSliceVarP(&o.namespaces, "namespace", "n", nil, "Namespaces to look at; may be repeated, or a comma-separated list")
	fs.BoolVarP(&o.all, "all-namespaces", "A", false, "Look at all namespaces")
	fs.StringVarP(&o.labels, "selector", "l", "", "Label selector for pods, such as app=web,tier!=cache")
	fs.StringVar(&o.fields, "field-selector", "", "Field selector for pods, such as spec.nodeName=n1")
}

// validate checks what can be checked without a cluster.
func (o *scopeOptions) validate() error {
	if o.all && len(o.namespaces) > 0 {
		return usage("-A and -n cannot be used together: name the namespaces, or take all.")
	}
	if slices.Contains(o.namespaces, "") {
		return usage("-n %q names an empty namespace. Name each of them, or take all with -A.", strings.Join(o.namespaces, ","))
	}
	return nil
}

// scope resolves the arguments against the cluster.
func (o *scopeOptions) scope(ctx context.Context, t *target) (watch.Scope, error) {
	namespaces := o.namespaces
	if len(namespaces) == 0 && !o.all {
		namespaces = []string{t.namespace}
	}
	return watch.Resolve(ctx, t.config, watch.Request{
		Namespaces: namespaces,
		Explicit:   len(o.namespaces) > 0,
		Labels:     o.labels,
		Fields:     o.fields,
		Args:       o.args,
		Leftover:   o.leftover,
	})
}

// selects reports whether the flags or arguments select anything.
func (o *scopeOptions) selects() bool {
	return len(o.namespaces)+len(o.args) > 0 || o.labels+o.fields != ""
}

// narrow returns what the flags and arguments select of a snapshot of which no cluster can be asked; all of it when they
// say nothing.
func (o *scopeOptions) narrow(s *model.Snapshot) (*model.Snapshot, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	narrow, err := watch.Narrow(s, watch.Request{Namespaces: o.namespaces, Labels: o.labels, Fields: o.fields, Args: o.args})
	var argument *watch.ArgumentError
	if errors.As(err, &argument) {
		return nil, explainArgument(argument)
	}
	return narrow, err
}

// words says what is selected, for a person.
func (o *scopeOptions) words(t *target) string {
	var words []string
	words = append(words, o.args...)
	switch {
	case o.all:
		words = append(words, "all namespaces")
	case len(o.namespaces) > 0:
		words = append(words, "ns "+strings.Join(o.namespaces, ","))
	default:
		words = append(words, "ns "+t.namespace)
	}
	if o.labels != "" {
		words = append(words, "-l "+o.labels)
	}
	if o.fields != "" {
		words = append(words, "--field-selector "+o.fields)
	}
	return strings.Join(words, " ")
}

// oneNamespace returns the only namespace that the scope is about; empty when there are several.
func oneNamespace(s watch.Scope) string {
	if names := s.Namespaces(); len(names) == 1 {
		return names[0]
	}
	return ""
}
