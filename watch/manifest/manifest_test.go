package manifest_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/probetop/probetop/watch/manifest"
)

const two = `# Source: chart/templates/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  progressDeadlineSeconds: 30
  template:
    metadata:
      annotations: {lint.probetop/host-set: because}
    spec:
      containers:
      - name: proxy
        image: proxy
      - name: web
        image: web
        livenessProbe: &live
          httpGet:
            port: 8080
        readinessProbe:
          <<: *live
          periodSeconds: 5
---
# Source: chart/templates/service.yaml
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}}
---
replicas: 3
`

func TestRead(t *testing.T) {
	objects, err := manifest.Read("web.yaml", strings.NewReader(two))
	if err != nil || len(objects) != 2 {
		t.Fatalf("%d objects: %v", len(objects), err)
	}
	web, service := &objects[0], &objects[1]
	if web.Kind != "Deployment" || web.Name != "web" || web.Namespace != "shop" || web.Line != 2 || web.Source != "chart/templates/web.yaml" ||
		*web.ProgressDeadlineSeconds != 30 || len(web.Problems) != 0 {
		t.Errorf("got %+v", web)
	}
	if ready := web.Pod.Spec.Containers[1].ReadinessProbe; ready.PeriodSeconds != 5 || ready.HTTPGet.Port.IntVal != 8080 {
		t.Errorf("readiness is %v", ready)
	}
	if service.Service == nil || service.Service.Spec.Selector["app"] != "web" || service.Source != "chart/templates/service.yaml" || service.Pod != nil {
		t.Errorf("got %+v", service)
	}
	for field, want := range map[string]int{
		"spec.containers{web}.livenessProbe.httpGet.port":   18,
		"spec.containers{web}.livenessProbe.timeoutSeconds": 16,
		"spec.containers[1].readinessProbe.httpGet.port":    18,
		"spec.containers{web}.readinessProbe.periodSeconds": 21,
		"spec.containers{web}.startupProbe":                 14,
		"spec.containers{none}.startupProbe":                11,
		"spec.containers.livenessProbe":                     16,
		"spec.terminationGracePeriodSeconds":                10,
		"metadata.annotations{lint.probetop/host-set}":      9,
		"status": 2,
	} {
		if got := web.LineOf(field); got != want {
			t.Errorf("%s is in line %d, want %d", field, got, want)
		}
	}
	if got := web.LineOf("spec.containers{web}.startupProbe", "spec.containers{web}.livenessProbe"); got != 16 {
		t.Errorf("the first field that is there is in line %d, want 16", got)
	}
}

// JSON is YAML; keys that are numbers become texts; what cannot be read says where.
func TestReadOtherwise(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		objects int
		err     string
	}{
		"JSON":            {`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{"containers":[{"name":"web"}]}}`, 1, ""},
		"a number as key": {"apiVersion: v1\nkind: Pod\nmetadata: {labels: {1: a}}\nspec: {containers: []}\n", 1, ""},
		"nothing":         {"", 0, ""},
		"comments":        {"# nothing\n---\n---\n", 0, ""},
		"a list":          {"- a\n- b\n", 0, ""},
		"cut off":         {"kind: Pod\nspec: [\n", 0, "f.yaml:2: "},
		"tabs":            {"kind: Pod\nspec:\n\tcontainers: []\n", 0, "f.yaml:"},
		"a bad Service":   {"apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: 3}\n", 0, "f.yaml:1: reading Service web"},
		"not the text":    {"kind: Pod\nspec: \x01\n", 0, "f.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			objects, err := manifest.Read("f.yaml", strings.NewReader(c.text))
			var bad *manifest.Error
			switch {
			case c.err == "" && (err != nil || len(objects) != c.objects):
				t.Errorf("%d objects: %v", len(objects), err)
			case c.err != "" && (!errors.As(err, &bad) || !strings.HasPrefix(err.Error(), c.err)):
				t.Errorf("error %v, want %s", err, c.err)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a/web.yaml": two, "a/.hidden.yaml": "a: [", ".git/x.yaml": "a: [", "README.md": "a: [", "values.yml": "replicas: 2\n", "b.json": `{"a":1}`,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	objects, err := manifest.Open(dir)
	if err != nil || len(objects) != 2 || objects[0].File != filepath.Join(dir, "a", "web.yaml") {
		t.Errorf("%d objects: %v", len(objects), err)
	}
	if _, err := manifest.Open(filepath.Join(dir, "none")); err == nil || err.Error() != filepath.Join(dir, "none")+": no such file or directory" {
		t.Errorf("error %v", err)
	}
}
