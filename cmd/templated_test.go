package cmd_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The templates are those that kubectl takes, of the report that -o json prints.
func TestTemplates(t *testing.T) {
	kubeconfig := serve(t, shop)
	file := filepath.Join(t.TempDir(), "template")
	if err := os.WriteFile(file, []byte("{.pods[*].name}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		`jsonpath={range .pods[*]}{.name}={.restarts[*].cause};{end}`: "cart-0=signal;web-0=;",
		`jsonpath={.pods[?(@.ready==false)].name}`:                    "cart-0",
		`jsonpath=context`:      "here",
		`jsonpath={.nothing}`:   "",
		`jsonpath-file=` + file: "cart-0 web-0",
		`go-template={{range .pods}}{{.name}} {{.phase}}{{"\n"}}{{end}}`:                     "cart-0 Running\nweb-0 Running\n",
		`custom-columns=POD:.name,PROBES:.containers[*].probes[*].type,WHY:.diagnosis.cause`: "POD      PROBES      WHY\ncart-0   readiness   readiness\nweb-0    <none>      <none>\n",
	} {
		got := run(t, t.Context(), "get", "--kubeconfig", kubeconfig, "-o", args)
		if got.code != 0 || got.out != want {
			t.Errorf("-o %s: %+v, want %q", args, got, want)
		}
	}
	for args, want := range map[string]string{
		"-o jsonpath":                  "-o jsonpath lacks its template",
		"-o jsonpath={.pods":           "The template of -o jsonpath cannot be read",
		"-o go-template={{":            "The template of -o go-template cannot be read",
		"-o custom-columns=NAME":       `"NAME" is not NAME:PATH`,
		"-o jsonpath-file=/none/there": "The template /none/there cannot be read",
		"-o jsonpath={.pods} -w":       "-w prints a line for every change",
		"-w --sort-by .name":           "-w prints changes as they come",
		"--sort-by {.a":                "--sort-by {.a is not a path",
		"-o kyaml":                     "-o kyaml is not a format",
	} {
		got := run(t, t.Context(), append([]string{"get", "--kubeconfig", kubeconfig}, strings.Fields(args)...)...)
		if got.code != 2 || got.out != "" || !strings.Contains(got.err, want) || strings.Count(got.err, "\n") != 1 {
			t.Errorf("%s: %+v, want %q", args, got, want)
		}
	}
}

func TestSortBy(t *testing.T) {
	kubeconfig := serve(t, shop)
	for path, want := range map[string]string{
		".created": "pod/web-0 pod/cart-0", "{.name}": "pod/cart-0 pod/web-0", "workload": "pod/web-0 pod/cart-0",
		".containers[0].restarts": "pod/web-0 pod/cart-0", ".diagnosis.cause": "pod/cart-0 pod/web-0", ".nothing": "pod/cart-0 pod/web-0",
	} {
		got := run(t, t.Context(), "get", "--kubeconfig", kubeconfig, "-o", "name", "--sort-by", path)
		if strings.Join(strings.Fields(got.out), " ") != want {
			t.Errorf("--sort-by %s: %+v, want %s", path, got, want)
		}
	}
	got := run(t, t.Context(), "get", "--kubeconfig", kubeconfig, "-o", "jsonpath={.pods[*].name}", "--sort-by", ".created")
	if got.out != "web-0 cart-0" {
		t.Errorf("sorted in JSON: %+v", got)
	}
}
