package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

// night is when the incident is looked at.
var night = time.Date(2026, 11, 21, 3, 14, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return night.Add(-d) }

// factList collects what the cluster said, each in the stream of its kind.
type factList struct {
	changes []model.Change
	events  int
}

func (f *factList) add(stream model.Stream, fact model.Fact) {
	f.changes = append(f.changes, model.Change{At: ago(time.Hour), Stream: stream, Fact: fact})
}

// later adds a fact that was heard that long ago, when everything had been listed.
func (f *factList) later(d time.Duration, stream model.Stream, fact model.Fact) {
	f.changes = append(f.changes, model.Change{At: ago(d), Stream: stream, Fact: fact})
}

// sources begins or ends the list of every source.
func (f *factList) sources(state model.SourceState, done bool) {
	for i, kind := range model.SourceKinds {
		f.add(model.Stream(i), &model.Source{Kind: kind, State: state, Since: ago(time.Hour)})
		f.add(model.Stream(i), &model.Listing{Kind: kind, Done: done})
	}
}

func (f *factList) pod(p *model.Pod) { f.add(0, p) }

// said adds an event about a container.
func (f *factList) said(p *model.Pod, container, reason, message string, count int32, first, last time.Duration) {
	f.events++
	f.add(1, model.NewEvent(model.Event{
		UID: fmt.Sprint("event-", f.events), Namespace: p.Namespace, Name: fmt.Sprint(p.Name, ".", f.events), Pod: p.UID,
		Container: container, Reason: reason, Message: message, Count: count, First: ago(first), Last: ago(last),
	}))
}

// write is one write of an event that counts: its count, and how long ago it was.
type write struct {
	count int32
	ago   time.Duration
}

// heard adds an event about a container whose writes were watched.
func (f *factList) heard(p *model.Pod, container, reason, message string, writes ...write) {
	f.events++
	for _, w := range writes {
		f.later(w.ago, 1, model.NewEvent(model.Event{
			UID: fmt.Sprint("event-", f.events), Namespace: p.Namespace, Name: fmt.Sprint(p.Name, ".", f.events), Pod: p.UID,
			Container: container, Reason: reason, Message: message, Count: w.count, First: ago(writes[0].ago), Last: ago(w.ago),
		}))
	}
}

// restarts adds what was seen of a container that ended and was started again: not ready for that long.
func (f *factList) restarts(p *model.Pod, how model.Termination, down, toReady time.Duration) *model.Pod {
	c := p.Containers[0]
	how.StartedAt = c.StartedAt
	c.Restarts++
	c.Last, c.StartedAt, c.Started, c.Ready = &how, how.FinishedAt.Add(down), model.False, false
	again := changed(p, c)
	f.later(night.Sub(c.StartedAt), 0, unready(again, night.Sub(c.StartedAt)))
	c.Started, c.Ready = model.True, true
	well := changed(p, c)
	for _, typ := range []string{"Ready", "ContainersReady"} {
		well.Condition(typ).Since = c.StartedAt.Add(toReady)
	}
	f.later(night.Sub(c.StartedAt.Add(toReady)), 0, well)
	return well
}

// changed returns the pod with another first container.
func changed(p *model.Pod, c model.Container) *model.Pod {
	n := *p
	n.Conditions, n.Containers = slices.Clone(p.Conditions), slices.Clone(p.Containers)
	n.Containers[0] = c
	return &n
}

// service adds a Service with an endpoint for each pod.
func (f *factList) service(namespace, name string, endpoints ...model.Endpoint) {
	f.add(3, &model.Service{Namespace: namespace, Name: name})
	f.add(2, slice(namespace, name, endpoints...))
}

func slice(namespace, name string, endpoints ...model.Endpoint) *model.EndpointSlice {
	return &model.EndpointSlice{Namespace: namespace, Name: name + "-x7k2p", Service: name, Endpoints: endpoints}
}

