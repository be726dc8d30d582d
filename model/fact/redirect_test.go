package fact

import (
	"net/url"
	"strings"
	"testing"
)

func TestRedirectsSayWhoSendsWhere(t *testing.T) {
	const list, metrics = "https://10.0.0.1:6443/api/v1/pods?limit=1", "https://u:pw@10.0.0.1:6443/x/api/v1/nodes/n1/proxy/metrics/probes"
	for name, c := range map[string]struct {
		asked    string
		status   int
		location string
		want     string
	}{
		"to another host":            {list, 302, "http://evil.test/api?token=x#y", "the API server https://10.0.0.1:6443 redirects to http://evil.test/api (302), where the credentials are not sent: if that is the API server, name it with --server or in the kubeconfig"},
		"to the same host":           {list, 307, "/login", "redirects to https://10.0.0.1:6443/login (307)"},
		"without a scheme":           {list, 308, "//evil.test:1/", "redirects to https://evil.test:1/ (308)"},
		"with a user":                {list, 301, "https://me:secret@evil.test/", "redirects to https://evil.test/ (301)"},
		"to what cannot be read":     {list, 303, "http://me:sec ret@evil.test/", "redirects to an address that cannot be read (303)"},
		"by a kubelet":               {metrics, 302, "http://evil.test/", "node n1 redirects to http://evil.test/ (302), where the credentials are not sent: find out what answers there in place of its kubelet"},
		"by the server about a node": {"https://a/api/v1/nodes/n1", 302, "http://evil.test/", "the API server https://a redirects"},
		"with an escape sequence":    {list, 302, "mailto:\u009b31m", "redirects to mailto:"},
		"without end":                {list, 302, "http://evil.test/" + strings.Repeat("a", 300), strings.Repeat("a", 180) + "… (302)"},
		"to nowhere":                 {list, 302, "", ""},
		"not modified":               {list, 304, "/x", ""},
		"an answer":                  {list, 200, "/x", ""},
	} {
		t.Run(name, func(t *testing.T) {
			asked, err := url.Parse(c.asked)
			if err != nil {
				t.Fatal(err)
			}
			r := NewRedirect(asked, c.status, c.location)
			if r == nil || c.want == "" {
				if r != nil || c.want != "" {
					t.Errorf("got %v, want %q", r, c.want)
				}
				return
			}
			got := r.Error()
			if !strings.Contains(got, c.want) || strings.Contains(got, "secret") || strings.Contains(got, "pw@") || Printable(got) != got {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
