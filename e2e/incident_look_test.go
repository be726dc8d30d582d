package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// sight is what one look found of one pod of an incident, and what is wrong with it.
type sight struct {
	minutes int
	live    bool // told by the probetop that has watched from the beginning, and not by a fresh one
	pod     reportedPod
	wrong   []string
}

// headline is what the sight says first.
func (s *sight) headline() string {
	if s.pod.Diagnosis == nil {
		return ""
	}
	return s.pod.Diagnosis.Headline
}

// truth is what the API holds about the pods of a namespace.
type truth struct {
	Pods   []corev1.Pod
	Events []corev1.Event
}

// readTruth reads it.
func readTruth(ctx context.Context, ns string) (*truth, error) {
	pods, err := shared.client.CoreV1().Pods(ns).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("listing the pods: %w", err)
	}
	events, err := shared.client.CoreV1().Events(ns).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("listing the events: %w", err)
	}
	return &truth{Pods: pods.Items, Events: events.Items}, nil
}

// of returns what is about the pods of an incident, also about those of their names that were there before.
func (tr *truth) of(i *incident) *truth {
	part := &truth{}
	names := map[string]bool{}
	for _, p := range tr.Pods {
		if p.Labels["incident"] == i.name {
			names[p.Name] = true
			part.Pods = append(part.Pods, p)
		}
	}
	for _, e := range tr.Events {
		if names[e.InvolvedObject.Name] && e.InvolvedObject.Kind == "Pod" {
			part.Events = append(part.Events, e)
		}
	}
	return part
}

// proves returns which words of a proof are neither in the statuses nor in the events.
func (tr *truth) proves(proof string) ([]string, error) {
	var said []any
	for _, p := range tr.Pods {
		said = append(said, map[string]any{"deletionTimestamp": p.DeletionTimestamp, "finalizers": p.Finalizers, "status": p.Status})
		if p.DeletionTimestamp == nil {
			delete(said[len(said)-1].(map[string]any), "deletionTimestamp")
		}
	}
	for _, e := range tr.Events {
		said = append(said, map[string]any{"reason": e.Reason, "message": e.Message})
	}
	text, err := json.Marshal(said)
	if err != nil {
		return nil, fmt.Errorf("encoding what the API holds: %w", err)
	}
	return lacking(string(text), proof), nil
}

// battery is a namespace in which incidents happen, side by side.
type battery struct {
	// core is set for the few incidents of every run: those that have not happened at their only look are not judged, and listed
	// in late.
	core bool
	late []string

	ns     string
	teller *teller
	sights map[string][]sight // by the incident
	groups map[string]string  // the headlines of groups, by the incident
}

// look judges some incidents after so many minutes: by a fresh probetop, and by the one that has watched. It does nothing
// and returns false if one has not happened yet, unless it is the last time.
func (b *battery) look(t *testing.T, wave []incident, minutes int, last bool) bool {
	report := getReport(t, b.ns)
	said, err := readTruth(t.Context(), b.ns)
	if err != nil {
		t.Fatal(err)
	}
	missing := map[string][]string{}
	for k := range wave {
		i := &wave[k]
		lacks, err := said.of(i).proves(i.proof)
		if err != nil {
			t.Fatal(err)
		}
		if len(lacks) > 0 && minutes >= i.happens {
			missing[i.name] = lacks
		}
	}
	if len(missing) > 0 && !last {
		return false
	}
	for k := range wave {
		i := &wave[k]
		part := said.of(i)
		found := b.sightsOf(i, part, &report, minutes)
		if len(found) == 0 {
			found = []sight{{minutes: minutes, wrong: []string{"it has no pod"}}}
		}
		lacks := missing[i.name]
		if len(lacks) > 0 && b.core {
			b.late = append(b.late, i.name) // the node is slow: there is nothing to judge yet
			continue
		}
		if len(lacks) > 0 {
			found = append(found, sight{minutes: minutes, wrong: []string{fmt.Sprintf("it has not happened: the API does not say %q", lacks)}})
		}
		b.sights[i.name] = append(b.sights[i.name], found...)
		b.judgeGroup(i, &report, minutes)
		keep(t, i, minutes, part, found)
	}
	return true
}

// sightsOf judges what the two say of every pod of an incident.
func (b *battery) sightsOf(i *incident, said *truth, report *report, minutes int) []sight {
	var found []sight
	for p := range said.Pods {
		pod := &said.Pods[p]
		e := i.expects(minutes, b.ns)
		cold := sight{minutes: minutes, pod: reportedPod{Name: pod.Name}}
		if k := slices.IndexFunc(report.Pods, func(r reportedPod) bool { return r.UID == string(pod.UID) }); k >= 0 {
			cold.pod = report.Pods[k]
			cold.wrong = e.judge(cold.pod.Diagnosis, bystanders(pod, e))
		} else {
			cold.wrong = []string{"the report has no such pod"}
		}
		live := sight{minutes: minutes, live: true, pod: reportedPod{Name: pod.Name}, wrong: []string{"nothing was told of the pod"}}
		if lines := b.teller.of(pod.Name, 0); len(lines) > 0 {
			live.pod = lines[len(lines)-1].reportedPod
			live.wrong = e.judge(live.pod.Diagnosis, bystanders(pod, e))
			if live.pod.UID != string(pod.UID) {
				live.wrong = append(live.wrong, "the newest line is about the pod before")
			}
		}
		found = append(found, cold, live)
	}
	return found
}

// bystanders are the containers of a pod that an expectation does not speak of. Those that wait for an init container
// may be named beside it.
func bystanders(pod *corev1.Pod, e expectation) []string {
	container, _, _ := strings.Cut(e.blame, "/")
	named := func(c corev1.Container) bool { return c.Name == container }
	others := slices.Clone(pod.Spec.InitContainers)
	if !slices.ContainsFunc(others, named) {
		others = append(others, pod.Spec.Containers...)
	}
	var names []string
	for _, c := range others {
		if len(lacking(e.blame+" "+e.words, c.Name)) > 0 {
			names = append(names, c.Name)
		}
	}
	return names
}

// judgeGroup looks for the headline that the pods of an owner have in common.
func (b *battery) judgeGroup(i *incident, report *report, minutes int) {
	if i.group == "" {
		return
	}
	var lacks []string
	for _, g := range report.Groups {
		if lacks = lacking(g.Headline, i.group); len(lacks) == 0 {
			b.groups[i.name] = g.Headline
			return
		}
	}
	b.sights[i.name] = append(b.sights[i.name], sight{minutes: minutes, wrong: []string{
		fmt.Sprintf("none of %d groups has a headline with %q", len(report.Groups), strings.ReplaceAll(i.group, ", ", "\", \"")),
	}})
}

// keep writes what was looked at into the directory of E2E_EVIDENCE, for those who want to work on the sentences.
func keep(t *testing.T, i *incident, minutes int, said *truth, found []sight) {
	dir := os.Getenv("E2E_EVIDENCE")
	if dir == "" {
		return
	}
	var reported []map[string]any
	for k := range found {
		reported = append(reported, map[string]any{"live": found[k].live, "pod": found[k].pod})
	}
	text, err := json.MarshalIndent(map[string]any{"incident": i.name, "pods": said.Pods, "events": said.Events, "probetop": reported}, "", " ")
	dir = filepath.Join(dir, fmt.Sprintf("look-%d", minutes))
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, i.name+".json"), text, 0o644)
	}
	if err != nil {
		t.Errorf("keeping %s: %v", i.name, err)
	}
}
