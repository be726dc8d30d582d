package watch

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/recording/mask"
)

const thePod = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-0","namespace":"shop","uid":"u-1",
"managedFields":[{"manager":"kubectl"}],"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}","team":"shop"}},
"spec":{"unknownField":1,"containers":[{"name":"web","args":["--password","hunter2xyz"],
"env":[{"name":"DB_PASSWORD","value":"hunter2xyz"},{"name":"COLOR","value":"blue"}]}]}}`

const theLog = `2026-11-21T03:00:00.5Z started with password=hunter2xyz
2026-11-21T03:00:01Z -----BEGIN RSA PRIVATE KEY-----
2026-11-21T03:00:01Z MIIEowIBAAKCAQEAsecretsecretsecret
2026-11-21T03:00:01Z -----END RSA PRIVATE KEY-----
2026-11-21T03:00:02Z
no time
`

// podServer serves one pod, and its log while it is allowed to.
func podServer(t *testing.T, forbidden bool) (*rest.Config, *http.Request) {
	t.Helper()
	asked := &http.Request{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/pods/web-0"):
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, thePod)
		case strings.HasSuffix(r.URL.Path, "/pods/web-0/log") && !forbidden:
			*asked = *r
			_, _ = io.WriteString(w, theLog)
		default:
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,"message":"no"}`)
		}
	}))
	t.Cleanup(s.Close)
	return &rest.Config{Host: s.URL}, asked
}

func podsOf(t *testing.T, cfg *rest.Config, policy mask.Policy) *Pods {
	t.Helper()
	p, err := NewPods(t.Context(), cfg, policy)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// drain reads a log to its end.
func drain(l *Log) (lines []LogLine, err error) {
	for err == nil {
		var more []LogLine
		more, err = l.Next()
		lines = append(lines, more...)
	}
	return lines, err
}

func TestLogIsReadMaskedWithItsTimes(t *testing.T) {
	cfg, asked := podServer(t, false)
	p := podsOf(t, cfg, mask.Hide)
	lines, err := drain(p.Log(PodID{"shop", "web-0", "u-1"}, "web", true))
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	var got []string
	for _, l := range lines {
		got = append(got, fmt.Sprint(!l.At.IsZero(), " ", l.Text))
	}
	want := []string{"true started with password=***", "true ***", "true ***", "true ***", "true ", "false no time"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if q := asked.URL.Query(); q.Get("previous") != "true" || q.Get("container") != "web" || q.Get("follow") != "" || q.Get("tailLines") == "" {
		t.Errorf("asked for %s", asked.URL)
	}
}

func TestLogSaysWhyThereIsNone(t *testing.T) {
	cfg, _ := podServer(t, true)
	p := podsOf(t, cfg, mask.Hide)
	if _, err := drain(p.Log(PodID{"shop", "web-0", "u-1"}, "web", false)); err == nil || !strings.Contains(err.Error(), "You may not read pods/log in namespace shop") {
		t.Errorf("forbidden: %v", err)
	}
	if _, err := drain(p.Log(PodID{"shop", "web-0", "u-2"}, "web", false)); err == nil || !strings.Contains(err.Error(), "was replaced") {
		t.Errorf("another pod of the name: %v", err)
	}
}

func TestLogEndsWhenItIsClosed(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/log") {
			_, _ = io.WriteString(w, "2026-11-21T03:00:00Z one\n")
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
			case <-release:
			}
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, thePod)
	}))
	defer s.Close()
	defer close(release)
	p := podsOf(t, &rest.Config{Host: s.URL}, mask.Hide)
	l := p.Log(PodID{"shop", "web-0", "u-1"}, "web", false)
	lines, err := l.Next()
	if err != nil || len(lines) != 1 || lines[0].Text != "one" {
		t.Fatalf("the first line: %v, %v", lines, err)
	}
	l.Close()
	if _, err := drain(l); !errors.Is(err, io.EOF) {
		t.Errorf("closed, it ends with %v", err)
	}
}

func TestYAMLLeavesOutAndMasks(t *testing.T) {
	cfg, _ := podServer(t, false)
	text, err := podsOf(t, cfg, mask.Hide).YAML(PodID{"shop", "web-0", "u-1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, not := range []string{"hunter2xyz", "managedFields", "last-applied"} {
		if strings.Contains(text, not) {
			t.Errorf("%s is in\n%s", not, text)
		}
	}
	for _, want := range []string{"value: blue", "name: DB_PASSWORD", "unknownField: 1", "team: shop"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
	if text, err := podsOf(t, cfg, mask.Show).YAML(PodID{"shop", "web-0", "u-1"}); err != nil || !strings.Contains(text, "hunter2xyz") {
		t.Errorf("unmasked: %v\n%s", err, text)
	}
	if _, err := podsOf(t, cfg, mask.Hide).YAML(PodID{"shop", "web-0", "u-2"}); err == nil || !strings.Contains(err.Error(), "was replaced") {
		t.Errorf("another pod of the name: %v", err)
	}
}
