package watch

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/simcluster"
)

// expectAccess checks the class of an error of Check, and words of its text.
func expectAccess(t *testing.T, err error, want Access, text string) {
	t.Helper()
	var access *AccessError
	if !errors.As(err, &access) {
		t.Fatalf("Check: %v, want an AccessError", err)
	}
	if access.Access != want || !strings.Contains(access.Error(), text) {
		t.Errorf("Check: %v: %q, want %v: %q", access.Access, access, want, text)
	}
}

func TestCheckAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		do   simcluster.Action
		want Access
		text string
	}{
		"401": {simcluster.Unauthorize(), Unauthorized, "Unauthorized"},
		"403": {simcluster.Forbid(), Forbidden, `pods is forbidden: User "probetop" cannot list`},
		"400": {simcluster.Answer(apierrors.NewBadRequest("no such field")), Refused, "no such field"},
		"503": {simcluster.Answer(apierrors.NewServiceUnavailable("etcd has no leader")), Failed, "etcd has no leader"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t)
			c.fault("", "", test.do)
			expectAccess(t, Check(t.Context(), c.RESTConfig(), Scope{}), test.want, test.text)
		})
	}
}

func TestCheckAsksForOnePodOfTheScope(t *testing.T) {
	c := newCluster(t, podNames(0, 3)...)
	if err := Check(t.Context(), c.RESTConfig(), Scope{Pods: []Selection{{Namespace: "shop", Labels: "app=web"}}}); err != nil {
		t.Fatal(err)
	}
	if got := c.asked(""); len(got) != 1 || len(c.asked("pods", "limit=1", "labelSelector=app%3Dweb")) != 1 {
		t.Errorf("requests %q, want one for one pod", got)
	}
}

func TestCheckWaitsWhenItIsThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		c.Faults().Add(simcluster.Fault{Count: 3, Do: simcluster.Throttle(2 * time.Second)})
		if err := Check(t.Context(), c.RESTConfig(), Scope{}); err != nil {
			t.Error(err)
		}
	})
}

func TestCheckOverTheNetwork(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	plainText := httptest.NewServer(http.NotFoundHandler())
	defer plainText.Close()
	picky := httptest.NewUnstartedServer(http.NotFoundHandler())
	picky.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	picky.Config.ErrorLog = log.New(io.Discard, "", 0)
	picky.StartTLS()
	defer picky.Close()
	insecure := rest.TLSClientConfig{Insecure: true}
	for name, c := range map[string]struct {
		cfg  rest.Config
		want Access
	}{
		"a certificate of nobody we know":     {rest.Config{Host: server.URL}, Certificate},
		"a certificate of our own is missing": {rest.Config{Host: picky.URL, TLSClientConfig: insecure}, Certificate},
		"plain text instead of TLS":           {rest.Config{Host: "https://" + plainText.Listener.Addr().String()}, Unreachable},
		"nobody listens":                      {rest.Config{Host: "https://" + unusedAddress(t)}, Unreachable},
		"a token file is missing":             {rest.Config{Host: server.URL, BearerTokenFile: "/nowhere/token"}, Credentials},
		"not a Kubernetes API":                {rest.Config{Host: server.URL, TLSClientConfig: insecure}, Refused},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			expectAccess(t, Check(ctx, &c.cfg, Scope{}), c.want, "")
		})
	}
}

func unusedAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func TestCheckOfAServerThatAcceptsAndIsSilent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	expectAccess(t, Check(ctx, &rest.Config{Host: "https://" + l.Addr().String()}, Scope{}), Unanswered, "did not answer")
}

// deaf is a transport that does not look at its context, as a credential plugin.
type deaf chan struct{}

func (d deaf) RoundTrip(*http.Request) (*http.Response, error) {
	<-d
	return nil, io.ErrUnexpectedEOF
}

func TestCheckReturnsInTimeWhateverHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := make(deaf)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		begun := time.Now()
		expectAccess(t, Check(ctx, &rest.Config{Host: "http://cluster.test", Transport: hangs}, Scope{}), Unanswered, "")
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("Check took %v", took)
		}
		close(hangs)
	})
}
