package cmd_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/probetop/probetop/simcluster"
)

// restless is a cluster in which a pod changes every so often.
func restless(t *testing.T, every time.Duration) *simcluster.Cluster {
	t.Helper()
	c, err := simcluster.Start(simcluster.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	change := func(n int) {
		pod := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "web-0", UID: types.UID("u1")},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "web"}}},
			Status:     corev1.PodStatus{Phase: corev1.PodRunning, Message: fmt.Sprint(n)},
		}
		if err := c.Apply(pod); err != nil {
			t.Error(err)
		}
	}
	change(0)
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for n := 1; ; n++ {
			select {
			case <-tick.C:
				change(n)
			case <-done:
				return
			}
		}
	}()
	t.Cleanup(func() { close(done); <-stopped })
	return c
}

// Whatever the server does, a command that looks once ends soon after the time that it was given, prints what is there, and
// says what is missing.
func TestOneLookEnds(t *testing.T) {
	const limit, slack = 3 * time.Second, 3 * time.Second
	always := func(resource, verb string, do simcluster.Action) []simcluster.Fault {
		return []simcluster.Fault{{Resource: resource, Verb: verb, Do: do}}
	}
	paged := func(faults []simcluster.Fault) []simcluster.Fault {
		return append(faults, simcluster.Fault{Do: simcluster.RefuseStreaming()})
	}
	// The first request asks for one pod, so that what is wrong is said before anything is drawn.
	later := func(do simcluster.Action) []simcluster.Fault {
		return paged([]simcluster.Fault{{Resource: "pods", Verb: "list", Skip: 1, Do: do}})
	}
	for name, tt := range map[string]struct {
		faults []simcluster.Fault
		code   int
		out    string
		err    string
	}{
		"events hang":              {always("events", "", simcluster.Hang(nil)), 0, "web-0", "Without events (syncing)"},
		"endpointslices fail":      {always("endpointslices", "", simcluster.Answer(apierrors.NewInternalError(fmt.Errorf("etcd is away")))), 0, "web-0", "Without endpointslices (stale): Internal error occurred: etcd is away"},
		"events expire":            {paged(always("events", "", simcluster.Answer(apierrors.NewResourceExpired("too old")))), 0, "web-0", "Without events (stale): too old"},
		"nodes are throttled":      {always("nodes", "", simcluster.Throttle(time.Second)), 0, "web-0", "Without nodes (stale): Too many requests"},
		"pods hang":                {later(simcluster.Hang(nil)), 4, "", "did not come"},
		"pods repeat themselves":   {later(simcluster.RepeatPages()), 4, "web-0", "is not complete; this one came: the server sends the same page of the list again and again"},
		"pods have no end":         {later(simcluster.EndlessPages()), 4, "web-0", "is not complete; this one came"},
		"pods are services":        {later(simcluster.WrongKind()), 4, "", "did not come: the server sent objects of another kind"},
		"everything is throttled":  {always("", "", simcluster.Throttle(time.Second)), 3, "", "asks to be left alone for now (429): Too many requests"},
		"everything fails":         {always("", "", simcluster.Answer(apierrors.NewInternalError(fmt.Errorf("etcd is away")))), 3, "", "failed: Internal error occurred: etcd is away"},
		"everything hangs":         {always("", "", simcluster.Hang(nil)), 3, "", "gave no answer within 3s"},
		"the first list is a Node": {always("pods", "list", simcluster.WrongKind()), 3, "", "the server sent objects of another kind"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all sync.WaitGroup
			for _, args := range [][]string{{"get"}, {"get", "-o", "json"}, {"shadow", "pod/web-0"}} {
				c := restless(t, 700*time.Millisecond)
				for _, f := range tt.faults {
					c.Faults().Add(f)
				}
				file := filepath.Join(t.TempDir(), "config")
				if err := c.WriteKubeconfig(file); err != nil {
					t.Fatal(err)
				}
				all.Go(func() {
					began := time.Now()
					got := run(t, t.Context(), append(args, "--kubeconfig", file, "--request-timeout", limit.String())...)
					if took := time.Since(began); took > limit+slack {
						t.Errorf("%v took %v", args, took)
					}
					if args[0] == "get" && (got.code != tt.code || !strings.Contains(got.out, tt.out)) {
						t.Errorf("%v: exit code %d, want %d and %q in\n%s%s", args, got.code, tt.code, tt.out, got.out, got.err)
					}
					if args[0] == "get" && !strings.Contains(got.err, tt.err) || got.err == "" {
						t.Errorf("%v said %q, want %q", args, got.err, tt.err)
					}
				})
			}
			all.Wait()
		})
	}
}
