//go:build soak

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
)

// soakPoint is what a probe's worker knew after one result, by the kubelet's counters: it counts equal results, and
// what it does at the failure threshold follows from pkg/kubelet/prober/worker.go.
type soakPoint struct {
	from, to time.Time // it became so in between
	ok       bool      // the result
	run      int       // failures in a row
	reached  bool      // the failure by which the container is restarted, or becomes unready
	blurred  bool      // results of both kinds came between two looks: the order, and the run, are not known
}

func (p soakPoint) String() string {
	switch {
	case p.blurred:
		return "?"
	case p.ok:
		return "ok"
	case p.reached:
		return fmt.Sprintf("failed %d, which is it", p.run)
	}
	return fmt.Sprintf("failed %d", p.run)
}

// soakPoints replays a worker.
func soakPoints(results []soakResults, kind string, threshold int) []soakPoint {
	var points []soakPoint
	run, blurred := 0, false
	for _, r := range results {
		if r.successes > 0 {
			run, blurred = 0, r.failures > 0
			points = append(points, soakPoint{from: r.from, to: r.to, ok: true, blurred: blurred})
		}
		for range r.failures {
			run++
			p := soakPoint{from: r.from, to: r.to, run: run, reached: run == threshold, blurred: blurred}
			points = append(points, p)
			if p.reached && kind != "readiness" {
				run = 0 // the worker is on hold until there is another container
			}
		}
	}
	return points
}

// soakVersion is a pod as the test's own watch saw it.
type soakVersion struct {
	at   time.Time
	gone bool
	pod  *corev1.Pod
}

// container returns the status of a container; an empty one before there is any.
func (v *soakVersion) container(name string) *corev1.ContainerStatus {
	for i := range v.pod.Status.ContainerStatuses {
		if c := &v.pod.Status.ContainerStatuses[i]; c.Name == name {
			return c
		}
	}
	return &corev1.ContainerStatus{}
}

// soakPods is the test's own watch of the pods.
type soakPods struct {
	versions map[string][]soakVersion // by UID; owned by its reader, and of anybody who has waited for it
	done     sync.WaitGroup
	stop     func()
}

func watchSoakPods(t *testing.T, ns string) *soakPods {
	t.Helper()
	w, err := shared.client.CoreV1().Pods(ns).Watch(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatalf("watching pods: %v", err)
	}
	s := &soakPods{versions: map[string][]soakVersion{}, stop: w.Stop}
	s.done.Go(func() {
		for change := range w.ResultChan() {
			if pod, ok := change.Object.(*corev1.Pod); ok {
				uid := string(pod.UID)
				s.versions[uid] = append(s.versions[uid], soakVersion{time.Now(), change.Type == watch.Deleted, pod})
			}
		}
	})
	return s
}

// soakTruth is everything that happened, after it did.
type soakTruth struct {
	began, ended time.Time
	pods         map[string][]soakVersion
	points       map[countedProbe][]soakPoint
	errored      map[countedProbe][]time.Time // when events of probes came that could not be carried out
	kills        map[countedProbe][]time.Time // when Killing events say a probe killed, to the second
	lags         []time.Duration              // of events, from their making to their arrival
}

// newSoakTruth puts together what the watches and the counters saw.
func newSoakTruth(pods *soakPods, counters *soakCounters, events []seenEvent) *soakTruth {
	s := &soakTruth{
		pods: pods.versions, points: map[countedProbe][]soakPoint{},
		errored: map[countedProbe][]time.Time{}, kills: map[countedProbe][]time.Time{},
	}
	for p, results := range counters.results {
		if spec := s.spec(p); spec != nil {
			s.points[p] = soakPoints(results, p.kind, int(spec.FailureThreshold))
		}
	}
	for _, e := range events {
		s.hear(e)
	}
	slices.Sort(s.lags)
	return s
}

// spec returns the probe of a pod that was seen.
func (s *soakTruth) spec(p countedProbe) *corev1.Probe {
	versions := s.pods[p.uid]
	if len(versions) == 0 {
		return nil
	}
	for _, c := range versions[0].pod.Spec.Containers {
		if c.Name == p.container {
			return map[string]*corev1.Probe{"liveness": c.LivenessProbe, "readiness": c.ReadinessProbe, "startup": c.StartupProbe}[p.kind]
		}
	}
	return nil
}

// hear notes one write of an event.
func (s *soakTruth) hear(e seenEvent) {
	about := e.event.InvolvedObject
	container := strings.TrimSuffix(strings.TrimPrefix(about.FieldPath, "spec.containers{"), "}")
	for _, kind := range []string{"liveness", "readiness", "startup"} {
		p := countedProbe{string(about.UID), container, kind}
		if strings.Contains(strings.ToLower(e.event.Message), kind+" probe errored") {
			s.errored[p] = append(s.errored[p], e.at)
		}
		if e.event.Reason == "Killing" && strings.Contains(e.event.Message, "failed "+kind+" probe") {
			s.kills[p] = append(s.kills[p], e.event.LastTimestamp.Time)
		}
	}
	if made, ok := madeAt(e.event); ok {
		s.lags = append(s.lags, e.at.Sub(made))
	}
}

