package watch

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/probetop/probetop/model"
)

// story is what happens in a cluster, step by step: a pod that turns ready and unready again and again, with
// the event, the endpoint, the Service and the node that go with it; pods that come and go; and one that is
// replaced by another of the same name.
type story struct {
	cluster *cluster
	steps   int32
	guests  []*corev1.Pod
}

// step lets the next thing happen.
func (s *story) step() {
	s.steps++
	n, ready := s.steps, s.steps%2 == 0
	flips := running("flips", ready, 0)
	flips.Status.ContainerStatuses[0].RestartCount = n
	ok := corev1.ConditionFalse
	if ready {
		ok = corev1.ConditionTrue
	}
	s.cluster.put(
		&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n1", UID: "node"}, Status: corev1.NodeStatus{
			Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: ok, Reason: fmt.Sprint("step", n)}},
		}},
		&corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", UID: "service"},
			Spec:       corev1.ServiceSpec{PublishNotReadyAddresses: ready},
		},
		flips, failed("flips", n, int(n)),
		&discoveryv1.EndpointSlice{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-x", UID: "slice", Labels: map[string]string{discoveryv1.LabelServiceName: "web"}},
			Endpoints:  []discoveryv1.Endpoint{endpoint("Pod", string(flips.UID), &ready, nil, nil)},
		},
	)
	if n%3 == 1 {
		guest := running(fmt.Sprint("guest", n), true, 0)
		s.guests = append(s.guests, guest)
		s.cluster.put(guest)
	}
	if n%4 == 0 {
		s.cluster.remove(s.guests[0])
		s.guests = s.guests[1:]
	}
	if n%5 == 0 {
		heir := running("replaced", true, 0)
		heir.UID = types.UID(fmt.Sprint("uid-replaced-", n))
		s.cluster.put(heir)
	}
}

// goOn lets things happen twice a second for so long.
func (s *story) goOn(d time.Duration) {
	for range d / (500 * time.Millisecond) {
		s.step()
		time.Sleep(500 * time.Millisecond)
	}
}

// truth is what a model would hold that was told everything the cluster holds now.
func (c *cluster) truth() *model.Snapshot {
	m, facts := model.NewCluster(), newInterner()
	for i, r := range []resource{pods(), events(), endpointSlices(), services(), nodes()} {
		gv := corev1.SchemeGroupVersion
		if r.discovery {
			gv = discoveryv1.SchemeGroupVersion
		}
		for _, o := range c.List(gv.WithResource(r.name), "") {
			m.Apply(model.Change{At: time.Now(), Stream: model.Stream(i), Fact: r.fact(facts, o)})
		}
	}
	return m.Snapshot()
}

// gist is what a snapshot says about each pod, by name.
func gist(s *model.Snapshot) map[string]string {
	said := map[string]string{}
	for _, row := range s.Rows {
		text := fmt.Sprintf("%s ready=%v", row.Pod.UID, row.Pod.Ready())
		for _, c := range row.Pod.Containers {
			text += fmt.Sprintf(" %d restarts", c.Restarts)
		}
		for _, e := range row.Events {
			text += fmt.Sprintf(" %s×%d", e.Name, e.Count)
		}
		for _, t := range row.Traffic {
			text += fmt.Sprintf(" %s ready=%v published=%v", t.Service, t.Ready, t.PublishNotReady)
		}
		if row.Node != nil {
			text += " node " + row.Node.Reason
		}
		said[row.Pod.Name] += text
	}
	return said
}

// expectTruth compares the model with the cluster.
func (r *run) expectTruth(t *testing.T, c *cluster) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	got, want := gist(r.cluster.Snapshot()), gist(c.truth())
	if maps.Equal(got, want) {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got[name] != want[name] {
			t.Errorf("the model holds of %s %q, the cluster %q", name, got[name], want[name])
		}
		delete(got, name)
	}
	for name, said := range got {
		t.Errorf("the model holds %s %q, the cluster does not", name, said)
	}
}

// seen replays what was heard and returns in which states, one after another, the pod that flips was seen. It
// fails when a name was there twice.
func (r *run) seen(t *testing.T) []int32 {
	t.Helper()
	var steps []int32
	m := model.NewCluster()
	for _, ch := range r.changes {
		m.Apply(ch)
		names := map[string]bool{}
		for _, row := range m.Snapshot().Rows {
			name := row.Pod.Name
			if names[name] {
				t.Fatalf("%s is there twice at %v", name, ch.At)
			}
			names[name] = true
			if n := row.Pod.Containers; name == "flips" && (len(steps) == 0 || steps[len(steps)-1] != n[0].Restarts) {
				steps = append(steps, n[0].Restarts)
			}
		}
	}
	return steps
}
