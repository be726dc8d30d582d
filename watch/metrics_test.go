package watch

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
)

// kubelets is an API server that knows nothing but the way to kubelets, and the kubelets.
type kubelets struct {
	mu sync.Mutex
	// guarded by mu
	asked map[string][]time.Time // by node
	open  int                    // requests that are not answered
	most  int                    // the most of them
	takes time.Duration          // how long an answer takes
	// answer returns what a node says and with which status.
	answer func(node string) (int, string)
	header http.Header
}

// says is an answer of pods whose liveness probes have succeeded so often.
func says(successes int, uids ...string) string {
	var b strings.Builder
	for _, uid := range uids {
		fmt.Fprintf(&b, "prober_probe_total{container=\"web\",pod_uid=%q,probe_type=\"Liveness\",result=\"successful\"} %d\n", uid, successes)
	}
	b.WriteString("process_start_time_seconds 1.79529066155e+09\n")
	return b.String()
}

// RoundTrip implements http.RoundTripper.
func (k *kubelets) RoundTrip(r *http.Request) (*http.Response, error) {
	node := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/api/v1/nodes/"), "/proxy/metrics/probes")
	k.mu.Lock()
	if k.asked == nil {
		k.asked = map[string][]time.Time{}
	}
	k.asked[node] = append(k.asked[node], time.Now())
	k.open++
	k.most = max(k.most, k.open)
	takes, answer, header := k.takes, k.answer, k.header
	k.mu.Unlock()
	select {
	case <-time.After(takes):
	case <-r.Context().Done():
	}
	k.mu.Lock()
	k.open--
	k.mu.Unlock()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	code, body := answer(node)
	if header == nil {
		header = http.Header{"Content-Type": {"text/plain; version=0.0.4"}}
	}
	return &http.Response{StatusCode: code, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func (k *kubelets) does(f func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	f()
}

// requests returns how often a node was asked so far, or all of them.
func (k *kubelets) requests(node string) (n int) {
	k.does(func() {
		for name, asked := range k.asked {
			if node == "" || name == node {
				n += len(asked)
			}
		}
	})
	return n
}

// reading is a Metrics that runs in a bubble, with a model of what it says.
type reading struct {
	*run
	kubelets *kubelets
	metrics  *Metrics

	mu       sync.Mutex
	snapshot *model.Snapshot
}

// reads runs a Metrics until the test ends. Its pods are in the model as well as in the snapshot that it reads.
func reads(t *testing.T, k *kubelets, pods ...*model.Pod) *reading {
	t.Helper()
	r := &reading{kubelets: k, run: &run{done: make(chan struct{}), cluster: model.NewCluster()}}
	r.holds(pods...)
	return r.begin(t)
}

// begin starts a Metrics that reads what r holds.
func (r *reading) begin(t *testing.T) *reading {
	t.Helper()
	m, err := NewMetrics(&rest.Config{Host: "http://cluster.test", Transport: r.kubelets}, func() *model.Snapshot {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.snapshot
	})
	if err != nil {
		t.Fatal(err)
	}
	r.metrics = m
	ctx, stop := context.WithCancel(t.Context())
	r.stop = stop
	go func() {
		defer close(r.done)
		if err := m.Run(ctx, r.hear); err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	t.Cleanup(func() { r.end(t) })
	return r
}

// holds makes the pods those of the snapshot.
func (r *reading) holds(pods ...*model.Pod) {
	c := model.NewCluster()
	c.Apply(model.Change{At: time.Now(), Fact: &model.Source{Kind: model.Pods, State: model.SourceSynced}})
	for _, p := range pods {
		c.Apply(model.Change{At: time.Now(), Fact: p})
		r.hear(model.Change{At: time.Now(), Fact: p})
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.snapshot = c.Snapshot()
}

// said returns what was said so far.
func (r *reading) said() []model.Change {
	synctest.Wait()
	r.run.mu.Lock()
	defer r.run.mu.Unlock()
	return slices.Clone(r.changes)
}

// heard returns the counters that were heard so far, a line each.
func (r *reading) heard() []string {
	var lines []string
	for _, ch := range r.said() {
		f, ok := ch.Fact.(*model.Counters)
		if !ok {
			continue
		}
		line := f.Node
		if ch.Gone {
			line += " gone"
		}
		for _, p := range f.Pods {
			line += " " + p.Pod
			for _, n := range p.Probes {
				line += fmt.Sprintf(" %s/%s=%d+%d", n.Container, n.Type, n.Successes, n.Failures)
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// probed is a pod on a node with a liveness probe of that period.
func probed(uid, node string, period time.Duration) *model.Pod {
	p := &model.Pod{UID: uid, Node: node, Phase: "Running", Containers: []model.Container{{Name: "web", State: model.Running}}}
	p.Containers[0].Probes[model.Liveness] = &model.ProbeSpec{Period: period, Timeout: time.Second, FailureThreshold: 3}
	return p
}

// fleet is a pod on each of n nodes.
func fleet(n int, period time.Duration) []*model.Pod {
	var pods []*model.Pod
	for i := range n {
		pods = append(pods, probed(fmt.Sprint("u", i), fmt.Sprintf("n%03d", i), period))
	}
	return pods
}

func healthy(string) (int, string) { return http.StatusOK, says(1, "u0") }

func TestMetricsReadsThePodsInScope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &kubelets{answer: func(node string) (int, string) { return http.StatusOK, says(7, "stranger", "u1", "hash") }}
		static, unprobed, over := probed("u2", "n1", time.Minute), &model.Pod{UID: "u3", Node: "n2"}, probed("u4", "n3", time.Second)
		static.MirrorUID, over.Phase = "hash", "Failed"
		r := reads(t, k, probed("u1", "n1", 10*time.Second), static, unprobed, over, probed("u5", "", time.Second))
		r.expectSource(t, model.KubeletMetrics, "synced")
		if got, want := r.heard(), []string{"n1 hash web/liveness=7+0 u1 web/liveness=7+0"}; !slices.Equal(got, want) {
			t.Errorf("heard %q, want %q", got, want)
		}
		if got := r.states(model.KubeletMetrics); !slices.Equal(got, []string{"syncing", "synced"}) {
			t.Errorf("states %v", got)
		}
		r.holds()
		time.Sleep(20 * time.Second)
		if got := r.heard(); got[len(got)-1] != "n1 gone" {
			t.Errorf("without pods: %q", got)
		}
		if n := k.requests("n2") + k.requests("n3") + k.requests(""); n != k.requests("n1") {
			t.Errorf("%d requests to nodes without probes", n-k.requests("n1"))
		}
	})
}

func TestMetricsWaitsForThePods(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &kubelets{answer: healthy}
		r := &reading{kubelets: k, run: &run{done: make(chan struct{}), cluster: model.NewCluster()}, snapshot: &model.Snapshot{}}
		r.begin(t)
		time.Sleep(time.Second)
		r.expectSource(t, model.KubeletMetrics, "syncing")
		r.holds(probed("u0", "n1", time.Second))
		time.Sleep(DefaultFrame)
		r.expectSource(t, model.KubeletMetrics, "synced")
		if len(r.heard()) == 0 {
			t.Error("synced before any kubelet was asked")
		}
	})
}

func TestMetricsIsPolite(t *testing.T) {
	for period, rest := range map[time.Duration]time.Duration{
		time.Second: time.Second, 10 * time.Second: 5 * time.Second, time.Hour: 30 * time.Second,
	} {
		synctest.Test(t, func(t *testing.T) {
			k := &kubelets{answer: healthy, takes: 50 * time.Millisecond}
			reads(t, k, fleet(20, period)...)
			time.Sleep(5 * time.Minute)
			k.does(func() {
				for node, asked := range k.asked {
					for i := range asked[1:] {
						if gap := asked[i+1].Sub(asked[i]); gap < rest || gap > rest*9/8+time.Second {
							t.Errorf("period %v: %s was asked again after %v", period, node, gap)
						}
					}
				}
				if k.most > scrapesAtATime || len(k.asked) != 20 {
					t.Errorf("%d nodes asked, up to %d at a time", len(k.asked), k.most)
				}
			})
		})
	}
}

func TestAStartupProbeThatIsDoneIsNotHurriedFor(t *testing.T) {
	for started, want := range map[model.Tri]time.Duration{model.True: 20 * time.Second, model.False: time.Second} {
		p := probed("u", "n", 20*time.Second)
		p.Containers[0].Probes[model.Startup] = &model.ProbeSpec{Period: time.Second}
		p.Containers[0].Started = started
		c := model.NewCluster()
		c.Apply(model.Change{Fact: p})
		if got := rolls(c.Snapshot())[0].period; got != want {
			t.Errorf("started %v: the period is %v, want %v", started, got, want)
		}
	}
}

func TestMetricsOfManyNodesAreReadInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &kubelets{answer: healthy}
		r := reads(t, k, fleet(250, 10*time.Second)...)
		asked := func() (n int) {
			k.does(func() { n = len(k.asked); clear(k.asked) })
			return n
		}
		time.Sleep(55 * time.Second)
		r.expectSource(t, model.KubeletMetrics, "synced 100 of 250 nodes at a time")
		all := map[string]bool{}
		for range 4 {
			k.does(func() {
				for node := range k.asked {
					all[node] = true
				}
			})
			if n := asked(); n > nodesAtATime*2 {
				t.Errorf("%d nodes in less than a minute", n)
			}
			time.Sleep(time.Minute)
		}
		if len(all) != 250 {
			t.Errorf("%d nodes were asked, want 250", len(all))
		}
		told := map[string]bool{}
		for _, line := range r.heard() {
			node, rest, _ := strings.Cut(line, " ")
			told[node] = rest != "gone"
		}
		n := 0
		for _, on := range told {
			if on {
				n++
			}
		}
		if n != nodesAtATime {
			t.Errorf("the model has counters of %d nodes, want %d", n, nodesAtATime)
		}
	})
}

