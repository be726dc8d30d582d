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
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/klauspost/compress/zstd"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/probetop/probetop/cmd"
	"github.com/probetop/probetop/prober"
	"github.com/probetop/probetop/recording/mask"
	"github.com/probetop/probetop/recording/mask/corpus"
	"github.com/probetop/probetop/tui"
	"github.com/probetop/probetop/watch"
)

// together is how many samples a pod says.
const together = 24

// gossip is a cluster whose pods say the corpus: in their events, statuses, probes, answers and output.
type gossip struct {
	*town
	texts []string
	// secrets are those that can be told from other text.
	secrets []string
}

func newGossip(t *testing.T) *gossip {
	t.Helper()
	file, err := os.ReadFile("../recording/mask/testdata/corpus.txt")
	if err != nil {
		t.Fatal(err)
	}
	samples, err := corpus.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	g := &gossip{}
	masked := ""
	for _, s := range samples {
		masked += mask.Text(s.Text) + "\n"
	}
	seen := map[string]bool{}
	for i, s := range samples {
		if i%together == 0 {
			g.texts = append(g.texts, "")
		}
		g.texts[len(g.texts)-1] += s.Text + "\n"
		for _, part := range s.Secrets {
			if secret := s.Text[part.From:part.To]; len(secret) > 5 && !seen[secret] && !strings.Contains(masked, secret) {
				seen[secret] = true
				g.secrets = append(g.secrets, secret)
			}
		}
	}
	pods := make([]*corev1.Pod, len(g.texts))
	for i, text := range g.texts {
		pods[i] = gossiper(i, text)
	}
	g.town = newTown(t, pods...)
	for i, s := range samples {
		if err := g.cluster.Apply(said(i, s.Text)); err != nil {
			t.Fatal(err)
		}
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, g.texts[n]+r.Header.Get("X-Own"))
	}))
	t.Cleanup(web.Close)
	g.server = web.Listener.Addr().String()
	g.secrets = append(g.secrets, "swordfish-of-a-header", "swordfish-of-a-query", "Sw0rdfish-of-a-command")
	return g
}

// gossiper is a pod of which everything that can say something says a text.
func gossiper(i int, text string) *corev1.Pod {
	h := get(fmt.Sprintf("/%d?token=swordfish-of-a-query", i))
	h.HTTPGet.HTTPHeaders = []corev1.HTTPHeader{{Name: "X-Own", Value: "swordfish-of-a-header"}, {Name: "Authorization", Value: "Bearer swordfish-of-a-header"}}
	pod := villager(fmt.Sprintf("web-%d", i), false, command("sh", "-c", text, "--password", "Sw0rdfish-of-a-command"), h)
	pod.UID = types.UID(fmt.Sprintf("uid-%d", i))
	began := pod.CreationTimestamp
	pod.Status.Message = text
	pod.Status.Conditions[0].Reason, pod.Status.Conditions[0].Message = "ContainersNotReady", text
	s := &pod.Status.ContainerStatuses[0]
	s.RestartCount = 3
	s.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: 1, Reason: "Error", Message: text, StartedAt: began, FinishedAt: began}
	pod.Spec.Containers[0].Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: []string{"sh", "-c", text}}}}
	return pod
}

// said is an event about the probe of a pod.
func said(i int, text string) *corev1.Event {
	at := metav1.NewTime(time.Now().Add(-time.Duration(i%together) * time.Second))
	return &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprintf("web.%x", i), UID: types.UID(fmt.Sprintf("event-%d", i))},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "shop", UID: types.UID(fmt.Sprintf("uid-%d", i/together)), FieldPath: "spec.containers{app}"},
		Reason:         "Unhealthy", Message: "Readiness probe failed: " + text, Count: 1, FirstTimestamp: at, LastTimestamp: at, Type: "Warning",
		Source: corev1.EventSource{Component: "kubelet", Host: "n1"},
	}
}

// Open leads to a server and a shell that say the corpus.
func (g *gossip) Open(context.Context, *corev1.Pod, *prober.Check) (prober.Paths, error) {
	return prober.Paths{
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, g.server)
		},
		Exec: func(_ context.Context, argv []string, _ time.Duration) (prober.ExecResult, error) {
			return prober.ExecResult{Stdout: []byte(argv[2]), ExitCode: 1}, nil
		},
	}, nil
}

// probetop runs a command on the cluster.
func (g *gossip) probetop(t *testing.T, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	code := cmd.Execute(t.Context(), "probetop", args, cmd.Streams{
		In: strings.NewReader(""), Out: &out, Err: &errs, Now: time.Now, Log: &cmd.DebugLog{}, Ways: g,
	})
	return result{code, out.String(), errs.String()}
}

// found returns the secrets that are in an output, as they are or as JSON writes them.
func (g *gossip) found(output string) (found []string) {
	for _, secret := range g.secrets {
		data, _ := json.Marshal(secret)
		if quoted := strings.Trim(string(data), `"`); strings.Contains(output, secret) || strings.Contains(output, quoted) {
			found = append(found, secret)
		}
	}
	return found
}

