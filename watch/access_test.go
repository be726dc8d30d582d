package watch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestAccessError(t *testing.T) {
	get := func(err error) error { return &url.Error{Op: "Get", URL: "https://cluster.test/api", Err: err} }
	dial := func(err error) error { return get(&net.OpError{Op: "dial", Net: "tcp", Err: err}) }
	for name, c := range map[string]struct {
		err  error
		want Access
		text string
	}{
		"a name that does not resolve": {dial(&net.DNSError{Err: "no such host", Name: "cluster.test", IsNotFound: true}), Unreachable, "dial tcp: lookup cluster.test: no such host"},
		"a dial that timed out":        {dial(os.ErrDeadlineExceeded), Unanswered, "dial tcp: i/o timeout"},
		"a deadline":                   {get(context.DeadlineExceeded), Unanswered, "the server did not answer in time"},
		"a failed plugin":              {get(errors.New("getting credentials: exec: executable aws failed")), Credentials, "getting credentials: exec: executable aws failed"},
		"a rejected certificate":       {get(&net.OpError{Op: "remote error", Err: errors.New("tls: bad certificate")}), Certificate, "remote error: tls: bad certificate"},
		"an answer of the server":      {fmt.Errorf("failed to list pods: %w", apierrors.NewForbidden(schema.GroupResource{Resource: "pods"}, "", errors.New("no"))), Forbidden, "pods is forbidden: no"},
	} {
		t.Run(name, func(t *testing.T) { expectAccess(t, accessError(c.err), c.want, c.text) })
	}
	if err := accessError(nil); err != nil {
		t.Errorf("nil became %v", err)
	}
}