// podNamed returns the pod whose name ends so.
func podNamed(f *factList, suffix string) *model.Pod {
	for _, ch := range f.changes {
		if p, ok := ch.Fact.(*model.Pod); ok && strings.HasSuffix(p.Name, suffix) {
			return p
		}
	}
	panic("no pod " + suffix)
}

func ready(p *model.Pod) model.Endpoint {
	return model.Endpoint{Pod: p.UID, Ready: true, Serving: true}
}
func out(p *model.Pod) model.Endpoint { return model.Endpoint{Pod: p.UID} }

// pod is a running, ready pod of the containers given, two days old.
func pod(namespace, name, node string, owner model.Owner, containers ...model.Container) *model.Pod {
	p := &model.Pod{
		UID: "uid-" + namespace + "-" + name, Namespace: namespace, Name: name, Node: node, Owner: owner,
		Phase: "Running", RestartPolicy: "Always", Created: ago(50 * time.Hour), GracePeriod: 30 * time.Second,
		Containers: containers,
	}
	for _, typ := range []string{"PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"} {
		p.Conditions = append(p.Conditions, model.Condition{Type: typ, Status: model.True, Since: ago(50 * time.Hour)})
	}
	return p
}

// unready makes the pod, and its first main container, not ready for that long.
func unready(p *model.Pod, d time.Duration) *model.Pod {
	for i := range p.Conditions {
		if c := &p.Conditions[i]; c.Type == "Ready" || c.Type == "ContainersReady" {
			c.Status, c.Since, c.Reason = model.False, ago(d), "ContainersNotReady"
			c.Message = "containers with unready status: [" + p.Containers[0].Name + "]"
		}
	}
	p.Containers[0].Ready = false
	return p
}

// born makes the pod that old, and everything about it that is older.
func born(p *model.Pod, d time.Duration) {
	p.Created = ago(d)
	for i := range p.Conditions {
		if c := &p.Conditions[i]; c.Since.Before(p.Created) {
			c.Since = p.Created
		}
	}
	for i := range p.Containers {
		if c := &p.Containers[i]; c.StartedAt.Before(p.Created) {
			c.StartedAt = p.Created
		}
	}
}

// container is running, started and ready since the pod is.
func container(name string, probes ...func(*model.Container)) model.Container {
	c := model.Container{
		Name: name, State: model.Running, StartedAt: ago(50 * time.Hour), Started: model.True, Ready: true,
		ID: "containerd://" + name,
	}
	for _, p := range probes {
		p(&c)
	}
	return c
}

// probed gives a container an HTTP probe, or what edit makes of it.
func probed(typ model.ProbeType, edit ...func(*model.ProbeSpec)) func(*model.Container) {
	p := &model.ProbeSpec{
		Handler: model.HTTP, Scheme: "http", Path: "/healthz", Port: "8080",
		Timeout: time.Second, Period: 10 * time.Second, SuccessThreshold: 1, FailureThreshold: 3,
	}
	for _, e := range edit {
		e(p)
	}
	return func(c *model.Container) { c.Probes[typ] = p }
}

func execs(command ...string) func(*model.ProbeSpec) {
	return func(p *model.ProbeSpec) { p.Handler, p.Command, p.Path, p.Port = model.Exec, command, "", "" }
}

// restarted makes a container one that was started again after its previous instance ended.
func restarted(times int32, d time.Duration, code int32) func(*model.Container) {
	return func(c *model.Container) {
		c.Restarts, c.StartedAt = times, ago(d)
		c.Last = &model.Termination{Reason: "Error", ExitCode: code, StartedAt: ago(d + 10*time.Minute), FinishedAt: ago(d + time.Second)}
	}
}

func deployment(name, hash string) model.Owner {
	return model.Owner{Kind: "Deployment", Name: name, Revision: name + "-" + hash}
}

const notServing = "HTTP probe failed with statuscode: 503"

