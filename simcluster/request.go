package simcluster

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Request is one request, as the server has understood it.
type Request struct {
	// Verb is get, list, watch, patch, create, update, delete or deletecollection.
	Verb string
	// Resource is the plural name, empty for what is no resource, such as discovery; Namespace is empty when
	// all are meant.
	Group, Version, Resource, Subresource, Namespace, Name string
	Path                                                   string
	Query                                                  url.Values
	UserAgent, Accept                                      string
}

func (r Request) gvr() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: r.Group, Version: r.Version, Resource: r.Resource}
}

// String returns the request as a reader of a failed test wants it.
func (r Request) String() string {
	return r.Verb + " " + (&url.URL{Path: r.Path, RawQuery: r.Query.Encode()}).String()
}

// newRequest reads a request the way the API server's RequestInfoFactory does.
func newRequest(r *http.Request) Request {
	req := Request{
		Verb: strings.ToLower(r.Method), Path: r.URL.Path, Query: r.URL.Query(),
		UserAgent: r.UserAgent(), Accept: r.Header.Get("Accept"),
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case parts[0] == "api" && len(parts) > 2:
		req.Version, parts = parts[1], parts[2:]
	case parts[0] == "apis" && len(parts) > 3:
		req.Group, req.Version, parts = parts[1], parts[2], parts[3:]
	default:
		return req
	}
	if parts[0] == "namespaces" && len(parts) > 2 && parts[2] != "status" && parts[2] != "finalize" {
		req.Namespace, parts = parts[1], parts[2:]
	}
	parts = append(slices.Clone(parts), "", "")
	req.Resource, req.Name, req.Subresource = parts[0], parts[1], strings.Trim(strings.Join(parts[2:], "/"), "/")
	if parts[2] == "proxy" { // the rest of the path and the query are another server's
		req.Subresource = parts[2]
		req.Verb = verb(r.Method, true, nil)
		return req
	}
	req.Verb = verb(r.Method, req.Name != "", req.Query)
	return req
}

func verb(method string, named bool, query url.Values) string {
	watching := query.Get("watch") == "true" || query.Get("watch") == "1"
	switch {
	case method == http.MethodGet && watching:
		return "watch"
	case method == http.MethodGet && named:
		return "get"
	case method == http.MethodGet:
		return "list"
	case method == http.MethodPost:
		return "create"
	case method == http.MethodPut:
		return "update"
	case method == http.MethodDelete && !named:
		return "deletecollection"
	}
	return strings.ToLower(method)
}

// logLength is how many requests are remembered at least.
const logLength = 10_000

// log remembers requests.
type log struct {
	mu sync.Mutex
	// guarded by mu
	requests []Request
}

func (l *log) add(r Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.requests) == 2*logLength {
		l.requests = slices.Clone(l.requests[logLength:])
	}
	l.requests = append(l.requests, r)
}

func (l *log) all() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.requests)
}
