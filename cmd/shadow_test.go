package cmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/probetop/probetop/cmd"
	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
	"github.com/probetop/probetop/simcluster"
)

// town is a cluster whose pods are served by one server of this process.
type town struct {
	cluster    *simcluster.Cluster
	kubeconfig string
	pods       map[string]*corev1.Pod
	server     string
	denied     string
	exit       int
}

// newTown starts a cluster of pods.
func newTown(t *testing.T, pods ...*corev1.Pod) *town {
	t.Helper()
	cluster, err := simcluster.Start(simcluster.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	web := httptest.NewServer(http.HandlerFunc(answer))
	t.Cleanup(web.Close)
	o := &town{cluster: cluster, kubeconfig: filepath.Join(t.TempDir(), "kubeconfig"), pods: map[string]*corev1.Pod{}, server: web.Listener.Addr().String()}
	if err := cluster.WriteKubeconfig(o.kubeconfig); err != nil {
		t.Fatal(err)
	}
	for _, pod := range pods {
		o.pods[pod.Name] = pod
		if err := cluster.Apply(pod); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// answer is how every pod answers.
func answer(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/moved":
		http.Redirect(w, r, "/healthz", http.StatusFound)
	case "/broken":
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, "the database is \x1b[31mgone\x1b[0m\nsince noon\n")
	default:
		fmt.Fprint(w, "fine")
	}
}

func (o *town) Pod(_ context.Context, _, name string) (*corev1.Pod, error) {
	if pod := o.pods[name]; pod != nil {
		return pod, nil
	}
	return nil, apierrors.NewNotFound(schema.GroupResource{Resource: "pods"}, name)
}

func (o *town) Denied(context.Context, string, string) string { return o.denied }

func (o *town) Open(context.Context, *corev1.Pod, *prober.Check) (prober.Paths, error) {
	return prober.Paths{
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, o.server)
		},
		Exec: func(context.Context, []string, time.Duration) (prober.ExecResult, error) {
			return prober.ExecResult{Stdout: []byte("ran"), ExitCode: o.exit}, nil
		},
	}, nil
}

func (o *town) PodIP(context.Context, *corev1.Pod, *prober.Check) *model.PodIPVantage {
	return &model.PodIPVantage{Verdict: model.ShadowSuccess}
}

func (o *town) Unfinished(model.Key) bool { return false }

func (o *town) Forget(model.UID) {}

// shadow runs probetop shadow; in is what somebody types at a terminal, when there is one.
func (o *town) shadow(t *testing.T, ctx context.Context, in io.Reader, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	terminal := in != nil
	if in == nil {
		in = strings.NewReader("")
	}
	code := cmd.Execute(ctx, "probetop", append([]string{"shadow", "--kubeconfig", o.kubeconfig, "-n", "shop"}, args...), cmd.Streams{
		In: in, Out: &out, Err: &errs, Terminal: terminal, Now: time.Now, Log: &cmd.DebugLog{}, Ways: o,
	})
	return result{code, out.String(), errs.String()}
}

// villager is a pod that runs since an hour, with a readiness probe and perhaps a liveness probe.
func villager(name string, ready bool, probes ...corev1.ProbeHandler) *corev1.Pod {
	began := metav1.NewTime(time.Now().Add(-time.Hour))
	c := corev1.Container{Name: "app", Image: "app"}
	for i, h := range probes {
		probe := &corev1.Probe{ProbeHandler: h, TimeoutSeconds: 30, PeriodSeconds: 1, SuccessThreshold: 1, FailureThreshold: 3}
		*[...]**corev1.Probe{&c.ReadinessProbe, &c.LivenessProbe, &c.StartupProbe}[i] = probe
	}
	status := corev1.ConditionFalse
	if ready {
		status = corev1.ConditionTrue
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "shop", Name: name, UID: types.UID("uid-" + name), CreationTimestamp: began, Labels: map[string]string{"app": "web"},
		},
		Spec: corev1.PodSpec{NodeName: "n1", Containers: []corev1.Container{c}},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, PodIP: "10.0.0.5",
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: status, LastTransitionTime: began}},
			ContainerStatuses: []corev1.ContainerStatus{{
				Name: "app", ContainerID: "containerd://1", Ready: ready, Started: new(true),
				State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: began}},
			}},
		},
	}
}

func get(path string) corev1.ProbeHandler {
	return corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromInt32(8080), Scheme: corev1.URISchemeHTTP}}
}

func command(argv ...string) corev1.ProbeHandler {
	return corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: argv}}
}

func TestShadowOfAPodThatIsWell(t *testing.T) {
	t.Parallel()
	o := newTown(t, villager("web-0", true, get("/moved")))
	got := o.shadow(t, t.Context(), nil, "pod/web-0")
	if got.code != 0 || got.err != "" {
		t.Errorf("exit code %d, stderr %q", got.code, got.err)
	}
	for _, want := range []string{
		"shop/web-0  app  readiness\n", "asks       http://10.0.0.5:8080/moved  (timeout 30s)", "attempt 1  status 302, HTTP/1.1", "connect ",
		"redirects to http://10.0.0.5:8080/healthz", "| fine", "from here  success", "pod IP     success", "kubelet    passing", "both pass (A0)",
		"curl ", "'http://10.0.0.5:8080/moved'", "(on the node n1)",
	} {
		if !strings.Contains(got.out, want) && !strings.Contains(got.out, strings.ReplaceAll(want, "'", "")) {
			t.Errorf("lacks %q:\n%s", want, got.out)
		}
	}
}

