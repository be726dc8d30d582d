package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// A recorder that is killed while everything changes leaves all that was said up to the last second.
func TestRecordingSurvivesKill(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	r := startRecorder(t, ns, newRecording(t))
	r.hears(t)
	w := newWitness(t, ns)
	churn(t, ns)
	time.Sleep(25*time.Second + rand.N(2*time.Second))
	killed := time.Now()
	r.signal(t, os.Kill)

	recorded := map[version]bool{}
	var last time.Time
	for _, e := range readEntries(r.file) {
		recorded[e.version()], last = true, e.At
	}
	seen := w.before(killed.Add(-1500 * time.Millisecond))
	for _, v := range seen {
		if !recorded[v] {
			t.Errorf("%+v is not in the recording", v)
		}
	}
	if len(seen) < 50 {
		t.Errorf("the test saw %d versions, want enough to mean something", len(seen))
	}
	t.Logf("all of %d versions are in the recording, which ends %s before the kill", len(seen), killed.Sub(last))
	if res := probetop(t, "get", "--replay", r.file); res.code != 0 || !strings.Contains(res.stdout, "flapping-") {
		t.Errorf("reading the recording: exit code %d\n%s%s", res.code, res.stdout, res.stderr)
	}
}

// What a recording says about a moment is what "probetop get" said in that moment.
func TestReplayEqualsLive(t *testing.T) {
	t.Parallel()
	const wanted, bound = 20, 100
	ns := newNamespace(t)
	r := startRecorder(t, ns, newRecording(t))
	r.hears(t)
	churn(t, ns)
	equal, tries := 0, 0
	for ; equal < wanted && tries < bound; tries++ {
		time.Sleep(rand.N(1500 * time.Millisecond))
		live := getDocument(t, "get", "-n", ns, "-o", "json")
		at, _ := live["at"].(string)
		time.Sleep(1200 * time.Millisecond) // the recorder may keep the last second to itself
		replayed := getDocument(t, "get", "--replay", r.file, "--at", at, "-o", "json")
		yield(live, replayed)
		diff := gocmp.Diff(timeless(live), timeless(replayed))
		switch {
		case !strings.Contains(fmt.Sprint(live["pods"]), "flapping-"):
			// the pods are yet to come
		case diff == "":
			equal++
		case !changedAround(t, r.file, at) && !tellsAround(t, r.file, at):
			t.Fatalf("at %s the recording disagrees with the cluster (-live +replay):\n%s", at, diff)
		}
	}
	t.Logf("%d moments looked at: %d equal, the others with a change within %s or before there were pods", tries, equal, doubt)
	if equal < wanted {
		t.Errorf("only %d of %d moments are equal, want %d", equal, tries, wanted)
	}
}

// doubt is how far two programs may be apart in hearing of the same change.
const doubt = 100 * time.Millisecond

// changedAround tells whether something changed so close to a moment that two programs may disagree about it.
func changedAround(t *testing.T, file, moment string) bool {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, moment)
	if err != nil {
		t.Fatalf("the report says at %q: %v", moment, err)
	}
	for _, e := range readEntries(file) {
		if e.Event != "" && e.At.Sub(at).Abs() < doubt {
			return true
		}
	}
	return false
}

// yield takes out of both reports what is said of a probe that the one who has just come is not sure of: who has watched for
// longer may know better. Whoever is sure must say the same.
func yield(late, early map[string]any) {
	known := podsOf(early)
	for uid, pod := range podsOf(late) {
		if other, ok := known[uid]; ok && yieldPod(pod, other) {
			for _, member := range []string{"severity", "note", "since"} { // which follow from the states of its probes
				delete(pod, member)
				delete(other, member)
			}
		}
	}
	late["pods"], early["pods"] = podsOf(late), known
}

// podsOf returns the pods of a report by their UIDs.
func podsOf(report map[string]any) map[string]map[string]any {
	if pods, done := report["pods"].(map[string]map[string]any); done {
		return pods
	}
	pods := map[string]map[string]any{}
	for _, pod := range report["pods"].([]any) {
		pods[fmt.Sprint(pod.(map[string]any)["uid"])] = pod.(map[string]any)
	}
	return pods
}

// yieldPod does it for the probes of one pod, and reports whether there was one.
func yieldPod(late, early map[string]any) (yielded bool) {
	others := map[string]map[string]any{}
	eachProbe(early, func(name string, p map[string]any) { others[name] = p })
	eachProbe(late, func(name string, p map[string]any) {
		sure := p["certainty"] == "certain" || p["certainty"] == "high"
		if other := others[name]; other != nil && !sure && !gocmp.Equal(p["state"], other["state"]) {
			yielded = true
			clear(p)
			clear(other)
		} else if other != nil && !sure {
			for _, member := range []string{"certainty", "evidence"} {
				delete(p, member)
				delete(other, member)
			}
		}
	})
	return yielded
}

// eachProbe visits the probes of a pod.
func eachProbe(pod map[string]any, visit func(name string, p map[string]any)) {
	for _, c := range pod["containers"].([]any) {
		for _, p := range c.(map[string]any)["probes"].([]any) {
			visit(fmt.Sprint(c.(map[string]any)["name"], " ", p.(map[string]any)["type"]), p.(map[string]any))
		}
	}
}