// TestNoSecretLeavesTheProgram sends the corpus through every command and looks for its secrets in all that comes out. With
// --show-secrets they are there, where the format has room for them.
func TestNoSecretLeavesTheProgram(t *testing.T) {
	g := newGossip(t)
	dir := t.TempDir()
	cluster := []string{"--kubeconfig", g.kubeconfig, "-n", "shop"}
	hidden, shown := filepath.Join(dir, "hidden.zst"), filepath.Join(dir, "shown.zst")
	log := filepath.Join(dir, "debug.log")
	for _, c := range []struct {
		args []string
		// most is how many of the secrets are there at least with --show-secrets, in per cent.
		most int
	}{
		{append([]string{"get", "-o", "json"}, cluster...), 99},
		{append([]string{"get", "-o", "yaml"}, cluster...), 60},
		{append([]string{"get", "-o", "jsonl"}, cluster...), 99},
		{append([]string{"get", "-o", "wide"}, cluster...), 0},
		{append([]string{"get"}, cluster...), 0},
		{append([]string{"get", "-o", "name", "--debug-log", log}, cluster...), 0},
		{append([]string{"shadow", "node/n1", "--all", "--allow-exec", "-o", "json"}, cluster...), 90},
		{append([]string{"shadow", "node/n1", "--all", "--allow-exec"}, cluster...), 50},
		{append([]string{"record", hidden, "--for", "2s"}, cluster...), 0},
		{append([]string{"shadow", "node/n1", "--all"}, cluster...), 0},
		{[]string{"get", "--replay", hidden, "-o", "json"}, 0},
	} {
		name := strings.Join(c.args[:2], " ")
		got := g.probetop(t, c.args...)
		if found := g.found(got.out + got.err); len(found) > 0 || len(got.out)+len(got.err) == 0 {
			t.Errorf("%s: %d of %d secrets, such as %q", name, len(found), len(g.secrets), found[:min(len(found), 5)])
		}
		if c.most == 0 {
			continue
		}
		got = g.probetop(t, append(c.args, "--show-secrets")...)
		if found := g.found(got.out); len(found)*100 < c.most*len(g.secrets) {
			t.Errorf("%s --show-secrets: %d of %d secrets, want %d %%", name, len(found), len(g.secrets), c.most)
		}
	}
	g.probetop(t, append([]string{"record", shown, "--for", "2s", "--show-secrets"}, cluster...)...)
	if found := g.found(unpacked(t, hidden)); len(found) > 0 {
		t.Errorf("recording: %d secrets, such as %q", len(found), found[:min(len(found), 5)])
	}
	if found := g.found(unpacked(t, shown)); len(found)*10 < len(g.secrets)*9 {
		t.Errorf("recording --show-secrets: %d of %d secrets", len(found), len(g.secrets))
	}
	if found := g.found(g.probetop(t, "get", "--replay", shown, "-o", "json").out); len(found) > 0 {
		t.Errorf("replay of a recording with secrets: %d, such as %q", len(found), found[:min(len(found), 5)])
	}
	data, _ := os.ReadFile(log)
	if found := g.found(string(data)); len(found) > 0 {
		t.Errorf("debug log: %q", found)
	}
	for _, file := range []string{hidden, shown} {
		if found := g.found(board(t, file)); len(found) > 0 {
			t.Errorf("board: %d secrets, such as %q", len(found), found[:min(len(found), 5)])
		}
	}
}

// unpacked returns a recording as text.
func unpacked(t *testing.T, file string) string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	d, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	data, err := io.ReadAll(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// board returns the table of a recording and the pages of its pods, as they are drawn on a wide terminal.
func board(t *testing.T, file string) string {
	t.Helper()
	tape, err := watch.OpenTape(file, mask.Hide)
	if err != nil {
		t.Fatal(err)
	}
	player := watch.NewPlayer(tape, tape.End(), 0)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { _ = player.Run(ctx) }()
	var m tea.Model = tui.New(ctx, tui.Options{Source: player.Reader(), Tape: player, Now: player.Now, Context: "c", Scope: "s"})
	update := func(msg tea.Msg) { m, _ = m.Update(msg) }
	update(tea.WindowSizeMsg{Width: 400, Height: 150})
	messages := make(chan tea.Msg)
	start(ctx, m.Init(), messages)
	var all strings.Builder
	for deadline := time.After(20 * time.Second); !strings.Contains(m.View().Content, "web-0"); {
		select {
		case msg := <-messages:
			update(msg)
		case <-deadline:
			t.Fatalf("the board shows no pods:\n%s", m.View().Content)
		}
	}
	draw := func() { all.WriteString(ansi.Strip(m.View().Content) + "\n") }
	for range len(tape.At(tape.End()).Rows) {
		draw()
		update(tea.KeyPressMsg{Code: tea.KeyEnter})
		for range 4 {
			draw()
			update(tea.KeyPressMsg{Code: tea.KeyPgDown})
		}
		update(tea.KeyPressMsg{Code: tea.KeyEscape})
		update(tea.KeyPressMsg{Code: tea.KeyDown})
	}
	return all.String()
}

// start runs a command of the board, and those that it consists of.
func start(ctx context.Context, c tea.Cmd, messages chan<- tea.Msg) {
	if c == nil {
		return
	}
	go func() {
		msg := c()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for _, c := range batch {
				start(ctx, c, messages)
			}
			return
		}
		select {
		case messages <- msg:
		case <-ctx.Done():
		}
	}()
}
