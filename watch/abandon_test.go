package watch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/model"
)

// TestQuittingDoesNotWaitForACredentialPlugin is about a cluster that is read already: the plugin runs because a
// token has run out.
func TestQuittingDoesNotWaitForACredentialPlugin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, hangs := newCluster(t, pod("a")), make(deaf)
		defer close(hangs)
		cfg, hanging := c.RESTConfig(), false
		cfg.Wrap(func(below http.RoundTripper) http.RoundTripper {
			return roundTripper(func(r *http.Request) (*http.Response, error) {
				if hanging {
					return hangs.RoundTrip(r)
				}
				return below.RoundTrip(r)
			})
		})
		r := startWith(t, cfg, Scope{})
		r.expect(t, "a")
		hanging = true
		c.CutConnections()
		time.Sleep(patience + time.Second)
		r.expectSource(t, model.Pods, "stale "+errReopening.Error())
		r.end(t)
	})
}

func TestQuestionsEndInTimeWhateverHangs(t *testing.T) {
	for name, ask := range map[string]func(context.Context, *rest.Config) error{
		"version": func(ctx context.Context, cfg *rest.Config) error { _, err := ServerVersion(ctx, cfg); return err },
		"workload": func(ctx context.Context, cfg *rest.Config) error {
			_, err := Resolve(ctx, cfg, Request{Args: []string{"deployment/web"}})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				hangs := make(deaf)
				defer close(hangs)
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				expectAccess(t, ask(ctx, &rest.Config{Host: "http://cluster.test", Transport: hangs}), Unanswered, "")
			})
		})
	}
}

// closing is a body that tells when it is closed.
type closing struct {
	io.Reader
	closed chan struct{}
}

func (c closing) Close() error { close(c.closed); return nil }

func TestAnAnswerThatComesTooLateIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body, late := closing{strings.NewReader(""), make(chan struct{})}, make(chan struct{})
		below := roundTripper(func(*http.Request) (*http.Response, error) {
			<-late
			return &http.Response{Body: body}, nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := get(ctx, newAbandoning(below)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, want %v", err, context.DeadlineExceeded)
		}
		close(late)
		<-body.closed
	})
}

// get sends a request and closes the answer.
func get(ctx context.Context, t http.RoundTripper) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://cluster.test", nil)
	if err != nil {
		return err
	}
	response, err := t.RoundTrip(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// TestNobodyStandsInLineForAPlugin counts how many requests wait inside of a transport that hangs.
func TestNobodyStandsInLineForAPlugin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := make(chan struct{})
		var waiting atomic.Int32
		l := newAbandoning(roundTripper(func(*http.Request) (*http.Response, error) {
			waiting.Add(1)
			<-hangs
			return &http.Response{Body: http.NoBody}, nil
		}))
		for range 5 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if err := get(ctx, l); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v, want %v", err, context.DeadlineExceeded)
			}
			cancel()
		}
		if n := waiting.Load(); n != 1 {
			t.Errorf("%d requests wait for the plugin, want 1", n)
		}
		close(hangs)
		if err := get(t.Context(), l); err != nil {
			t.Error(err)
		}
	})
}
