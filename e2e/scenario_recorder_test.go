package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// enough versions of objects have changed for a recording of them to mean something.
const enough = 60

// A recorder that is killed while everything changes leaves all that was said up to the last second.
func TestRecordingSurvivesKill(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	r := startRecorder(t, ns, newRecording(t))
	r.hears(t)
	w := newWitness(t, ns)
	churn(t, ns)
	eventually(t, 2*patience, func() error {
		if n := len(w.before(time.Now())); n < enough {
			return fmt.Errorf("%d versions of objects were seen, want %d to mean something", n, enough)
		}
		return nil
	})
	time.Sleep(rand.N(2 * time.Second)) // the kill comes at any moment between two frames of the file
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
	t.Logf("all of %d versions are in the recording, which ends %s before the kill", len(seen), killed.Sub(last))
	if res := probetop(t, "get", "--replay", r.file); res.code != 0 || !strings.Contains(res.stdout, "flapping-") {
		t.Errorf("reading the recording: exit code %d\n%s%s", res.code, res.stdout, res.stderr)
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
	for name, tt := range map[string]struct {
		file, says string
		code       int
	}{
		"a file that is not empty":        {taken, "never overwrites", 2},
		"a folder that does not exist":    {filepath.Join(t.TempDir(), "no", "incident.zst"), "no such file or directory", 2},
		"a folder that is a file":         {filepath.Join(taken, "incident.zst"), "not a directory", 2},
		"a folder":                        {t.TempDir(), "is a directory", 2},
		"a folder without permission":     {"/sys/incident.zst", "permission denied", 2},
		"a file system that is read-only": {filepath.Join(mountMemory(t, "ro"), "incident.zst"), "read-only file system", 1},
		"a disk that is full":             {"/dev/full", "no space left on device", 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := startRecorder(t, ns, tt.file)
			refused(t, r.ended(t, 5*time.Second), tt.code, tt.file, tt.says)
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
		refused(t, r.ended(t, patience), 1, r.file, "no space left on device")
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
		refused(t, r.ended(t, 10*time.Second), 1, r.file, "the file is gone")
	})
}

// refused requires that probetop has ended with one sentence about a file and an exit code: 2 for one that is a mistake,
// 1 for a disk that does not take it.
func refused(t *testing.T, res result, code int, file, says string) {
	t.Helper()
	said := strings.TrimSuffix(res.stderr, "\n")
	said = strings.TrimPrefix(said, "Recording to "+file+"; ctrl-c ends it.\n")
	if res.code != code || res.stdout != "" || strings.Contains(said, "\n") || !strings.HasPrefix(said, file+" ") || !strings.Contains(said, says) {
		t.Errorf("exit code %d, want %d and one sentence about %s that says %q:\n%s%s", res.code, code, file, says, res.stdout, res.stderr)
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
