package model_test

import (
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// TestScenariosOfKillsAndTermination are those of section 7.5, and of sections 1.9, 1.12 to 1.14 and 5.5.
func TestScenariosOfKillsAndTermination(t *testing.T) {
	play(t, map[string]scenario{
		"K02 startup's kill": {pod: []func(*Pod){startupOf(threshold(1)), fresh}, plot: plot{
			{1.1, fails(Startup, "x")},
			{1.2, kills(Startup)},
			{1.3, shows("startup failed certain 1/1 exact")},
			{1.3, foresees("startup", WillRestart, 32)},
			{32, again("Error", 137)},
			{36, ledger("startup certain")},
		}},
		"K05 liveness failed, recreated": {pod: []func(*Pod){livenessOf(threshold(1))}, plot: plot{
			{20.1, fails(Liveness, "x")}, {20.2, kills(Liveness)}, {21, again("Completed", 0)}, {24, ledger("liveness certain")}, {40, shows("liveness passing high")},
		}},
		"K06 preStop, then the end": {pod: []func(*Pod){livenessOf(threshold(1))}, plot: plot{
			{20.1, fails(Liveness, "x")},
			{20.2, kills(Liveness)},
			{35, shows("liveness failed certain 1/1 exact")},
			{35, foresees("liveness", WillRestart, 45)},
			{45, again("Error", 143)},
			{48, ledger("liveness certain")},
		}},
		"K07 readiness goes on while it terminates": {pod: []func(*Pod){readinessOf(by(Exec), period(1), threshold(1)), livenessOf()}, plot: plot{
			{30, deleted(30)},
			{33.1, fails(Readiness, noFile)},
			{33.2, readies(false)},
			{33.3, shows("readiness failed high 1/1 exact", "liveness suspended medium")},
			{33.3, quirk("")},
		}},
		"K07 and is frozen, 1.36.3": {kubelet: "v1.36.3", pod: []func(*Pod){readinessOf(by(Exec))}, plot: plot{
			{30, deleted(30)}, {40, shows("readiness unknown none")}, {40, quirk("readiness of web stays what it was")},
		}},
		"K07 and is not, 1.36.2": {kubelet: "v1.36.2", pod: []func(*Pod){readinessOf(by(Exec))}, plot: plot{
			{30, deleted(30)}, {40, shows("readiness passing high")}, {40, quirk("")},
		}},
		"K07 and may be, of a kubelet nobody knows": {kubelet: "next", pod: []func(*Pod){readinessOf(by(Exec))}, plot: plot{
			{30, deleted(30)}, {40, shows("readiness passing medium")},
		}},
		"K07 http is never frozen": {kubelet: "v1.36.3", pod: []func(*Pod){readinessOf()}, plot: plot{
			{30, deleted(30)}, {40, shows("readiness passing high")}, {41.1, fails(Readiness, refused)}, {41.2, shows("readiness failing high 1/3 exact")},
		}},
		"K08 liveness is not run while it terminates": {pod: []func(*Pod){livenessOf(threshold(1)), readinessOf()}, plot: plot{
			{30, deleted(60)},
			{30.5, shows("liveness suspended medium")},
			{31, says(ReasonKilling, "Stopping container web")},
			{33, shows("liveness suspended certain", "readiness passing high")},
			{33, foresees("liveness", NoConsequence, 0)},
			{60, broken("endpoints: web: drains, because the pod was deleted")},
			{80, stays("Error", 143)},
			{84, ledger()},
			{84, shows("liveness waiting certain")},
		}},
		"K09 a sidecar's liveness": {pod: []func(*Pod){sidecar(Liveness, probe())}, plot: plot{
			{20.1, of("mesh", fails(Liveness, code500))},
			{30.1, of("mesh", fails(Liveness, code500))},
			{30.2, shows("mesh/liveness failing high 2/3 exact")},
			{30.2, foresees("mesh/liveness", WillRestart, 42)},
			{40.1, of("mesh", fails(Liveness, code500))},
			{40.2, of("mesh", kills(Liveness))},
			{42, of("mesh", again("Error", 137))},
			{46, ledger("liveness certain")},
		}},
		"K09 a sidecar's readiness": {pod: []func(*Pod){sidecar(Readiness, probe(threshold(1)))}, plot: plot{
			{20.1, of("mesh", fails(Readiness, code500))},
			{20.2, of("mesh", readies(false))},
			{20.3, shows("mesh/readiness failed high 1/1 exact")},
			{20.3, broken("readiness: readiness of mesh: HTTP 500 from /healthz")},
		}},
		"K08 a sidecar's liveness is run on, and kills no more": {pod: []func(*Pod){sidecar(Liveness, probe())}, plot: plot{
			{30, deleted(60)},
			{35.1, of("mesh", fails(Liveness, "x"))},
			{35.2, shows("mesh/liveness failing high 1/3 exact")},
			{35.2, foresees("mesh/liveness", NoConsequence, 0)},
			{45.1, of("mesh", fails(Liveness, "x"))},
			{55.1, of("mesh", fails(Liveness, "x"))},
			{55.2, shows("mesh/liveness failed high 3/3 exact")},
			{55.2, foresees("mesh/liveness", NoConsequence, 0)},
		}},
		"K10 a sidecar's startup holds the others back": {pod: []func(*Pod){sidecar(Startup, probe()), fresh, pending}, plot: plot{
			{1.1, of("mesh", fails(Startup, code500))},
			{1.2, shows("mesh/startup starting certain 1/3 exact")},
			{1.2, broken("initialized: startup of mesh is starting: HTTP 500 from /healthz")},
			{11, of("mesh", starts)},
			{11.1, shows("mesh/startup held certain")},
		}},
		"K10 a sidecar's startup fails": {pod: []func(*Pod){sidecar(Startup, probe(threshold(1))), fresh, pending}, plot: plot{
			{1.1, of("mesh", fails(Startup, code500))},
			{1.2, of("mesh", kills(Startup))},
			{1.3, shows("mesh/startup failed certain 1/1 exact")},
			{1.3, broken("initialized: startup of mesh: HTTP 500 from /healthz")},
			{3, of("mesh", again("Error", 137))},
			{6, ledger("startup certain")},
		}},
		"K12 a sidecar's liveness fails, the next is begun": {pod: []func(*Pod){sidecar(Liveness, probe(threshold(1)))}, plot: plot{
			{20.1, of("mesh", fails(Liveness, "x"))},
			{20.15, of("mesh", says(ReasonKilling, "Init container mesh failed liveness probe"))},
			{20.2, shows("mesh/liveness failed certain 1/1 exact")},
			{21, of("mesh", again("Error", 1))},
			{24, ledger("liveness certain")},
			{24, broken("")},
		}},
		"K15 a new image after a failed probe": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{20.1, fails(Liveness, "x")},
			{22, says(ReasonKilling, "Container web definition changed, will be restarted")},
			{24, again("Error", 143)},
			{28, ledger("definitionChanged certain")},
		}},
		"K17 exits 0 on SIGTERM, OnFailure": {pod: []func(*Pod){livenessOf(threshold(1)), policy("OnFailure")}, plot: plot{
			{20.1, fails(Liveness, "x")},
			{20.2, kills(Liveness)},
			{22, stays("Completed", 0)},
			{22, edits(func(p *Pod) { p.Phase = "Succeeded" })},
			{25, shows("liveness waiting certain")},
			{25, ledger("liveness certain")},
			{25, broken("")},
		}},
		"1.13 never restarted, and nothing else to keep": {pod: []func(*Pod){livenessOf(), policy("Never")}, plot: plot{
			{20.1, fails(Liveness, "boom")},
			{30.1, fails(Liveness, "boom")},
			{40.1, fails(Liveness, "boom")},
			{40.2, says(ReasonKilling, "Stopping container web")},
			{42, stays("Error", 137)},
			{46, ledger("liveness high")},
			{46, shows("liveness waiting certain")},
		}},
		"5.5 deleted, and the kubelet is done": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{20, edits(func(p *Pod) { p.Deleted, p.GracePeriod = at(21), time.Second })},
			{20.1, says(ReasonKilling, "Stopping container web")},
			{20.5, stays("Completed", 0)},
			{20.6, ledger()},
			{22, edits(func(p *Pod) { p.Deleted, p.GracePeriod = at(22), 0 })}, // apiserver pkg/registry/rest/delete.go: never into the past
			{22.1, ledger()},
		}},
		"5.5 ended by itself, and deleted": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{20, stays("Error", 1)},
			{25, edits(func(p *Pod) { p.Deleted, p.GracePeriod = at(26), time.Second })},
			{25.5, edits(func(p *Pod) { p.Deleted, p.GracePeriod = at(25), 0 })},
			{26, ledger("exit high")},
		}},
		"5.5 a new sandbox": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{20, says("SandboxChanged", "Pod sandbox changed, it will be killed and re-created.")},
			{20, says(ReasonKilling, "Stopping container web")},
			{22, again("Error", 143)},
			{26, ledger("sandboxChanged medium")},
		}},
		"5.5 out of memory": {pod: []func(*Pod){livenessOf()}, plot: plot{{20, again("OOMKilled", 137)}, {24, ledger("oom certain")}}},
		"5.5 the node forgot it": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{20, again("ContainerStatusUnknown", 137)}, {24, ledger("node high")},
		}},
		"5.5 postStart": {pod: []func(*Pod){livenessOf()}, plot: plot{
			{20, says("FailedPostStartHook", "PostStartHook failed")}, {20, says(ReasonKilling, "FailedPostStartHook")}, {21, again("Error", 137)}, {25, ledger("postStart certain")},
		}},
		"5.5 an event that is lost, 1.31": {kubelet: "v1.31.14", pod: []func(*Pod){livenessOf(), readinessOf()}, plot: plots(
			repeated(1, 246, 10, fails(Readiness, refused)),
			plot{{260, again("Error", 137)}, {264, ledger("unknown low")}, {264, quirk("drops events of kills")}},
		)},
		"5.5 an event that cannot be lost like that, 1.32": {kubelet: "v1.32.0", pod: []func(*Pod){livenessOf(), readinessOf()}, plot: plots(
			repeated(1, 246, 10, fails(Readiness, refused)),
			plot{{260, again("Error", 137)}, {264, ledger("signal high")}},
		)},
		"1.14 the second kill ends in a crash loop": {pod: []func(*Pod){livenessOf(threshold(1), period(5))}, plot: plot{
			{6.1, fails(Liveness, "x")},
			{6.2, kills(Liveness)},
			{8, again("Error", 137)},
			{11.1, fails(Liveness, "x")},
			{11.2, kills(Liveness)},
			{13, ends("Error", 137)},
			{13.5, says(ReasonBackOff, "Back-off restarting failed container web in pod web-0_shop(u-web)")},
			{17, shows("liveness waiting certain")},
			{17, broken("started: web: CrashLoopBackOff")},
			{17, ledger("liveness certain", "liveness certain")},
			{23, begins},
			{23.1, shows("liveness delayed medium")},
		}},
	})
}

// pending is a main container that waits for the init containers.
func pending(p *Pod) {
	c := p.Container("web")
	c.State, c.Reason, c.ID, c.StartedAt, c.Started, c.Ready = Waiting, "PodInitializing", "", time.Time{}, False, false
	condition("Initialized", False, "ContainersNotInitialized", "containers with incomplete status: [mesh]")(p)
}
