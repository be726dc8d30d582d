package fact

import (
	"fmt"
	"net/url"
	"strings"
)

// Redirect is the answer of a server that sends a request elsewhere. It is never followed: the credentials would go
// along, to a host that nothing but this answer names.
type Redirect struct {
	// Node is the node whose kubelet answered, or what stands before it; empty when the API server did.
	Node string
	// By is the address that was asked, and To the one that the answer names. Neither has a user, a query or a fragment.
	By, To string
	// Status is the code of the answer, such as 302.
	Status int
}

// NewRedirect returns the redirect that an answer to a request is; nil when it is none.
func NewRedirect(asked *url.URL, status int, location string) *Redirect {
	switch status {
	case 301, 302, 303, 307, 308: // those that net/http follows
	default:
		return nil
	}
	if location == "" {
		return nil
	}
	r := &Redirect{Node: proxied(asked.Path), By: bareURL(&url.URL{Scheme: asked.Scheme, Host: asked.Host}), Status: status}
	if to, err := asked.Parse(location); err == nil {
		r.To = bareURL(to)
	}
	return r
}

// Error says who redirects where, that it is not followed, and what to do.
func (r *Redirect) Error() string {
	to := r.To
	if to == "" {
		to = "an address that cannot be read"
	}
	if r.Node != "" {
		return fmt.Sprintf("node %s redirects to %s (%d), where the credentials are not sent: find out what answers there in place of its kubelet", r.Node, to, r.Status)
	}
	return fmt.Sprintf("the API server %s redirects to %s (%d), where the credentials are not sent: if that is the API server, name it with --server or in the kubeconfig", r.By, to, r.Status)
}

// proxied returns the node whose kubelet a path of the API leads to; empty for none.
func proxied(path string) string {
	_, rest, ok := strings.Cut(path, "/api/v1/nodes/")
	node, after, proxy := strings.Cut(rest, "/proxy")
	if !ok || !proxy || after != "" && after[0] != '/' || strings.Contains(node, "/") {
		return ""
	}
	return node
}

// longestURL is how much of an address is told: a stranger has written it.
const longestURL = 200

// bareURL returns where an address leads, without the user, the query and the fragment, which may hold secrets.
func bareURL(u *url.URL) string {
	s := (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath, OmitHost: u.OmitHost}).String()
	if len(s) > longestURL {
		s = strings.ToValidUTF8(s[:longestURL], "") + "…"
	}
	return Printable(s)
}
