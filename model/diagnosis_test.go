package model_test

import (
	"strings"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// loops puts the container into CrashLoopBackOff after so many restarts; its last instance ran from second 60 to 80.
func loops(restarts int32, how Termination) func(*Pod) {
	return func(p *Pod) {
		unready(p)
		c := &p.Containers[0]
		how.StartedAt, how.FinishedAt = at(60), at(80)
		c.State, c.Reason, c.Started, c.Restarts, c.Last = Waiting, "CrashLoopBackOff", False, restarts, &how
		c.Message = "back-off 40s restarting failed container=web pod=web-0_shop(u-web)"
	}
}

func limited(p *Pod) { p.Containers[0].Spec.MemoryLimit = "24Mi" }

func waitsFor(reason, message string) func(*Pod) {
	return func(p *Pod) {
		bare(p)
		condition("PodReadyToStartContainers", True, "", "")(p)
		p.Containers[0].Reason, p.Containers[0].Message = reason, message
	}
}

func finished(phase, reason, message string) func(*Pod) {
	return func(p *Pod) {
		unready(p)
		p.Phase, p.Reason, p.Message = phase, reason, message
		c := &p.Containers[0]
		c.State, c.ExitCode, c.Reason, c.Started, c.StartedAt, c.FinishedAt = Terminated, 137, "Error", False, epoch, at(80)
	}
}

func never(p *Pod) { p.RestartPolicy = "Never" }

func also(c Container) func(*Pod) { return func(p *Pod) { p.Containers = append(p.Containers, c) } }

// Every case is a pod and what others say of it, the class of the cause, and the sentence a hundred seconds in.
func TestHeadlines(t *testing.T) {
	const text503 = "HTTP probe failed with statuscode: 503"
	port := func(p string) func(*ProbeSpec) { return func(s *ProbeSpec) { s.Port = p } }
	command := func(words ...string) func(*ProbeSpec) {
		return func(s *ProbeSpec) { s.Handler, s.Command, s.Port, s.Path = Exec, words, "", "" }
	}
	proxy := Container{Name: "proxy", State: Running, StartedAt: epoch, Started: True, Ready: true, ID: "c2"}
	cases := map[string]struct {
		pod   *Pod
		facts []Fact
		cause CauseClass
		want  string
	}{
		"killed by liveness again and again": {
			settled(with(Liveness, probe(path("/livez"))), loops(5, Termination{Reason: "Error", ExitCode: 137})),
			[]Fact{unhealthy("Liveness probe failed: "+text503, 18, 5, 79), said("Killing", "Container web failed liveness probe, will be restarted", 6, 20, 80)},
			ClassLiveness, "liveness killed web 6 times: HTTP 503 from /livez; starts again in 20–44s",
		},
		"some of the restarts are known to be liveness": {
			settled(with(Liveness, probe(path("/livez"))), loops(5, Termination{Reason: "Error", ExitCode: 137})),
			[]Fact{unhealthy("Liveness probe failed: "+text503, 9, 5, 79), said("Killing", "Container web failed liveness probe, will be restarted", 3, 20, 80)},
			ClassLiveness, "liveness killed web ≥3 of 6 times: HTTP 503 from /livez; starts again in 20–44s",
		},
		"a container that ends with 0 when liveness kills it": {
			settled(with(Liveness, probe(path("/livez"))), loops(1, Termination{Reason: "Completed"})),
			[]Fact{unhealthy("Liveness probe failed: "+text503, 6, 5, 79), said("Killing", "Container web failed liveness probe, will be restarted", 2, 20, 80)},
			ClassLiveness, "liveness killed web 2 times: HTTP 503 from /livez; starts again in 20–44s",
		},
		"startup gave up": {
			settled(with(Startup, probe(port("8080"))), loops(4, Termination{Reason: "Error", ExitCode: 143})),
			[]Fact{
				unhealthy("Startup probe failed: Get \"http://10.0.0.7:8080/healthz\": dial tcp 10.0.0.7:8080: connect: connection refused", 15, 5, 79),
				said("Killing", "Container web failed startup probe, will be restarted", 5, 20, 80),
			},
			ClassStartup, "startup gave up on web after 30s, 5 times: connection refused on :8080; starts again in 20–44s",
		},
		"out of memory": {
			settled(limited, loops(2, Termination{Reason: "OOMKilled", ExitCode: 137})), nil,
			ClassOOM, "OOMKilled web after 20s, 3 times (limit 24Mi); starts again in 20–44s",
		},
		"exits by itself": {
			settled(with(Liveness, probe()), loops(4, Termination{Reason: "Error", ExitCode: 1})), nil,
			ClassExit, "exit code 1 ended web after 20s, 5 times; no probe is to blame; starts again in 20–44s",
		},
		"exits so often that events are dropped, and no probe has failed": {
			settled(with(Liveness, probe()), loops(8, Termination{Reason: "Error", ExitCode: 3})), nil,
			ClassExit, "exit code 3 ended web after 20s, 9 times; no probe is to blame; starts again in 20–44s",
		},
		"exits so often that events are dropped, and liveness has failed": {
			settled(with(Liveness, probe()), loops(8, Termination{Reason: "Error", ExitCode: 3})),
			[]Fact{unhealthy("Liveness probe failed: "+text503, 3, 5, 30)},
			ClassExit, "exit code 3 ended web after 20s, 9 times; a probe may have killed it; starts again in 20–44s",
		},
		"ended by a signal": {
			settled(loops(4, Termination{Reason: "Error", ExitCode: 139})), nil,
			ClassSignal, "SIGSEGV (exit code 139) ended web after 20s, 5 times; starts again in 20–44s",
		},
		"finishes, and is started again": {
			settled(loops(4, Termination{Reason: "Completed"})), nil,
			ClassCompleted, "exit code 0 ended web after 20s, 5 times: it finishes, restartPolicy Always; starts again in 20–44s",
		},
		"the command is not in the image": {
			settled(loops(4, Termination{Reason: "StartError", ExitCode: 128, Message: `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "serve": executable file not found in $PATH: unknown`})), nil,
			ClassConfig, "command of web cannot start, 5 times: serve is not in the image; starts again in 20–44s",
		},
		"readiness on a port that nothing declares": {
			settled(with(Readiness, probe(port("8888"))), unready),
			[]Fact{unhealthy("Readiness probe failed: Get \"http://10.0.0.7:8888/healthz\": dial tcp 10.0.0.7:8888: connect: connection refused", 9, 5, 95)},
			ClassReadiness, "readiness of web: nothing listens on :8888 (the container declares 8080), for 95s",
		},
		"readiness fails": {
			settled(with(Readiness, probe(path("/readyz"))), unready),
			[]Fact{unhealthy("Readiness probe failed: "+text503, 9, 5, 95)},
			ClassReadiness, "readiness of web: HTTP 503 from /readyz, for 95s",
		},
		"the probe's port is not the container's": {
			settled(with(Readiness, probe(port("admin"))), unready),
			[]Fact{unhealthy(`Readiness probe errored and resulted in unknown state: port "admin" not found`, 9, 5, 98)},
			ClassErroring, `no port "admin" in web (it has http): readiness can never be carried out`,
		},
		"the probe's command is not in the image": {
			settled(with(Readiness, probe(command("/usr/bin/healthcheck"))), unready),
			[]Fact{unhealthy(`Readiness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: failed to start exec "0c72da6a1acb18397ee0cca478c10ebc5c32183dd56d1c2d27dd5d2c14c7c6f9": OCI runtime exec failed: exec failed: unable to start container process: exec: "/usr/bin/healthcheck": stat /usr/bin/healthcheck: no such file or directory: unknown`, 9, 5, 98)},
			ClassErroring, "/usr/bin/healthcheck is not in the image of web: readiness can never be carried out",
		},
		"liveness below its threshold": {
			settled(with(Liveness, probe(path("/livez")))),
			[]Fact{unhealthy("Liveness probe failed: "+text503, 2, 86, 96)},
			ClassFailing, "liveness of web: HTTP 503 from /livez, 2 of 3; restart in 5–42s",
		},
		"no secret": {
			settled(waitsFor("CreateContainerConfigError", `secret "db" not found`)), nil,
			ClassConfig, `config of web: secret "db" does not exist; it cannot be created`,
		},
		"no image": {
			settled(waitsFor("ImagePullBackOff", `Back-off pulling image "x.invalid/web:1": ErrImagePull: rpc error: code = Unknown desc = failed to pull and unpack image "x.invalid/web:1": failed to resolve reference "x.invalid/web:1": dial tcp: lookup x.invalid: no such host`)), nil,
			ClassImage, "image of web cannot be pulled: the registry's name does not resolve ()",
		},
		"a volume without its configmap": {
			settled(bare),
			[]Fact{said("FailedMount", `MountVolume.SetUp failed for volume "conf" : configmap "web" not found`, 8, 10, 95)},
			ClassVolume, `volume conf cannot be mounted: configmap "web" not found, for 90s`,
		},
		"no sandbox": {
			settled(bare),
			[]Fact{said("FailedCreatePodSandBox", `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "gvisor" is configured`, 8, 10, 95)},
			ClassSandbox, `no sandbox: no runtime for "gvisor" is configured, for 90s`,
		},
		"evicted": {
			settled(finished("Failed", "Evicted", "The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi. Container web was using 900Mi, request is 0, has larger consumption of memory. ")), nil,
			ClassEvicted, "Evicted: the node was low on resource: memory; Container web was using 900Mi, request is 0",
		},
		"not admitted": {
			settled(finished("Failed", "OutOfcpu", "Pod was rejected: Node didn't have enough resource: cpu, requested: 100, used: 2, capacity: 4")), nil,
			ClassAdmission, "not admitted: OutOfcpu: the node has too little cpu, requested: 100, used: 2, capacity: 4",
		},
		"failed by itself": {
			settled(never, finished("Failed", "", ""), func(p *Pod) { p.Containers[0].ExitCode = 3 }), nil,
			ClassExit, "exit code 3 ended web after 80s, 20s ago; it is not started again",
		},
		"gone node": {
			settled(with(Readiness, probe()), unready, func(p *Pod) { p.Node = "n9" }),
			[]Fact{unhealthy("Readiness probe failed: "+text503, 9, 5, 95)},
			ClassNode, "node is gone: there is no Node object n9; before that, readiness of web: HTTP 503 from /healthz",
		},
		"an init container fails": {
			settled(initializing(Container{Name: "migrate", Kind: Init, State: Waiting, Reason: "CrashLoopBackOff", Message: "back-off 20s restarting failed container=migrate", Restarts: 2, ID: "i1", Last: &Termination{Reason: "Error", ExitCode: 9, StartedAt: at(80), FinishedAt: at(90)}})), nil,
			ClassInit, "exit code 9 ended init container migrate after 10s, 3 times; starts again in 10–29s",
		},
		"a job's work is done, its proxy runs on": {
			settled(never, finished("Running", "", ""), func(p *Pod) { p.Containers[0].ExitCode = 0 }, also(proxy)), nil,
			ClassJobDone, "work is done: web ended with exit code 0 20s ago; proxy still runs and holds the pod",
		},
		"wedged": {
			settled(never, finished("Running", "", ""), func(p *Pod) {
				c := &p.Containers[0]
				c.ExitCode, c.FinishedAt, c.StartedAt = 42, at(-60), at(-90)
				c.Spec.RestartRules = []RestartRule{{Action: "Restart", Codes: []int32{42}}}
			}), nil,
			ClassWedged, "wedged, for 2m40s: exit code 42 ended web; the kubelet does not start it again",
		},
		"a gate that was never set": {
			settled(gated("example.com/lb"), condition("Ready", False, "ReadinessGatesNotReady", "")), nil,
			ClassGate, "readiness gate never set: example.com/lb, for 100s; its controller has to set it",
		},
		"a finalizer": {
			settled(finished("Running", "", ""), func(p *Pod) {
				p.Deleted, p.GracePeriod, p.Finalizers = at(70), 10*time.Second, []string{"example.com/hold"}
			}), nil,
			ClassTerminating, "terminating: finalizer example.com/hold keeps the pod, for 40s; its containers have ended",
		},
		"a preStop hook": {
			settled(func(p *Pod) {
				p.Deleted, p.GracePeriod = at(150), 60*time.Second
				p.Containers[0].Spec.PreStop, p.Containers[0].Spec.PreStopHook = 30*time.Second, "sleep 30s"
			}), nil,
			ClassTerminating, "terminating: preStop of web runs (sleep 30s), for 10s; killed in 50–55s",
		},
		"restarted by a resize": {
			settled(func(p *Pod) {
				c := &p.Containers[0]
				c.Restarts, c.StartedAt, c.Last = 1, at(50), &Termination{Reason: "Completed", StartedAt: epoch, FinishedAt: at(49)}
			}),
			[]Fact{said("Killing", "Container web resize requires restart", 1, 48, 48)},
			ClassResize, "resize restarted web, 51s ago: its resizePolicy wants a restart; runs again for 50s",
		},
		"restarted with all others": {
			settled(func(p *Pod) {
				c := &p.Containers[0]
				c.Restarts, c.StartedAt, c.Last = 1, at(50), &Termination{Reason: "RestartingAllContainers", ExitCode: 137}
			}, also(Container{Name: "watcher", State: Running, StartedAt: at(50), Started: True, Ready: true, ID: "c2", Spec: &ContainerSpec{RestartRules: []RestartRule{{Action: "RestartAllContainers", Codes: []int32{88}}}}})),
			nil,
			ClassRestartAll, "RestartAllContainers: exit code 88 of watcher restarts all containers, 50s ago; runs again for 50s",
		},
		"not scheduled": {
			settled(func(p *Pod) { p.Node = "" }, condition("PodScheduled", False, "Unschedulable", "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s). preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."), condition("Ready", False, "", "")), nil,
			ClassUnscheduled, "not scheduled: 1 Insufficient cpu, 2 had untolerated taint(s) (0 of 3 nodes fit)",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			row := newWorld(t).hears(goodNode, service("web"), c.pod).hears(c.facts...).after(100).row(t, "u-web")
			d := row.Diagnosis(at(100))
			if d == nil {
				t.Fatalf("there is no diagnosis, want %q", c.want)
			}
			if d.Cause != c.cause || d.Headline != c.want {
				t.Errorf("got  %s %q\nwant %s %q", d.Cause, d.Headline, c.cause, c.want)
			}
			if row.Headline(at(100)) != d.Headline {
				t.Errorf("the headline alone is %q", row.Headline(at(100)))
			}
			for _, a := range d.Actions {
				if a.Text == "" {
					t.Errorf("an action says nothing: %+v", a)
				}
			}
			for _, word := range boilerplate {
				if strings.Contains(d.Headline, word) {
					t.Errorf("the headline repeats %q", word)
				}
			}
		})
	}
}

