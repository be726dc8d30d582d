package cmd_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/probetop/probetop/cmd"
)

// The root cause comes first, then the chain, the evidence, and what to run.
func TestWhyOfAPod(t *testing.T) {
	got := run(t, t.Context(), "why", "pod/cart-0", "--kubeconfig", serve(t, named(shop, "pods", "cart-0")))
	want := []string{
		"✖ readiness of cart: HTTP 503 from /ready, for 60s\n", "pod/cart-0 in shop on n1; StatefulSet/cart;", "certainty high",
		"From scheduling to traffic\n", "  ✓ scheduled", "  ✖ readiness", "  · gates", "\nEvidence\n", "Readiness probe failed: HTTP probe failed with statuscode: 503",
		"\nWhat to run\n", "probetop shadow pod/cart-0 -n shop",
	}
	rest := got.out
	for _, w := range want {
		_, after, ok := strings.Cut(rest, w)
		if !ok {
			t.Errorf("%q is missing, or not in its place, in\n%s", w, got.out)
			continue
		}
		rest = after
	}
	if got.code != 1 || got.err != "" || strings.Contains(got.out, "\x1b") {
		t.Errorf("exit code %d, stderr %q", got.code, got.err)
	}
	got = run(t, t.Context(), "why", "pod/web-0", "--kubeconfig", serve(t, named(shop, "pods", "web-0")))
	if got.code != 0 || !strings.HasPrefix(got.out, "✓ pod/web-0: nothing is wrong\n") {
		t.Errorf("got %+v", got)
	}
}

// named keeps the one object of a resource that has that name.
func named(a api, resource, name string) api {
	kept := api{}
	for k, v := range a {
		kept[k] = v
	}
	for object := range strings.SplitSeq(a[resource], ",\n{\"metadata\"") {
		if strings.Contains(object, `"name":"`+name+`"`) {
			kept[resource] = strings.TrimPrefix(strings.TrimSpace(object), `{"metadata"`)
			kept[resource] = `{"metadata"` + kept[resource]
		}
	}
	return kept
}

func TestWhyOfManyPods(t *testing.T) {
	kubeconfig := serve(t, shop)
	got := run(t, t.Context(), "why", "ns/shop", "--kubeconfig", kubeconfig)
	if got.code != 1 || !strings.HasPrefix(got.out, "✖ ns/shop: 1 of 2 pods is not well: readiness of cart: HTTP 503 from /ready, for 60s\n") ||
		!strings.Contains(got.out, "The worst of them\n✖ readiness of cart") {
		t.Errorf("exit code %d, stderr %q\n%s", got.code, got.err, got.out)
	}
	got = run(t, t.Context(), "why", "node/n1", "-o", "json", "--kubeconfig", kubeconfig)
	var r cmd.WhyReport
	if err := json.Unmarshal([]byte(got.out), &r); err != nil {
		t.Fatal(err)
	}
	if got.code != 1 || r.Kind != "WhyReport" || !r.Broken || len(r.Subjects) != 1 || len(r.Pods) != 2 || r.Pods[0].Diagnosis == nil || len(r.Pods[0].Why) == 0 {
		t.Errorf("exit code %d, %s, broken %v, %d subjects, %d pods", got.code, r.Kind, r.Broken, len(r.Subjects), len(r.Pods))
	}
	if s := r.Subjects[0]; s.Name != "node/n1" || !slices.Equal(s.Faulty, []string{"shop/cart-0"}) || len(s.Pods) != 2 || s.Headline == "" {
		t.Errorf("got %+v", s)
	}
}
