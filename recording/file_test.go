package recording

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/watch"
)

func TestNoFileIsOverwritten(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "recording")
	for range 2 { // the second time the file exists, and is empty
		w, err := Create(path, sampleHeader, Options{})
		if err != nil {
			t.Fatal(err)
		}
		closeWriter(t, w)
		if _, err := Create(path, sampleHeader, Options{}); !errors.Is(err, ErrExists) {
			t.Errorf("got %v", err)
		}
		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
	if _, err := Create(filepath.Join(dir, "none", "x"), sampleHeader, Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := Create(dir, sampleHeader, Options{}); err == nil {
		t.Error("a directory has been written to")
	}
	if _, err := Open(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestTwoProgramsDoNotRecordToOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "recording")
	f, err := createFile(path) // which has nothing in it yet
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Create(path, sampleHeader, Options{}); !errors.Is(err, ErrLocked) && runtime.GOOS != "windows" {
		t.Errorf("a second recorder: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	w, err := Create(path, sampleHeader, Options{})
	if err != nil {
		t.Fatal(err)
	}
	closeWriter(t, w)
}

func TestAFileThatIsThereBecomesPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "recording")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o666); err != nil { // whatever the umask
		t.Fatal(err)
	}
	w, err := Create(path, sampleHeader, Options{})
	if err != nil {
		t.Fatal(err)
	}
	closeWriter(t, w)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != private && runtime.GOOS != "windows" {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
}

func TestLinksAreFollowedToFilesThatExistOnly(t *testing.T) {
	dir := t.TempDir()
	aim, link := filepath.Join(dir, "aim"), filepath.Join(dir, "link")
	if err := os.Symlink(aim, link); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(link, sampleHeader, Options{}); !errors.Is(err, ErrDangling) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Lstat(aim); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file was made at the end of the link: %v", err)
	}
	if err := os.WriteFile(aim, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := Create(link, sampleHeader, Options{})
	if err != nil {
		t.Fatal(err)
	}
	closeWriter(t, w)
	if info, err := os.Stat(aim); err != nil || info.Size() == 0 {
		t.Errorf("nothing was recorded: %v", err)
	}
}

func TestAFileThatGoesAwayIsNoticed(t *testing.T) {
	for name, lose := range map[string]func(path string) error{
		"removed":  os.Remove,
		"replaced": func(path string) error { return errors.Join(os.Rename(path, path+"2"), os.WriteFile(path, nil, 0o600)) },
	} {
		path := filepath.Join(t.TempDir(), name)
		w, err := Create(path, sampleHeader, Options{Sync: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		if err := lose(path); err != nil {
			t.Fatal(err)
		}
		w.List(noon, 1, "pods", ListEnd)
		<-w.Failed()
		if err := w.Close(); !errors.Is(err, ErrGone) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAPipeIsWrittenTo(t *testing.T) {
	r, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	w := newWriter(t, &file{f: out}, Options{})
	go func() {
		writeSample(t, w)
		_ = w.Close()
	}()
	got, err := readAll(r)
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	checkSample(t, got)
}

func TestAFullDeviceIsSaidAtTheBeginning(t *testing.T) {
	if runtime.GOOS != "linux" {
		return // other systems have no such device
	}
	if _, err := Create("/dev/full", sampleHeader, Options{}); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v", err)
	}
}

// killed is the environment variable that names the file which the process is to record to until it is killed.
const killed = "PROBETOP_TEST_RECORD_TO"

func TestMain(m *testing.M) {
	if path := os.Getenv(killed); path != "" {
		recordForever(path)
	}
	os.Exit(m.Run())
}

func recordForever(path string) {
	w, err := Create(path, sampleHeader, Options{Sync: 50 * time.Millisecond})
	if err != nil {
		panic(err)
	}
	for i := 0; ; i++ {
		w.Object(time.Now(), 1, watch.Modified, "pods", samplePod(i))
		time.Sleep(time.Millisecond)
	}
}

func TestAKilledProcessLosesWhatWasNotSyncedAndNothingElse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "recording")
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), killed+"="+path)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if info, err := os.Stat(path); err == nil && info.Size() > 20_000 || time.Now().After(deadline) {
			break
		}
	}
	before := time.Now()
	_ = child.Process.Kill()
	_ = child.Wait()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	got, err := readAll(f)
	var damage *DamageError
	if !errors.Is(err, io.EOF) && !errors.As(err, &damage) {
		t.Fatal(err)
	}
	if len(got) == 0 {
		t.Fatal("nothing has been recorded")
	}
	lost := before.Sub(got[len(got)-1].At)
	t.Logf("%d entries, the last %v before the end", len(got), lost)
	if lost > time.Second {
		t.Errorf("%v are lost", lost)
	}
}
