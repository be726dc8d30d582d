package cmd_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/probetop/probetop/simcluster"
)

// What a crowd is like, and what happens in it: so often a second, or once in so many.
const (
	perService  = 50
	nodesOfAll  = 20
	podUpdates  = 50
	eventWrites = 20
	sliceWrites = 5
	// replacing is how often a second a pod is replaced, and busyOnes once in how many it is one that changes all the time.
	replacing, busyOnes = 1, 60
	// Of so many pods one changes all the time, and of so many one has events.
	busyOf, sickOf = 10, 50
	// rushed is how often each of the former has changed, on average, when what is remembered of it is as much as ever will be, and of
	// those with events, too.
	rushed = 110
	// eventsOfSick is how many events of a pod the server has at a time; the oldest expires.
	eventsOfSick = 5
)

// crowd is a cluster of many pods in which much happens. It belongs to one goroutine at a time.
type crowd struct {
	t       *testing.T
	cluster *simcluster.Cluster
	rng     *rand.Rand
	pods    []*corev1.Pod
	events  map[int][]*corev1.Event // of a sick pod, oldest first
	named   int                     // names so far, of pods and of events
	slice   int                     // which is written next

	updated, told, written, replaced int
}

// newCrowd fills a cluster with so many pods.
func newCrowd(t *testing.T, c *simcluster.Cluster, pods int, seed uint64) *crowd {
	t.Helper()
	w := &crowd{t: t, cluster: c, rng: rand.New(rand.NewPCG(seed, 1)), pods: make([]*corev1.Pod, pods), events: map[int][]*corev1.Event{}}
	for i := range nodesOfAll {
		w.put(&corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint("node-", i)},
			Status: corev1.NodeStatus{
				Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "KubeletReady"}},
				NodeInfo:   corev1.NodeSystemInfo{KubeletVersion: "v1.37.2"},
			},
		})
	}
	for i := range w.pods {
		w.pods[i] = w.newPod(i)
		w.put(w.pods[i])
	}
	for i := range w.services() {
		w.put(&corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespaceOf(i * perService), Name: serviceOf(i * perService)},
			Spec:       corev1.ServiceSpec{Selector: labelsOf(i * perService)},
		})
		w.putSlice(i)
	}
	for range eventsOfSick * pods / sickOf {
		w.tell()
	}
	return w
}

func (w *crowd) put(objects ...runtime.Object) {
	if err := w.cluster.Apply(objects...); err != nil {
		w.t.Error(err)
	}
}

func (w *crowd) services() int { return (len(w.pods) + perService - 1) / perService }

func namespaceOf(slot int) string { return fmt.Sprint("team-", slot/perService%20) }

func serviceOf(slot int) string { return fmt.Sprint("web-", slot/perService) }

func labelsOf(slot int) map[string]string { return map[string]string{"app": serviceOf(slot)} }

// newPod is a pod of another name than any before it, which is well.
func (w *crowd) newPod(slot int) *corev1.Pod {
	w.named++
	set := serviceOf(slot) + "-7d4b9c"
	labels := labelsOf(slot)
	labels["pod-template-hash"] = "7d4b9c"
	probe := func(path string) *corev1.Probe {
		return &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromInt32(8080)}}, TimeoutSeconds: 1, PeriodSeconds: 10, SuccessThreshold: 1, FailureThreshold: 3}
	}
	now := metav1.Now()
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespaceOf(slot), Name: fmt.Sprintf("%s-%05x", set, w.named), UID: types.UID(fmt.Sprintf("%08x-0000-4000-8000-00000000c70d", w.named)),
			Labels: labels, CreationTimestamp: now,
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: set, UID: types.UID("uid-" + set), Controller: new(true)}},
		},
		Spec: corev1.PodSpec{
			NodeName: fmt.Sprint("node-", slot%nodesOfAll), RestartPolicy: corev1.RestartPolicyAlways,
			Containers: []corev1.Container{{Name: "app", Image: "registry.example.com/web:1", ReadinessProbe: probe("/readyz"), LivenessProbe: probe("/livez")}},
		},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, PodIP: fmt.Sprintf("10.%d.%d.%d", slot>>16, slot>>8&255, slot&255),
			Conditions: []corev1.PodCondition{
				{Type: corev1.PodScheduled, Status: corev1.ConditionTrue, LastTransitionTime: now},
				{Type: corev1.PodInitialized, Status: corev1.ConditionTrue, LastTransitionTime: now},
				{Type: corev1.ContainersReady},
				{Type: corev1.PodReady},
			},
			ContainerStatuses: []corev1.ContainerStatus{{Name: "app", Image: "registry.example.com/web:1", Started: new(true)}},
		},
	}
	w.begin(p, now)
	setReady(p, true, now)
	return p
}

