package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// unlinked are packages that no build of probetop has in it: fakes, what reads the clipboard of the machine, and the
// clientset, which brings every API there is.
var unlinked = []string{
	"github.com/atotto/clipboard", "k8s.io/client-go/kubernetes", "k8s.io/client-go/testing", "net/http/httptest", "testing",
}

// TestNothingIsLinkedThatIsNotUsed asks the go command what each build links.
func TestNothingIsLinkedThatIsNotUsed(t *testing.T) {
	for _, system := range []string{"linux", "darwin", "windows"} {
		list := exec.CommandContext(t.Context(), "go", "list", "-deps", ".")
		list.Env, list.Stderr = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0"), os.Stderr
		out, err := list.Output()
		if err != nil {
			t.Fatal(err)
		}
		packages := strings.Fields(string(out))
		if !slices.Contains(packages, "github.com/probetop/probetop/cmd") {
			t.Fatalf("%s: %d packages, and none of ours", system, len(packages))
		}
		for _, p := range packages {
			if slices.Contains(unlinked, p) || strings.HasSuffix(p, "/fake") {
				t.Errorf("%s: %s is linked; go list -deps -f '{{.ImportPath}}: {{.Imports}}' . says by which package", system, p)
			}
		}
	}
}