func TestMetricsThatAreForbiddenAreAskedForSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const why = `nodes "n000" is forbidden: User "dev" cannot get resource "nodes/proxy" in API group "" at the cluster scope`
		k := &kubelets{header: http.Header{"Content-Type": {"application/json"}}, answer: func(string) (int, string) {
			return http.StatusForbidden, fmt.Sprintf(`{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,"message":%q}`, why)
		}}
		r := reads(t, k, fleet(20, time.Second)...)
		time.Sleep(refusedPause - time.Second)
		r.expectSource(t, model.KubeletMetrics, "forbidden "+why)
		if n := k.requests(""); n != 1 {
			t.Errorf("%d requests, want 1", n)
		}
		k.does(func() { k.answer, k.header = healthy, nil })
		time.Sleep(refusedPause)
		r.expectSource(t, model.KubeletMetrics, "synced")
		if got := r.states(model.KubeletMetrics); !slices.Equal(got, []string{"syncing", "forbidden", "synced"}) {
			t.Errorf("states %v", got)
		}
	})
}

func TestAKubeletThatDoesNotAnswerStopsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var broken atomic.Bool
		k := &kubelets{}
		k.answer = func(node string) (int, string) {
			if node == "n001" && broken.Load() {
				return http.StatusServiceUnavailable, "error trying to reach service: dial tcp 10.0.0.2:10250: connect: connection refused"
			}
			return healthy(node)
		}
		r := reads(t, k, fleet(3, 10*time.Second)...)
		time.Sleep(time.Minute)
		broken.Store(true)
		before := k.requests("n001")
		time.Sleep(10 * time.Minute)
		if n := k.requests("n001") - before; n > 20 {
			t.Errorf("a broken kubelet was asked %d times in ten minutes", n)
		}
		if n := k.requests("n002"); n < 80 {
			t.Errorf("another was asked %d times", n)
		}
		if got := r.source(model.KubeletMetrics); !strings.HasPrefix(got, "synced 1 of 3 nodes do not answer: ") {
			t.Errorf("the source is %q", got)
		}
		if !slices.Contains(r.heard(), "n001 gone") {
			t.Error("its counters are not forgotten")
		}
		broken.Store(false)
		time.Sleep(2 * time.Minute)
		r.expectSource(t, model.KubeletMetrics, "synced")
	})
}

func TestKubeletsThatHangAreLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &kubelets{answer: healthy, takes: time.Hour}
		r := reads(t, k, fleet(2, 10*time.Second)...)
		time.Sleep(2*scrapeTimeout + time.Second)
		r.expectSource(t, model.KubeletMetrics, "stale the server did not answer in time")
		if n := k.requests(""); n != 2 {
			t.Errorf("%d requests, want 2", n)
		}
		time.Sleep(55 * time.Second) // the bubble's end is in the middle of a request
	})
}

func TestMetricsHeedAServerThatIsBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &kubelets{answer: healthy}
		r := reads(t, k, fleet(20, time.Second)...)
		time.Sleep(10 * time.Second)
		k.does(func() {
			k.header = http.Header{"Retry-After": {"40"}}
			k.answer = func(string) (int, string) {
				return http.StatusTooManyRequests, "Too many requests, please try again later."
			}
		})
		time.Sleep(2 * time.Second)
		before := k.requests("")
		time.Sleep(35 * time.Second)
		if n := k.requests("") - before; n > 0 {
			t.Errorf("%d requests in spite of Retry-After", n)
		}
		k.does(func() { k.answer, k.header = healthy, nil })
		time.Sleep(10 * time.Second)
		r.expectSource(t, model.KubeletMetrics, "synced")
	})
}

