package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// agreement bounds the wait for a moment in which nothing changes while probetop looks.
const agreement = 30 * time.Second

// compareWithAPI runs "probetop get -o json" until it could look at a namespace that did not change meanwhile, and
// requires that it says what the API server says. It returns that report.
func compareWithAPI(t *testing.T, ns string) report {
	t.Helper()
	var agreed report
	eventually(t, agreement, func() error {
		before, err := readAPI(t.Context(), ns)
		if err != nil {
			return err
		}
		r := getReport(t, ns)
		after, err := readAPI(t.Context(), ns)
		if err != nil {
			return err
		}
		if !maps.Equal(before.versions, after.versions) {
			return fmt.Errorf("the namespace %s changed while probetop looked", ns)
		}
		agreed = r
		return errors.Join(compareSources(r), comparePods(after.pods, r.Pods))
	})
	return agreed
}

// compareSources requires that a report has seen everything.
func compareSources(r report) error {
	states := map[string]string{}
	for _, s := range r.Sources {
		states[s.Name] = s.State
	}
	for _, name := range []string{"pods", "events", "endpointslices", "services", "nodes"} {
		if states[name] != "synced" {
			return fmt.Errorf("source %s is %q, want synced", name, states[name])
		}
	}
	if r.APIVersion != "probetop/v1alpha1" || r.Kind != "ProbeReport" || r.Context != shared.context {
		return fmt.Errorf("the report is a %s %s of context %q, want probetop/v1alpha1 ProbeReport of %q", r.APIVersion, r.Kind, r.Context, shared.context)
	}
	return nil
}

// comparePods requires the same pods with the same views.
func comparePods(want map[string]podView, pods []reportedPod) error {
	got := map[string]podView{}
	for _, p := range pods {
		v := viewOfReport(p)
		// A Service may be named whose slices do not have the pod yet.
		maps.DeleteFunc(v.Traffic, func(service string, e endpointView) bool {
			_, known := want[p.UID].Traffic[service]
			return !known && e == endpointView{}
		})
		got[p.UID] = v
	}
	if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		return fmt.Errorf("probetop and the API server disagree (-API +probetop):\n%s", diff)
	}
	return nil
}

// apiState is what the API server holds about a namespace.
type apiState struct {
	versions map[string]string  // resource versions of all objects by UID
	pods     map[string]podView // by UID
}

// readAPI reads a namespace's pods with everything that is said about them.
func readAPI(ctx context.Context, ns string) (apiState, error) {
	state := apiState{versions: map[string]string{}, pods: map[string]podView{}}
	pods, err := shared.client.CoreV1().Pods(ns).List(ctx, metav1.ListOptions{})
	if err != nil {
		return state, fmt.Errorf("listing the pods: %w", err)
	}
	events, err := shared.client.CoreV1().Events(ns).List(ctx, metav1.ListOptions{})
	if err != nil {
		return state, fmt.Errorf("listing the events: %w", err)
	}
	slices, err := shared.client.DiscoveryV1().EndpointSlices(ns).List(ctx, metav1.ListOptions{})
	if err != nil {
		return state, fmt.Errorf("listing the endpoint slices: %w", err)
	}
	statuses, err := printedStatuses(ctx, ns)
	if err != nil {
		return state, err
	}
	state.note(pods.Items, events.Items, slices.Items)
	for i := range pods.Items {
		pod := &pods.Items[i]
		printed := statuses[string(pod.UID)]
		if printed.version != pod.ResourceVersion {
			return state, fmt.Errorf("the pod %s changed while it was read", pod.Name)
		}
		state.pods[string(pod.UID)] = viewOfAPI(pod, printed.status, events.Items, slices.Items)
	}
	return state, nil
}

// note records the resource versions of everything that was read.
func (s *apiState) note(pods []corev1.Pod, events []corev1.Event, slices []discoveryv1.EndpointSlice) {
	for _, o := range pods {
		s.versions[string(o.UID)] = o.ResourceVersion
	}
	for _, o := range events {
		s.versions[string(o.UID)] = o.ResourceVersion
	}
	for _, o := range slices {
		s.versions[string(o.UID)] = o.ResourceVersion
	}
}

// printed is a pod's STATUS as the API server prints it, and the version of the pod that it is about.
type printed struct {
	status, version string
}

// printedStatuses asks the API server for the table that "kubectl get pods" prints; the keys are UIDs.
func printedStatuses(ctx context.Context, ns string) (map[string]printed, error) {
	body, err := shared.client.CoreV1().RESTClient().Get().Namespace(ns).Resource("pods").
		SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").DoRaw(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the table of pods: %w", err)
	}
	var table metav1.Table
	if err := json.Unmarshal(body, &table); err != nil {
		return nil, fmt.Errorf("decoding the table of pods: %w", err)
	}
	column := -1
	for i, c := range table.ColumnDefinitions {
		if c.Name == "Status" {
			column = i
		}
	}
	statuses := map[string]printed{}
	for _, row := range table.Rows {
		var pod metav1.PartialObjectMetadata
		if err := json.Unmarshal(row.Object.Raw, &pod); err != nil {
			return nil, fmt.Errorf("decoding a row of the table of pods: %w", err)
		}
		if column < 0 || column >= len(row.Cells) {
			return nil, errors.New("reading the table of pods: it has no column Status")
		}
		statuses[string(pod.UID)] = printed{fmt.Sprint(row.Cells[column]), pod.ResourceVersion}
	}
	return statuses, nil
}
