package e2e

import (
	"bytes"
	"embed"
	"errors"
	"io"
	"testing"
	"text/template"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
)

//go:embed testdata/*.yaml
var manifests embed.FS

// apply creates the objects of testdata/NAME.yaml in a namespace. In the file, {{.Image}} and {{.Pull}} stand for the
// test image and its pull policy.
func apply(t *testing.T, ns, name string) {
	t.Helper()
	tmpl, err := template.ParseFS(manifests, "testdata/"+name+".yaml")
	if err != nil {
		t.Fatalf("reading the manifest: %v", err)
	}
	var text bytes.Buffer
	if err := tmpl.Execute(&text, map[string]any{"Image": shared.image, "Pull": shared.pull}); err != nil {
		t.Fatalf("filling in the manifest: %v", err)
	}
	decoder := yaml.NewYAMLOrJSONDecoder(&text, 4096)
	for {
		var object unstructured.Unstructured
		switch err := decoder.Decode(&object.Object); {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			t.Fatalf("decoding the manifest %s: %v", name, err)
		}
		create(t, ns, &object)
	}
}

func create(t *testing.T, ns string, object *unstructured.Unstructured) {
	t.Helper()
	kind := object.GroupVersionKind()
	mapping, err := shared.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		t.Fatalf("looking up %s: %v", kind, err)
	}
	_, err = shared.dynamic.Resource(mapping.Resource).Namespace(ns).Create(t.Context(), object, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("creating %s %s: %v", kind.Kind, object.GetName(), err)
	}
}
