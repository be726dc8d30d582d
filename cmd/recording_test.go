package cmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	apiwatch "k8s.io/apimachinery/pkg/watch"

	"github.com/probetop/probetop/cmd"
	"github.com/probetop/probetop/recording"
)

// recorded records the shop until all of it can be read, and returns the file.
func recorded(t *testing.T) string {
	t.Helper()
	file, kubeconfig := filepath.Join(t.TempDir(), "shop.zst"), serve(t, shop)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan result, 1)
	go func() { ended <- run(t, ctx, "record", file, "--kubeconfig", kubeconfig, "-A") }()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if got := run(t, t.Context(), "get", "--replay", file); got.code == 0 && got.err == "" {
			break
		}
	}
	stop()
	got := <-ended
	if got.code != 0 || got.out != "" || !strings.Contains(got.err, "Recording to "+file) || !strings.Contains(got.err, "probetop replay "+file) {
		t.Fatalf("recording: %+v", got)
	}
	return file
}

func TestRecordingIsPrintedLikeTheClusterWas(t *testing.T) {
	file := recorded(t)
	live := run(t, t.Context(), "get", "--kubeconfig", serve(t, shop), "-A", "-o", "json")
	replayed := run(t, t.Context(), "get", "--replay", file, "-o", "json")
	if replayed.code != 0 || replayed.err != "" {
		t.Fatalf("%+v", replayed)
	}
	var a, b cmd.Report
	for r, text := range map[*cmd.Report]string{&a: live.out, &b: replayed.out} {
		if err := json.Unmarshal([]byte(text), r); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range []cmd.Report{a, b} { // these begin at the moment of the report
		r.Pods[0].Containers[0].Probes[0].Next = cmd.WindowReport{}
	}
	one, _ := json.Marshal(a.Pods)
	two, _ := json.Marshal(b.Pods)
	if len(a.Pods) != 2 || string(one) != string(two) || a.Context != b.Context {
		t.Errorf("live\n%s\nreplayed\n%s", one, two)
	}
	for _, at := range []string{"+0s", "2006-01-02T15:04:05Z", "00:00:00", "+1h"} {
		if got := run(t, t.Context(), "get", "--replay", file, "--at", at); got.code != 0 {
			t.Errorf("--at %s: %+v", at, got)
		}
	}
}

// TestCutOffRecordingIsPrintedUpToThere cuts a recording in the middle of its last frame.
func TestCutOffRecordingIsPrintedUpToThere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cut.zst")
	w, err := recording.Create(file, recording.Header{Context: "here"}, recording.Options{Sync: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	tell := func(name string) {
		w.Object(noon, 0, apiwatch.Added, "pods", &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID(name)}})
	}
	for tell("first"); w.Entries() < 1; {
		time.Sleep(time.Millisecond)
	}
	tell("second")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, w.Size()-3); err != nil {
		t.Fatal(err)
	}
	got := run(t, t.Context(), "get", "--replay", file, "-o", "name")
	if got.code != 0 || got.out != "pod/first\n" || !strings.Contains(got.err, "damaged after 2026-11-21T12:00:00Z (1 entries)") {
		t.Errorf("got %+v", got)
	}
}

// A time of day before a recording is its beginning, unless it went on past midnight.
func TestMomentsOutsideARecording(t *testing.T) {
	file := filepath.Join(t.TempDir(), "two.zst")
	w, err := recording.Create(file, recording.Header{Context: "here"}, recording.Options{})
	if err != nil {
		t.Fatal(err)
	}
	late := noon.Add(11*time.Hour + 50*time.Minute)
	for i, name := range []string{"first", "second", "third"} {
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID(name)}}
		w.Object(late.Add(time.Duration(i)*8*time.Minute), 0, apiwatch.Added, "pods", pod)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]int{"23:49:59": 1, "23:58:01": 2, "00:05:00": 2, "00:06:00": 3, "00:07:00": 1, "12:00:00": 1} {
		got := run(t, t.Context(), "get", "--replay", file, "--at", at, "-o", "name")
		if lines := strings.Count(got.out, "\n"); got.code != 0 || lines != want {
			t.Errorf("--at %s: exit code %d, %d pods, want %d", at, got.code, lines, want)
		}
	}
}