// news is how much later one of two programs may hear of an event, and how much longer it then takes its silence for nothing.
const news = 1500 * time.Millisecond

// tellsAround reports whether what the recording says is about to change, or has just changed, by time alone: two programs that
// heard of an event at different moments do so at different moments.
func tellsAround(t *testing.T, file, moment string) bool {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, moment)
	if err != nil {
		t.Fatalf("the report says at %q: %v", moment, err)
	}
	var told []map[string]any
	for _, shift := range []time.Duration{-news, news} {
		told = append(told, timeless(getDocument(t, "get", "--replay", file, "--at", at.Add(shift).Format(time.RFC3339Nano), "-o", "json")))
	}
	return !gocmp.Equal(told[0], told[1])
}

// getDocument runs a command that prints JSON.
func getDocument(t *testing.T, args ...string) map[string]any {
	t.Helper()
	res := probetop(t, args...)
	var document map[string]any
	if err := json.Unmarshal([]byte(res.stdout), &document); err != nil || res.code != 0 {
		t.Fatalf("probetop %q: exit code %d, %v\n%s", args, res.code, err, res.stderr)
	}
	return document
}

// timeless takes out of a report what depends on who looked and since when.
func timeless(report map[string]any) map[string]any {
	delete(report, "at")
	delete(report, "sources")
	forget(report)
	return report
}

// forget takes out, on every level, when traffic was heard of, and what is only bounded: who has listened for longer has
// counted more failures in a row, and knows the kubelet's beat better.
func forget(value any) {
	switch v := value.(type) {
	case map[string]any:
		if v["service"] != nil || v["step"] == "endpoints" {
			delete(v, "since")
		}
		for _, bounded := range []string{"run", "bound", "earliest", "latest"} {
			delete(v, bounded)
		}
		for _, member := range v {
			forget(member)
		}
	case map[string]map[string]any:
		for _, member := range v {
			forget(member)
		}
	case []any:
		for _, element := range v {
			forget(element)
		}
	}
}

// A file that cannot be recorded to is refused in one sentence, before anything is recorded.
func TestRecordRefuses(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	taken := newRecording(t)
	if err := os.WriteFile(taken, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ file, says string }{
		"a file that is not empty":        {taken, "never overwrites"},
		"a folder that does not exist":    {filepath.Join(t.TempDir(), "no", "incident.zst"), "no such file or directory"},
		"a folder that is a file":         {filepath.Join(taken, "incident.zst"), "not a directory"},
		"a folder":                        {t.TempDir(), "is a directory"},
		"a folder without permission":     {"/sys/incident.zst", "permission denied"},
		"a file system that is read-only": {filepath.Join(mountMemory(t, "ro"), "incident.zst"), "read-only file system"},
		"a disk that is full":             {"/dev/full", "no space left on device"},
	} {
		t.Run(name, func(t *testing.T) {
			r := startRecorder(t, ns, tt.file)
			refused(t, r.ended(t, 5*time.Second), tt.file, tt.says)
		})
	}
	if content, err := os.ReadFile(taken); err != nil || string(content) != "precious" {
		t.Errorf("the file holds %q (%v) now", content, err)
	}
}

// A disk that becomes full, or a file that goes, ends a recording at once; what was written before can be read.
func TestRecordingStops(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	churn(t, ns)
	t.Run("the disk is full", func(t *testing.T) {
		t.Parallel()
		r := startRecorder(t, ns, filepath.Join(mountMemory(t, "size=32k"), "incident.zst"))
		refused(t, r.ended(t, patience), r.file, "no space left on device")
		if res := probetop(t, "get", "--replay", r.file); res.code != 0 || res.stderr != "" {
			t.Errorf("reading the recording: exit code %d\n%s", res.code, res.stderr)
		}
	})
	t.Run("the file is removed", func(t *testing.T) {
		t.Parallel()
		r := startRecorder(t, ns, newRecording(t))
		r.hears(t)
		if err := os.Remove(r.file); err != nil {
			t.Fatal(err)
		}
		refused(t, r.ended(t, 10*time.Second), r.file, "the file is gone")
	})
}

// refused requires that probetop has ended with one sentence about a file and exit code 2.
func refused(t *testing.T, res result, file, says string) {
	t.Helper()
	said := strings.TrimSuffix(res.stderr, "\n")
	said = strings.TrimPrefix(said, "Recording to "+file+"; ctrl-c ends it.\n")
	if res.code != 2 || res.stdout != "" || strings.Contains(said, "\n") || !strings.HasPrefix(said, file+" ") || !strings.Contains(said, says) {
		t.Errorf("exit code %d, want 2 and one sentence about %s that says %q:\n%s%s", res.code, file, says, res.stdout, res.stderr)
	}
}

// mountMemory mounts a file system in memory until the test ends.
func mountMemory(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	var flags uintptr
	if options == "ro" {
		flags, options = syscall.MS_RDONLY, ""
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", flags, options); err != nil {
		t.Fatalf("mounting a file system: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmounting %s: %v", dir, err)
		}
	})
	return dir
}
