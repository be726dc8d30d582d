package prober

import (
	"errors"
	"net/http"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/probetop/probetop/model"
)

// The shortest and the longest pause after a failure of the way.
const (
	backoffFirst = time.Second
	backoffMost  = time.Minute
)

// backoff is a pause that becomes longer with every failure in a row. The zero backoff is none.
type backoff struct {
	failures int
	// noted is when the newest failure was, and until when the pause ends.
	noted, until time.Time
	// asked is until when the server wants to be left alone, whatever goes well before.
	asked time.Time
}

// fail returns the backoff after a failure of something that had begun at that time. The server may ask for a pause of
// its own. Things that were under way together fail together: they count once.
func (b backoff) fail(began, now time.Time, asked time.Duration) backoff {
	b.asked = latest(b.asked, now.Add(asked))
	if b.failures > 0 && began.Before(b.noted) {
		return b
	}
	pause := backoffMost
	if b.failures < 6 { // the seventh is beyond the most
		pause = min(backoffFirst<<b.failures, backoffMost)
	}
	return backoff{failures: b.failures + 1, noted: now, until: latest(b.until, now.Add(pause)), asked: b.asked}
}

// succeed returns the backoff after something that had begun at that time went well. What the server has asked for is
// not over with that: it may read pods with ease, and be busy all the same.
func (b backoff) succeed(began time.Time) backoff {
	if began.Before(b.noted) {
		return b
	}
	return backoff{asked: b.asked}
}

// over returns when the pause is.
func (b backoff) over() time.Time { return latest(b.until, b.asked) }

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// asked returns how long the API server wants us to wait (Retry-After), and whether it is the server itself that has
// trouble, and not only the way to one pod.
func asked(err error) (pause time.Duration, overall bool) {
	if seconds, ok := apierrors.SuggestsClientDelay(err); ok {
		return time.Duration(seconds) * time.Second, true
	}
	return 0, apierrors.IsTooManyRequests(err)
}

// troubled reports whether a request failed for a reason that other requests will meet as well.
func troubled(err error) bool {
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		return status.Status().Code >= http.StatusInternalServerError || status.Status().Code == http.StatusTooManyRequests
	}
	return true
}

// lackOf returns why there is no verdict when a pod could not be read.
func lackOf(err error) model.ShadowLack {
	switch {
	case apierrors.IsForbidden(err), apierrors.IsUnauthorized(err):
		return model.LackForbidden
	case apierrors.IsNotFound(err):
		return model.LackGone
	}
	return model.LackTunnel
}
