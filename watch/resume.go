package watch

import (
	"errors"
	"fmt"
	"net/http"
	"syscall"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilnet "k8s.io/apimachinery/pkg/util/net"
)

const (
	// resumption is how long a server may refuse, for reasons of its own, to let a stream go on where its watch has ended,
	// before the stream lists again, if that is allowed. A list loses what happened meanwhile. A server that does not answer at
	// all is waited for as long as it takes.
	resumption = 3 * time.Minute
	// forbiddenResumption is the same for a server that does not allow it.
	forbiddenResumption = 30 * time.Second
)

// errAgain is what the reflector wants to hear to try the same watch again after a pause. After most other
// errors it would list everything, also where nothing but the connection is wrong.
var errAgain = fmt.Errorf("the watch cannot be opened yet: %w", syscall.ECONNREFUSED)

// resume is how the opening of a watch again goes. It is owned by the reflector's goroutine.
type resume struct {
	since time.Time // when the server refused it first; zero when it did not, or did not answer
}

// opened is called when a watch is open.
func (r *resume) opened() { r.since = time.Time{} }

// failed is called when a watch cannot be opened again, and returns what the reflector is to hear. lists reports whether a list can
// be had.
func (r *resume) failed(err error, lists func() bool) error {
	if !passing(err) {
		r.since = time.Time{}
		return err
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		r.since = time.Time{}
		return errAgain
	}
	if r.since.IsZero() {
		r.since = time.Now()
	}
	limit := resumption
	if apierrors.IsForbidden(err) {
		limit = forbiddenResumption
	}
	if time.Since(r.since) < limit || !lists() {
		return errAgain
	}
	r.since = time.Time{}
	return err
}

// passing reports whether err says nothing about the version that the watch is to go on from.
func passing(err error) bool {
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return true
	}
	code := status.Status().Code
	return code >= http.StatusInternalServerError && !tooLarge(err) ||
		code == http.StatusUnauthorized || code == http.StatusForbidden || code == http.StatusTooManyRequests
}

// tooLarge reports whether the server does not know our resource version yet, or any more: it has been
// restarted with older data.
func tooLarge(err error) bool {
	return apierrors.HasStatusCause(err, metav1.CauseTypeResourceVersionTooLarge)
}

// insists reports whether the reflector retries a streaming list after err, instead of listing page by page.
func insists(err error) bool {
	return utilnet.IsConnectionRefused(err) || apierrors.IsTooManyRequests(err) || apierrors.IsResourceExpired(err) || apierrors.IsGone(err) ||
		tooLarge(err)
}
