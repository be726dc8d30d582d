package parity

import (
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/version"
	"k8s.io/klog/v2"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

// wanted is how many cases there must be at least.
const wanted = 150

// parityCase is one probe of one site.
type parityCase struct {
	name string
	// probe builds the site and returns the probe.
	probe func(s *site) corev1.ProbeHandler
	// timeout is in seconds; zero for one that is long enough.
	timeout int32
	ip      string // of the pod; empty for 127.0.0.1
	// classified says that the kubelet's own text differs from run to run (client ports, races of its libraries), and
	// only its cause is compared.
	classified bool
	// retried says that grpc connects again at random moments, and only the first connection is compared.
	retried bool
}

// TestMain lets the cases run side by side: they wait more than they compute. The kubelet has its alpha handlers on.
func TestMain(m *testing.M) {
	flag.Parse()
	klog.SetSlogLogger(slog.New(slog.DiscardHandler))
	if err := flag.Set("test.parallel", "24"); err != nil {
		fmt.Fprintln(os.Stderr, "parity:", err)
		os.Exit(1)
	}
	if err := utilfeature.DefaultMutableFeatureGate.Set("H2CContainerProbe=true,GRPCContainerProbeTLS=true"); err != nil {
		fmt.Fprintln(os.Stderr, "parity:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// tally counts the cases and lists what differed.
type tally struct {
	mu sync.Mutex
	// guarded by mu
	cases, verdicts, texts, requests int
	classified                       []string
}

// TestParity runs every case through the kubelet's prober and through ours.
func TestParity(t *testing.T) {
	k, sum := newKubelet(), &tally{}
	cases := slices.Concat(headerCases(), pathCases(), responseCases(), connectionCases(), redirectCases(), tlsCases(), portCases(), tcpCases(), grpcCases(), execCases())
	t.Run("cases", func(t *testing.T) {
		for i, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.compare(t, k, fmt.Sprintf("uid-%d", i), sum)
			})
		}
	})
	slices.Sort(sum.classified)
	for _, line := range sum.classified {
		t.Log(line)
	}
	t.Logf("parity: %d cases, %d verdicts differ, %d texts differ, %d requests differ, %d texts classified",
		sum.cases, sum.verdicts, sum.texts, sum.requests, len(sum.classified))
	if sum.cases < wanted {
		t.Errorf("%d cases were run, want at least %d", sum.cases, wanted)
	}
}

func (c *parityCase) compare(t *testing.T, k *kubelet, uid string, sum *tally) {
	s := &site{t: t, ip: "127.0.0.1", container: corev1.Container{Name: "c"}}
	if c.ip != "" {
		s.ip = c.ip
	}
	probe := &corev1.Probe{ProbeHandler: c.probe(s), TimeoutSeconds: 10, PeriodSeconds: 1, SuccessThreshold: 1, FailureThreshold: 1}
	if c.timeout != 0 {
		probe.TimeoutSeconds = c.timeout
	}
	s.container.ReadinessProbe = probe
	pod := runningPod(uid, s.ip, s.container)

	theirs := k.probe(t, s, pod)
	if theirs.kind == model.ShadowSuccess {
		theirs.text = outputOf(t, s, pod)
	}
	s.take()
	ours, handler := c.shadow(t, s, pod)
	sum.add(t, c, handler, theirs, ours)
}

// shadow runs the probe through ours.
func (c *parityCase) shadow(t *testing.T, s *site, pod *corev1.Pod) (verdict, model.HandlerKind) {
	check, err := prober.NewCheck(pod, "c", model.Readiness, prober.NodeInfo{KubeletVersion: version.Get().GitVersion, RuntimeVersion: "containerd://2.1.0"})
	if err != nil {
		t.Fatal(err)
	}
	dialer := &net.Dialer{}
	result := check.Run(t.Context(), prober.Paths{Dial: dialer.DialContext, Exec: s.exec, Reaches: func(string) bool { return true }})
	if result.Verdict == model.ShadowNone {
		t.Errorf("ours: no verdict (%s): %s", result.Lack, result.Text)
	}
	return verdict{result.Verdict, result.Text, s.take()}, check.Handler
}

// add compares two outcomes.
func (sum *tally) add(t *testing.T, c *parityCase, handler model.HandlerKind, theirs, ours verdict) {
	sum.mu.Lock()
	defer sum.mu.Unlock()
	sum.cases++
	if theirs.kind != ours.kind {
		sum.verdicts++
		t.Errorf("verdicts differ\nkubelet: %s %q\n   ours: %s %q", theirs.kind, theirs.text, ours.kind, ours.text)
		return
	}
	if c.retried {
		theirs.seen, ours.seen = first(theirs.seen), first(ours.seen)
	}
	if !slices.Equal(theirs.seen, ours.seen) {
		sum.requests++
		t.Errorf("the servers saw\nkubelet: %s\n   ours: %s", strings.Join(theirs.seen, "\n         "), strings.Join(ours.seen, "\n         "))
	}
	theirCause, ourCause := causeOf(handler, theirs), causeOf(handler, ours)
	switch {
	case theirs.text == ours.text:
	case c.classified && theirCause == ourCause:
		sum.classified = append(sum.classified, fmt.Sprintf("classified as %s: %s\n\tkubelet: %q\n\t   ours: %q", ourCause, c.name, theirs.text, ours.text))
	default:
		sum.texts++
		t.Errorf("texts differ (%s, %s)\nkubelet: %q\n   ours: %q", theirCause, ourCause, theirs.text, ours.text)
	}
}

// causeOf returns the cause of an outcome. A timeout of an HTTP probe may have been in either phase.
func causeOf(handler model.HandlerKind, v verdict) model.Cause {
	outcome := map[model.ShadowVerdict]model.Outcome{
		model.ShadowFailure: model.Failed, model.ShadowWarning: model.Warned, model.ShadowErrored: model.Errored,
	}[v.kind]
	cause := model.CauseOf(handler, outcome, v.text)
	if handler == model.HTTP && (cause == model.CauseTimeout || cause == model.CauseUnanswered) {
		return model.CauseHeaders
	}
	return cause
}

// first returns the first connection on which something was said: an earlier one may have been given up.
func first(seen []string) []string {
	said := slices.DeleteFunc(slices.Clone(seen), func(s string) bool { return s == `""` })
	return said[:min(1, len(said))]
}
