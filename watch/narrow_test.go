package watch

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording/mask"
	"github.com/probetop/probetop/watch/manifest"
)

const narrowed = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web, tier: front}}
    spec: {nodeName: n1, containers: [{name: web}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: db-0
  namespace: data
  labels: {app: db}
  annotations: {lint.probetop/tcp-liveness.db: " because ", lint.probetop/host-set: ""}
spec: {nodeName: n2, containers: [{name: db}]}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: data}
spec: {selector: {app: db}}
`

func TestNarrow(t *testing.T) {
	objects, err := manifest.Read("f", strings.NewReader(narrowed))
	if err != nil {
		t.Fatal(err)
	}
	s := OfManifests(objects, mask.Hide)
	for name, c := range map[string]struct {
		request Request
		want    string // names of pods, or the error
	}{
		"everything":        {Request{}, "db-0 web"},
		"a namespace":       {Request{Namespaces: []string{"shop"}}, "web"},
		"two":               {Request{Namespaces: []string{"shop", "data"}}, "db-0 web"},
		"a label":           {Request{Labels: "app in (web,api),tier"}, "web"},
		"no such label":     {Request{Labels: "app=api"}, ""},
		"a field":           {Request{Fields: "spec.nodeName=n2"}, "db-0"},
		"a pod":             {Request{Args: []string{"po/db-0"}}, "db-0"},
		"a workload":        {Request{Args: []string{"deploy/web"}}, "web"},
		"a Service":         {Request{Args: []string{"svc/db"}}, "db-0"},
		"a node":            {Request{Args: []string{"node/n1"}}, "web"},
		"two arguments":     {Request{Args: []string{"node/n1", "svc/db"}}, "db-0 web"},
		"none of that name": {Request{Args: []string{"sts/web"}}, "there is no sts/web in any namespace"},
		"elsewhere":         {Request{Args: []string{"deploy/web"}, Namespaces: []string{"data"}}, "there is no deploy/web in namespace data"},
		"an unknown type":   {Request{Args: []string{"cm/web"}}, `"cm/web" is not TYPE/NAME, where TYPE is ` + typeNames},
		"a bad selector":    {Request{Labels: "=="}, `the selector "==" cannot be read`},
		"a bad field":       {Request{Fields: "a"}, `the selector "a" cannot be read`},
		"a field not there": {Request{Fields: "spec.hostNetwork=true"}, `the selector "spec.hostNetwork=true" cannot be read: spec.hostNetwork is not in a recording`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Narrow(s, c.request)
			var argument *ArgumentError
			if err != nil && (!errors.As(err, &argument) || !strings.HasPrefix(err.Error(), c.want) || c.want == "") {
				t.Fatalf("error %v, want %q", err, c.want)
			}
			if err != nil {
				return
			}
			var names []string
			for _, row := range got.Rows {
				names = append(names, row.Pod.Name)
			}
			slices.Sort(names)
			if strings.Join(names, " ") != c.want || got.Totals.Pods != len(names) || len(s.Rows) != 2 {
				t.Errorf("selected %q of %d (%d counted), want %q", names, len(s.Rows), got.Totals.Pods, c.want)
			}
		})
	}
}

func TestAnnotationsAccept(t *testing.T) {
	objects, err := manifest.Read("f", strings.NewReader(narrowed))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Narrow(OfManifests(objects, mask.Hide), Request{Args: []string{"pod/db-0"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []model.Acceptance{{Rule: "host-set"}, {Rule: "tcp-liveness", Container: "db", Reason: "because"}}
	if got := s.Rows[0].Pod.Accepted; !slices.Equal(got, want) {
		t.Errorf("accepted %+v, want %+v", got, want)
	}
}
