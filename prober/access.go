package prober

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
)

// Subresource is a way to a pod that may be allowed or not.
type Subresource string

// The subresources of pods that the prober uses.
const (
	PortForward Subresource = "portforward"
	Command     Subresource = "exec"
	Proxy       Subresource = "proxy"
)

// Permission is whether something is allowed.
type Permission uint8

// The permissions.
const (
	// PermissionUnknown is one that could not be asked for; using it may still work.
	PermissionUnknown Permission = iota
	PermissionAllowed
	PermissionDenied
)

// Grant is a Permission, with the reason of a denial, or why it is not known.
type Grant struct {
	Permission Permission
	Reason     string
}

// grantKept is how long a Grant is good for, and grantUnknownKept how long one is that says nothing.
const (
	grantKept        = 5 * time.Minute
	grantUnknownKept = 10 * time.Second
)

// Access says which ways to pods are allowed. It asks the API server, and remembers the answers for five minutes. All
// methods may be called from any goroutine.
type Access struct {
	// immutable after NewAccess
	reviews Reviews
	now     func() time.Time

	mu sync.Mutex
	// guarded by mu
	grants map[question]answer
}

type question struct {
	namespace   string
	subresource Subresource
}

type answer struct {
	Grant
	until time.Time
}

// NewAccess returns an Access that has asked nothing yet. The clock may be nil for time.Now.
func NewAccess(reviews Reviews, now func() time.Time) *Access {
	if now == nil {
		now = time.Now
	}
	return &Access{reviews: reviews, now: now, grants: map[question]answer{}}
}

// To returns whether a subresource of the pods in a namespace may be used: when either of the verbs get and create is
// allowed, of which servers of different ages want one or the other. What is not known is not denied.
func (a *Access) To(ctx context.Context, namespace string, s Subresource) Grant {
	q := question{namespace, s}
	a.mu.Lock()
	known, ok := a.grants[q]
	a.mu.Unlock()
	if ok && a.now().Before(known.until) {
		return known.Grant
	}
	g, kept := a.ask(ctx, q), grantKept
	if g.Permission == PermissionUnknown {
		kept = grantUnknownKept
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.grants[q] = answer{g, a.now().Add(kept)}
	return g
}

// Forget forgets what is known of a namespace, as after a request that was forbidden.
func (a *Access) Forget(namespace string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for q := range a.grants {
		if q.namespace == namespace {
			delete(a.grants, q)
		}
	}
}

func (a *Access) ask(ctx context.Context, q question) Grant {
	denied := Grant{Permission: PermissionDenied}
	var unknown error
	for _, verb := range [...]string{"create", "get"} {
		g, err := a.askVerb(ctx, q, verb)
		switch {
		case err != nil:
			unknown = errors.Join(unknown, err)
		case g.Permission == PermissionAllowed:
			return g
		case denied.Reason == "":
			denied.Reason = g.Reason
		}
	}
	if unknown != nil {
		return Grant{Reason: unknown.Error()}
	}
	return denied
}

func (a *Access) askVerb(ctx context.Context, q question, verb string) (Grant, error) {
	review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
		ResourceAttributes: &authorizationv1.ResourceAttributes{
			Namespace: q.namespace, Verb: verb, Resource: "pods", Subresource: string(q.subresource),
		},
	}}
	r, err := a.reviews.Create(ctx, review)
	if err != nil {
		return Grant{}, fmt.Errorf("asking whether to %s pods/%s in %s: %w", verb, q.subresource, q.namespace, err)
	}
	if r.Status.Allowed {
		return Grant{Permission: PermissionAllowed}, nil
	}
	reason := r.Status.Reason
	if reason == "" {
		reason = fmt.Sprintf("no right to %s pods/%s in the namespace %s", verb, q.subresource, q.namespace)
	}
	return Grant{Permission: PermissionDenied, Reason: reason}, nil
}
