package prober

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/model"
)

// Vantage makes HTTP requests to the IP of pods from where the API server is, over pods/proxy.
type Vantage struct {
	base   *url.URL
	client *http.Client
	pulse  *pulse
}

// NewVantage returns a Vantage. Its owner closes it.
func NewVantage(config *rest.Config) (*Vantage, error) {
	base, client, err := newTransport(config)
	if err != nil {
		return nil, err
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Vantage{base: base, client: &http.Client{Transport: client, CheckRedirect: stay}, pulse: newPulse(base, client)}, nil
}

// Close gives back the connections that no request uses.
func (v *Vantage) Close() { utilnet.CloseIdleConnectionsFor(v.client.Transport) }

// PodRequest is the request of an HTTP probe: as the kubelet makes it to the pod's IP.
type PodRequest struct {
	// URL has the pod's IP for a host.
	URL *url.URL
	// Header is sent as far as the API server lets it through: it keeps Authorization to itself, and sets a Host.
	Header http.Header
	// Lacks names a header of the request that the API server does not pass on; empty for none. The status that the pod
	// answers is no verdict then.
	Lacks string
}

// vantageBody is how much of a body is read before the status is judged.
const vantageBody = 10 << 10

// Ask makes the request of an HTTP probe to a pod, and waits for an answer no longer than the timeout and what the way to
// the API server takes on top of it. There is no verdict when the API server would not, or could not, make it, nor when
// the answer is a redirect: it would lead elsewhere from there.
func (v *Vantage) Ask(ctx context.Context, target Target, probe PodRequest, timeout time.Duration) *model.PodIPVantage {
	r, err := v.request(ctx, target, probe)
	if err != nil {
		return &model.PodIPVantage{Text: err.Error()}
	}
	way, err := v.pulse.measure(ctx) // which leaves a connection behind: opening one is not the pod's time
	if err != nil {
		return &model.PodIPVantage{Text: "asking the API server: " + err.Error()}
	}
	l := look{Vantage: v, probe: probe, prefix: fmt.Sprintf("Get %q: ", probe.URL), way: way*3/2 + slack}
	within, cancel := context.WithTimeout(ctx, timeout+l.way)
	defer cancel()
	l.watch = watchWay(ctx, func(ctx context.Context) error { _, err := v.pulse.measure(ctx); return err })
	defer l.watch.stop()
	return l.make(ctx, r.WithContext(within))
}

// look is one request that a Vantage makes.
type look struct {
	*Vantage
	probe  PodRequest
	prefix string // of the text of an error
	// way is how long the way to the API server may take.
	way   time.Duration
	watch *wayWatch
}

// make makes the request, and says what the answer comes to.
func (l *look) make(ctx context.Context, r *http.Request) *model.PodIPVantage {
	within := r.Context()
	response, err := l.client.Do(r)
	if err != nil {
		return l.unanswered(ctx, within, err, l.prefix)
	}
	defer func() { _ = response.Body.Close() }()
	if err := within.Err(); err != nil {
		// What a server says on hearing that we hang up is no answer, and net/http prefers it to the end of a context.
		return l.unanswered(ctx, within, err, l.prefix)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, vantageBody))
	if said := fromServer(response, body); said != "" {
		return l.unreached(said)
	}
	if err != nil {
		if u := l.unanswered(ctx, within, err, ""); u.Verdict == model.ShadowNone {
			return u
		}
		// The kubelet counts a body that it cannot read for nothing, whatever the status.
		return &model.PodIPVantage{Verdict: model.ShadowErrored, Text: "context deadline exceeded (Client.Timeout or context cancellation while reading body)"}
	}
	return l.judge(response.StatusCode, body)
}

// judge returns what the kubelet would make of a response.
func (l *look) judge(code int, body []byte) *model.PodIPVantage {
	switch {
	case l.probe.Lacks != "":
		return &model.PodIPVantage{Text: fmt.Sprintf("the pod answers with status %d, to a request without the probe's %s: the API server does not pass it on", code, l.probe.Lacks)}
	case code >= 200 && code < 300:
		return &model.PodIPVantage{Verdict: model.ShadowSuccess, Text: string(body)}
	case code >= 300 && code < 400:
		return &model.PodIPVantage{Text: fmt.Sprintf("the pod answers with a redirect (status %d), which is not followed from there", code)}
	default:
		return &model.PodIPVantage{Verdict: model.ShadowFailure, Text: fmt.Sprintf("HTTP probe failed with statuscode: %d", code)}
	}
}

// request makes the request to the API server.
func (v *Vantage) request(ctx context.Context, target Target, probe PodRequest) (*http.Request, error) {
	host, port, err := net.SplitHostPort(probe.URL.Host)
	if err != nil || host != target.IP {
		return nil, fmt.Errorf("asking %q: not the pod's address %q", probe.URL.Host, target.IP)
	}
	name := target.Name + ":" + port
	if probe.URL.Scheme == "https" {
		name = "https:" + name
	}
	u := v.base.JoinPath("namespaces", target.Namespace, "pods", name, "proxy")
	// Joined as they are: the pod may tell one spelling of a path from another.
	escaped := u.EscapedPath() + "/" + strings.TrimPrefix(probe.URL.EscapedPath(), "/")
	u.Path += "/" + strings.TrimPrefix(probe.URL.Path, "/")
	u.RawPath, u.RawQuery = escaped, probe.URL.RawQuery
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("making a request: %w", err)
	}
	for name, values := range probe.Header {
		if name != "Authorization" && name != "Host" && name != "Connection" && !strings.HasPrefix(name, "Impersonate-") {
			r.Header[name] = values
		}
	}
	return r, nil
}

// unanswered is what a request without an answer comes to. The pod is blamed for taking too long only if the API
// server answers then, over a way that was no longer than it may be all the time.
func (l *look) unanswered(ctx, within context.Context, err error, prefix string) *model.PodIPVantage {
	if !errors.Is(within.Err(), context.DeadlineExceeded) || ctx.Err() != nil {
		return &model.PodIPVantage{Text: "asking the API server: " + err.Error()}
	}
	way, err := l.pulse.measure(ctx)
	way = max(way, l.watch.worst())
	switch {
	case err != nil:
		return &model.PodIPVantage{Text: "asking the API server: " + err.Error()}
	case way > l.way:
		return &model.PodIPVantage{Text: fmt.Sprintf("the way to the API server took %v meanwhile", way.Round(time.Millisecond))}
	}
	return &model.PodIPVantage{
		Verdict: model.ShadowFailure, Text: prefix + "context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
	}
}
