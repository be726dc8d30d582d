package prober_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
	"github.com/probetop/probetop/simcluster"
	"github.com/probetop/probetop/simcluster/section"
)

var tableFile = flag.String("faults", "", "document to write the table of faults into")

// The goals of the table.
const (
	toldWithin      = 5 * time.Second
	recoveredWithin = 5 * time.Second
	runWithin       = 10 * time.Second
)

// linkedStage is a cluster with one pod whose container is well, behind a link, in a synctest bubble.
type linkedStage struct {
	*simcluster.Cluster
	link   *simcluster.Link
	config *rest.Config
}

// hop is how long the way to the API server takes, each way, while nothing is wrong with it.
const hop = 10 * time.Millisecond

func newLinkedStage(t *testing.T) *linkedStage {
	t.Helper()
	t.Cleanup(func() { time.Sleep(time.Minute) }) // the library ends a second after the connections
	web := newPipes()
	t.Cleanup(web.serve(respond(http.StatusOK, "fine")))
	local := &simcluster.Local{Linger: time.Second}
	local.Dial = func(ctx context.Context, port int32, _ bool) (net.Conn, error) {
		if port != webPort {
			return nil, syscall.ECONNREFUSED
		}
		return web.dial(ctx, "tcp", "")
	}
	local.Run = func(_ context.Context, _ string, _ []string, stdout, _ io.Writer) (int, error) {
		_, err := io.WriteString(stdout, "fine")
		return 0, err
	}
	c, err := simcluster.Start(simcluster.Options{InMemory: true, Behaviour: func(*corev1.Pod) simcluster.Behaviour { return local }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if err := c.Apply(wellPod()); err != nil {
		t.Fatal(err)
	}
	s := &linkedStage{Cluster: c, config: c.RESTConfig()}
	s.link = simcluster.NewLink(s.config.Dial)
	s.config.Dial = s.link.Dial
	s.link.Delay(hop)
	return s
}

// wellPod is the pod of the stage, with a probe for each way to it.
func wellPod() *corev1.Pod {
	p := pod()
	p.Spec.Containers[0].ReadinessProbe = &corev1.Probe{ProbeHandler: httpGet("/"), TimeoutSeconds: 1}
	p.Spec.Containers[0].LivenessProbe = &corev1.Probe{ProbeHandler: execute("true"), TimeoutSeconds: 1}
	p.Status.ContainerStatuses = []corev1.ContainerStatus{{
		Name: "app", ContainerID: "containerd://1", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
	}}
	return p
}

// outages are the faults of the table: those of a server that are about lists and watches do not concern probes.
func outages() []simcluster.Outage {
	return slices.DeleteFunc(simcluster.Outages(), func(o simcluster.Outage) bool { return o.Reads })
}

// run is one run of a probe and its verdict.
type run struct {
	began, ended time.Time
	verdict      model.ShadowVerdict
	text         string
}

// phase is a way to the container.
type phase struct {
	name string
	// open returns what runs a probe over it.
	open func(*testing.T, *linkedStage) func() (model.ShadowVerdict, string)
}

func phases() []phase {
	return []phase{
		{"exec", func(t *testing.T, s *linkedStage) func() (model.ShadowVerdict, string) {
			return byHand(t, s, model.Liveness)
		}},
		{"exec over a WebSocket", func(t *testing.T, s *linkedStage) func() (model.ShadowVerdict, string) {
			s.refuse("exec", "create")
			return byHand(t, s, model.Liveness)
		}},
		{"port-forward", func(t *testing.T, s *linkedStage) func() (model.ShadowVerdict, string) {
			return byHand(t, s, model.Readiness)
		}},
		{"port-forward over SPDY", func(t *testing.T, s *linkedStage) func() (model.ShadowVerdict, string) {
			s.refuse("portforward", "get")
			return byHand(t, s, model.Readiness)
		}},
		{"proxy", overProxy},
	}
}

// refuse lets the server refuse one kind of upgrade, as one that does not know it.
func (s *linkedStage) refuse(subresource, verb string) {
	no := apierrors.NewMethodNotSupported(schema.GroupResource{Resource: "pods"}, verb)
	s.Faults().Add(simcluster.Fault{Resource: "pods", Subresource: subresource, Verb: verb, Do: simcluster.Answer(no)})
}

// byHand runs a probe again and again, as the key P does.
func byHand(t *testing.T, s *linkedStage, typ model.ProbeType) func() (model.ShadowVerdict, string) {
	ways, err := prober.NewRemote(s.config)
	if err != nil {
		t.Fatal(err)
	}
	p := prober.New(ways, prober.Options{AllowExec: true})
	t.Cleanup(func() { p.Close(); ways.Close() })
	subject := prober.Subject{
		Namespace: target.Namespace, Name: target.Name, Node: newest,
		Probe: model.Key{Pod: model.UID(target.UID), Container: "app", Type: typ},
	}
	return func() (model.ShadowVerdict, string) {
		_, shadow := p.Run(t.Context(), subject, true)
		return shadow.Verdict, shadow.Text
	}
}

// overProxy makes the request of the HTTP probe over the pod's proxy.
func overProxy(t *testing.T, s *linkedStage) func() (model.ShadowVerdict, string) {
	v, err := prober.NewVantage(s.config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	ask := prober.PodRequest{URL: &url.URL{Scheme: "http", Host: address(webPort), Path: "/"}}
	return func() (model.ShadowVerdict, string) {
		a := v.Ask(t.Context(), target, ask, time.Second)
		return a.Verdict, a.Text
	}
}

// measured is what came of an outage.
type measured struct {
	// told is when a run first had no verdict, and recovered how long after the end one first succeeded;
	// negative for never.
	told, recovered time.Duration
	// unsaid is how long before told the last success was, or the fault began. longest is how long a run took at most.
	unsaid, longest time.Duration
	wrong, runs     int
}

// TestFaultTable lets each fault last for 1, 10 and 45 seconds, while a container that is well is probed over each way to it. Under
// the race detector it leaves out the longest.
func TestFaultTable(t *testing.T) {
	t.Parallel()
	var rows sync.Map
	lasting := []time.Duration{time.Second, 10 * time.Second, 45 * time.Second}
	if thinned > 1 {
		lasting = lasting[:2]
	}
	t.Run("faults", func(t *testing.T) {
		for i, o := range outages() {
			for k, ph := range phases() {
				for m, lasts := range lasting {
					t.Run(fmt.Sprintf("%s/%s/%v", o.Name, ph.name, lasts), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) {
							moment := 10 * time.Millisecond * time.Duration(1+(i+3*k+m)%10) // in a run, which takes 40 to 100 ms, or after it
							got := suffer(t, &o, &ph, lasts, moment)
							got.judge(t, &o, lasts)
							rows.Store([3]int{i, k, m}, got.row(&o, &ph, lasts))
						})
					})
				}
			}
		}
	})
	text := "| fault | phase | lasts | told | recovered | false verdicts | runs |\n|---|---|---|---|---|---|---|\n"
	for i := range outages() {
		for k := range phases() {
			for m := range lasting {
				if row, ok := rows.Load([3]int{i, k, m}); ok {
					text += row.(string)
				}
			}
		}
	}
	t.Log("\n" + text)
	if *tableFile != "" {
		if err := section.Replace(*tableFile, "containers", text); err != nil {
			t.Error(err)
		}
	}
}