// madeAt decodes when the kubelet made an event that has happened once: the name ends with it.
func madeAt(e *corev1.Event) (time.Time, bool) {
	var nanos int64
	dot := strings.LastIndexByte(e.Name, '.')
	_, err := fmt.Sscanf(e.Name[dot+1:], "%x", &nanos)
	return time.Unix(0, nanos), err == nil && e.Count == 1
}

// during returns what the counters say was so at some moment between from and to. The first result is nil for
// a worker that had none yet.
func (s *soakTruth) during(p countedProbe, from, to time.Time) []*soakPoint {
	points := s.points[p]
	var found []*soakPoint
	if len(points) == 0 || !points[0].to.Before(from) {
		found = append(found, nil)
	}
	for i := range points {
		over := i+1 < len(points) && points[i+1].to.Before(from)
		if !over && !points[i].from.After(to) {
			found = append(found, &points[i])
		}
	}
	return found
}

// versionsDuring returns the versions of a pod that held at some moment between from and to.
func (s *soakTruth) versionsDuring(uid string, from, to time.Time) []soakVersion {
	versions := s.pods[uid]
	var found []soakVersion
	for i, v := range versions {
		over := i+1 < len(versions) && versions[i+1].at.Before(from)
		if !over && !v.at.After(to) {
			found = append(found, v)
		}
	}
	return found
}

// soakEnd is an instance of a container that was restarted.
type soakEnd struct {
	uid, container string
	count          int32
	told           time.Time // when a status told of the end
	seen           time.Time // when the restart count went up
	how            corev1.ContainerStateTerminated
}

// ends returns every restart whose end the status told.
func (s *soakTruth) ends() []soakEnd {
	var ends []soakEnd
	for uid, versions := range s.pods {
		last := map[string]*corev1.ContainerStatus{}
		for _, v := range versions {
			for i := range v.pod.Status.ContainerStatuses {
				c := &v.pod.Status.ContainerStatuses[i]
				was := last[c.Name]
				if last[c.Name] = c; c.LastTerminationState.Terminated == nil || was != nil && c.RestartCount <= was.RestartCount {
					continue
				}
				how := *c.LastTerminationState.Terminated
				at := told(versions, c.Name, &how)
				if was != nil && was.State.Running != nil && c.State.Running != nil && how.StartedAt.Before(&was.State.Running.StartedAt) {
					how, at = untold(versions, c.Name, was.State.Running, c.State.Running), v.at
				}
				ends = append(ends, soakEnd{uid, c.Name, c.RestartCount, at, v.at, how})
			}
		}
	}
	slices.SortFunc(ends, func(a, b soakEnd) int { return a.seen.Compare(b.seen) })
	return ends
}

// untold is how an instance ended of which the status did not know, when it told of the next, that it had: as a later status
// says, or else when the next one started.
func untold(versions []soakVersion, container string, was, next *corev1.ContainerStateRunning) corev1.ContainerStateTerminated {
	for i := range versions {
		if how := versions[i].container(container).LastTerminationState.Terminated; how != nil && how.StartedAt.Equal(&was.StartedAt) {
			return *how
		}
	}
	return corev1.ContainerStateTerminated{StartedAt: was.StartedAt, FinishedAt: next.StartedAt}
}

// told is when a pod's status first said how an instance ended.
func told(versions []soakVersion, container string, how *corev1.ContainerStateTerminated) time.Time {
	for i := range versions {
		c := versions[i].container(container)
		for _, t := range []*corev1.ContainerStateTerminated{c.State.Terminated, c.LastTerminationState.Terminated} {
			if t != nil && t.ContainerID == how.ContainerID {
				return versions[i].at
			}
		}
	}
	return how.FinishedAt.Time
}

// deletion is when a pod's deletion was seen; the end of the soak for one that lives.
func (s *soakTruth) deletion(uid string) time.Time {
	for _, v := range s.pods[uid] {
		if v.gone || v.pod.DeletionTimestamp != nil {
			return v.at
		}
	}
	return s.ended
}

// killing reports whether a Killing event is as old as an end, to the second.
func (s *soakTruth) killing(e soakEnd) bool {
	for _, kind := range []string{"liveness", "startup"} {
		for _, at := range s.kills[countedProbe{e.uid, e.container, kind}] {
			if before := e.how.FinishedAt.Sub(at); before >= 0 && before <= time.Second {
				return true
			}
		}
	}
	return false
}

// cause is why an instance ended: by itself with a code of its own, or because a probe had reached its threshold; empty
// when that is not known.
func (s *soakTruth) cause(e soakEnd) string {
	if e.how.ExitCode == crashCode {
		if s.killing(e) {
			return "" // it did, while it was being killed
		}
		return "exit"
	}
	cause, newest := "", time.Time{}
	for _, kind := range []string{"liveness", "startup"} {
		for _, p := range s.points[countedProbe{e.uid, e.container, kind}] {
			if p.reached && p.to.After(e.how.StartedAt.Time) && p.from.Before(e.how.FinishedAt.Add(time.Second)) && p.to.After(newest) {
				cause, newest = kind, p.to
			}
		}
	}
	return cause
}
