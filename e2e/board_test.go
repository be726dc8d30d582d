package e2e

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// promptly is how long the board may take to show what the API server has.
const promptly = 2 * time.Second

// board is probetop running in a terminal of its own.
type board struct {
	session string
}

// tmux is a command to the tests' own tmux server.
func (s *suite) tmux(args ...string) *exec.Cmd {
	return exec.Command("tmux", append([]string{"-f", "/dev/null", "-S", filepath.Join(s.dir, "tmux")}, args...)...)
}

// openBoard starts probetop with arguments in a terminal of a size, and ends it with the test. What it prints when it
// exits stays on the screen, and its exit code comes after it.
func openBoard(t *testing.T, width, height int, args ...string) *board {
	t.Helper()
	return openProgram(t, width, height, append([]string{binary(t)}, args...)...)
}

// openProgram starts a program in a terminal of a size, like openBoard.
func openProgram(t *testing.T, width, height int, program ...string) *board {
	t.Helper()
	b := &board{session: strings.NewReplacer("/", "-", ".", "-").Replace(t.Name())}
	start := []string{
		"new-session", "-d", "-s", b.session, "-x", fmt.Sprint(width), "-y", fmt.Sprint(height),
		"-e", "KUBECONFIG=" + shared.kubeconfig, "-e", "TERM=screen-256color",
		"--", "sh", "-c", `"$@"; echo "exit code $?"; read _`, "sh",
	}
	start = append(start, program...)
	if out, err := shared.tmux(start...).CombinedOutput(); err != nil {
		t.Fatalf("opening a terminal: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the board at the end:\n%s", strings.TrimSpace(b.screen(t)))
		}
		if out, err := shared.tmux("kill-session", "-t", "="+b.session).CombinedOutput(); err != nil {
			t.Errorf("closing the terminal: %v\n%s", err, out)
		}
	})
	return b
}

// screen is the text on the board.
func (b *board) screen(t *testing.T) string {
	t.Helper()
	out, err := shared.tmux("capture-pane", "-p", "-t", "="+b.session+":").CombinedOutput()
	if err != nil {
		t.Errorf("capturing the screen: %v\n%s", err, out)
	}
	return string(out)
}

// press sends keys, named as tmux names them.
func (b *board) press(t *testing.T, keys ...string) {
	t.Helper()
	args := append([]string{"send-keys", "-t", "=" + b.session + ":"}, keys...)
	if out, err := shared.tmux(args...).CombinedOutput(); err != nil {
		t.Fatalf("sending keys: %v\n%s", err, out)
	}
}

// shows waits until all the words are on one screen.
func (b *board) shows(t *testing.T, timeout time.Duration, words ...string) {
	t.Helper()
	eventually(t, timeout, func() error { return lacks(b.screen(t), words) })
}

// showsPromptly requires that all the words are on one screen soon after a moment.
func (b *board) showsPromptly(t *testing.T, since time.Time, words ...string) {
	t.Helper()
	eventually(t, time.Until(since.Add(promptly)), func() error { return lacks(b.screen(t), words) })
}

func lacks(screen string, words []string) error {
	for _, word := range words {
		if !strings.Contains(screen, word) {
			return fmt.Errorf("the board does not show %q of %q:\n%s", word, words, screen)
		}
	}
	return nil
}

// The board opens on a namespace with nothing in it, on a terminal of any size, and ends when it is told to.
func TestBoardOpensAndQuits(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	for _, size := range []struct{ width, height int }{{80, 24}, {20, 5}, {300, 80}} {
		for key, code := range map[string]int{"q": 0, "C-c": 130} {
			t.Run(fmt.Sprintf("%dx%d %s", size.width, size.height, key), func(t *testing.T) {
				t.Parallel()
				b := openBoard(t, size.width, size.height, "-n", ns)
				b.shows(t, patience, "0 pods")
				b.press(t, key)
				b.shows(t, promptly, fmt.Sprintf("exit code %d", code))
			})
		}
	}
}
