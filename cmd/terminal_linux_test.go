package cmd_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// window is a terminal with a process on it.
type window struct {
	*proc
	user, screen *os.File
}

// openWindow prepares probetop on a terminal. With a session of its own it is told (HUP) when that is closed.
func openWindow(t *testing.T, session bool, args ...string) *window {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = user.Close() })
	number, unlock := uint32(0), int32(0)
	control(t, user, syscall.TIOCGPTN, unsafe.Pointer(&number))
	control(t, user, syscall.TIOCSPTLCK, unsafe.Pointer(&unlock))
	screen, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	size := [4]uint16{24, 80}
	control(t, screen, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	w := &window{newProc(t, args...), user, screen}
	w.Stdin, w.Stdout, w.Stderr = screen, screen, screen
	w.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: session}
	w.ownRaces(t)
	return w
}

// ownRaces keeps the reports of the race detector off the terminal, and fails for one that is not about the library's own reader of
// the terminal, which it stops while it begins to read.
func (w *window) ownRaces(t *testing.T) {
	log := filepath.Join(t.TempDir(), "race")
	w.Env = append(w.Env, "GORACE=exitcode=0 log_path="+log)
	t.Cleanup(func() {
		reports, _ := filepath.Glob(log + ".*")
		for _, file := range reports {
			if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "bubbletea/v2.(*Program).initInputReader") {
				t.Errorf("%v\n%s", err, text)
			}
		}
	})
}

// control asks a terminal for something, or to do it.
func control(t *testing.T, terminal *os.File, request uintptr, argument unsafe.Pointer) {
	t.Helper()
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, terminal.Fd(), request, uintptr(argument)); errno != 0 {
		t.Fatalf("ioctl %#x: %v", request, errno)
	}
}

// modes are those of the terminal.
func (w *window) modes() (m syscall.Termios) {
	w.t.Helper()
	control(w.t, w.screen, syscall.TCGETS, unsafe.Pointer(&m))
	return m
}

// open starts the process, and reads what it draws.
func (w *window) open() {
	w.begin()
	go func() {
		buf := make([]byte, 32<<10)
		for {
			n, err := w.user.Read(buf)
			_, _ = w.Write(buf[:n])
			if err != nil {
				return
			}
		}
	}()
}

// TestEverySignalPutsTheTerminalInOrder: its modes, the screen and the cursor are as they were.
func TestEverySignalPutsTheTerminalInOrder(t *testing.T) {
	t.Parallel()
	for name, signal := range signals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := openWindow(t, true, "demo")
			before := w.modes()
			w.open()
			w.says("unready")
			if w.modes() == before {
				t.Error("the terminal is not raw while the board is drawn")
			}
			w.tell(signal)
			code := w.ends()
			w.until("the screen is left", func() bool { return strings.Contains(w.output(), "\x1b[?1049l") })
			if code != 130 || w.modes() != before {
				t.Errorf("exit code %d, modes %+v, want %+v", code, w.modes(), before)
			}
			if out := w.output(); strings.LastIndex(out, "\x1b[?25h") < strings.LastIndex(out, "\x1b[?25l") || strings.Contains(out, "goroutine ") {
				t.Errorf("the terminal ends with %q", out[max(0, len(out)-200):])
			}
		})
	}
}

// TestWaysToLeaveTheBoard: q is no error, ctrl-c is an interrupt.
func TestWaysToLeaveTheBoard(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]int{"q": 0, "\x03": 130} {
		w := openWindow(t, true, "demo")
		w.open()
		w.says("unready")
		if _, err := w.user.WriteString(key); err != nil {
			t.Fatal(err)
		}
		if code := w.ends(); code != want {
			t.Errorf("exit code %d after %q, want %d", code, key, want)
		}
	}
}

// TestCtrlZ goes to the shell with the terminal in order, and comes back.
func TestCtrlZ(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	w := openWindow(t, true, "demo")
	w.Args = append([]string{"sh", "-c", `set -m; "$0" "$@"; echo stopped; stty -a; fg >/dev/null; echo ended $?`}, append([]string{w.Path}, w.Args[1:]...)...)
	w.Path = sh
	before := w.modes()
	w.open()
	w.says("unready")
	if _, err := w.user.WriteString("\x1a"); err != nil {
		t.Fatal(err)
	}
	w.says("stopped")
	w.says(" echo ") // stty says it near its end
	out := w.output()
	stopped := out[strings.Index(out, "\x1b[?1049l"):]
	w.until("the board is back", func() bool {
		return strings.LastIndex(w.output(), "\x1b[?1049h") > strings.LastIndex(w.output(), "\x1b[?1049l")
	})
	if _, err := w.user.WriteString("q"); err != nil {
		t.Fatal(err)
	}
	w.says("ended 0")
	if before.Lflag&syscall.ICANON != 0 && !strings.Contains(stopped, " icanon") {
		t.Errorf("the shell has a raw terminal: %q", stopped)
	}
}

