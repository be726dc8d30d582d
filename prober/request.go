package prober

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// httpRequest is the request of an HTTP probe. It mirrors pkg/probe/http/request.go.
type httpRequest struct {
	url     string
	headers http.Header
	// h2c is HTTP/2 without TLS, which only a probe that says so speaks.
	h2c bool
}

// prepareHTTP resolves what an HTTP probe asks for.
func (c *Check) prepareHTTP(get *corev1.HTTPGetAction, container *corev1.Container) {
	port, err := resolvePort(get.Port, container, c.node)
	if err != nil {
		c.fail(err)
		return
	}
	target := probeURL(cmp.Or(strings.ToLower(string(get.Scheme)), "http"), c.toPod(get.Host), port, get.Path)
	c.request = &httpRequest{url: target.String(), headers: probeHeaders(get.HTTPHeaders, c.node)}
	// The API server drops a protocol unless it has the gate on; the kubelets have it with it or are older.
	c.request.h2c = !c.node.before(37) && get.Protocol != nil && *get.Protocol == corev1.HTTPProtocolHTTP2
	r, err := c.request.make(context.Background())
	if err != nil {
		c.fail(err)
		return
	}
	c.Target, c.host = c.request.url, r.URL.Hostname()
}

// make returns the request. Its error is the kubelet's: the probe errors.
func (h *httpRequest) make(ctx context.Context) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url, http.NoBody)
	if err != nil {
		return nil, err
	}
	r.Header = h.headers.Clone()
	r.Host = h.headers.Get("Host")
	return r, nil
}

// probeURL returns the URL of a probe. The path may have a query and whatever else a URL has; one that is no URL is
// taken literally.
func probeURL(scheme, host string, port int, path string) *url.URL {
	u, err := url.Parse(path)
	if err != nil {
		u = &url.URL{Path: path}
	}
	u.Scheme = scheme
	u.Host = net.JoinHostPort(host, strconv.Itoa(port))
	return u
}

// probeHeaders returns the headers of a probe. An empty Accept takes the header away; an empty User-Agent is left
// to net/http, which does the same.
func probeHeaders(list []corev1.HTTPHeader, node NodeInfo) http.Header {
	headers := http.Header{}
	for _, h := range list {
		headers.Add(h.Name, h.Value)
	}
	if _, set := headers["User-Agent"]; !set {
		headers.Set("User-Agent", node.userAgent())
	}
	if _, set := headers["Accept"]; !set {
		headers.Set("Accept", "*/*")
	} else if headers.Get("Accept") == "" {
		headers.Del("Accept")
	}
	return headers
}

// shown returns a URL the way net/http puts it into errors: without its password.
func shown(u *url.URL) string {
	if _, set := u.User.Password(); set {
		return strings.Replace(u.String(), u.User.String()+"@", u.User.Username()+":***@", 1)
	}
	return u.String()
}
