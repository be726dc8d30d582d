package why

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/probetop/probetop/model/fact"
)

// TestLinesOfActionsAreTakenAsTheyAre by a shell that knows nothing but POSIX.
func TestLinesOfActionsAreTakenAsTheyAre(t *testing.T) {
	sh, err := exec.LookPath("dash")
	if err != nil {
		sh = "/bin/sh"
	}
	for _, words := range [][]string{
		{"kubectl", "logs", "-n=shop", "web-0", "-c", "app", "--previous"},
		{"kubectl", "get", "pod", "-n=shop", "web-0", "-o=jsonpath={.spec.containers[*].image} {.spec.imagePullSecrets}"},
		{"kubectl", "describe", "node", "ip-10-0-0-1.eu-west-1.compute.internal"},
		{"probetop", "shadow", "pod/web-0", "-n=shop"},
	} {
		line := commandLine(words)
		out, err := exec.CommandContext(t.Context(), sh, "-c", `kubectl() { printf '%s\0' "$@"; }; probetop() { kubectl "$@"; }; `+line).Output()
		want := strings.ReplaceAll(strings.Join(words[1:], "\x00"), "-n=", "-n\x00") + "\x00"
		if err != nil || string(out) != want || fact.Printable(line) != line {
			t.Errorf("%s gave %q, %v, want %q", line, out, err, want)
		}
	}
	for _, name := range []string{"", "a b", "$(id)", "-it", "a;b", "a'b", "a\nb", "é"} {
		if line := commandLine([]string{"kubectl", "describe", "node", name}); line != "" {
			t.Errorf("%q: got %s, want no line", name, line)
		}
	}
}
