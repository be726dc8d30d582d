package e2e

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// shadowCase is a pod whose kubelet and whose shadow are compared.
type shadowCase struct {
	name string
	// turns, main and spec are as in a story. A timeout that is left out is long enough for a busy node.
	turns      []string
	main, spec string
	// kind is the probe's; readiness when empty.
	kind string
	// kubelet is what the kubelet has to come to, success when empty, none when it does not run the probe; here what
	// the run from here has to come to, the same when empty. Each may be several words.
	kubelet, here string
	// classes are those of which the comparison has to give one; A0 when empty.
	classes string
	// loose is set where the texts cannot be equal byte for byte: then their causes are.
	loose bool
	// unreached is set when only a runtime that tries nothing but localhost fails to get there.
	unreached bool
	// runs are how often the probe is run from here; once when zero.
	runs int
}

// longTimeout is what probes have that are not about time, in seconds.
const longTimeout = 5

// pod returns the pod of the case. A container whose probe fails is left alone.
func (c *shadowCase) pod(name string) (*corev1.Pod, error) {
	s := story{turns: c.turns, main: c.main, spec: c.spec}
	pod, err := s.pod(name)
	if err != nil {
		return nil, err
	}
	main := &pod.Spec.Containers[0]
	for _, p := range []*corev1.Probe{main.StartupProbe, main.ReadinessProbe, main.LivenessProbe} {
		if p == nil {
			continue
		}
		p.TimeoutSeconds = cmp.Or(p.TimeoutSeconds, longTimeout)
		if p != main.ReadinessProbe {
			p.FailureThreshold = 1000
		}
	}
	return pod, nil
}

// within returns the case as it has to be on a node: runtimes newer than containerd 1 may try the pod IP after localhost.
func (c shadowCase) within(runtime string) shadowCase {
	if c.unreached && !strings.HasPrefix(runtime, "containerd://1.") {
		c.here, c.classes = c.here+" success", c.classes+" A0"
	}
	return c
}

// heard reports, as an error, that the kubelet has not settled on what it has to come to.
func (c *shadowCase) heard(ctx context.Context, log *eventLog, ns, name string) error {
	pod, err := shared.client.CoreV1().Pods(ns).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("reading the pod: %w", err)
	}
	kind, times := cmp.Or(c.kind, "readiness"), map[string]int{}
	for _, w := range log.words(name, kind) {
		times[w.outcome] += w.count
	}
	sums, err := readCounters(ctx, pod.Spec.NodeName, ns)
	if err != nil {
		return err
	}
	statuses := pod.Status.ContainerStatuses
	if len(statuses) != 1 || statuses[0].State.Running == nil || time.Since(statuses[0].State.Running.StartedAt.Time) < c.settledAfter() {
		return errors.New("the container has not been running for long, as far as the kubelet has told") // its counters come first
	}
	times["success"] = sums[countedProbe{string(pod.UID), "main", kind}][0]
	times["none"] = settledTimes
	for _, wanted := range strings.Fields(cmp.Or(c.kubelet, "success")) {
		if times[wanted] >= settledTimes || wanted == "success" && kind == "startup" && times[wanted] > 0 {
			return nil
		}
	}
	return fmt.Errorf("the kubelet's results are %v, want %s", times, cmp.Or(c.kubelet, "success"))
}

// settledTimes is how often the kubelet comes to a result that is to be compared.
const settledTimes = 2

// settledAfter is for how long the container has to have been running. The kubelet tells nobody but its counters that a
// liveness probe succeeds: it follows from its silence, once a failure would have been told.
func (c *shadowCase) settledAfter() time.Duration {
	if c.kind == "liveness" && c.kubelet == "" {
		return 3*longTimeout*time.Second + settledSilence
	}
	if c.kubelet == "failure" && c.here == "success" {
		return 3*parityPeriod + settledSilence // a probe that may just be recovering is told apart by how long it has failed
	}
	return settledSilence
}

// parityPeriod is the longest period of the cases.
const parityPeriod = 3 * time.Second

// settledSilence is how long the kubelet takes to tell, and for a period to pass.
const settledSilence = 6 * time.Second

func started(pod *corev1.Pod) bool {
	s := pod.Status.ContainerStatuses
	return len(s) > 0 && s[0].Started != nil && *s[0].Started
}

// differs returns what is wrong about a report; nothing when all is as it has to be.
func (c *shadowCase) differs(r *shadowReport, words []kubeletWord) (wrong []string) {
	run := &r.Runs[len(r.Runs)-1]
	kubelet := cmp.Or(c.kubelet, "success")
	if here := cmp.Or(c.here, kubelet); !oneOf(here, run.Outcome) {
		wrong = append(wrong, fmt.Sprintf("from here it is %s (%s), want %s: %s", run.Outcome, run.Lack, here, run.Text))
	}
	if want := cmp.Or(c.classes, "A0"); !oneOf(want, r.class()) {
		said := ""
		if r.Shadow != nil {
			said = r.Shadow.Explain
		}
		wrong = append(wrong, fmt.Sprintf("the class is %q, want %s: %s", r.class(), want, said))
	}
	if run.Outcome == "success" || c.here != "" || kubelet == "none" {
		return wrong
	}
	var said []string
	for _, w := range words {
		if w.outcome != run.Outcome {
			continue
		}
		if w.text == run.Text || c.loose && causeOf(r.Handler, w.outcome, w.text) == causeOf(r.Handler, run.Outcome, run.Text) {
			return wrong
		}
		said = append(said, w.text)
	}
	return append(wrong, fmt.Sprintf("the text is %q, the kubelet's are %q", excerpt(run.Text), said))
}

// oneOf reports whether a word is one of those in a list.
func oneOf(list, word string) bool {
	return slices.Contains(strings.Fields(list), word)
}

func excerpt(text string) string { return text[:min(len(text), 300)] }

// waitFor calls condition until it returns nil, and returns its last error when ctx ends first.
func waitFor(ctx context.Context, condition func() error) error {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		err := condition()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return err
		}
	}
}