// begin lets the container's next instance run.
func (w *crowd) begin(p *corev1.Pod, now metav1.Time) {
	s := &p.Status.ContainerStatuses[0]
	s.ContainerID = fmt.Sprintf("containerd://%064x", w.rng.Uint64())
	s.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}}
}

func setReady(p *corev1.Pod, ready bool, now metav1.Time) {
	p.Status.ContainerStatuses[0].Ready = ready
	for i := range p.Status.Conditions {
		if c := &p.Status.Conditions[i]; c.Type == corev1.ContainersReady || c.Type == corev1.PodReady {
			c.Status, c.Reason, c.Message, c.LastTransitionTime = corev1.ConditionTrue, "", "", now
			if !ready {
				c.Status, c.Reason, c.Message = corev1.ConditionFalse, "ContainersNotReady", "containers with unready status: [app]"
			}
		}
	}
}

// goOn lets things happen until ctx ends.
func (w *crowd) goOn(ctx context.Context) {
	beat := time.NewTicker(time.Second / podUpdates)
	defer beat.Stop()
	for n := 1; ; n++ {
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
		w.update(n)
		if n*eventWrites/podUpdates > (n-1)*eventWrites/podUpdates {
			w.tell()
		}
		if n*sliceWrites/podUpdates > (n-1)*sliceWrites/podUpdates {
			w.putSlice(w.slice)
			w.slice = (w.slice + 1) % w.services()
		}
		if n*replacing/podUpdates > (n-1)*replacing/podUpdates {
			w.replace()
		}
	}
}

// rush lets so many changes of the busy pods happen, ten times as fast as usual.
func (w *crowd) rush(ctx context.Context, changes int) {
	beat := time.NewTicker(time.Second / podUpdates / 10)
	defer beat.Stop()
	for n := range changes {
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
		w.change(w.rng.IntN(w.busy()))
		if n%2 == 0 {
			w.tell()
		}
	}
	w.settle()
}

// busy and sick are how many pods change all the time, and have events: the first of them.
func (w *crowd) busy() int { return len(w.pods) / busyOf }
func (w *crowd) sick() int { return len(w.pods) / sickOf }

// update changes a pod: one that changes all the time, or now and then another, of which nothing changes that is shown.
func (w *crowd) update(n int) {
	w.updated++
	if n%10 == 0 {
		w.put(w.pods[w.busy()+w.rng.IntN(len(w.pods)-w.busy())])
		return
	}
	w.change(w.rng.IntN(w.busy()))
}

// change makes a pod ready or unready, or restarts its container.
func (w *crowd) change(slot int) {
	p, now := w.pods[slot].DeepCopy(), metav1.Now()
	s := &p.Status.ContainerStatuses[0]
	if ready := s.Ready; w.rng.IntN(5) < 3 {
		setReady(p, !ready, now)
	} else {
		s.RestartCount++
		s.LastTerminationState = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
			ExitCode: 137, Reason: "Error", StartedAt: s.State.Running.StartedAt, FinishedAt: now, ContainerID: s.ContainerID,
		}}
		w.begin(p, now)
		setReady(p, false, now)
	}
	w.pods[slot] = p
	w.put(p)
}

