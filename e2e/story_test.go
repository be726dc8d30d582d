package e2e

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"
)

// story is a scenario of section 7, or of the section that it is named by, as a pod plays it on the real kubelet.
type story struct {
	// names are its id and words; some scenarios are the same story, or fit in one pod.
	names []string
	// turns are what the workload of the container main begins with, and main is what its container has besides, in
	// YAML. Without it there is no container main.
	turns []string
	main  string
	// spec is what the pod's spec has besides, in YAML.
	spec string
	// service is the spec of a Service that selects the pod, in YAML; empty for none.
	service string
	// beats are what probetop has to say, one after the other.
	beats []beat
	// also are states of probes that a line may be sure of besides those of the beats: "liveness passing".
	also string
}

// act is something that is done to the pod of a story.
type act func(ctx context.Context, ns, pod string) error

// deletes begins the deletion of the pod.
func deletes(ctx context.Context, ns, pod string) error {
	return shared.client.CoreV1().Pods(ns).Delete(ctx, pod, metav1.DeleteOptions{})
}

// setsGate sets a readiness gate.
func setsGate(status string) act {
	return func(ctx context.Context, ns, pod string) error {
		patch := fmt.Sprintf(`{"status":{"conditions":[{"type":%q,"status":%q,"reason":"Chosen"}]}}`, gate, status)
		_, err := shared.client.CoreV1().Pods(ns).Patch(ctx, pod, types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{}, "status")
		return err
	}
}

// settled is for how long nothing may be told that contradicts a story, after the last beat.
const settled = 4 * time.Second

const (
	// takes is how often a story is played until all its beats come: a node that is busy with others may spoil it.
	takes = 3
	// take is how long one may last.
	take = 50 * time.Second
)

// play plays a story, with a pod of that name and a number for every take, and returns what was told of it and what
// went wrong in the last take.
func (s *story) play(ctx context.Context, l *teller, ns, name string) (lines []told, err error) {
	for i := range takes {
		pod := fmt.Sprintf("%s-%d", name, i+1)
		err = s.perform(ctx, l, ns, pod)
		time.Sleep(settled)
		lines = append(lines, l.of(pod, 0)...)
		_ = deletes(ctx, ns, pod) // it may have gone by itself; with it goes the work that it is for the node
		if err == nil {
			break
		}
	}
	return lines, err
}

// perform makes the pod and waits for the beats.
func (s *story) perform(ctx context.Context, l *teller, ns, pod string) error {
	ctx, cancel := context.WithTimeout(ctx, take)
	defer cancel()
	if err := s.stage(ctx, ns, pod); err != nil {
		return err
	}
	n, last := 0, time.Now()
	for i := range s.beats {
		b := &s.beats[i]
		line, at, err := s.await(ctx, l, pod, n, b)
		if err != nil {
			return fmt.Errorf("beat %d: %w", i+1, err)
		}
		if late := line.at.Sub(last); b.within > 0 && late > b.within {
			return fmt.Errorf("beat %d came %s after the one before it, want at most %s", i+1, late, b.within)
		}
		n, last = at, line.at
		if b.then != nil {
			if err := b.then(ctx, ns, pod); err != nil {
				return fmt.Errorf("acting after beat %d: %w", i+1, err)
			}
		}
	}
	return nil
}

// await returns the first line from the nth on that says what a beat wants, and its number.
func (s *story) await(ctx context.Context, l *teller, pod string, n int, b *beat) (told, int, error) {
	lacks := "nothing was told"
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		for _, line := range l.of(pod, n) {
			if lacks = b.met(&line); lacks == "" {
				return line, n, nil
			}
			n++
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return told{}, n, fmt.Errorf("did not come: %s", lacks)
		}
	}
}

// stage makes what the story needs.
func (s *story) stage(ctx context.Context, ns, name string) error {
	labels := map[string]string{"story": name}
	if s.service != "" {
		svc := corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: name}}
		if err := yaml.UnmarshalStrict([]byte(s.service), &svc.Spec); err != nil {
			return fmt.Errorf("decoding the Service: %w", err)
		}
		svc.Spec.Selector = labels
		if _, err := shared.client.CoreV1().Services(ns).Create(ctx, &svc, metav1.CreateOptions{}); err != nil {
			return fmt.Errorf("creating the Service: %w", err)
		}
	}
	pod := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}}
	if err := yaml.UnmarshalStrict([]byte(s.spec), &pod.Spec); err != nil {
		return fmt.Errorf("decoding the spec: %w", err)
	}
	if s.main != "" {
		c := corev1.Container{Name: "main"}
		if err := yaml.UnmarshalStrict([]byte(s.main), &c); err != nil {
			return fmt.Errorf("decoding the container: %w", err)
		}
		for _, turn := range s.turns {
			c.Args = append(c.Args, "-turn", turn)
		}
		pod.Spec.Containers = append([]corev1.Container{c}, pod.Spec.Containers...)
	}
	complete(&pod.Spec)
	if _, err := shared.client.CoreV1().Pods(ns).Create(ctx, &pod, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("creating the pod: %w", err)
	}
	return nil
}

