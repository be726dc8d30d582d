package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/utils/ptr"
)

func TestStepsAreInOrderAndInTime(t *testing.T) {
	before := at(0, 40)
	for _, s := range script() {
		if s.at < before || s.at > length-at(0, 30) {
			t.Errorf("%q happens at %s, want between %s and half a minute before the end", s.what, s.at, before)
		}
		before = s.at
	}
}

func TestMostPodsAreHealthyAtTheBeginning(t *testing.T) {
	pods := workloads(t)
	all, faulty := int32(0), int32(0)
	for _, n := range pods {
		all += n
	}
	for name, n := range standing() {
		faulty += n
		if pods[name] != n {
			t.Errorf("%s has %d pods, want %d", name, pods[name], n)
		}
	}
	if all < 40 || faulty == 0 || faulty > all/10 {
		t.Errorf("%d of %d pods are at fault at the beginning", faulty, all)
	}
}

// workloads reads from the manifests how many pods each workload has.
func workloads(t *testing.T) map[string]int32 {
	t.Helper()
	pods := map[string]int32{}
	entries, err := manifests.ReadDir("manifests")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		content, err := manifests.ReadFile("manifests/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		content = bytes.ReplaceAll(content, []byte("{{.Image}}"), []byte("example.com/image"))
		for r := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(content))); ; {
			document, err := r.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			var w appsv1.Deployment // or what is like it
			if err := errors.Join(err, yaml.Unmarshal(document, &w)); err != nil {
				t.Fatalf("reading %s: %v", e.Name(), err)
			}
			if w.Spec.Selector != nil && len(w.Spec.Template.Spec.Containers) > 0 {
				pods[w.Namespace+"/"+w.Name] = ptr.Deref(w.Spec.Replicas, 1)
			}
		}
	}
	return pods
}
