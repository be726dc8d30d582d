//go:build unix

package cmd

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestWhatPluginsPrintIsInTheDebugLog, and nowhere else, while the board is drawn; and afterwards it is printed again.
func TestWhatPluginsPrintIsInTheDebugLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l := &DebugLog{}
	if err := l.open(path); err != nil {
		t.Fatal(err)
	}
	in, errs := os.Stdin, os.Stderr // as client-go keeps them
	before, err := errs.Stat()
	if err != nil {
		t.Fatal(err)
	}
	end := l.aside()
	plugin := exec.CommandContext(t.Context(), "sh", "-c", "echo log in again >&2")
	plugin.Stderr = errs
	if err := plugin.Run(); err != nil {
		t.Error(err)
	}
	if info, err := os.Stdin.Stat(); err != nil || os.Stdin == in || info.Mode()&os.ModeCharDevice == 0 {
		t.Errorf("stdin is %v (%v), want the null device", os.Stdin.Name(), err)
	}
	end()
	if after, err := errs.Stat(); err != nil || !os.SameFile(before, after) || os.Stdin != in {
		t.Errorf("stdin or stderr is not what it was (%v)", err)
	}
	if said, err := os.ReadFile(path); err != nil || string(said) != "log in again\n" {
		t.Errorf("the debug log is %q, %v", said, err)
	}
}
