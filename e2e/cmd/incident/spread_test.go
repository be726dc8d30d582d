package main

import (
	"slices"
	"strings"
	"testing"
)

// A recording of one kubelet is shown on three nodes, and what is said of a pod is said of where it is.
func TestSpread(t *testing.T) {
	const (
		node = `{"at":"2026-11-22T00:19:17.967702806Z","stream":4,"event":"ADDED","resource":"nodes","object":{"metadata":{"name":"worker-1","uid":"u","labels":{"topology.kubernetes.io/zone":"zone-a"}}}}`
		pods = `{"event":"ADDED","resource":"pods","object":{"metadata":{"namespace":"shop","name":"web-1-NAME"},"spec":{"nodeName":"worker-1"}}}`
		rest = `{"event":"ADDED","resource":"events","object":{"involvedObject":{"kind":"Pod","namespace":"shop","name":"web-1-b"},"reportingInstance":"worker-1","source":{"host":"worker-1"}}}
{"event":"ADDED","resource":"endpointslices","object":{"endpoints":[{"nodeName":"worker-1","zone":"zone-a","targetRef":{"kind":"Pod","namespace":"shop","name":"web-1-b"}}]}}
{"at":"2026-11-22T00:19:18.0Z","stream":0,"resource":"pods","list":"end"}`
	)
	lines := []string{node}
	for _, name := range []string{"a", "b", "c"} {
		lines = append(lines, strings.Replace(pods, "NAME", name, 1))
	}
	text, err := spread([]byte(strings.Join(append(lines, rest), "\n") + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(got) != 3+3+3 {
		t.Fatalf("%d lines:\n%s", len(got), text)
	}
	if again, err := spread(text); err != nil || string(again) != string(text) {
		t.Errorf("spread again: %v\n%s", err, again)
	}
	var nodes []string
	for _, l := range got[3:6] {
		nodes = append(nodes, l[strings.Index(l, "worker-"):][:len("worker-1")])
	}
	if sorted := slices.Sorted(slices.Values(nodes)); !slices.Equal(sorted, []string{"worker-1", "worker-2", "worker-3"}) {
		t.Errorf("the pods are on %q", nodes)
	}
	if b := nodes[1]; strings.Count(got[6], b) != 2 || !strings.Contains(got[7], b) || strings.Contains(got[7], "zone-a") != (b == "worker-1") {
		t.Errorf("b is on %s, and it is said:\n%s\n%s", b, got[6], got[7])
	}
	if !strings.Contains(got[0], `"uid":"u"`) || !strings.Contains(got[1], `"name":"worker-2"`) || !strings.Contains(got[2], "zone-b") ||
		!strings.Contains(got[2], `"at":"2026-11-22T00:19:17.967702806Z"`) {
		t.Errorf("the nodes are\n%s", strings.Join(got[:3], "\n"))
	}
}
