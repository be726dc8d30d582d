package simcluster

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	apiwatch "k8s.io/apimachinery/pkg/watch"

	"github.com/probetop/probetop/recording"
)

// TestClusterLivesThroughAScript plays a minute in which a pod fails and goes, at two speeds, and twice.
func TestClusterLivesThroughAScript(t *testing.T) {
	for _, speed := range []float64{1, 10} {
		synctest.Test(t, func(t *testing.T) {
			script := scripted(t)
			clock := NewClock(speed)
			heard := make(chan recording.Shadow, 2)
			c, err := Start(Options{InMemory: true, Now: clock.Now, Shadow: func(s recording.Shadow) { heard <- s }})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- c.Play(ctx, script, clock) }()
			begun := clock.Now()
			if <-script.Opened(); clock.Now().Sub(begun) > time.Second {
				t.Errorf("at speed %v the stage is set after %v", speed, clock.Now().Sub(begun))
			}
			at := func(seconds int) *corev1.Pod {
				time.Sleep(clock.until(begun.Add(time.Duration(seconds) * time.Second)))
				synctest.Wait()
				p, _ := c.Get(corev1.SchemeGroupVersion.WithResource("pods"), "shop", "web").(*corev1.Pod)
				return p
			}
			const round = 65
			for r := range 2 {
				p := at(r*round + 1)
				if p == nil || p.Status.Phase != corev1.PodPending {
					t.Fatalf("round %d at speed %v: pod %v in its first second", r, speed, p)
				}
				if age := clock.Now().Sub(p.CreationTimestamp.Time); age < 10*time.Second || age > 13*time.Second {
					t.Errorf("round %d at speed %v: the pod is %v old, want 11 s", r, speed, age)
				}
				if p = at(r*round + 31); p == nil || p.Status.Phase != corev1.PodRunning {
					t.Errorf("round %d at speed %v: pod %v after 31 s", r, speed, p)
				}
				if len(heard) != 0 {
					t.Errorf("round %d at speed %v: a run is told of before its time", r, speed)
				}
				p = at(r*round + 61)
				if s := <-heard; s.UID != "u1" || s.Began.Before(begun.Add(time.Duration(r*round+28)*time.Second)) || s.Began.After(begun.Add(time.Duration(r*round+30)*time.Second)) {
					t.Errorf("round %d at speed %v: a run is told of as %+v", r, speed, s)
				}
				if p != nil {
					t.Errorf("round %d at speed %v: the pod is still there after 61 s", r, speed)
				}
			}
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}

// scripted is a minute in which a pod of ten seconds' age is pending, runs after 30 s, and is deleted.
func scripted(t *testing.T) *Script {
	t.Helper()
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var file bytes.Buffer
	w, err := recording.NewWriter(&file, recording.Header{Start: start}, recording.Options{})
	if err != nil {
		t.Fatal(err)
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", UID: "u1", CreationTimestamp: metav1.NewTime(start.Add(-10 * time.Second))}}
	pod.Status.Phase = corev1.PodPending
	w.Source(start, 0, recording.Source{Kind: "pods", State: "synced"})
	w.Object(start, 0, apiwatch.Added, "pods", pod)
	pod.Status.Phase = corev1.PodRunning
	w.Object(start.Add(30*time.Second), 0, apiwatch.Modified, "pods", pod)
	w.Shadow(start.Add(32*time.Second), 0, recording.Shadow{UID: "u1", Container: "app", Type: "readiness", Began: start.Add(29 * time.Second)})
	w.Object(start.Add(60*time.Second), 0, apiwatch.Deleted, "pods", pod)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := recording.NewReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ReadScript(r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestScriptInWhichNothingHappens(t *testing.T) {
	var file bytes.Buffer
	w, err := recording.NewWriter(&file, recording.Header{}, recording.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := recording.NewReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ReadScript(r); err == nil {
		t.Error("no error")
	}
}

// TestWhatStandsOnTheStageStaysForTheNextRound: it is replaced, and never all of it is gone.
func TestWhatStandsOnTheStageStaysForTheNextRound(t *testing.T) {
	c, err := Start(Options{InMemory: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	meta := func(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Namespace: "shop", Name: name} }
	web, late, event := &corev1.Pod{ObjectMeta: meta("web")}, &corev1.Pod{ObjectMeta: meta("late")}, &corev1.Event{ObjectMeta: meta("web.1")}
	s := &Script{scenes: []scene{{object: web}, {object: event}, {object: late}, {shadow: &recording.Shadow{}}}, opening: 2}
	for _, o := range []runtime.Object{web, late, event} {
		if err := c.Apply(o.DeepCopyObject()); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.strike(s); err != nil {
		t.Fatal(err)
	}
	for resource, want := range map[string]int{"pods": 1, "events": 0} {
		if got := c.List(corev1.SchemeGroupVersion.WithResource(resource), "shop"); len(got) != want {
			t.Errorf("%d %s are left, want %d", len(got), resource, want)
		}
	}
}
