package e2e

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/probetop/probetop/e2e/figures"
)

// keepFigures adds the figures of a test to the file that E2E_FIGURES names, if it names one.
func keepFigures(t *testing.T, f figures.Figures) {
	t.Helper()
	path := os.Getenv("E2E_FIGURES")
	if path == "" {
		return
	}
	line, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write(append(line, '\n')); err != nil {
		t.Error(err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
}
