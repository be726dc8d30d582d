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

// resumption is how long a stream tries to go on where its watch has ended, before it lists again.
const resumption = 30 * time.Second

// errAgain is what the reflector wants to hear to try the same watch again after a pause. After most other
// errors it would list everything, also where nothing but the connection is wrong.
var errAgain = fmt.Errorf("the watch cannot be opened yet: %w", syscall.ECONNREFUSED)

// resume is how the opening of a watch again goes. It is owned by the reflector's goroutine.
type resume struct {
	since time.Time // when it failed first; zero when it does not
}

// opened is called when a watch is open.
func (r *resume) opened() { r.since = time.Time{} }

// failed is called when a watch cannot be opened again, and returns what the reflector is to hear.
func (r *resume) failed(err error) error {
	if r.since.IsZero() {
		r.since = time.Now()
	}
	if passing(err) && time.Since(r.since) < resumption {
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
	return utilnet.IsConnectionRefused(err) || apierrors.IsTooManyRequests(err)
}