// complete fills in what stories leave out. Probes are run every two seconds, and pods end at once.
func complete(spec *corev1.PodSpec) {
	spec.TerminationGracePeriodSeconds = cmp.Or(spec.TerminationGracePeriodSeconds, new(int64(1)))
	spec.EnableServiceLinks, spec.AutomountServiceAccountToken = new(false), new(false)
	for _, list := range [][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range list {
			c := &list[i]
			c.Image, c.ImagePullPolicy = cmp.Or(c.Image, shared.image), shared.pull
			for _, p := range []*corev1.Probe{c.StartupProbe, c.ReadinessProbe, c.LivenessProbe} {
				if p != nil {
					p.PeriodSeconds = cmp.Or(p.PeriodSeconds, 2)
				}
			}
		}
	}
}

// judge fails a test if the story was not told, or was contradicted.
func (s *story) judge(t *testing.T, wrong error, lines []told) {
	t.Helper()
	if wrong != nil {
		t.Error(wrong)
	}
	if c := s.contradicts(lines); c != "" {
		t.Error(c)
	}
	for i := range lines {
		if t.Failed() {
			t.Logf("%s: %s", lines[i].at.Format("15:04:05.0"), &lines[i])
		}
	}
}

// contradicts says where a line is sure of something that the story does not have; nothing when no line is.
func (s *story) contradicts(lines []told) string {
	states, causes := s.plot()
	late := toldLate(lines)
	for i := range lines {
		line := &lines[i]
		for _, c := range line.Containers {
			if len(causes) == 0 && c.Restarts > 0 && c.Kind != "init" {
				return fmt.Sprintf("%s was restarted, which is not in the story: %s", c.Name, line)
			}
			for k := range c.Probes {
				p := &c.Probes[k]
				key := c.Name + "/" + p.Type
				if sure(p.Certainty) && !states[key+" "+p.State] && !notListening(p) && !(late[instance(c)] && p.State == "passing") {
					return fmt.Sprintf("%s, which is not in the story: %s", key, line)
				}
			}
		}
		for _, r := range line.Restarts {
			if sure(r.Certainty) && !causes[r.Cause] {
				return fmt.Sprintf("a restart by %s, which is not in the story: %s", r.Cause, line)
			}
		}
	}
	return ""
}

// notListening reports whether a probe fails because its container does not listen yet, or any more.
func notListening(p *reportedProbe) bool {
	return (p.State == "failing" || p.State == "failed") && p.LastFailure != nil && p.LastFailure.Cause == "REFUSED"
}

// lateness is how long after a container's start its kubelet tells of it when it is not busy with others.
const lateness = 3 * time.Second

// toldLate are the instances of containers that were told of late. The kubelet probes an instance only when it has told
// of it, so that the silence before is no success, whatever a line makes of it.
func toldLate(lines []told) map[string]bool {
	late := map[string]bool{}
	for i := range lines {
		for _, c := range lines[i].Containers {
			if _, known := late[instance(c)]; !known && c.State == "running" {
				late[instance(c)] = lines[i].at.Sub(c.StartedAt) > lateness
			}
		}
	}
	return late
}

// instance names one life of a container; two takes do not begin in the same second.
func instance(c reportedContainer) string { return c.Name + " " + c.StartedAt.String() }

// plot is what lines may be sure of: the states and causes of the beats, and what comes before them.
func (s *story) plot() (states, causes map[string]bool) {
	states, causes = map[string]bool{}, map[string]bool{}
	spec := s.also
	for i := range s.beats {
		if words := s.beats[i].probes; words != "" {
			spec = strings.TrimPrefix(spec+", "+words, ", ")
		}
		for cause := range strings.FieldsSeq(s.beats[i].restarts) {
			causes[strings.TrimSuffix(cause, "?")] = true
		}
	}
	for claim := range strings.SplitSeq(spec, ", ") {
		name, rest, _ := strings.Cut(claim, " ")
		if !strings.Contains(name, "/") {
			name = "main/" + name
		}
		state, _, _ := strings.Cut(rest, " ")
		for _, before := range append([]string{state, "waiting", "delayed", "gated"}, leads[state]...) {
			states[name+" "+before] = true
		}
	}
	return states, causes
}

// leads are the states that a probe goes through before it is in another.
var leads = map[string][]string{"failed": {"failing", "starting"}, "erroring": {"starting"}, "held": {"starting"}}