// tell writes an event of a sick pod: a new one, or one that occurs again.
func (w *crowd) tell() {
	w.told++
	slot, now := w.rng.IntN(w.sick()), metav1.Now()
	events := w.events[slot]
	if n := len(events); n > 0 && w.rng.IntN(3) > 0 {
		e := events[n-1].DeepCopy()
		e.Count++
		e.LastTimestamp = now
		events[n-1] = e
		w.put(e)
		return
	}
	if len(events) == eventsOfSick {
		w.remove(events[0])
		events = slices.Delete(events, 0, 1)
	}
	e := w.newEvent(w.pods[slot], now)
	w.events[slot] = append(events, e)
	w.put(e)
}

// newEvent is an event of a failed probe, or of a container that is killed for it.
func (w *crowd) newEvent(p *corev1.Pod, now metav1.Time) *corev1.Event {
	w.named++
	e := &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Namespace: p.Namespace, Name: fmt.Sprintf("%s.%016x", p.Name, w.named)},
		InvolvedObject: corev1.ObjectReference{
			Kind: "Pod", APIVersion: "v1", Namespace: p.Namespace, Name: p.Name, UID: p.UID, FieldPath: "spec.containers{app}",
		},
		Type: corev1.EventTypeWarning, Reason: "Unhealthy", Message: "Readiness probe failed: HTTP probe failed with statuscode: " + fmt.Sprint(500+w.rng.IntN(5)),
		Count: 1, FirstTimestamp: now, LastTimestamp: now, Source: corev1.EventSource{Component: "kubelet", Host: p.Spec.NodeName},
	}
	if w.rng.IntN(3) == 0 {
		e.Type, e.Reason, e.Message = corev1.EventTypeNormal, "Killing", "Container app failed liveness probe, will be restarted"
	}
	return e
}

func (w *crowd) remove(objects ...runtime.Object) {
	if err := w.cluster.Delete(objects...); err != nil {
		w.t.Error(err)
	}
}

// putSlice writes the endpoints of a Service as its pods are.
func (w *crowd) putSlice(service int) {
	w.written++
	slot := service * perService
	s := &discoveryv1.EndpointSlice{
		ObjectMeta:  metav1.ObjectMeta{Namespace: namespaceOf(slot), Name: serviceOf(slot) + "-x", Labels: map[string]string{discoveryv1.LabelServiceName: serviceOf(slot)}},
		AddressType: discoveryv1.AddressTypeIPv4,
	}
	for _, p := range w.pods[slot:min(slot+perService, len(w.pods))] {
		ready := p.Status.ContainerStatuses[0].Ready
		s.Endpoints = append(s.Endpoints, discoveryv1.Endpoint{
			Addresses: []string{p.Status.PodIP}, Conditions: discoveryv1.EndpointConditions{Ready: &ready, Serving: &ready, Terminating: new(false)},
			TargetRef: &corev1.ObjectReference{Kind: "Pod", Namespace: p.Namespace, Name: p.Name, UID: p.UID}, NodeName: &p.Spec.NodeName,
		})
	}
	w.put(s)
}

// replace puts a pod of another name in the place of one, with whose events it is over.
func (w *crowd) replace() {
	w.replaced++
	slot := w.busy() + w.rng.IntN(len(w.pods)-w.busy())
	if w.replaced%busyOnes == 0 {
		slot = w.rng.IntN(w.busy())
	}
	w.remove(w.pods[slot])
	for _, e := range w.events[slot] {
		w.remove(e)
	}
	delete(w.events, slot)
	w.pods[slot] = w.newPod(slot)
	w.put(w.pods[slot])
}

// settle writes what the endpoints lag behind.
func (w *crowd) settle() {
	for i := range w.services() {
		w.putSlice(i)
	}
}

// truth is what is to be told of each pod, by UID, when all has settled.
func (w *crowd) truth() map[string]string {
	all := map[string]string{}
	for slot, p := range w.pods {
		s := &p.Status.ContainerStatuses[0]
		line := podLine{Namespace: p.Namespace, Name: p.Name, UID: string(p.UID), Ready: s.Ready}
		line.Containers = append(line.Containers, containerLine{Restarts: s.RestartCount})
		line.Traffic = append(line.Traffic, trafficLine{Service: serviceOf(slot), Ready: s.Ready})
		all[line.UID] = line.gist()
	}
	return all
}