// incident is a bad night: one pod for each thing that goes wrong, and some that are well.
func incident() *factList {
	f := &factList{}
	f.sources(model.SourceSyncing, false)
	for _, n := range []string{"ip-10-0-1-17", "ip-10-0-2-44", "ip-10-0-3-8"} {
		f.add(4, &model.Node{Name: n, Ready: model.True, Since: ago(90 * time.Hour), KubeletVersion: "v1.37.1"})
	}
	f.add(4, &model.Node{Name: "ip-10-0-9-9", Ready: model.Unknown, Reason: "NodeStatusUnknown", Since: ago(6 * time.Minute)})
	f.payments()
	f.shop()
	f.rest()
	f.sources(model.SourceSynced, true)
	f.later(3*time.Minute, 2, slice("payments", "api", out(podNamed(f, "x2x4z")), out(podNamed(f, "9qk2m")), ready(podNamed(f, "zz7vd"))))
	f.later(0, 0, nil)
	slices.SortStableFunc(f.changes, func(a, b model.Change) int { return a.At.Compare(b.At) })
	return f
}

func (f *factList) payments() {
	api := deployment("api", "7d9f8b6c5d")
	all := []func(*model.Container){probed(model.Startup), probed(model.Readiness), probed(model.Liveness)}
	due := pod("payments", "api-7d9f8b6c5d-x2x4z", "ip-10-0-1-17", api, container("api", append(all, restarted(2, 20*time.Hour, 137))...))
	f.pod(due)
	const kills = "Container api failed liveness probe, will be restarted"
	f.heard(due, "api", "Unhealthy", "Liveness probe failed: "+notServing, write{1, 4*time.Minute + 52*time.Second},
		write{2, 4*time.Minute + 42*time.Second}, write{3, 4*time.Minute + 32*time.Second}, write{4, 28 * time.Second},
		write{5, 18 * time.Second}, write{6, 8 * time.Second})
	f.heard(due, "api", "Killing", kills, write{1, 4*time.Minute + 32*time.Second}, write{2, 8 * time.Second})
	again := f.restarts(due, model.Termination{Reason: "Error", ExitCode: 137, FinishedAt: ago(4*time.Minute + 2*time.Second)}, time.Second, 22*time.Second)
	due = changed(again, again.Containers[0])
	f.later(95*time.Second, 0, unready(due, 95*time.Second))
	f.said(due, "api", "Unhealthy", "Readiness probe failed: "+notServing, 9, 14*time.Minute, 4*time.Second)

	refused := unready(pod("payments", "api-7d9f8b6c5d-9qk2m", "ip-10-0-2-44", api, container("api", all...)), 3*time.Minute+12*time.Second)
	f.pod(refused)
	f.said(refused, "api", "Unhealthy", `Readiness probe failed: Get "http://10.4.2.17:8080/healthz": dial tcp 10.4.2.17:8080: connect: connection refused`,
		20, 3*time.Minute+20*time.Second, 2*time.Second)

	well := pod("payments", "api-7d9f8b6c5d-zz7vd", "ip-10-0-3-8", api, container("api", all...))
	f.pod(well)

	flaps := f.flapping()
	f.service("payments", "api", ready(due), ready(refused), ready(well))
	f.service("payments", "api-internal", out(due), out(refused), ready(well))
	f.service("payments", "ledger", ready(flaps))
}

