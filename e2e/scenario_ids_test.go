package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	semver "k8s.io/apimachinery/pkg/util/version"
)

const (
	// apart is the least time between two pods that are made: starting all of them at once would make the kubelet late
	// with every probe.
	apart = 800 * time.Millisecond
	// beingMade is how many pods may be without running containers at a time. A node that makes them slowly gets fewer.
	beingMade = 4
)

// TestScenarioIDs plays the scenarios of section 7 that one node can show, each in a pod of its own. One probetop that
// watches them all has to say what is so, one thing after the other, and must not be sure of anything else.
func TestScenarioIDs(t *testing.T) {
	began := time.Now()
	ns := newWideNamespace(t)
	l, stop := newTeller(t, ns)
	minor := kubeletMinor(t)
	stories := slices.DeleteFunc(
		slices.Concat(longStories, workerStories, killStories, statusStories, httpStories, tcpStories, grpcStories, execStories),
		func(s story) bool { return s.on != nil && !s.on(minor) },
	)
	wrong, lines := make([]error, len(stories)), make([][]tale, len(stories))
	var all sync.WaitGroup
	d := newDoor(apart, beingMade)
	for i := range stories {
		d.enter()
		all.Go(func() { lines[i], wrong[i] = stories[i].play(t, l, d, ns, fmt.Sprintf("story-%02d", i)) })
	}
	all.Wait()
	stop()

	names, ids := 0, map[string]bool{}
	for i := range stories {
		for _, name := range stories[i].names {
			names++
			if id := regexp.MustCompile(`^[A-Z]\d\d`).FindString(name); id != "" {
				ids[id] = true
			}
			t.Run(name, func(t *testing.T) {
				stories[i].judge(t, wrong[i], lines[i])
				checkHeadlines(t, lines[i])
			})
		}
	}
	exact, runs := exactRuns(slices.Concat(lines...))
	if exact*10 < runs {
		t.Errorf("%d of %d numbers of failures are exact, want a tenth even of a busy node", exact, runs)
	}
	t.Logf("%d scenarios with %d ids of section 7 in %d pods, told in %.0f s; %d of %d numbers of failures are exact",
		names, len(ids), len(stories), time.Since(began).Seconds(), exact, runs)
}

// kubeletMinor is the minor version of the kubelet of the first node.
func kubeletMinor(t *testing.T) int {
	t.Helper()
	nodes, err := shared.client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{Limit: 1})
	if err != nil || len(nodes.Items) == 0 {
		t.Fatalf("there are no nodes to be seen (%v)", err)
	}
	v, err := semver.ParseGeneric(nodes.Items[0].Status.NodeInfo.KubeletVersion)
	if err != nil {
		t.Fatal(err)
	}
	return int(v.Minor())
}

// faults are the severities of pods that need attention.
var faults = []string{"restart due", "unready", "failing", "erroring", "flapping"}

// checkHeadlines requires of every line that something is said of a pod that needs attention, and that no headline repeats the
// kubelet's boilerplate.
func checkHeadlines(t *testing.T, lines []tale) {
	t.Helper()
	for i := range lines {
		headline := ""
		if d := lines[i].Diagnosis; d != nil {
			headline = d.Headline
		}
		if headline == "" && slices.Contains(faults, lines[i].Severity) {
			t.Errorf("pod %s is %s, and nothing is said of it", lines[i].Name, lines[i].Severity)
		}
		if said := boilerplate.FindString(headline); said != "" {
			t.Errorf("the headline of pod %s repeats %q: %q", lines[i].Name, said, headline)
		}
	}
}

// exactRuns counts the numbers of failures in a row that lines tell, and those that are exact.
func exactRuns(lines []tale) (exact, runs int) {
	for i := range lines {
		for _, c := range lines[i].Containers {
			for k := range c.Probes {
				p := &c.Probes[k]
				if p.State != "failing" && p.State != "failed" && p.State != "starting" {
					continue
				}
				if runs++; p.Failures.Bound == "exact" {
					exact++
				}
			}
		}
	}
	return exact, runs
}