func TestShadowOfAPodThatIsNot(t *testing.T) {
	t.Parallel()
	o := newTown(t, villager("web-0", false, get("/broken")))
	got := o.shadow(t, t.Context(), nil, "pod/web-0", "--count", "2")
	for _, want := range []string{
		"run 1 of 2", "run 2 of 2", "status 503", "| the database is", "since noon", "from here  failure: HTTP probe failed with statuscode: 503", "kubelet    failed",
	} {
		if !strings.Contains(got.out, want) {
			t.Errorf("lacks %q:\n%s", want, got.out)
		}
	}
	if got.code != 1 || got.err != "" || strings.Contains(got.out, "\x1b") {
		t.Errorf("exit code %d, stderr %q, stdout\n%q", got.code, got.err, got.out)
	}
}

func TestShadowAsJSON(t *testing.T) {
	t.Parallel()
	o := newTown(t, villager("web-0", false, get("/healthz"), get("/broken")))
	got := o.shadow(t, t.Context(), nil, "pod/web-0", "-o", "json", "--count", "2")
	var reports []cmd.TranscriptReport
	for d := json.NewDecoder(strings.NewReader(got.out)); d.More(); {
		var r cmd.TranscriptReport
		if err := d.Decode(&r); err != nil {
			t.Fatalf("%v in\n%s", err, got.out)
		}
		reports = append(reports, r)
	}
	if len(reports) != 2 || got.code != 1 {
		t.Fatalf("%d documents, exit code %d: %s", len(reports), got.code, got.err)
	}
	r := reports[0]
	if r.Kind != "ProbeTranscript" || r.Type != "readiness" || r.Target != "http://10.0.0.5:8080/healthz" || r.State != "failed" || len(r.Runs) != 2 {
		t.Errorf("got %+v", r)
	}
	if s := r.Shadow; s == nil || s.Outcome != "success" || s.Runs != 2 || s.Kubelet.Outcome != "failure" || s.Explain == "" || s.PodIP.Outcome != "success" {
		t.Errorf("shadow %+v", r.Shadow)
	}
	if gap := r.Runs[1].At.Sub(r.Runs[0].At); gap < time.Second {
		t.Errorf("the second run began %v after the first, in a period of a second", gap)
	}
	a := reports[1].Runs[1].Attempts
	if len(a) != 1 || a[0].Outcome != "failure" || a[0].Hops[0].Status != 503 || len(a[0].Hops[0].Phases) == 0 || !strings.HasPrefix(a[0].Body, "the database is \x1b[31m") {
		t.Errorf("attempts %+v", a)
	}
}

// TestShadowOfAWorkload takes the worst pod, or all.
func TestShadowOfAWorkload(t *testing.T) {
	t.Parallel()
	o := newTown(t, villager("web-0", true, get("/healthz")), villager("web-1", false, get("/broken")), villager("web-2", true))
	one := o.shadow(t, t.Context(), nil, "node/n1")
	if strings.Contains(one.out, "web-0") || !strings.Contains(one.out, "shop/web-1") || one.code != 1 ||
		one.err != "Found 2 pods with such probes; running those of pod/web-1, the worst. All of them with --all.\n" {
		t.Errorf("got %+v", one)
	}
	all := o.shadow(t, t.Context(), nil, "node/n1", "--all", "--probe", "readiness", "-c", "app")
	if first, second := strings.Index(all.out, "shop/web-1"), strings.Index(all.out, "shop/web-0"); first < 0 || second < first || all.err != "" {
		t.Errorf("got %+v", all)
	}
}

// TestCommandsAreAskedAbout is about exec probes.
func TestCommandsAreAskedAbout(t *testing.T) {
	t.Parallel()
	o := newTown(t, villager("web-0", true, command("cat", "/tmp/\x1bready"), get("/healthz")))
	for name, c := range map[string]struct {
		typed    io.Reader
		args     []string
		code     int
		out, err string
	}{
		"no terminal":          {args: []string{"pod/web-0"}, out: "liveness", err: "Allow it with --allow-exec."},
		"no terminal, alone":   {args: []string{"pod/web-0", "--probe", "readiness"}, code: 2, err: "There is nothing to run without a command"},
		"allowed":              {args: []string{"pod/web-0", "--allow-exec"}, out: "body       | ran"},
		"yes":                  {typed: strings.NewReader("y\n"), args: []string{"pod/web-0"}, out: "body       | ran", err: `["cat" "/tmp/\x1bready"]`},
		"no":                   {typed: strings.NewReader("\n"), args: []string{"pod/web-0"}, out: "liveness", err: "Run it? [y/N]"},
		"the end of the input": {typed: strings.NewReader(""), args: []string{"pod/web-0", "--probe", "readiness"}, code: 2, err: "Run it? [y/N]"},
	} {
		got := o.shadow(t, t.Context(), c.typed, c.args...)
		if got.code != c.code || !strings.Contains(got.out, c.out) || !strings.Contains(got.err, c.err) || strings.Contains(got.err, "\x1b") {
			t.Errorf("%s: got %+v", name, got)
		}
		if ran := strings.Contains(got.out, "| ran"); ran != strings.Contains(c.out, "ran") {
			t.Errorf("%s: the command was run: %v", name, ran)
		}
	}
}