// boilerplate is what the kubelet and the runtime put around a reason.
var boilerplate = [...]string{
	"back-off ", "restarting failed container", "pod=", "rpc error", "desc =", "(combined from similar events)", "dial tcp", "Get \"", "OCI runtime",
}

func TestNothingIsSaidOfAPodThatIsWell(t *testing.T) {
	for name, pod := range map[string]*Pod{
		"well":                    settled(with(Readiness, probe()), with(Liveness, probe())),
		"no Service":              settled(func(p *Pod) { p.Labels = "" }),
		"succeeded":               settled(never, finished("Succeeded", "", ""), func(p *Pod) { p.Containers[0].ExitCode = 0 }),
		"done, not yet succeeded": settled(never, finished("Running", "", ""), func(p *Pod) { p.Containers[0].ExitCode = 0 }),
		"restarted a long time ago": settled(func(p *Pod) {
			p.Containers[0].StartedAt, p.Containers[0].Restarts, p.Containers[0].Last = at(-890), 3, &Termination{ExitCode: 1, FinishedAt: at(-900)}
		}),
	} {
		row := newWorld(t).hears(goodNode, service("web"), inTraffic, pod).after(100).row(t, "u-web")
		if got := row.Headline(at(100)); got != "" {
			t.Errorf("%s: %q", name, got)
		}
		if row.Severity.Fault() {
			t.Errorf("%s: the pod is %s", name, row.Severity)
		}
	}
}

