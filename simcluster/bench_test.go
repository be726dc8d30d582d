package simcluster_test

import (
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/probetop/probetop/simcluster"
)

// crowd returns n pods of an ordinary size.
func crowd(n int) []kruntime.Object {
	probe := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/readyz", Port: intstr.FromInt32(8080)}}, PeriodSeconds: 10}
	all := make([]kruntime.Object, n)
	for i := range all {
		name := fmt.Sprintf("web-7d4b9c-%05d", i)
		all[i] = &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: fmt.Sprint("team-", i%20), Name: name, UID: types.UID("uid-" + name), Labels: map[string]string{"app": "web", "pod-template-hash": "7d4b9c"}},
			Spec: corev1.PodSpec{NodeName: fmt.Sprint("node-", i%100), Containers: []corev1.Container{
				{Name: "app", Image: "registry.example.com/web:1", ReadinessProbe: probe, LivenessProbe: probe},
				{Name: "proxy", Image: "registry.example.com/proxy:1", ReadinessProbe: probe},
			}},
			Status: corev1.PodStatus{
				Phase: corev1.PodRunning, PodIP: "10.0.0.1",
				Conditions:        []corev1.PodCondition{{Type: "Ready", Status: "True"}, {Type: "Initialized", Status: "True"}, {Type: "ContainersReady", Status: "True"}, {Type: "PodScheduled", Status: "True"}},
				ContainerStatuses: []corev1.ContainerStatus{{Name: "app", Ready: true, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}}, {Name: "proxy", Ready: true}},
			},
		}
	}
	return all
}

// BenchmarkApply puts 10,000 pods into a cluster.
func BenchmarkApply(b *testing.B) {
	all := crowd(10_000)
	c := start(b, simcluster.Options{})
	for b.Loop() {
		apply(b, c, all...)
	}
}

// BenchmarkList lists 10,000 pods with client-go; the budget is 2 s.
func BenchmarkList(b *testing.B) {
	c := start(b, simcluster.Options{})
	apply(b, c, crowd(10_000)...)
	for _, mediaType := range []string{kruntime.ContentTypeProtobuf, kruntime.ContentTypeJSON} {
		for _, limit := range []int64{0, 500} {
			b.Run(fmt.Sprintf("%s limit=%d", mediaType, limit), func(b *testing.B) {
				cs := client(b, c, mediaType)
				for b.Loop() {
					n := 0
					for opts := (metav1.ListOptions{Limit: limit}); ; {
						list := listPods(b, cs, opts)
						n += len(list.Items)
						if opts.Continue = list.Continue; opts.Continue == "" {
							break
						}
					}
					if n != 10_000 {
						b.Fatal(n)
					}
				}
			})
		}
	}
}

// BenchmarkStreamingList reads 10,000 pods from the beginning of a watch.
func BenchmarkStreamingList(b *testing.B) {
	c := start(b, simcluster.Options{})
	apply(b, c, crowd(10_000)...)
	cs := protobuf(b, c)
	for b.Loop() {
		w := watchPods(b, cs, metav1.ListOptions{
			SendInitialEvents: new(true), ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan, AllowWatchBookmarks: true,
		})
		for e := range w.w.ResultChan() {
			if e.Type == "BOOKMARK" {
				break
			}
		}
		w.w.Stop()
	}
}

// BenchmarkChange measures a change from Apply to a client that watches 10,000 pods.
func BenchmarkChange(b *testing.B) {
	c := start(b, simcluster.Options{})
	all := crowd(10_000)
	apply(b, c, all...)
	w := watchPods(b, protobuf(b, c), metav1.ListOptions{ResourceVersion: version(c)})
	i := 0
	for b.Loop() {
		apply(b, c, all[i%len(all)])
		select {
		case <-w.w.ResultChan():
		case <-time.After(time.Minute):
			b.Fatal("nothing was heard")
		}
		i++
	}
}