// suffer plays an outage, which begins at a moment after the beginning of a run.
func suffer(t *testing.T, o *simcluster.Outage, ph *phase, lasts, moment time.Duration) measured {
	const period = 500 * time.Millisecond
	s := newLinkedStage(t)
	probe := ph.open(t, s)
	var runs []run
	stop := make(chan struct{})
	var probing sync.WaitGroup
	probing.Go(func() {
		next := time.NewTicker(period)
		defer next.Stop()
		for {
			r := run{began: time.Now()}
			r.verdict, r.text = probe()
			r.ended = time.Now()
			runs = append(runs, r)
			select {
			case <-next.C:
			case <-stop:
				return
			}
		}
	})
	time.Sleep(5*time.Second + moment)
	begun := time.Now()
	if o.Requests {
		s.CutConnections() // or a tunnel that is open would not notice
	}
	end := o.Begin(s.link, s.Cluster)
	time.Sleep(lasts)
	if err := end(); err != nil {
		t.Error(err)
	}
	s.link.Delay(hop) // which an outage may have changed
	over := time.Now()
	time.Sleep(15 * time.Second)
	close(stop)
	probing.Wait()
	return measure(t, runs, begun, over)
}

// measure reads what came of an outage off the runs.
func measure(t *testing.T, runs []run, begun, over time.Time) measured {
	got := measured{told: -1, recovered: -1, runs: len(runs)}
	known := begun
	for _, r := range runs {
		if testing.Verbose() {
			t.Logf("%v to %v: %s %s", r.began.Sub(begun), r.ended.Sub(begun), r.verdict, r.text)
		}
		got.longest = max(got.longest, r.ended.Sub(r.began))
		switch {
		case r.verdict == model.ShadowNone:
			if got.told < 0 && r.ended.After(begun) {
				got.told, got.unsaid = r.ended.Sub(begun), r.ended.Sub(known)
			}
			if r.ended.Before(begun) {
				t.Errorf("no verdict while all is well: %s", r.text)
			}
		case !r.verdict.Succeeds():
			got.wrong++
			t.Errorf("a container that is well is said to have a %s: %s", r.verdict, r.text)
		default:
			if got.recovered < 0 && !r.ended.Before(over) {
				got.recovered = r.ended.Sub(over)
			}
			if r.ended.After(known) {
				known = r.ended
			}
		}
	}
	return got
}

// judge holds what came of an outage against the goals.
func (m *measured) judge(t *testing.T, o *simcluster.Outage, lasts time.Duration) {
	t.Helper()
	if m.longest > runWithin {
		t.Errorf("a run took %v", m.longest)
	}
	if lasts >= 10*time.Second && !o.Gentle && !o.Slow && (m.told < 0 || m.unsaid > toldWithin) {
		t.Errorf("told after %v, %v after the last success", m.told, m.unsaid)
	}
	if m.recovered < 0 || m.recovered > recoveredWithin {
		t.Errorf("recovered after %v", m.recovered)
	}
}

// row is a line of the table.
func (m *measured) row(o *simcluster.Outage, ph *phase, lasts time.Duration) string {
	return fmt.Sprintf("| %s | %s | %.0f s | %s | %s | %d | %d |\n", o.Name, ph.name, lasts.Seconds(),
		secondsOf(m.told), secondsOf(m.recovered), m.wrong, m.runs)
}

func secondsOf(d time.Duration) string {
	if d < 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
