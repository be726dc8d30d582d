package e2e

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// patience bounds the wait for something that takes the cluster seconds when it is idle.
const patience = 60 * time.Second

// scenario is a namespace in which a story happens, with a watch of its events and a board that shows it.
type scenario struct {
	*testing.T
	ns     string
	events *eventLog
	board  *board
}

// newScenario opens the board on an empty namespace and then applies a manifest of testdata.
func newScenario(t *testing.T, manifest string) *scenario {
	t.Helper()
	t.Parallel()
	s := &scenario{T: t, ns: newNamespace(t)}
	s.events = watchEvents(t, s.ns)
	s.board = openBoard(t, 140, 40, "-n", s.ns)
	apply(t, s.ns, manifest)
	return s
}

// agree compares probetop's report with the API.
func (s *scenario) agree() report {
	s.Helper()
	return compareWithAPI(s.T, s.ns)
}

// fails waits for an event of reason Unhealthy with text about a pod, and requires that the board shows the pod and the
// words promptly.
func (s *scenario) fails(pod, text string, words ...string) {
	s.Helper()
	seen := s.events.await(s.T, patience, pod, "Unhealthy", text)
	s.board.showsPromptly(s.T, seen.at, append([]string{pod}, words...)...)
}

// probeIs waits until probetop reports a state of a probe.
func (s *scenario) probeIs(pod, container, kind, state string) reportedProbe {
	s.Helper()
	var probe reportedProbe
	eventually(s.T, patience, func() error {
		probe = getReport(s.T, s.ns).probe(s.T, pod, container, kind)
		if probe.State != state {
			return fmt.Errorf("the %s probe of %s in %s is %s, want %s", kind, container, pod, probe.State, state)
		}
		return nil
	})
	return probe
}

// turn changes the workload in a pod; its package documentation has the queries. A container that has just started may
// not listen yet.
func (s *scenario) turn(pod string, query url.Values) {
	s.Helper()
	eventually(s.T, patience, func() error {
		req := shared.client.CoreV1().RESTClient().Post().Namespace(s.ns).Resource("pods").Name(pod + ":6060").SubResource("proxy").Suffix("turn")
		for name := range query {
			req.Param(name, query.Get(name))
		}
		if out, err := req.DoRaw(s.Context()); err != nil {
			return fmt.Errorf("turning pod %s to %v: %w\n%s", pod, query, err, out)
		}
		return nil
	})
}

// turnOf builds a query for turn from pairs of name and value.
func turnOf(pairs ...string) url.Values {
	query := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
	}
	return query
}

// pod reads a pod.
func (s *scenario) pod(name string) (*corev1.Pod, error) {
	return shared.client.CoreV1().Pods(s.ns).Get(s.Context(), name, metav1.GetOptions{})
}

// delete begins the deletion of a pod.
func (s *scenario) delete(pod string) {
	s.Helper()
	if err := shared.client.CoreV1().Pods(s.ns).Delete(s.Context(), pod, metav1.DeleteOptions{}); err != nil {
		s.Fatalf("deleting pod %s: %v", pod, err)
	}
}

// awaitPod waits until a pod is as it should be, and returns it.
func (s *scenario) awaitPod(name, what string, is func(*corev1.Pod) bool) *corev1.Pod {
	s.Helper()
	var pod *corev1.Pod
	eventually(s.T, patience, func() (err error) {
		if pod, err = s.pod(name); err != nil {
			return fmt.Errorf("reading pod %s: %w", name, err)
		}
		if !is(pod) {
			return fmt.Errorf("pod %s is not %s", name, what)
		}
		return nil
	})
	return pod
}

func (s *scenario) awaitReady(name string) *corev1.Pod {
	s.Helper()
	return s.awaitPod(name, "ready", ready)
}

func (s *scenario) awaitRestart(name string) *corev1.Pod {
	s.Helper()
	return s.awaitPod(name, "restarted", func(p *corev1.Pod) bool { return restarts(p) > 0 && ready(p) })
}

func ready(pod *corev1.Pod) bool {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// restarts counts the restarts of a pod's regular containers.
func restarts(pod *corev1.Pod) int32 {
	var n int32
	for _, c := range pod.Status.ContainerStatuses {
		n += c.RestartCount
	}
	return n
}
