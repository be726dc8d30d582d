package cmd_test

import (
	"encoding/pem"
	"net"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestWhatGoesWrongIsSaidInOneSentence runs probetop into everything that keeps people from a cluster.
func TestWhatGoesWrongIsSaidInOneSentence(t *testing.T) {
	t.Setenv("KUBECONFIG", "")
	t.Setenv("HOME", t.TempDir())
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	good := serve(t, api{})
	stranger := httptest.NewTLSServer(api{})
	t.Cleanup(stranger.Close)
	other := httptest.NewTLSServer(api{})
	other.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: stranger.Certificate().Raw})
	empty := filepath.Join(t.TempDir(), "none")
	cases := map[string]struct {
		args []string
		code int
		says []string
	}{
		"no kubeconfig":             {[]string{"get"}, 2, []string{"no kubeconfig", "--kubeconfig"}},
		"kubeconfig does not exist": {[]string{"get", "--kubeconfig", empty}, 2, []string{empty}},
		"unknown context":           {[]string{"get", "--kubeconfig", good, "--context", "nowhere"}, 2, []string{`"nowhere"`, "here, there"}},
		"unreachable":               {[]string{"get", "--kubeconfig", kubeconfig(t, "https://"+closed.Addr().String(), ca)}, 3, []string{"cannot be reached", "connection refused", "--context"}},
		"certificate":               {[]string{"get", "--kubeconfig", serve(t, api{}), "--certificate-authority", filepath.Join(filepath.Dir(kubeconfig(t, "", nil)), "ca.crt")}, 3, []string{"certificate"}},
		"401":                       {[]string{"get", "--kubeconfig", serve(t, refusing(401, "Unauthorized", "Unauthorized"))}, 3, []string{"401", "Log in again"}},
		"403":                       {[]string{"get", "--kubeconfig", serve(t, refusing(403, "Forbidden", `pods is forbidden: User "u" cannot list resource "pods"`))}, 3, []string{"403", `cannot list resource "pods"`, "-n"}},
		"no answer":                 {[]string{"get", "--kubeconfig", serve(t, hanging(t.Context())), "--request-timeout", "300ms"}, 3, []string{"no answer within 300ms", "--request-timeout"}},
		"unknown type":              {[]string{"get", "--kubeconfig", good, "gizmo/web"}, 2, []string{`"gizmo/web"`, "deployment", "deploy/web"}},
		"type without a name":       {[]string{"get", "--kubeconfig", good, "deploy"}, 2, []string{`"deploy"`, "TYPE/NAME"}},
		"name not found":            {[]string{"get", "--kubeconfig", good, "deploy/web"}, 2, []string{"There is no deploy/web in namespace shop", "-A"}},
		"pod not found":             {[]string{"get", "--kubeconfig", good, "pod/web-0"}, 2, []string{"There is no pod/web-0", "-A"}},
		"bad selector":              {[]string{"get", "--kubeconfig", good, "-l", "a=b=c"}, 2, []string{`"a=b=c"`, "app=web"}},
		"field the API lacks":       {[]string{"get", "--kubeconfig", serve(t, refusing(400, "BadRequest", `field label not supported: spec.color`)), "--field-selector", "spec.color=red"}, 2, []string{"spec.color"}},
		"500":                       {[]string{"get", "--kubeconfig", serve(t, refusing(500, "InternalError", "etcdserver: leader changed"))}, 3, []string{"leader changed", "Try again"}},
		"403 with a page":           {[]string{"get", "--kubeconfig", serve(t, page(403, "<html>\x1b[2J\n\u202eno</html>"))}, 3, []string{"403", "<html>", "no</html>"}},
		"an empty namespace":        {[]string{"get", "--kubeconfig", good, "-n", "shop,"}, 2, []string{`"shop,"`, "-A"}},
		"an argument too many":      {[]string{"version", "now"}, 2, []string{`"now"`, "version --help"}},
		"-A with -n":                {[]string{"get", "--kubeconfig", good, "-A", "-n", "shop"}, 2, []string{"-A and -n"}},
		"unknown flag":              {[]string{"get", "--nosuch"}, 2, []string{"Unknown flag", "--help"}},
		"unknown format":            {[]string{"get", "-o", "xml"}, 2, []string{"xml", "table|wide|json|yaml|jsonl|name"}},
		"stream of documents":       {[]string{"get", "-w", "-o", "json"}, 2, []string{"-o jsonl"}},
		"stream of names":           {[]string{"get", "-w", "-o", "name"}, 2, []string{"-o jsonl"}},
		"timeout before now":        {[]string{"get", "--kubeconfig", good, "--request-timeout", "-5s"}, 2, []string{"-5s"}},
		"timeout that is none":      {[]string{"get", "--request-timeout", "soon"}, 2, []string{"soon", "5s"}},
		"colour that is none":       {[]string{"get", "--color", "red"}, 2, []string{"auto, always or never"}},
		"board without a terminal":  {[]string{"--kubeconfig", good}, 2, []string{"needs a terminal", "probetop get"}},
		"debug log in no folder":    {[]string{"get", "--debug-log", filepath.Join(empty, "x")}, 2, []string{"debug log"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			got := run(t, t.Context(), c.args...)
			if got.code != c.code || got.out != "" {
				t.Errorf("exit code %d, want %d; stdout %q", got.code, c.code, got.out)
			}
			for _, want := range c.says {
				if !strings.Contains(got.err, want) {
					t.Errorf("stderr %q does not contain %q", got.err, want)
				}
			}
			if strings.ContainsAny(got.err, "\x1b\u202e") {
				t.Errorf("stderr %q steers the terminal", got.err)
			}
			if strings.Count(got.err, "\n") != 1 || strings.Contains(got.err, "goroutine") {
				t.Errorf("want one line on stderr, got %q", got.err)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}