func TestCommandsOfActionsAreSafeToPaste(t *testing.T) {
	for _, name := range []string{"web; rm -rf /", "$(reboot)", "--all", "web\nid", "`id`", "web-0'"} {
		pod := settled(with(Readiness, probe()), unready, func(p *Pod) { p.Name = name })
		e := unhealthy("Readiness probe failed: x", 3, 1, 21)
		d := newWorld(t).hears(goodNode, pod, e).after(25).row(t, "u-web").Diagnosis(at(25))
		for _, a := range d.Actions {
			if a.Command != "" && !strings.Contains(a.Command, " pod/--all ") { // that is no flag
				t.Errorf("a pod named %q: %q", name, a.Command)
			}
		}
	}
}

func TestPodsThatFailAlike(t *testing.T) {
	w := newWorld(t).hears(goodNode, service("web"))
	for i, uid := range []string{"a", "b", "c", "d"} {
		w.hears(settled(with(Readiness, probe(path("/readyz"))), func(p *Pod) {
			p.UID, p.Name, p.Owner = uid, "web-"+uid, Owner{Kind: "Deployment", Name: "web", Revision: "web-1"}
			if i < 3 {
				unready(p)
			}
		}))
		if i < 3 {
			e := *unhealthy("Readiness probe failed: HTTP probe failed with statuscode: 503", 3, 1, 21)
			e.Pod, e.Name = uid, e.Name+uid
			w.hears(&e)
		}
		w.hears(&EndpointSlice{Namespace: "shop", Name: "web-" + uid, Service: "web", Endpoints: []Endpoint{{Pod: uid, Ready: i == 3, Serving: i == 3}}})
	}
	groups := Alike(w.after(25).Snapshot().Rows, at(25))
	if len(groups) != 1 {
		t.Fatalf("%d groups, want one: %+v", len(groups), groups)
	}
	const want = "3 of 4 pods of Deployment/web in shop unready since 03:00:05, all within 1s: readiness of web: HTTP 503 from /readyz; " +
		"Service web has 1 of 4 endpoints ready; all on node n1; one revision"
	if g := groups[0]; g.Headline != want || len(g.Rows) != 3 || g.Of != 4 || g.Node != "n1" || g.Revision != "web-1" {
		t.Errorf("got  %q\nwant %q\n%+v", g.Headline, want, g)
	}
}

// BenchmarkDiagnosis is the sentence of one pod of a crash loop, as a row of the table asks for it.
func BenchmarkDiagnosis(b *testing.B) {
	row := newWorld(b).hears(goodNode, service("web"),
		settled(with(Liveness, probe(path("/livez"))), loops(5, Termination{Reason: "Error", ExitCode: 137})),
		unhealthy("Liveness probe failed: HTTP probe failed with statuscode: 503", 18, 5, 79),
		said("Killing", "Container web failed liveness probe, will be restarted", 6, 20, 80)).after(100).row(b, "u-web")
	b.ReportAllocs()
	for b.Loop() {
		row.Headline(at(100))
	}
}
