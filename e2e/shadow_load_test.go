//go:build soak

package e2e

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

const (
	// loadPods are healthy, with a probe of each network handler.
	loadPods = 10
	// loadRate is how many probes are started in a second at most, and loadInFlight how many run at once when the machine
	// is slower than that.
	loadRate, loadInFlight = 500, 64
	// calmRate and calmTime are for what a probe costs when it has not to wait for others.
	calmRate, calmTime = 30, 15 * time.Second
	// loadLow is what a machine must manage that has nothing left to give.
	loadLow = 250
)

// TestShadowLoad runs probes through one API server, at five hundred a second if the machine can, for two thirds of
// the time of E2E_SOAK. All of them succeed, and when they are over nothing of them is left in this process, in the API
// server and in the kubelet. It does so alone: nothing else is measured meanwhile.
func TestShadowLoad(t *testing.T) {
	length, err := time.ParseDuration(os.Getenv("E2E_SOAK"))
	if err != nil {
		t.Fatalf("E2E_SOAK is not for how long to soak, such as 2m or 15m: %v", err)
	}
	length = length * 2 / 3
	pods := loadedPods(t)
	node := nodeOf(t, pods[0].Spec.NodeName)
	remote, err := prober.NewRemote(shared.config)
	if err != nil {
		t.Fatal(err)
	}
	before := measure(t, pods[0].Spec.NodeName)
	tunnels := newLoad(t, pods, node, remote.Open)
	busy := tunnels.drive(t.Context(), loadRate, length)
	during := measure(t, pods[0].Spec.NodeName)
	calm := tunnels.drive(t.Context(), calmRate, calmTime)
	remote.Close()
	t.Logf("shadow load: %v", busy)
	t.Logf("before: %v", before)
	t.Logf("in the end: %v", during)
	busy.check(t)
	afterwards(t, pods[0].Spec.NodeName, before)

	direct := newLoad(t, pods, node, func(context.Context, *corev1.Pod, *prober.Check) (prober.Paths, error) {
		return prober.Paths{Dial: (&net.Dialer{}).DialContext}, nil
	}).drive(t.Context(), calmRate, calmTime)
	t.Logf("calmly, through tunnels: %v", calm)
	t.Logf("calmly, dialled directly: %v", direct)
	if direct.succeeded < direct.runs {
		t.Log("pod IPs cannot be reached from here, so there is nothing to compare the cost with")
		return
	}
	t.Logf("cost of a probe against a direct dial: %.1f times the processor time of this process; median times %s",
		float64(calm.perRun())/float64(direct.perRun()), calm.against(direct))
}

// loadedPods returns ready pods with a startup probe over gRPC, readiness over HTTP and liveness over TCP.
func loadedPods(t *testing.T) []*corev1.Pod {
	t.Helper()
	ns := newNamespace(t)
	c := shadowCase{main: `{startupProbe: {grpc: {port: 9090}, timeoutSeconds: 10}, readinessProbe: {httpGet: {port: 8080}, timeoutSeconds: 10, periodSeconds: 10},
		livenessProbe: {tcpSocket: {port: 7070}, timeoutSeconds: 10, periodSeconds: 10}}`}
	made := make([]*corev1.Pod, loadPods)
	for i := range made {
		createCase(t, ns, fmt.Sprintf("loaded-%d", i), &c)
	}
	for i := range made {
		made[i] = awaitReady(t, ns, fmt.Sprintf("loaded-%d", i))
	}
	return made
}

func nodeOf(t *testing.T, name string) prober.NodeInfo {
	t.Helper()
	node, err := shared.client.CoreV1().Nodes().Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		t.Fatalf("reading node %s: %v", name, err)
	}
	return prober.NodeInfo{KubeletVersion: node.Status.NodeInfo.KubeletVersion, RuntimeVersion: node.Status.NodeInfo.ContainerRuntimeVersion}
}

// afterwards waits until all that the load has taken is given back: what grows by a quarter and some slack, or more, is
// a leak.
func afterwards(t *testing.T, node string, before footprints) {
	t.Helper()
	var after footprints
	eventually(t, 2*patience, func() error {
		runtime.GC()
		after = measure(t, node)
		return after.grown(before)
	})
	t.Logf("after: %v", after)
}

// newLoad prepares the probes of pods; open leads to them.
func newLoad(t *testing.T, pods []*corev1.Pod, node prober.NodeInfo, open opening) *load {
	t.Helper()
	l := &load{open: open}
	for _, pod := range pods {
		for _, kind := range model.ProbeTypes {
			check, err := prober.NewCheck(pod, "main", kind, node)
			if err != nil {
				t.Fatal(err)
			}
			l.aims = append(l.aims, loadAim{pod, check})
		}
	}
	return l
}
