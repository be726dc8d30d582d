package lint_test

import (
	"time"

	. "github.com/probetop/probetop/model"
)

// epoch is when every container has started and every fact was heard.
var epoch = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return epoch.Add(time.Duration(seconds) * time.Second) }

// seen returns the rows of what was heard at the epoch, a minute later.
func seen(facts ...Fact) []*Row {
	c := NewCluster()
	for i, kind := range SourceKinds {
		for _, f := range []Fact{&Source{Kind: kind, State: SourceSynced, Since: epoch}, &Listing{Kind: kind}, &Listing{Kind: kind, Done: true}} {
			c.Apply(Change{At: epoch, Stream: Stream(i), Fact: f})
		}
	}
	for _, f := range facts {
		c.Apply(Change{At: epoch, Fact: f})
	}
	c.Apply(Change{At: at(60)})
	return c.Snapshot().Rows
}

// probe is a spec with the API's defaults and a threshold of three.
func probe(edit ...func(*ProbeSpec)) *ProbeSpec {
	p := &ProbeSpec{
		Handler: HTTP, Scheme: "http", Path: "/healthz", Port: "8080",
		Timeout: time.Second, Period: 10 * time.Second, SuccessThreshold: 1, FailureThreshold: 3,
	}
	for _, e := range edit {
		e(p)
	}
	return p
}

func delay(seconds int) func(*ProbeSpec) {
	return func(p *ProbeSpec) { p.InitialDelay = time.Duration(seconds) * time.Second }
}

// web is a running, ready pod of one container with the probes given.
func web(edit ...func(*Pod)) *Pod {
	p := &Pod{
		UID: "u-web", Namespace: "shop", Name: "web-0", Node: "n1", Phase: "Running", RestartPolicy: "Always",
		Created: epoch, GracePeriod: 30 * time.Second,
		Conditions: []Condition{{Type: "ContainersReady", Status: True, Since: epoch}, {Type: "Ready", Status: True, Since: epoch}},
		Containers: []Container{{Name: "web", State: Running, StartedAt: epoch, Started: True, Ready: true, ID: "c1"}},
	}
	for _, e := range edit {
		e(p)
	}
	return p
}

func with(typ ProbeType, spec *ProbeSpec) func(*Pod) {
	return func(p *Pod) { p.Containers[0].Probes[typ] = spec }
}

// settled is web behind Service web, with its port in its spec.
func settled(edit ...func(*Pod)) *Pod {
	return web(append([]func(*Pod){func(p *Pod) {
		p.Labels, p.IP = "app=web", "10.0.0.7"
		p.Containers[0].Spec = &ContainerSpec{Ports: []ContainerPort{{Name: "http", Number: 8080}}}
	}}, edit...)...)
}

func service(name string) *Service {
	return &Service{Namespace: "shop", Name: name, Selector: "app=web"}
}

var goodNode = &Node{Name: "n1", Ready: True, KubeletVersion: "v1.36.3"}
