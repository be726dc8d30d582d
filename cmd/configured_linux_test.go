package cmd_test

import (
	"os"
	"path/filepath"
	"testing"
)

// configured writes a configuration and returns the environment that leads to it, and its path.
func configured(t *testing.T, text string) (env, path string) {
	t.Helper()
	dir := t.TempDir()
	path = filepath.Join(dir, "probetop", "config.yaml")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return "XDG_CONFIG_HOME=" + dir, path
}
