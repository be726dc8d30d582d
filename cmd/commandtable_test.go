package cmd_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Whatever keeps why and wait from their answer: the exit code, a sentence on stderr, and nothing on stdout.
func TestWhyAndWaitSayWhatGoesWrong(t *testing.T) {
	t.Setenv("KUBECONFIG", "")
	t.Setenv("HOME", t.TempDir())
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	empty, good := serve(t, api{}), serve(t, shop)
	none := filepath.Join(t.TempDir(), "none")
	unreachable := kubeconfig(t, "https://127.0.0.1:1", nil)
	for _, command := range []string{"why", "wait"} {
		for name, c := range map[string]struct {
			args []string
			code int
			says string
		}{
			"no kubeconfig":  {[]string{"pod/web-0"}, 2, "no kubeconfig"},
			"bad file":       {[]string{"pod/web-0", "--kubeconfig", none}, 2, "cannot be read"},
			"unreachable":    {[]string{"node/n1", "--kubeconfig", unreachable, "--insecure-skip-tls-verify", "--request-timeout", "2s"}, 3, "cannot be"},
			"401":            {[]string{"node/n1", "--kubeconfig", serve(t, refusing(401, "Unauthorized", "Unauthorized"))}, 3, "401"},
			"403":            {[]string{"node/n1", "--kubeconfig", serve(t, refusing(403, "Forbidden", "pods is forbidden"))}, 3, "403"},
			"timeout":        {[]string{"node/n1", "--kubeconfig", serve(t, hanging(t.Context())), "--request-timeout", "300ms"}, 3, "no answer within 300ms"},
			"unknown type":   {[]string{"gizmo/web", "--kubeconfig", good}, 2, `"gizmo/web"`},
			"no name":        {[]string{"deploy", "--kubeconfig", good}, 2, "TYPE/NAME"},
			"unknown name":   {[]string{"deploy/web", "--kubeconfig", good}, 2, "There is no deploy/web"},
			"bad flag value": {[]string{"pod/web-0", map[string]string{"why": "--output=xml", "wait": "--for=soon"}[command]}, 2, "hoose|ready, started"},
			"bad selector":   {[]string{"-n", "shop", "-l", "a=b=c", "--kubeconfig", good}, 2, "a=b=c"},
		} {
			t.Run(command+"/"+name, func(t *testing.T) {
				got := run(t, t.Context(), append([]string{command}, c.args...)...)
				says := false
				for word := range strings.SplitSeq(c.says, "|") {
					says = says || strings.Contains(got.err, word)
				}
				if got.code != c.code || got.out != "" || !says || strings.Count(got.err, "\n") != 1 {
					t.Errorf("got %+v, want exit code %d and %q", got, c.code, c.says)
				}
			})
		}
		t.Run(command+"/ctrl-c", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if got := run(t, ctx, command, "node/n1", "--kubeconfig", good); got.code != 130 || got.out != "" || got.err != "Interrupted.\n" {
				t.Errorf("got %+v", got)
			}
		})
	}
	if got := run(t, t.Context(), "why", "node/n1", "--kubeconfig", empty); got.code != 2 || got.out != "" || !strings.Contains(got.err, "has no pods") {
		t.Errorf("why without a match: %+v", got)
	}
	if got := run(t, t.Context(), "why", "node/n1", "-o", "json", "--kubeconfig", good); got.code != 1 || !json.Valid([]byte(got.out)) || got.err != "" {
		t.Errorf("why -o json: %+v", got)
	}
	began := time.Now()
	if got := run(t, t.Context(), "wait", "node/n1", "--timeout", "1s", "--kubeconfig", empty); got.code != 4 || !strings.Contains(got.err, "Timed out after 1s: node/n1: no pods yet.") {
		t.Errorf("wait without a match, after %v: %+v", time.Since(began), got)
	}
}