func TestWhatIsWrongWithARecordingIsSaidInOneSentence(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := recorded(t)
	full := write("full", "something")
	blocked := filepath.Join(full, "x.zst")
	cluster := serve(t, shop)
	loose := filepath.Join(dir, "loose")
	if err := os.Symlink(filepath.Join(dir, "nowhere"), loose); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		args []string
		says []string
	}{
		"no such file":              {[]string{"replay", filepath.Join(dir, "none")}, []string{"none cannot be read", "Check the name"}},
		"no recording":              {[]string{"replay", full}, []string{"not a probetop recording", "probetop record"}},
		"empty":                     {[]string{"replay", write("empty", "")}, []string{"empty"}},
		"no file named":             {[]string{"replay"}, []string{"probetop replay FILE"}},
		"no terminal":               {[]string{"replay", good}, []string{"needs a terminal", "probetop get --replay"}},
		"moment that is none":       {[]string{"get", "--replay", good, "--at", "noon"}, []string{`"noon"`, "+90s"}},
		"moment of no recording":    {[]string{"get", "--at", "+1s"}, []string{"--replay FILE"}},
		"following a recording":     {[]string{"get", "--replay", good, "-w"}, []string{"probetop replay FILE"}},
		"none of that name":         {[]string{"get", "--replay", good, "deploy/web"}, []string{"There is no deploy/web in any namespace"}},
		"selector that is none":     {[]string{"get", "--replay", good, "-l", "=="}, []string{`selector "=="`}},
		"-n beside -A":              {[]string{"get", "--replay", good, "-n", "shop", "-A"}, []string{"-A and -n"}},
		"speed":                     {[]string{"replay", good, "--speed", "1000"}, []string{"--speed"}},
		"record to no file":         {[]string{"record"}, []string{"probetop record FILE"}},
		"record over something":     {[]string{"record", full, "--kubeconfig", cluster}, []string{full, "never overwrites"}},
		"record to a loose link":    {[]string{"record", loose, "--kubeconfig", cluster}, []string{loose, "link to a file that does not exist", "Name another file"}},
		"record into no directory":  {[]string{"record", blocked, "--kubeconfig", cluster}, []string{blocked, "not a directory"}},
		"demo without a terminal":   {[]string{"demo"}, []string{"needs a terminal", "--serve"}},
		"demo's shadow":             {[]string{"demo", "--shadow", "always"}, []string{"--shadow is off, manual or auto"}},
		"record by a key":           {[]string{"record", blocked, "--shadow", "manual"}, []string{"no key", "off or auto"}},
		"record nothing with exec":  {[]string{"record", blocked, "--allow-exec"}, []string{"--allow-exec"}},
		"record for less than none": {[]string{"record", blocked, "--for", "-5m"}, []string{"--for -5m"}},
		"replay nothing":            {[]string{"get", "--replay", ""}, []string{"cannot be read"}},
		"a speed that is no number": {[]string{"replay", good, "--speed", "NaN"}, []string{"--speed"}},
		"demo's speed, no number":   {[]string{"demo", "--speed", "NaN"}, []string{"--speed"}},
		"demo's speed":              {[]string{"demo", "--speed", "0"}, []string{"--speed"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := run(t, t.Context(), c.args...)
			if got.code != 2 || got.out != "" || strings.Count(got.err, "\n") != 1 {
				t.Errorf("got %+v, want exit code 2 and one line on stderr", got)
			}
			for _, want := range c.says {
				if !strings.Contains(got.err, want) {
					t.Errorf("stderr %q does not contain %q", got.err, want)
				}
			}
		})
	}
}

// TestADamagedBeginningCostsItself replays a recording whose first frame is damaged: the header is lost, and nothing else.
func TestADamagedBeginningCostsItself(t *testing.T) {
	file := recorded(t)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text[12] ^= 0xff
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	got := run(t, t.Context(), "get", "--replay", file, "-o", "name")
	if got.code != 0 || strings.Count(got.out, "\n") != 2 || !strings.Contains(got.err, "damaged before its first entry") || strings.Count(got.err, "\n") != 1 {
		t.Errorf("got %+v", got)
	}
}

// A disk that is full is no mistake of the user's, and the sentence says what to do.
func TestRecordingToAFullDisk(t *testing.T) {
	if runtime.GOOS != "linux" {
		return // other systems have no such device
	}
	got := run(t, t.Context(), "record", "/dev/full", "--kubeconfig", serve(t, shop), "-A")
	if got.code != 1 || !strings.Contains(got.err, "no space left on device. Make room") || strings.Count(got.err, "\n") != 1 {
		t.Errorf("got %+v", got)
	}
}

