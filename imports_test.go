package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rooms are the packages of model that others may read from.
var rooms = []string{"model", "model/fact", "model/kubelet", "model/infer", "model/why", "model/compare", "model/group", "model/card", "model/lint"}

// arrows says which of our packages each package may import, and which libraries it must not. A package that
// is not here may not exist.
var arrows = map[string]struct {
	ours   []string
	banned []string
}{
	".":                     {ours: []string{"cmd"}},
	"cmd":                   {ours: with(rooms, "cmd/config", "watch", "watch/manifest", "tui", "prober", "recording", "recording/mask", "simcluster"), banned: []string{"charm.land/"}},
	"cmd/config":            {ours: []string{"tui"}, banned: []string{"k8s.io/", "charm.land/", "net", "github.com/spf13/"}},
	"watch/manifest":        {banned: []string{"k8s.io/client-go", "charm.land/", "net"}},
	"watch":                 {ours: with(rooms, "recording", "recording/mask", "recording/weight", "watch/manifest"), banned: []string{"charm.land/", "github.com/spf13/"}},
	"tui":                   {ours: rooms, banned: []string{"k8s.io/", "net", "net/http", "os/exec", "charm.land/bubbles/v2/table"}},
	"prober":                {ours: with(rooms, "recording/mask", "recording/weight"), banned: []string{"charm.land/", "github.com/spf13/", "k8s.io/kubernetes"}},
	"recording":             {ours: []string{"recording/mask"}, banned: []string{"k8s.io/client-go", "charm.land/", "net/http"}},
	"recording/mask/corpus": {banned: []string{"k8s.io/", "charm.land/", "net"}},
	"recording/mask":        {banned: []string{"k8s.io/", "charm.land/", "net", "os", "regexp"}},
	"recording/weight":      {banned: []string{"k8s.io/client-go", "charm.land/", "net", "os"}},
	"simcluster":            {ours: []string{"recording"}, banned: []string{"charm.land/", "github.com/spf13/"}},
	"simcluster/section":    {banned: []string{"k8s.io/", "charm.land/"}},
	"model/fact":            {banned: pure("k8s.io/client-go")},
	"model/kubelet":         {ours: []string{"model/fact"}, banned: pure("k8s.io/")},
	"model/infer":           {ours: []string{"model/fact", "model/kubelet"}, banned: pure("k8s.io/")},
	"model/why":             {ours: []string{"model/fact", "model/kubelet", "model/infer"}, banned: pure("k8s.io/")},
	"model":                 {ours: []string{"model/fact", "model/kubelet", "model/infer", "model/why"}, banned: pure("k8s.io/client-go")},
	"model/compare":         {ours: []string{"model", "model/fact", "model/kubelet", "model/infer", "model/why"}, banned: pure("k8s.io/")},
	"model/group":           {ours: []string{"model", "model/fact", "model/infer", "model/why", "model/kubelet"}, banned: pure("k8s.io/")},
	"model/card":            {ours: rooms, banned: pure("k8s.io/")},
	"model/lint":            {ours: []string{"model", "model/fact", "model/infer", "model/kubelet", "model/group"}, banned: pure("k8s.io/")},
}

// with returns a list with more.
func with(list []string, more ...string) []string { return slices.Concat(list, more) }

// pure is what a package may not import that has no clock, no goroutine and no network.
func pure(more ...string) []string {
	return with(more, "charm.land/", "net/http", "os", "sync", "context", "log")
}

// TestImportsFollowTheArrows reads the imports of every package, tests left out.
func TestImportsFollowTheArrows(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (path == "e2e" || path == "tools" || strings.HasPrefix(d.Name(), ".") && path != "."):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			seen[filepath.Dir(path)] = true
			checkFile(t, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir := range arrows {
		if !seen[dir] {
			t.Errorf("package %s is gone: take it out of the table", dir)
		}
	}
}

func checkFile(t *testing.T, path string) {
	t.Helper()
	rule, known := arrows[filepath.Dir(path)]
	if !known {
		t.Errorf("%s is in a package that docs/architecture.md does not know", path)
		return
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if ours, ok := strings.CutPrefix(name, "github.com/probetop/probetop/"); ok && !slices.Contains(rule.ours, ours) {
			t.Errorf("%s imports %s", path, name)
		}
		for _, b := range rule.banned {
			if name == b || strings.HasSuffix(b, "/") && strings.HasPrefix(name, b) || strings.HasPrefix(name, b+"/") {
				t.Errorf("%s imports %s", path, name)
			}
		}
	}
}
