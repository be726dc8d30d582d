package watch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/url"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording/weight"
)

// Access says what keeps us from a cluster.
type Access uint8

// What can keep us from a cluster.
const (
	// Failed is anything that has no name here, such as a server that fails (5xx).
	Failed Access = iota
	// Unreachable is a server that cannot be connected to, or that does not speak TLS.
	Unreachable
	// Unanswered is a server that has not answered in time.
	Unanswered
	// Certificate is a certificate, the server's or our own, that the other side does not accept.
	Certificate
	// Credentials is a credential that could not be obtained: a plugin failed, or a file is missing.
	Credentials
	// Unauthorized is a credential that the server does not accept (401).
	Unauthorized
	// Forbidden is a credential that is accepted and does not suffice (403).
	Forbidden
	// Throttled is a server that has too much to do to answer now (429).
	Throttled
	// Refused is a request that the server understands and does not take (400, 404, 422).
	Refused
	// Redirected is a request that the server sends elsewhere, where the credentials do not go.
	Redirected
)

// String returns a word for what is in the way.
func (a Access) String() string {
	return [...]string{
		"failed", "unreachable", "unanswered", "certificate", "credentials", "unauthorized",
		"forbidden", "throttled", "refused", "redirected",
	}[a]
}

// AccessError is returned when a cluster cannot be read.
type AccessError struct {
	Access Access
	Err    error
}

// Error returns the cause in plain words: the server's, where it has answered.
func (e *AccessError) Error() string { return plain(e.Err) }

// Unwrap returns the cause.
func (e *AccessError) Unwrap() error { return e.Err }

// accessError classifies err; nil stays nil.
func accessError(err error) error {
	if err == nil {
		return nil
	}
	return &AccessError{Access: accessOf(err), Err: err}
}

// configuring is what failed when a file that the kubeconfig names cannot be read.
const configuring = "configuring the transport: "

func accessOf(err error) Access {
	var (
		status  apierrors.APIStatus
		verify  *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
		timeout interface{ Timeout() bool }
		network *net.OpError
		record  tls.RecordHeaderError
		to      *model.Redirect
	)
	switch {
	case errors.As(err, &to):
		return Redirected
	case apierrors.IsUnauthorized(err):
		return Unauthorized
	case apierrors.IsForbidden(err):
		return Forbidden
	case apierrors.IsTooManyRequests(err):
		return Throttled
	case apierrors.IsBadRequest(err), apierrors.IsNotFound(err), apierrors.IsInvalid(err):
		return Refused
	case errors.As(err, &status):
		return Failed
	case errors.As(err, &verify), errors.As(err, &unknown),
		strings.Contains(err.Error(), "remote error: tls: "):
		return Certificate
	case strings.Contains(err.Error(), "getting credentials: "), strings.Contains(err.Error(), configuring):
		return Credentials
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return Unanswered
	case errors.As(err, &network), errors.As(err, &record), strings.Contains(err.Error(), "HTTP response to HTTPS client"):
		return Unreachable
	}
	return Failed
}

// undecoded is how k8s.io/client-go/rest/watch says that a watch broke off in the middle.
const undecoded = "unable to decode an event from the watch stream: "

// plain returns what err says without the names of the layers it came through.
func plain(err error) string {
	var status apierrors.APIStatus
	if errors.As(err, &status) && status.Status().Message != "" {
		_, why, broke := strings.Cut(status.Status().Message, undecoded)
		switch {
		case !broke:
			return status.Status().Message
		case strings.Contains(why, errLargeEvent.Error()):
			return errLargeEvent.Error()
		case strings.Contains(why, errHeavyEvent.Error()):
			return errHeavyEvent.Error()
		}
		return errCutOff.Error()
	}
	var large *largeError
	if errors.As(err, &large) {
		return large.Error()
	}
	var heavy *weight.Error
	if errors.As(err, &heavy) {
		return heavy.Error()
	}
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "the server did not answer in time"
	}
	return strings.TrimPrefix(err.Error(), configuring)
}