// flapping is a pod whose container was restarted three times within the hour.
func (f *factList) flapping() *model.Pod {
	p := pod("payments", "ledger-1", "ip-10-0-3-8", model.Owner{Kind: "StatefulSet", Name: "ledger"},
		container("ledger", probed(model.Liveness), restarted(4, 9*time.Hour, 137)))
	f.pod(p)
	killed, headers := model.Termination{Reason: "Error", ExitCode: 137, FinishedAt: ago(42 * time.Minute)},
		`Liveness probe failed: Get "http://10.4.3.5:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
	f.heard(p, "ledger", "Unhealthy", headers, write{1, 42*time.Minute + 51*time.Second}, write{2, 42*time.Minute + 41*time.Second},
		write{3, 42*time.Minute + 31*time.Second}, write{4, 2*time.Minute + 54*time.Second}, write{5, 2*time.Minute + 44*time.Second},
		write{6, 2*time.Minute + 34*time.Second})
	f.heard(p, "ledger", "Killing", "Container ledger failed liveness probe, will be restarted",
		write{1, 42*time.Minute + 30*time.Second}, write{2, 2*time.Minute + 33*time.Second})
	p = f.restarts(p, killed, time.Second, 14*time.Second)
	p = f.restarts(p, model.Termination{Reason: "OOMKilled", ExitCode: 137, FinishedAt: ago(17 * time.Minute)}, 2*time.Second, 21*time.Second)
	killed.FinishedAt = ago(2*time.Minute + 3*time.Second)
	return f.restarts(p, killed, 2*time.Second, 16*time.Second)
}

func (f *factList) shop() {
	crash := unready(pod("shop", "checkout-66c9d7b5f4-kz8wd", "ip-10-0-1-17", deployment("checkout", "66c9d7b5f4"),
		container("checkout", probed(model.Readiness), restarted(9, time.Minute, 1))), 11*time.Minute)
	c := &crash.Containers[0]
	c.State, c.Reason, c.Started = model.Waiting, "CrashLoopBackOff", model.False
	c.Message = "back-off 5m0s restarting failed container=checkout pod=checkout-66c9d7b5f4-kz8wd_shop(3b1f)"
	f.pod(crash)
	f.said(crash, "checkout", "BackOff", "Back-off restarting failed container checkout in pod checkout-66c9d7b5f4-kz8wd_shop(3b1f)", 8, 11*time.Minute, 20*time.Second)

	slow := pod("shop", "cart-5b8f6c9d7-ptx7l", "ip-10-0-2-44", deployment("cart", "5b8f6c9d7"), container("cart", probed(model.Readiness), probed(model.Liveness)))
	f.pod(slow)
	f.heard(slow, "cart", "Unhealthy", `Readiness probe failed: Get "http://10.4.2.31:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
		write{1, 17 * time.Second}, write{2, 7 * time.Second})
	f.heard(slow, "cart", "Unhealthy", `Liveness probe failed: Get "http://10.4.2.31:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
		write{1, 3 * time.Second})

	gated := unready(pod("shop", "web-6f7d4c8b9-hn5zq", "ip-10-0-3-8", deployment("web", "6f7d4c8b9"), container("web", probed(model.Readiness))), 26*time.Minute)
	gated.Containers[0].Ready = true
	born(gated, 27*time.Minute)
	gated.Condition("ContainersReady").Status = model.True
	gated.Condition("Ready").Reason = "ReadinessGatesNotReady"
	gated.Gates = []string{"target-health.elbv2.k8s.aws/k8s-shop-web"}
	f.pod(gated)

	proxy := container("mesh-proxy", probed(model.Startup), probed(model.Readiness, func(p *model.ProbeSpec) { p.Path, p.Port = "/ready", "15021" }))
	proxy.Kind, proxy.Ready = model.Sidecar, false
	meshed := unready(pod("shop", "search-0", "ip-10-0-2-44", model.Owner{Kind: "StatefulSet", Name: "search"}, proxy,
		container("search", probed(model.Readiness), probed(model.Liveness))), 52*time.Second)
	f.pod(meshed)
	f.said(meshed, "mesh-proxy", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 500", 6, 55*time.Second, time.Second)

	warm := unready(pod("shop", "recommender-84d5c7f6b-2wq9c", "ip-10-0-1-17", deployment("recommender", "84d5c7f6b"),
		container("model", probed(model.Startup, func(p *model.ProbeSpec) { p.FailureThreshold = 60 }), probed(model.Readiness), probed(model.Liveness))), 70*time.Second)
	born(warm, 75*time.Second)
	warm.Containers[0].StartedAt, warm.Containers[0].Started = ago(70*time.Second), model.False
	f.pod(warm)
	f.heard(warm, "model", "Unhealthy", "Startup probe failed: HTTP probe failed with statuscode: 404", write{1, 65 * time.Second}, write{2, 55 * time.Second},
		write{3, 45 * time.Second}, write{4, 35 * time.Second}, write{5, 25 * time.Second}, write{6, 15 * time.Second}, write{7, 5 * time.Second})

	lost := unready(pod("shop", "legacy-0", "ip-10-0-9-9", model.Owner{Kind: "StatefulSet", Name: "legacy"}, container("legacy", probed(model.Readiness), probed(model.Liveness))), 5*time.Minute)
	lost.Containers[0].Ready = true
	f.pod(lost)
	f.service("shop", "cart", ready(slow))
	f.service("shop", "web", out(gated))
	f.service("shop", "search", out(meshed))
	f.service("shop", "legacy", out(lost))
}

func (f *factList) rest() {
	exec := pod("monitoring", "prometheus-0", "ip-10-0-3-8", model.Owner{Kind: "StatefulSet", Name: "prometheus"},
		container("prometheus", probed(model.Readiness), probed(model.Liveness, execs("/bin/check", "-q"))), container("config-reloader"))
	f.pod(exec)
	f.said(exec, "prometheus", "Unhealthy", `Liveness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: `+
		`failed to start exec "5f1c": OCI runtime exec failed: exec failed: unable to start container process: exec: "/bin/check": stat /bin/check: no such file or directory`,
		18, 50*time.Hour, 5*time.Second)

	noisy := pod("monitoring", "grafana-7c6b5d4f9-8m4kt", "ip-10-0-1-17", deployment("grafana", "7c6b5d4f9"), container("grafana", probed(model.Readiness), probed(model.Liveness)))
	f.pod(noisy)
	f.said(noisy, "grafana", "Unhealthy", `Liveness probe failed: Get "http://10.4.1.9:8080/healthz": read tcp 10.4.1.2:51870->10.4.1.9:8080: read: connection reset by peer`,
		41, 3*time.Hour, 3*time.Minute)

	leaving := pod("shop", "web-6f7d4c8b9-7d2xk", "ip-10-0-2-44", deployment("web", "6f7d4c8b9"), container("web", probed(model.Readiness)))
	leaving.Deleted = ago(-18 * time.Second)
	f.pod(leaving)
	f.service("shop", "web-old", model.Endpoint{Pod: leaving.UID, Serving: true, Terminating: true})

	dns := pod("kube-system", "coredns-76f75df574-bq8lp", "ip-10-0-1-17", deployment("coredns", "76f75df574"), container("coredns", probed(model.Readiness), probed(model.Liveness)))
	f.pod(dns)
	f.service("kube-system", "kube-dns", ready(dns))
	f.pod(pod("kube-system", "kube-proxy-4xh2m", "ip-10-0-1-17", model.Owner{Kind: "DaemonSet", Name: "kube-proxy"}, container("kube-proxy")))
	done := unready(pod("batch", "backup-29411520-vw6rn", "ip-10-0-3-8", model.Owner{Kind: "Job", Name: "backup-29411520"}, container("backup")), time.Hour)
	done.Containers[0].StartedAt, done.Containers[0].FinishedAt = ago(64*time.Minute), ago(time.Hour)
	done.Phase, done.Containers[0].State, done.Containers[0].Reason = "Succeeded", model.Terminated, "Completed"
	f.pod(done)
}

// snapshot folds the facts.
func (f *factList) snapshot() *model.Snapshot { return f.cluster().Snapshot() }

func (f *factList) cluster() *model.Cluster {
	c := model.NewCluster()
	for _, ch := range f.changes {
		c.Apply(ch)
	}
	return c
}
