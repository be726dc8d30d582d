package group_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/group"
)

// town is what a cluster is made of in a test: pods of workloads on nodes, some of which fail.
type town struct{ facts []Fact }

func (t *town) node(name, zone string) *town {
	t.facts = append(t.facts, &Node{Name: name, Ready: True, Zone: zone, KubeletVersion: "v1.33.4"})
	return t
}

// pod adds a pod of a Deployment; a probe that fails since a second, with a message, makes it unready.
func (t *town) pod(app, name, node, revision string, edit ...func(*Pod)) *Pod {
	p := web(with(Readiness, probe()), func(p *Pod) {
		p.UID, p.Name, p.Node = "u-"+name, name, node
		p.Owner = Owner{Kind: "Deployment", Name: app, Revision: revision}
		p.Containers[0].Spec = &ContainerSpec{Image: app + ":" + revision}
		for _, e := range edit {
			e(p)
		}
	})
	t.facts = append(t.facts, p)
	return p
}

const (
	refused = "Readiness probe failed: dial tcp 10.0.0.1:8080: connect: connection refused"
	code503 = "Readiness probe failed: HTTP probe failed with statuscode: 503"
	timeout = "Readiness probe failed: dial tcp 10.0.0.1:8080: i/o timeout"
)

// sick adds a pod that is unready since a second.
func (t *town) sick(app, name, node, revision, message string, second int) *Pod {
	p := t.pod(app, name, node, revision, func(p *Pod) {
		notReady(p)
		p.Conditions[0].Since, p.Conditions[1].Since = at(second), at(second)
	})
	t.facts = append(t.facts, unhealthy(p, message, 3, second-20, second))
	return p
}

// service adds a Service that selects pods and has an endpoint for each.
func (t *town) service(name string, pods ...*Pod) *town {
	s := &EndpointSlice{Namespace: "shop", Name: name + "-1", Service: name}
	for _, p := range pods {
		s.Endpoints = append(s.Endpoints, Endpoint{Pod: p.UID, Ready: p.Ready(), Serving: p.Ready()})
	}
	t.facts = append(t.facts, &Service{Namespace: "shop", Name: name}, s)
	return t
}

func (t *town) rows(second int) []*Row {
	rows := slices.Clone(seen(second, t.facts...))
	slices.SortFunc(rows, CompareNames)
	return rows
}

func (t *town) incidents(second int) []*group.Incident {
	var f group.Finder
	return f.Find(t.rows(second), at(second))
}

func headlines(incidents []*group.Incident, second int) []string {
	var list []string
	for _, i := range incidents {
		list = append(list, i.Headline(at(second)))
	}
	return list
}

func TestIncidentOfAWorkload(t *testing.T) {
	town := new(town).node("n1", "z1").node("n2", "z1")
	town.service("web",
		town.sick("web", "web-a", "n1", "web-2", code503, 300), town.sick("web", "web-b", "n1", "web-2", code503, 302),
		town.sick("web", "web-c", "n2", "web-2", code503, 304), town.pod("web", "web-d", "n2", "web-1"))
	got := town.incidents(400)
	want := []string{"3 of 4 pods of Deployment/web in shop unready since 03:05:00, all within 4s: readiness of web: HTTP 503 from /healthz; " +
		"Service web has 1 of 4 endpoints ready; all of revision web-2"}
	if h := headlines(got, 400); !slices.Equal(h, want) {
		t.Fatalf("got  %q\nwant %q", h, want)
	}
	i := got[0]
	if i.Name() != "web" || i.Unready != 3 || i.Worst != Unready || i.Probes != [3]int{Readiness: 3} {
		t.Errorf("%+v", i)
	}
	const traits = "revision apart, image apart, zone, port, kubelet, workload, cause, (node)"
	if got := traitWords(i); got != traits {
		t.Errorf("traits: %s, want %s", got, traits)
	}
	if w := i.Traits[0].Share(); w != "all 3, well 0 of 1" {
		t.Errorf("the first trait: %q", w)
	}
}

// traitWords lists the traits: what sets apart, what is shared, and in brackets what is not.
func traitWords(i *group.Incident) string {
	var words []string
	for k := range i.Traits {
		switch t := &i.Traits[k]; {
		case t.Apart():
			words = append(words, string(t.By)+" apart")
		case t.Shared():
			words = append(words, string(t.By))
		default:
			words = append(words, "("+string(t.By)+")")
		}
	}
	return strings.Join(words, ", ")
}