// TestTwoRecordersOnOneFile begins a second recording to a file that is being recorded to.
func TestTwoRecordersOnOneFile(t *testing.T) {
	file, cluster := filepath.Join(t.TempDir(), "shop.zst"), serve(t, shop)
	w, err := recording.Create(file, recording.Header{}, recording.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	got := run(t, t.Context(), "record", file, "--kubeconfig", cluster, "-A")
	if got.code != 2 || !strings.Contains(got.err, "another probetop records to it. Name another file") && runtime.GOOS != "windows" {
		t.Errorf("got %+v", got)
	}
}

func TestRecordingInWhichNothingHappensIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "newer.zst")
	w, err := recording.Create(file, recording.Header{}, recording.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got := run(t, t.Context(), "get", "--replay", file)
	if got.code != 2 || !strings.Contains(got.err, "empty") {
		t.Errorf("a recording in which nothing happens: %+v", got)
	}
}

// TestDemoIsServed reads the demo's cluster with get, by the kubeconfig that --serve prints, and runs probes in it.
func TestDemoIsServed(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	out := &lines{said: make(chan string, 1)}
	done := make(chan int, 1)
	go func() {
		done <- cmd.Execute(ctx, "probetop", []string{"demo", "--serve"}, cmd.Streams{In: strings.NewReader(""), Out: out, Err: out, Now: time.Now, Log: &cmd.DebugLog{}})
	}()
	text := <-out.said
	_, rest, ok := strings.Cut(text, "--kubeconfig ")
	kubeconfig, _, _ := strings.Cut(rest, " ")
	if !ok {
		t.Fatalf("no kubeconfig in %q", text)
	}
	// What the recording begins with takes the demo a moment.
	deadline := time.Now().Add(time.Minute)
	var got result
	for strings.Count(got.out, "\n") < 5 && time.Now().Before(deadline) {
		got = run(t, t.Context(), "get", "--kubeconfig", kubeconfig, "-A")
	}
	if got.code != 0 || strings.Count(got.out, "\n") < 5 {
		t.Errorf("got %+v", got)
	}
	for pod, want := range map[string]string{
		"search/app=suggest":            "(N1)",
		"payments/app=statement-export": "(E4)",
		"payments/app=ledger":           "(A0)",
	} {
		got, deadline := "", time.Now().Add(time.Minute)
		for !strings.Contains(got, want) && time.Now().Before(deadline) {
			got = shadowInDemo(t, kubeconfig, pod)
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: want %q in\n%s", pod, want, got)
		}
	}
	stop()
	if code := <-done; code != 0 {
		t.Errorf("exit code %d", code)
	}
	if _, err := os.Stat(kubeconfig); !os.IsNotExist(err) {
		t.Errorf("the kubeconfig is still there: %v", err)
	}
}

// shadowInDemo runs the probes of the first pod of an application, NAMESPACE/SELECTOR, from here.
func shadowInDemo(t *testing.T, kubeconfig, app string) string {
	t.Helper()
	namespace, selector, _ := strings.Cut(app, "/")
	names := run(t, t.Context(), "get", "--kubeconfig", kubeconfig, "-n", namespace, "-l", selector, "-o", "name")
	name, _, _ := strings.Cut(names.out, "\n")
	var out bytes.Buffer
	cmd.Execute(t.Context(), "probetop", []string{"shadow", name, "--kubeconfig", kubeconfig, "-n", namespace, "--allow-exec", "--probe", "readiness"}, cmd.Streams{
		In: strings.NewReader(""), Out: &out, Err: &out, Now: time.Now, Log: &cmd.DebugLog{},
	})
	return out.String()
}

// lines passes the first write on.
type lines struct{ said chan string }

func (l *lines) Write(p []byte) (int, error) {
	select {
	case l.said <- string(p):
	default:
	}
	return len(p), nil
}

func TestRecordingEndsAfterItsTime(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop.zst")
	got := run(t, t.Context(), "record", file, "--kubeconfig", serve(t, shop), "-A", "--for", "100ms")
	if got.code != 0 || got.out != "" || !strings.Contains(got.err, "Recording to "+file) {
		t.Errorf("%+v", got)
	}
}

func TestARecordingIsNarrowed(t *testing.T) {
	good := recorded(t)
	for args, want := range map[string]string{
		"-n shop": "pod/cart-0 pod/web-0", "-A": "pod/cart-0 pod/web-0", "sts/cart": "pod/cart-0", "svc/web": "pod/web-0", "node/n1 -n shop": "pod/cart-0 pod/web-0",
		"--field-selector metadata.name=web-0": "pod/web-0", "-n other": "", "-l app=web": "",
	} {
		got := run(t, t.Context(), append([]string{"get", "--replay", good, "-o", "name"}, strings.Fields(args)...)...)
		if got.code != 0 || strings.Join(strings.Fields(got.out), " ") != want || (want == "") != strings.Contains(got.err, "No pod of the recording matches") {
			t.Errorf("%s: %+v, want %s", args, got, want)
		}
	}
}
