package simcluster

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Action is what goes wrong. Make one with the functions that return it; the zero value is nothing.
type Action struct {
	kind    actionKind
	status  error
	delay   time.Duration
	release <-chan struct{}
	to      string
	bomb    *bomb
}

type actionKind uint8

const (
	// What can happen to a request.
	none actionKind = iota
	answer
	forbid
	delay
	hang
	expire
	expireContinue
	refuseStreaming
	repeatPages
	endlessPages
	wrongKind
	explode
	goAway
	redirect
	// What can happen to an event of a watch.
	cut
	reset
	end
	errorEvent
	duplicate
	reorder
)

func (k actionKind) aboutEvents() bool { return k >= cut }

// Forbid answers with 403 and the API server's words for it. A SelfSubjectAccessReview says the same.
func Forbid() Action { return Action{kind: forbid} }

// Unauthorize answers with 401.
func Unauthorize() Action { return Answer(apierrors.NewUnauthorized("Unauthorized")) }

// Throttle answers with 429 and a Retry-After of whole seconds.
func Throttle(retryAfter time.Duration) Action {
	return Answer(apierrors.NewTooManyRequests("Too many requests, please try again later.", int(retryAfter.Seconds())))
}

// Answer answers with a Status, such as apimachinery's package api/errors makes.
func Answer(status error) Action { return Action{kind: answer, status: status} }

// Delay answers late.
func Delay(d time.Duration) Action { return Action{kind: delay, delay: d} }

// Hang answers when release is closed, and never if it is nil.
func Hang(release <-chan struct{}) Action { return Action{kind: hang, release: release} }

// Expire answers a watch that would resume from a resource version with 410, as an event. It concerns no others.
func Expire() Action { return Action{kind: expire} }

// ExpireContinue answers a list that would continue with 410. It concerns no others.
func ExpireContinue() Action { return Action{kind: expireContinue} }

// RefuseStreaming answers a streaming list with 422, as a server does that knows none. It concerns nothing else.
func RefuseStreaming() Action { return Action{kind: refuseStreaming} }

// RepeatPages answers a list with a page after which there is always the first one again. It concerns nothing else.
func RepeatPages() Action { return Action{kind: repeatPages} }

// EndlessPages answers a list with pages of which none is the last, and all but the first are empty. It concerns nothing else.
func EndlessPages() Action { return Action{kind: endlessPages} }

// WrongKind answers a list or a watch with objects of another kind. It concerns nothing else.
func WrongKind() Action { return Action{kind: wrongKind} }

// Unfold answers a list or a watch with kilobytes that unfold without end, to empty objects. It concerns nothing else.
func Unfold() Action { return Action{kind: explode, bomb: &bomb{more: "{},", packed: true}} }

// Flood answers a list or a watch with an object that does not end. It concerns nothing else.
func Flood() Action { return Action{kind: explode, bomb: &bomb{text: true, more: "x"}} }

// Crowd answers a list with ten million empty objects, and a watch with an object of two million empty parts, packed. It concerns nothing else.
func Crowd() Action { return Action{kind: explode, bomb: &bomb{more: "{},", packed: true, ends: true}} }

// GoAway answers, and ends the connection in good order after what it carries now (HTTP/2's GOAWAY). It does not concern HTTP/1.1.
func GoAway() Action { return Action{kind: goAway} }

// Redirect answers with 307 and sends the request elsewhere: to a URL, to which the path and the query of the request are
// added.
func Redirect(to string) Action { return Action{kind: redirect, to: to} }

// CutWatch sends half of an event and closes the connection, with all that it carries.
func CutWatch() Action { return Action{kind: cut} }

// ResetWatch sends half of an event and resets the stream; what else the connection carries goes on (HTTP/2).
func ResetWatch() Action { return Action{kind: reset} }

// EndWatch ends a watch in good order instead of sending an event.
func EndWatch() Action { return Action{kind: end} }

// ErrorEvent sends a Status instead of an event, and ends the watch.
func ErrorEvent(status error) Action { return Action{kind: errorEvent, status: status} }

// Duplicate sends an event twice.
func Duplicate() Action { return Action{kind: duplicate} }

// Reorder sends an event after the next one about another object. Events about the same object keep their order.
func Reorder() Action { return Action{kind: reorder} }

// concerns reports whether the action can happen to a request.
func (a *Action) concerns(x *exchange) bool {
	initial := x.Query.Get("sendInitialEvents") == "true"
	switch version := x.Query.Get("resourceVersion"); a.kind {
	case expire:
		return x.Verb == "watch" && !initial && version != "" && version != "0"
	case expireContinue:
		return x.Verb == "list" && x.Query.Get("continue") != ""
	case refuseStreaming:
		return x.Verb == "watch" && x.Query.Has("sendInitialEvents")
	case repeatPages, endlessPages:
		return x.Verb == "list"
	case wrongKind, explode:
		return x.Verb == "list" || x.Verb == "watch"
	}
	return true
}

// meet happens to a request. It returns an error that answers it, or ctx's.
func (a *Action) meet(ctx context.Context, x *exchange, user string) error {
	switch a.kind {
	case answer:
		return a.status
	case forbid:
		return forbidden(&x.Request, user)
	case delay:
		timer := time.NewTimer(a.delay)
		defer timer.Stop()
		return wait(ctx, timer.C)
	case hang:
		return wait(ctx, a.release)
	case expire:
		version, err := versionOf(x.Query.Get("resourceVersion"))
		if err != nil {
			return err
		}
		x.refusal = tooOld(version, version+1)
	case expireContinue:
		return continueExpired()
	case refuseStreaming:
		x.old = true
	case repeatPages, endlessPages:
		x.pages = a.kind
	case wrongKind:
		x.wrong = true
	case explode:
		x.bomb = a.bomb
	case goAway:
		if x.r.ProtoMajor == 2 { // as the API server's filter has it: HTTP/1.1 has upgrades, which it would spoil
			x.w.Header().Set("Connection", "close")
		}
	case redirect:
		return &elsewhere{a.to + x.r.URL.RequestURI()}
	}
	return nil
}

// elsewhere answers a request with a redirect.
type elsewhere struct{ location string }

// Error implements error.
func (e *elsewhere) Error() string { return "moved to " + e.location }

// forbidden says what the API server's RBAC authorizer would say.
func forbidden(r *Request, user string) error {
	if r.Resource == "" {
		return &apierrors.StatusError{ErrStatus: metav1.Status{
			Status: metav1.StatusFailure, Code: http.StatusForbidden, Reason: metav1.StatusReasonForbidden,
			Message: fmt.Sprintf("forbidden: User %q cannot %s path %q", user, r.Verb, r.Path),
		}}
	}
	resource := r.Resource
	if r.Subresource != "" {
		resource += "/" + r.Subresource
	}
	scope := "at the cluster scope"
	if r.Namespace != "" {
		scope = fmt.Sprintf("in the namespace %q", r.Namespace)
	}
	reason := fmt.Sprintf("User %q cannot %s resource %q in API group %q %s", user, r.Verb, resource, r.Group, scope)
	return apierrors.NewForbidden(schema.GroupResource{Group: r.Group, Resource: r.Resource}, r.Name, errors.New(reason))
}
