package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/probetop/probetop/watch"
)

// reach opens the way to the cluster: it picks the target, resolves the scope and asks for one pod, all within
// the time of one request, so that what is wrong is said before anything is drawn.
func (g *global) reach(ctx context.Context, o *scopeOptions) (*target, watch.Scope, error) {
	if err := o.validate(); err != nil {
		return nil, watch.Scope{}, err
	}
	t, err := g.connection.target(g.streams.Now)
	if err != nil {
		return nil, watch.Scope{}, err
	}
	t.mask = g.policy()
	ctx, cancel := context.WithTimeout(ctx, t.patience)
	defer cancel()
	scope, err := o.scope(ctx, t)
	if err == nil {
		err = watch.Check(ctx, t.config, scope)
	}
	if err != nil {
		return nil, watch.Scope{}, t.explain(err)
	}
	return t, scope, nil
}

// explain makes a sentence with the next step of what keeps us from the cluster.
func (t *target) explain(err error) error {
	var access *watch.AccessError
	var argument *watch.ArgumentError
	switch {
	case errors.Is(err, context.Canceled):
		return because(&failure{sentence: "Interrupted.", code: exitInterrupted}, err)
	case errors.As(err, &access):
		return t.explainAccess(access)
	case errors.As(err, &argument):
		return explainArgument(argument)
	case errors.Is(err, watch.ErrTooManyStreams):
		return because(usage("That is too much to watch at a time. Name fewer namespaces and workloads, or take all with -A."), err)
	}
	return because(&failure{sentence: sentence(err.Error()) + ".", code: exitUnreachable}, err)
}

// explainArgument makes a sentence of what is wrong with an argument.
func explainArgument(err *watch.ArgumentError) error {
	next := map[watch.Problem]string{
		watch.BadSelector: "Write selectors like app=web,tier!=cache",
		watch.UnknownType: "Write it like deploy/web",
		watch.MissingName: "Write it like deploy/web",
		watch.NotFound:    "Check the name, or look elsewhere with -n NAMESPACE or -A",
		watch.NoSelector:  "Choose its pods with -l instead",
	}[err.Problem]
	return because(usage("%s. %s.", sentence(err.Error()), next), err)
}

// explainAccess makes a sentence of what keeps us from the API server.
func (t *target) explainAccess(access *watch.AccessError) error {
	say := func(code int, format string, args ...any) error {
		return &failure{sentence: fmt.Sprintf(format, args...), code: code, cause: access}
	}
	switch access.Access {
	case watch.Unreachable:
		return say(exitUnreachable, "The API server %s of context %q cannot be reached: %v. Check that it runs and that the network leads there, or choose another with --context.", t.server, t.context, access)
	case watch.Unanswered:
		return say(exitUnreachable, "The API server %s of context %q gave no answer within %v. Check the network, or allow more with --request-timeout.", t.server, t.context, t.patience)
	case watch.Certificate:
		return say(exitUnreachable, "The certificate of %s is not trusted: %v. Check the certificate-authority of context %q in the kubeconfig.", t.server, access, t.context)
	case watch.Credentials:
		return say(exitUnreachable, "The credentials of context %q could not be obtained: %v. Log in again, or check its user in the kubeconfig.", t.context, access)
	case watch.Unauthorized:
		return say(exitUnreachable, "%s does not accept the credentials of context %q (401). Log in again, or choose another with --context or --user.", t.server, t.context)
	case watch.Forbidden:
		return say(exitUnreachable, "Not allowed (403): %v. Ask for the right to list and watch pods, or choose a namespace you may read with -n.", access)
	case watch.Throttled:
		return say(exitUnreachable, "The API server %s of context %q asks to be left alone for now (429): %v. Try again in a minute, or allow more with --request-timeout.", t.server, t.context, access)
	case watch.Redirected:
		return say(exitUnreachable, "%s.", sentence(access.Error()))
	case watch.Refused:
		return say(exitUsage, "The API server %s refused the request: %v. Check the names and selectors, and that it is the server you mean.", t.server, access)
	}
	return say(exitUnreachable, "The API server %s of context %q failed: %v. Try again.", t.server, t.context, access)
}