func TestAnswersThatCannotBeReadAreFailures(t *testing.T) {
	for want, body := range map[string]string{
		errMetricsStart.Error(): "<html>",
		errMetricsSize.Error():  strings.Repeat("#\n", maxMetrics/2+1),
	} {
		synctest.Test(t, func(t *testing.T) {
			r := reads(t, &kubelets{answer: func(string) (int, string) { return http.StatusOK, body }}, fleet(1, time.Second)...)
			if got := r.source(model.KubeletMetrics); !strings.HasPrefix(got, "stale ") || !strings.HasSuffix(got, want) {
				t.Errorf("the source is %q, want stale and %q", got, want)
			}
			if len(r.heard()) > 0 {
				t.Errorf("heard %q", r.heard())
			}
		})
	}
}

// TestARecordingOfCountersPlaysBackTheSame records counters, and the end of them, from the middle on.
func TestARecordingOfCountersPlaysBackTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		k := &kubelets{}
		k.answer = func(string) (int, string) { n++; return http.StatusOK, says(n, "u0") }
		r := reads(t, k, fleet(1, 4*time.Second)...)
		time.Sleep(10 * time.Second)
		var want []model.Change
		tape := taped(t, func(w *recording.Writer) {
			r.metrics.Record(w)
			from := len(r.said())
			time.Sleep(20 * time.Second)
			r.holds()
			time.Sleep(5 * time.Second)
			said := r.said()
			r.metrics.Record(nil)
			for _, ch := range said[from:] {
				if _, ok := ch.Fact.(*model.Counters); ok {
					want = append(want, ch)
				}
			}
		})
		if src, ok := tape.changes[0].Fact.(*model.Source); !ok || src.Kind != model.KubeletMetrics || src.State != model.SourceSynced {
			t.Errorf("the recording begins with %+v", tape.changes[0].Fact)
		}
		if got := tape.changes[1:]; len(want) < 9 || !reflect.DeepEqual(stripped(got), stripped(want)) {
			t.Errorf("recorded %d changes %+v, want %d %+v", len(got), stripped(got), len(want), stripped(want))
		}
	})
}

// stripped returns the changes by value, and those of counters that are gone without what says nothing.
func stripped(changes []model.Change) []any {
	var list []any
	for _, ch := range changes {
		f := *ch.Fact.(*model.Counters)
		if ch.Gone {
			f = model.Counters{Node: f.Node}
		}
		list = append(list, ch.At, ch.Stream, ch.Gone, f)
	}
	return list
}

// BenchmarkScrape is a request to a kubelet in memory that has 10,000 counters, with the fact that comes of it.
func BenchmarkScrape(b *testing.B) {
	r, body := crowdOf(1667)
	text := string(bytes.Clone(body))
	c, err := newClient(&rest.Config{Host: "http://cluster.test", Transport: &kubelets{answer: func(string) (int, string) { return http.StatusOK, text }}})
	if err != nil {
		b.Fatal(err)
	}
	c.core.GetRateLimiter().Stop()
	b.ReportAllocs()
	for b.Loop() {
		f, err := c.counters(b.Context(), nil, r)
		if err != nil || len(f.Pods) != 1667 {
			b.Fatal(err)
		}
	}
}

// TestAKubeletMayGetOtherPodsWhileItIsAsked is for the race detector.
func TestAKubeletMayGetOtherPodsWhileItIsAsked(t *testing.T) {
	k := &kubelets{answer: func(string) (int, string) { return http.StatusOK, says(1) }}
	c, err := newClient(&rest.Config{Host: "http://cluster.test", Transport: k})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s := newScraper(c, nil, nil, func(model.Change) {})
	s.aim([]*roll{{node: "n1"}})
	s.send(ctx, time.Now())
	s.aim([]*roll{{node: "n1", pods: []*model.Pod{{UID: "a"}}}})
	if a := <-s.answers; a.err != nil {
		t.Error(a.err)
	}
	cancel()
	s.pending.Wait()
}