// TestAPanicLeavesTheTerminalInOrder, whichever goroutine it is in.
func TestAPanicLeavesTheTerminalInOrder(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]string{"board": "tui.(*Board)", "feed": "watch.(*Feed)"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, kubeconfig := hamlet(t)
			w := openWindow(t, true, "--kubeconfig", kubeconfig, "-A")
			w.Env = append(w.Env, faultIn+"="+where)
			before := w.modes()
			w.open()
			w.says("a fault of its own")
			if code := w.ends(); code != 1 || w.modes() != before {
				t.Errorf("exit code %d, modes %+v, want %+v", code, w.modes(), before)
			}
			if out := w.output(); strings.LastIndex(out, "\x1b[?1049l") < strings.LastIndex(out, "\x1b[?1049h") {
				t.Errorf("the terminal ends with %q", out[max(0, len(out)-200):])
			}
		})
	}
}

// TestAClosedTerminalEndsTheBoard, and the last moment is in its recording, before it would be written by itself: also where the process is not told, because the terminal is
// not its own.
func TestAClosedTerminalEndsTheBoard(t *testing.T) {
	t.Parallel()
	for name, session := range map[string]bool{"told": true, "not told": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cluster, kubeconfig := hamlet(t)
			file := filepath.Join(t.TempDir(), "incident.zst")
			w := openWindow(t, session, "--kubeconfig", kubeconfig, "-A", "--record", file)
			w.open()
			w.says("web")
			w.until("a pod in the recording", func() bool { return recordedPods(t, file) != "" })
			if err := cluster.Apply(villager("late", true, get("/healthz"))); err != nil {
				t.Fatal(err)
			}
			w.says("late")
			if err := w.screen.Close(); err != nil {
				t.Fatal(err)
			}
			if err := w.user.Close(); err != nil {
				t.Fatal(err)
			}
			w.ends()
			if got := recordedPods(t, file); !strings.Contains(got, "pod/late\n") || !strings.Contains(got, "pod/web\n") {
				t.Errorf("the recording has %q", got)
			}
		})
	}
}

// TestAWrongConfigIsRefused by every board, with the line, and by nothing else.
func TestAWrongConfigIsRefused(t *testing.T) {
	t.Parallel()
	env, path := configured(t, "theme: light\nkeys:\n  opne: x\n")
	for _, args := range [][]string{{"demo"}, {"replay", "demo/incident.zst"}, {"--kubeconfig", "/nonexistent"}} {
		w := openWindow(t, true, args...)
		w.Env = append(w.Env, env)
		w.open()
		want := path + ":3: there is no keys.opne. Did you mean open?"
		w.says(want)
		if code := w.ends(); code != 2 || strings.Contains(w.output(), "\x1b[?1049h") {
			t.Errorf("%q: exit code %d, it says %q", args, code, w.output())
		}
	}
	p := newProc(t, "get", "--replay", "demo/incident.zst", "-o", "name")
	p.Env = append(p.Env, env)
	p.begin()
	if code := p.ends(); code != 0 {
		t.Errorf("get: exit code %d, it says %q", code, p.output())
	}
}

// TestTheBoardIsAsConfigured: its colours, its characters and its keys.
func TestTheBoardIsAsConfigured(t *testing.T) {
	t.Parallel()
	env, _ := configured(t, "theme: light\nascii: true\nkeys:\n  quit: x\n  help: f9\n")
	w := openWindow(t, true, "demo")
	w.Env = append(w.Env, env, "COLORTERM=")
	w.open()
	w.says("X unready")
	w.says("38;5;124")
	if _, err := w.user.WriteString("x"); err != nil {
		t.Fatal(err)
	}
	if code := w.ends(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	env, _ = configured(t, "ascii: true\n")
	w = openWindow(t, true, "demo", "--ascii=false")
	w.Env = append(w.Env, env)
	w.open()
	w.says("✖ unready")
}

// TestASCIIWhereTheLocaleHasNoMore characters.
func TestASCIIWhereTheLocaleHasNoMore(t *testing.T) {
	t.Parallel()
	for variable, want := range map[string]string{"LC_ALL=C": "X unready", "LC_ALL=en_US.UTF-8": "✖ unready", "TERM=linux": "X unready"} {
		w := openWindow(t, true, "demo")
		w.Env = append(w.Env, "LC_ALL=en_US.UTF-8", variable)
		w.open()
		w.says(want)
	}
}
