package simcluster_test

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/probetop/probetop/simcluster"
)

func TestDownRefusesConnectionsAndUpAcceptsThemAgain(t *testing.T) {
	for _, inMemory := range []bool{false, true} {
		t.Run(fmt.Sprint("inMemory=", inMemory), func(t *testing.T) {
			c := start(t, simcluster.Options{InMemory: inMemory})
			cs := protobuf(t, c)
			url := c.URL()
			apply(t, c, pod("a"))
			w := watchPods(t, cs, metav1.ListOptions{})
			w.expect("ADDED a")
			c.Down()
			c.Down()
			if got := w.next(); got != "closed" && !strings.HasPrefix(got, "ERROR") {
				t.Errorf("the watch heard %q", got)
			}
			if left := goroutines(); left != "" {
				t.Errorf("down, there is still\n%s", left)
			}
			_, err := cs.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{})
			if !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("down: %v", err)
			}
			apply(t, c, pod("b"))
			if err := errors.Join(c.Up(), c.Up()); err != nil {
				t.Fatal(err)
			}
			expect(t, "up again", names(listPods(t, cs, metav1.ListOptions{})), []string{"a", "b"})
			if c.URL() != url {
				t.Errorf("the address is %s now, and was %s", c.URL(), url)
			}
		})
	}
}

func TestRestartBeginsANewSpaceOfVersions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, simcluster.Options{InMemory: true})
		cs := protobuf(t, c)
		apply(t, c, numbered(0, 50)...)
		var left []string
		for n := range 50 {
			left = append(left, fmt.Sprintf("p%05d", n))
		}
		i := inform(t, cs)
		i.expect(left...)
		before := listPods(t, cs, metav1.ListOptions{Limit: 10})
		if err := c.Restart(1000); err != nil {
			t.Fatal(err)
		}
		_, err := cs.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{Limit: 10, Continue: before.Continue})
		if !apierrors.IsResourceExpired(err) {
			t.Errorf("continuing from below: %v", err)
		}
		w := watchPods(t, cs, metav1.ListOptions{ResourceVersion: before.ResourceVersion})
		w.expect("ERROR 410 too old resource version…", "closed")
		above := listPods(t, cs, metav1.ListOptions{})
		if above.ResourceVersion <= "1000" || above.Items[0].ResourceVersion < "1000" {
			t.Errorf("the versions are %s and %s", above.ResourceVersion, above.Items[0].ResourceVersion)
		}
		if err := c.Restart(10); err != nil {
			t.Fatal(err)
		}
		_, err = cs.CoreV1().Pods("").Watch(t.Context(), metav1.ListOptions{ResourceVersion: above.ResourceVersion})
		if !apierrors.HasStatusCause(err, metav1.CauseTypeResourceVersionTooLarge) {
			t.Errorf("resuming from above: %v", err)
		}
		remove(t, c, pod(left[0]))
		apply(t, c, pod("new"))
		i.expect(append(left[1:], "new")...)
	})
}

func TestCompactExpiresWhoComesBackAndSparesWhoIsThere(t *testing.T) {
	c := start(t, simcluster.Options{})
	cs := protobuf(t, c)
	apply(t, c, pod("a"))
	w := watchPods(t, cs, metav1.ListOptions{ResourceVersion: version(c)})
	from := version(c)
	c.Compact()
	apply(t, c, pod("b"))
	w.expect("ADDED b")
	watchPods(t, cs, metav1.ListOptions{ResourceVersion: from}).expect("ERROR 410 too old resource version…", "closed")
}

func TestCutConnectionsCutsThemAll(t *testing.T) {
	c := start(t, simcluster.Options{})
	one, two := watchPods(t, protobuf(t, c), metav1.ListOptions{}), watchPods(t, json(t, c), metav1.ListOptions{})
	c.CutConnections()
	for _, w := range []*watching{one, two} {
		if got := w.next(); got != "closed" && !strings.HasPrefix(got, "ERROR") {
			t.Errorf("a watch heard %q", got)
		}
	}
	listPods(t, protobuf(t, c), metav1.ListOptions{})
}

func TestInMemoryLivesInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, simcluster.Options{InMemory: true})
		apply(t, c, pod("a"))
		i := inform(t, protobuf(t, c))
		i.expect("a")
		c.Down()
		apply(t, c, pod("b", phase(corev1.PodRunning)))
		if err := c.Restart(1_000_000); err != nil {
			t.Fatal(err)
		}
		i.expect("a", "b/Running")
	})
}