func TestIncidentsWorstHarmFirst(t *testing.T) {
	town := new(town)
	town.service("dead", town.sick("one", "one-a", "n1", "one-1", refused, 380))
	town.service("hurt", town.sick("two", "two-a", "n1", "two-1", refused, 300), town.sick("two", "two-b", "n1", "two-1", refused, 300),
		town.pod("two", "two-c", "n1", "two-1"))
	town.sick("three", "three-a", "n2", "three-1", refused, 200)
	town.sick("three", "three-b", "n2", "three-1", code503, 200)
	town.pod("four", "four-a", "n2", "four-1")
	var names []string
	for _, i := range town.incidents(400) {
		names = append(names, fmt.Sprintf("%s %d/%d %s", i.Name(), len(i.Rows), i.Of, i.ID.Cause))
	}
	want := []string{"one 1/1 REFUSED", "two 2/3 REFUSED", "three 1/2 REFUSED", "three 1/2 STATUS(503)"}
	if !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

// shaken is a hundred pods of six workloads on ten nodes, of which the i-th is on the i%10-th, and some fail.
func shaken(bad func(i int) bool) *town {
	town := new(town)
	for i := range 10 {
		town.node(fmt.Sprint("n", i), fmt.Sprint("z", i%2))
	}
	for i := range 100 {
		app, name, node := fmt.Sprint("app", i%6), fmt.Sprintf("app%d-%02d", i%6, i), fmt.Sprint("n", i%10)
		if bad(i) {
			town.sick(app, name, node, app, timeout, 380+i/10)
		} else {
			town.pod(app, name, node, app)
		}
	}
	return town
}

func TestPodsOfSeveralWorkloadsShareANode(t *testing.T) {
	got := shaken(func(i int) bool { return i%10 == 3 || i == 8 }).incidents(400)
	want := []string{
		"10 of 10 pods of node n3 unready since 03:06:20, all within 9s: readiness of web: no connection to :8080 within 1s",
		"1 of 17 pods of Deployment/app2 in shop unready since 03:06:20: readiness of web: no connection to :8080 within 1s, for 20s",
	}
	if h := headlines(got, 400); !slices.Equal(h, want) {
		t.Errorf("got  %q\nwant %q", h, want)
	}
	everywhere := shaken(func(i int) bool { return i%3 == 0 }).incidents(400)
	for _, i := range everywhere {
		if i.ID.Node != "" {
			t.Errorf("a third of all pods fails: %s", i.Headline(at(400)))
		}
	}
}

func TestEveryFaultIsInOneIncident(t *testing.T) {
	town := shaken(func(i int) bool { return i%7 == 0 })
	town.sick("web", "web-a", "n1", "web-2", code503, 300)
	town.pod("alone", "alone", "n1", "", notReady, func(p *Pod) { p.Owner = Owner{} })
	rows := town.rows(400)
	var f group.Finder
	in := map[UID]int{}
	for _, i := range f.Find(rows, at(400)) {
		for _, r := range i.Rows {
			in[r.Pod.UID]++
		}
		if i.Of < len(i.Rows) || i.Sample == nil || i.What(at(400)) == "" {
			t.Errorf("%d of %d pods: %q", len(i.Rows), i.Of, i.What(at(400)))
		}
	}
	for _, r := range rows {
		want := 0
		if r.Severity.Fault() {
			want = 1
		}
		if in[r.Pod.UID] != want {
			t.Errorf("%s is %s, and in %d incidents", r.Pod.Name, r.Severity, in[r.Pod.UID])
		}
	}
}

func TestAnIncidentSpreads(t *testing.T) {
	town := new(town)
	for i := range 6 {
		town.sick("web", fmt.Sprint("web-", i), "n1", "web-1", code503, 60+60*i)
	}
	i := town.incidents(400)[0]
	if n := i.Joined(at(400)); n != 2 {
		t.Errorf("%d joined lately, want 2", n)
	}
	if w := i.Since(at(400)); w != "since 03:01:00, 2 of them in the last 2m" {
		t.Errorf("since %q", w)
	}
	if n := i.Joined(at(600)); n != 0 {
		t.Errorf("%d joined lately, want none", n)
	}
	counts, part := i.Histogram(5, at(400))
	if !slices.Equal(counts, []int{2, 1, 1, 1, 1}) || part.Round(time.Second) != 68*time.Second {
		t.Errorf("%v in parts of %v", counts, part)
	}
	young := new(group.Incident)
	if n, _ := young.Histogram(5, at(400)); n != nil || young.Since(at(400)) != "" || young.Joined(at(400)) != 0 {
		t.Error("something is said of when pods began that say nothing of it")
	}
}

func TestRestartsOneAfterTheOtherAreOneOnset(t *testing.T) {
	loop := func(restarts int32) *town {
		town := new(town)
		p := town.pod("web", "web-a", "n1", "web-1", func(p *Pod) {
			notReady(p)
			c := &p.Containers[0]
			c.State, c.Reason, c.Ready, c.Restarts = Waiting, "CrashLoopBackOff", false, restarts
			c.Last = &Termination{Reason: "Error", ExitCode: 1, StartedAt: at(370), FinishedAt: at(380)}
			p.Conditions[0].Since, p.Conditions[1].Since = at(380), at(380)
		})
		_ = p
		return town
	}
	if got := loop(1).incidents(400)[0].First(); !got.At.Equal(at(380)) || got.Before {
		t.Errorf("one restart: %+v", got)
	}
	if got := loop(5).incidents(400)[0]; !got.First().Before || got.Joined(at(400)) != 0 || !strings.Contains(got.Headline(at(400)), "since before 03:06:20") {
		t.Errorf("restarts of which nothing is known: %+v, %s", got.First(), got.Headline(at(400)))
	}
}

func TestAnIncidentGoesOn(t *testing.T) {
	before := new(town)
	before.sick("web", "web-a", "n1", "web-1", code503, 300)
	before.sick("web", "web-b", "n1", "web-1", code503, 300)
	before.sick("other", "other-a", "n1", "other-1", refused, 300)
	web := before.incidents(400)[0]
	after := new(town)
	after.sick("web", "web-a", "n1", "web-1", refused, 300)
	after.sick("web", "web-b", "n1", "web-1", refused, 300)
	after.sick("web", "web-c", "n1", "web-1", code503, 350)
	if next := web.Successor(after.incidents(400)); next == nil || next.ID != web.ID {
		t.Errorf("it has %+v, want the one of the same ID", next)
	}
	after = new(town)
	after.sick("web", "web-a", "n1", "web-1", refused, 300)
	after.sick("other", "other-a", "n1", "other-1", refused, 300)
	if next := web.Successor(after.incidents(400)); next == nil || next.Name() != "web" {
		t.Errorf("it has %+v, want the one with its pod", next)
	}
	if next := web.Successor(before.incidents(400)[1:]); next != nil && next.Name() != "web" {
		t.Errorf("it goes on with %s, of which none of its pods is", next.Name())
	}
}

// TestAFinderThatRemembersFindsTheSame goes through snapshots with one Finder, and with a new one for each.
func TestAFinderThatRemembersFindsTheSame(t *testing.T) {
	c := NewCluster()
	for i, kind := range SourceKinds {
		for _, f := range []Fact{&Source{Kind: kind, State: SourceSynced, Since: epoch}, &Listing{Kind: kind}, &Listing{Kind: kind, Done: true}} {
			c.Apply(Change{At: epoch, Stream: Stream(i), Fact: f})
		}
	}
	town := shaken(func(i int) bool { return i%9 == 0 })
	var remembers group.Finder
	for k, f := range town.facts {
		c.Apply(Change{At: at(400 + k), Fact: f})
		rows := c.Snapshot().Rows
		var fresh group.Finder
		got, want := headlines(remembers.Find(rows, at(400+k)), 400+k), headlines(fresh.Find(rows, at(400+k)), 400+k)
		if !slices.Equal(got, want) {
			t.Fatalf("after %d facts:\ngot  %q\nwant %q", k, got, want)
		}
	}
}

func TestWhatComesNext(t *testing.T) {
	town := new(town)
	for i := range 3 {
		p := town.pod("web", fmt.Sprint("web-", i), "n1", "web-1", with(Liveness, probe()))
		e := unhealthy(p, "Liveness probe failed: HTTP probe failed with statuscode: 503", 2, 380+i, 390+i)
		town.facts = append(town.facts, e)
	}
	i := town.incidents(393)[0]
	next, of := i.Next(at(393))
	if next.Kind != NextRestart || of == nil || of.Pod.Name != "web-0" || next.Earliest.Before(at(393)) {
		t.Errorf("next is %+v of %+v", next, of)
	}
	if next, _ := i.Next(at(3600)); next.Kind != "" && next.Latest.Before(at(3600)) {
		t.Errorf("next is over: %+v", next)
	}
}

func BenchmarkIncidents(b *testing.B) {
	town := new(town)
	for i := range 10 {
		town.node(fmt.Sprint("n", i), fmt.Sprint("z", i%2))
	}
	var pods []*Pod
	for i := range 10_000 {
		app, name, node := fmt.Sprint("app", i%100), fmt.Sprintf("app%d-%02d", i%100, i), fmt.Sprint("n", i%10)
		if i%50 == 7 {
			pods = append(pods, town.sick(app, name, node, app, code503, 200+i%100))
		} else {
			pods = append(pods, town.pod(app, name, node, app))
		}
		if i%100 == 99 {
			town.service(fmt.Sprint("svc", i/100), pods...)
			pods = nil
		}
	}
	rows := town.rows(400)
	b.Run("first", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var f group.Finder
			f.Find(rows, at(400))
		}
	})
	b.Run("next", func(b *testing.B) {
		var f group.Finder
		b.ReportAllocs()
		for b.Loop() {
			f.Find(rows, at(400))
		}
	})
}
