package e2e

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"
)

// story is a scenario of section 7 of docs/kubelet.md, or of the section that it is named by, as a pod plays it on the
// real kubelet.
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
	// on reports whether kubelets of Kubernetes 1 with that minor version play it; nil for all.
	on func(minor int) bool
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
// went wrong in the last take. What went wrong before is logged. It has entered by the door.
func (s *story) play(t *testing.T, l *teller, d *door, ns, name string) (lines []tale, err error) {
	ctx := t.Context()
	for i := range takes {
		if err != nil {
			t.Logf("%s is played again: %v", s.names[0], err)
			d.enter()
		}
		pod := fmt.Sprintf("%s-%d", name, i+1)
		err = s.perform(ctx, l, d, ns, pod)
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
func (s *story) perform(ctx context.Context, l *teller, d *door, ns, pod string) error {
	ctx, cancel := context.WithTimeout(ctx, take)
	defer cancel()
	made := sync.OnceFunc(d.leave)
	defer made()
	l.whenMade(pod, made)
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
func (s *story) await(ctx context.Context, l *teller, pod string, n int, b *beat) (tale, int, error) {
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
			return tale{}, n, fmt.Errorf("did not come: %s", lacks)
		}
	}
}

// stage makes what the story needs.
func (s *story) stage(ctx context.Context, ns, name string) error {
	if s.service != "" {
		svc := corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: name}}
		if err := yaml.UnmarshalStrict([]byte(s.service), &svc.Spec); err != nil {
			return fmt.Errorf("decoding the Service: %w", err)
		}
		svc.Spec.Selector = map[string]string{"story": name}
		if _, err := shared.client.CoreV1().Services(ns).Create(ctx, &svc, metav1.CreateOptions{}); err != nil {
			return fmt.Errorf("creating the Service: %w", err)
		}
	}
	pod, err := s.pod(name)
	if err != nil {
		return err
	}
	if _, err := shared.client.CoreV1().Pods(ns).Create(ctx, pod, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("creating the pod: %w", err)
	}
	return nil
}

// pod returns the story's pod as the API takes it.
func (s *story) pod(name string) (*corev1.Pod, error) {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"story": name}}}
	if err := yaml.UnmarshalStrict([]byte(s.spec), &pod.Spec); err != nil {
		return nil, fmt.Errorf("decoding the spec: %w", err)
	}
	if s.main != "" {
		c := corev1.Container{Name: "main"}
		if err := yaml.UnmarshalStrict([]byte(s.main), &c); err != nil {
			return nil, fmt.Errorf("decoding the container: %w", err)
		}
		for _, turn := range s.turns {
			c.Args = append(c.Args, "-turn", turn)
		}
		pod.Spec.Containers = append([]corev1.Container{c}, pod.Spec.Containers...)
	}
	complete(&pod.Spec, 2)
	return pod, nil
}

// complete fills in what stories leave out. Probes are run once in so many seconds, and pods end at once.
func complete(spec *corev1.PodSpec, period int32) {
	spec.TerminationGracePeriodSeconds = cmp.Or(spec.TerminationGracePeriodSeconds, new(int64(1)))
	spec.EnableServiceLinks, spec.AutomountServiceAccountToken = new(false), new(false)
	for _, list := range [][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range list {
			c := &list[i]
			c.Image, c.ImagePullPolicy = cmp.Or(c.Image, shared.image), cmp.Or(c.ImagePullPolicy, shared.pull)
			for _, p := range []*corev1.Probe{c.StartupProbe, c.ReadinessProbe, c.LivenessProbe} {
				if p != nil {
					p.PeriodSeconds = cmp.Or(p.PeriodSeconds, period)
				}
			}
		}
	}
}