// TestAQuestionCanBeInterrupted by ctrl-c, while nothing is typed.
func TestAQuestionCanBeInterrupted(t *testing.T) {
	t.Parallel()
	o := newTown(t, villager("web-0", true, command("true")))
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	defer func() { _ = w.Close() }()
	asked := readerFunc(func(p []byte) (int, error) {
		cancel()
		return r.Read(p)
	})
	if got := o.shadow(t, ctx, asked, "pod/web-0"); got.code != 130 || !strings.HasSuffix(got.err, "Interrupted.\n") {
		t.Errorf("got %+v", got)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestShadowThatIsForbidden has no verdict, and says so.
func TestShadowThatIsForbidden(t *testing.T) {
	t.Parallel()
	o := newTown(t, villager("web-0", true, get("/healthz")))
	o.denied = "no rule allows it"
	got := o.shadow(t, t.Context(), nil, "pod/web-0")
	if got.code != 3 || !strings.Contains(got.out, "no verdict: pods/portforward is forbidden in the namespace shop: no rule allows it") || !strings.Contains(got.out, "forbidden (X1)") {
		t.Errorf("got %+v", got)
	}
}

// TestShadowOfAPodThatGoes between the list and the run.
func TestShadowOfAPodThatGoes(t *testing.T) {
	t.Parallel()
	o := newTown(t, villager("web-0", true, get("/healthz")))
	delete(o.pods, "web-0")
	if got := o.shadow(t, t.Context(), nil, "pod/web-0"); got.code != 1 || !strings.Contains(got.out, `no verdict: reading the pod: pods "web-0" not found`) {
		t.Errorf("got %+v", got)
	}
}

// TestWhatShadowDoesNotUnderstand is said in a sentence with the next step.
func TestWhatShadowDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	o := newTown(t, villager("web-0", true, get("/healthz")), villager("bare", true))
	for args, want := range map[string]string{
		"":                           "Name what to probe, once: probetop shadow pod/NAME",
		"pod/web-0 pod/bare":         "Name what to probe, once",
		"web-0":                      "Write it like deploy/web",
		"pod/none":                   "Check the name",
		"pod/web-0 --read-only":      "--read-only runs no probes.",
		"pod/web-0 --count 0":        "--count is how often",
		"pod/web-0 --probe sleep":    "--probe is startup, readiness or liveness",
		"pod/web-0 -o yaml":          "Choose text or json",
		"pod/web-0 -c db":            `pod/web-0 has no container "db". Choose one of: app.`,
		"pod/web-0 --probe liveness": "There are: app/readiness.",
		"pod/bare":                   "pod/bare has no probes.",
	} {
		got := o.shadow(t, t.Context(), nil, strings.Fields(args)...)
		if got.code != 2 || !strings.Contains(got.err, want) || got.out != "" || strings.Count(got.err, "\n") != 1 {
			t.Errorf("%s: got %+v, want %q", args, got, want)
		}
	}
}

// TestFlagsOfTheBoardAboutShadows that contradict each other.
func TestFlagsOfTheBoardAboutShadows(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"--shadow always":                "--shadow is off, manual or auto",
		"--shadow auto --read-only":      "leave one of them out",
		"--allow-exec --read-only":       "--allow-exec is about probes",
		"--allow-exec --shadow off":      "--allow-exec is about probes",
		"--shadow auto":                  "The board needs a terminal.",
		"--shadow manual --allow-exec":   "The board needs a terminal.",
		"--read-only":                    "The board needs a terminal.",
		"--read-only --shadow manual":    "The board needs a terminal.",
		"--shadow off --request-timeout": "flag needs an argument",
	} {
		if got := run(t, t.Context(), strings.Fields(args)...); got.code != 2 || !strings.Contains(strings.ToLower(got.err), strings.ToLower(want)) {
			t.Errorf("%s: got %+v, want %q", args, got, want)
		}
	}
}

// The line to paste names the cluster: kubectl's current context may be another by then.
func TestShadowByHandInTheSameCluster(t *testing.T) {
	t.Parallel()
	o := newTown(t, villager("web-0", true, command("cat", "/tmp/ok")))
	got := o.shadow(t, t.Context(), nil, "pod/web-0", "--allow-exec", "--as", "jane")
	if !strings.Contains(got.out, "kubectl --kubeconfig "+o.kubeconfig+" --context simcluster --as jane exec -n shop web-0 -c app -- cat /tmp/ok") {
		t.Errorf("got %+v", got)
	}
}
