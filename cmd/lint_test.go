package cmd_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/probetop/probetop/cmd"
	"github.com/probetop/probetop/model/lint"
)

// linted runs lint -o json and returns what it found, as RULE:LINE.
func linted(t *testing.T, args ...string) (found []string, report cmd.LintReport) {
	t.Helper()
	got := run(t, t.Context(), append([]string{"lint", "-o", "json"}, args...)...)
	if err := json.Unmarshal([]byte(got.out), &report); err != nil {
		t.Fatalf("%v: %+v", err, got)
	}
	for _, f := range report.Findings {
		found = append(found, fmt.Sprintf("%s:%d", f.Rule, f.Line))
	}
	slices.Sort(found)
	return found, report
}

var (
	wantedFinding   = regexp.MustCompile(`# <- (.*)$`)
	unwantedFinding = regexp.MustCompile(`(?m)^# not: ([a-z-]+)`)
)

// TestLintCorpus finds in each manifest what its comments say, at the lines that they stand on, and nothing else. What is named
// behind "not:" is close by, and must be a rule.
func TestLintCorpus(t *testing.T) {
	files, err := filepath.Glob("testdata/lint/*.yaml")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d manifests: %v", len(files), err)
	}
	reported := map[string]bool{}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for i, line := range strings.Split(string(text), "\n") {
				if m := wantedFinding.FindStringSubmatch(line); m != nil {
					for _, rule := range strings.Fields(m[1]) {
						want, reported[rule] = append(want, fmt.Sprintf("%s:%d", rule, i+1)), true
					}
				}
			}
			for _, m := range unwantedFinding.FindAllStringSubmatch(string(text), -1) {
				if lint.About(lint.Rule(m[1])) == nil {
					t.Errorf("%s is no rule", m[1])
				}
			}
			slices.Sort(want)
			if got, _ := linted(t, "-f", file); !slices.Equal(got, want) {
				t.Errorf("found %q, want %q", got, want)
			}
		})
	}
	for _, text := range lint.Texts {
		if !text.Live && !reported[string(text.Rule)] {
			t.Errorf("no manifest has %s", text.Rule)
		}
	}
}

func TestLintSaysWhereAndWhy(t *testing.T) {
	got := run(t, t.Context(), "lint", "-f", "testdata/lint/port-unresolved.yaml")
	want := `LEVEL  RULE             WHERE                                         FINDING
error  port-unresolved  testdata/lint/port-unresolved.yaml:16 Pod/web  readiness of web asks port "htttp", and the container names no such port

port-unresolved: The probe cannot be carried out, which counts towards nothing: the container never gets ready.
  fix: Name the port in ` + "`ports`" + ` of the same container, or write its number without quotes.

1 error
1 container, 0 without any probe
  startup    none
  readiness  1 of 1; a failure has it out of its Services within 31s (median 31s, slowest shop/Pod/web/web)
  liveness   none
`
	if got.code != 1 || flat(got.out) != flat(want) || got.err != "" {
		t.Errorf("exit code %d, stderr %q, stdout\n%s", got.code, got.err, got.out)
	}
}

func TestLintExitCodes(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	corpus := func(name string) string { return filepath.Join("testdata/lint", name+".yaml") }
	for name, c := range map[string]struct {
		args []string
		code int
		err  string
	}{
		"nothing found":               {[]string{"-f", corpus("good")}, 0, ""},
		"advice":                      {[]string{"-f", corpus("tcp-liveness"), "--disable", "liveness-is-readiness"}, 0, ""},
		"advice, and that is enough":  {[]string{"-f", corpus("exec-often"), "--fail-on", "advice"}, 1, ""},
		"a warning":                   {[]string{"-f", corpus("host")}, 1, ""},
		"a warning that is let pass":  {[]string{"-f", corpus("host"), "--fail-on", "error"}, 0, ""},
		"a warning that is disabled":  {[]string{"-f", corpus("host"), "--disable", "host-set"}, 0, ""},
		"an error":                    {[]string{"-f", corpus("invalid-port"), "--fail-on", "error"}, 1, ""},
		"an error, and never":         {[]string{"-f", corpus("invalid-port"), "--fail-on", "never"}, 0, ""},
		"a finding that is accepted":  {[]string{"-f", corpus("accepted"), "--fail-on", "advice"}, 0, ""},
		"another namespace":           {[]string{"-f", corpus("host"), "-n", "other"}, 0, ""},
		"another workload":            {[]string{"-f", corpus("host"), "deploy/api"}, 2, "There is no deploy/api in any namespace. Check the name"},
		"a bad level":                 {[]string{"-f", corpus("good"), "--fail-on", "bad"}, 2, "--fail-on is error, warning, advice or never"},
		"a rule that does not exist":  {[]string{"--disable", "no-such-rule"}, 2, "--disable no-such-rule names no rule. List them with: probetop lint --rules"},
		"a format that does not":      {[]string{"-o", "yaml"}, 2, "-o yaml is not a format. Choose one of table|json|sarif|github"},
		"no such file":                {[]string{"-f", filepath.Join(dir, "none.yaml")}, 2, "none.yaml: no such file or directory."},
		"no YAML":                     {[]string{"-f", file("bad.yaml", "kind: Pod\nspec: [\n")}, 2, "bad.yaml:"},
		"a key twice":                 {[]string{"-f", file("twice.yaml", "apiVersion: v1\nkind: Pod\nspec: {containers: []}\nkind: Pod\n")}, 2, `twice.yaml:4: mapping key "kind" already defined at line 2.`},
		"a template of Helm":          {[]string{"-f", file("helm.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n  {{ include \"labels\" . }}\n")}, 2, "helm.yaml:4: is a template and no manifest: render it first"},
		"nothing of Kubernetes":       {[]string{"-f", file("values.yaml", "replicas: 3\n")}, 2, "no pod is in there"},
		"a moment without recording":  {[]string{"--at", "+1s"}, 2, "--at is a moment of a recording"},
		"what-if without recording":   {[]string{"--set", "liveness.periodSeconds=1"}, 2, "--set asks a recording"},
		"manifests and recording":     {[]string{"-f", "x", "--replay", "y"}, 2, "-f and --replay cannot be used together"},
		"a recording that is missing": {[]string{"--replay", filepath.Join(dir, "none.zst")}, 2, "none.zst cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, t.Context(), append([]string{"lint"}, c.args...)...)
			if got.code != c.code || !strings.Contains(got.err, c.err) || c.err == "" && got.err != "" || strings.Count(got.err, "\n") > 1 || c.code == 2 && got.out != "" {
				t.Errorf("got %+v, want exit code %d and %q", got, c.code, c.err)
			}
		})
	}
}

func TestLintReadsADirectoryAndStandardInput(t *testing.T) {
	all, report := linted(t, "-f", "testdata/lint")
	if len(all) < 60 || len(report.Accepted) != 1 || report.Accepted[0].Reason != "the protocol has no request that is cheap enough" || report.Accepted[0].Line != 16 {
		t.Errorf("%d findings, accepted %+v", len(all), report.Accepted)
	}
	var of string
	for _, f := range report.Findings {
		if strings.HasSuffix(f.File, "helm.yaml") {
			of = f.Source
		}
	}
	if of != "shop/templates/deployment.yaml" {
		t.Errorf("the finding of Helm's output is of template %q", of)
	}
}

func TestLintOfAClusterCountsReplicasOnce(t *testing.T) {
	pod := func(i int) string {
		return fmt.Sprintf(`{"metadata":{"namespace":"shop","name":"web-%d","uid":"u%d","resourceVersion":"1","labels":{"app":"web","pod-template-hash":"5f"},
  "annotations":{"lint.probetop/host-set":"it is the node that is asked"},
  "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-5f","uid":"r","controller":true}]},
 "spec":{"nodeName":"n1","restartPolicy":"Always","containers":[{"name":"web","image":"web",
  "livenessProbe":{"tcpSocket":{"port":8080,"host":"127.0.0.1"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3}}]},
 "status":{"phase":"Running"}}`, i, i)
	}
	kubeconfig := serve(t, api{
		"pods": pod(1) + "," + pod(2), "nodes": shop["nodes"],
		"services": `{"metadata":{"namespace":"shop","name":"web"},"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}}`,
	})
	found, report := linted(t, "--kubeconfig", kubeconfig)
	if want := []string{"no-readiness:0", "tcp-liveness:0"}; !slices.Equal(found, want) {
		t.Fatalf("found %q, want %q", found, want)
	}
	f := report.Findings[0]
	if f.Workload != "Deployment/web" || f.Pods != 2 || f.Container != "web" || report.Context != "here" || report.Coverage.Containers != 1 {
		t.Errorf("found %+v of %s, %d containers", f, report.Context, report.Coverage.Containers)
	}
	if len(report.Accepted) != 1 || report.Accepted[0].Pods != 2 || report.Accepted[0].Reason != "it is the node that is asked" {
		t.Errorf("accepted %+v", report.Accepted)
	}
	if got := run(t, t.Context(), "lint", "--kubeconfig", kubeconfig); got.code != 1 || !strings.Contains(got.out, "shop/Deployment/web (2 pods)") {
		t.Errorf("got %+v", got)
	}
}

func TestLintOfARecording(t *testing.T) {
	found, report := linted(t, "--replay", "demo/incident.zst", "-n", "payments")
	if !slices.Contains(found, "timeout-tight:0") || report.At.IsZero() || report.Coverage.Containers == 0 {
		t.Errorf("found %q at %v of %d containers", found, report.At, report.Coverage.Containers)
	}
	for _, f := range report.Findings {
		if f.Namespace != "payments" {
			t.Errorf("found %+v, which is not in the scope", f)
		}
	}
}

func TestLintForMachines(t *testing.T) {
	got := run(t, t.Context(), "lint", "-o", "sarif", "-f", "testdata/lint/host.yaml", "-f", "testdata/lint/accepted.yaml")
	var log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID, Level string
				RuleIndex     int
				Locations     []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine int }
					}
				}
				Suppressions []struct{ Justification string }
			}
		}
	}
	if err := json.Unmarshal([]byte(got.out), &log); err != nil || log.Version != "2.1.0" || len(log.Runs) != 1 || len(log.Runs[0].Results) != 2 {
		t.Fatalf("%v: %+v", err, got)
	}
	first, second := log.Runs[0].Results[0], log.Runs[0].Results[1]
	place := first.Locations[0].PhysicalLocation
	if first.Level != "warning" || first.RuleID != "host-set" || log.Runs[0].Tool.Driver.Rules[first.RuleIndex].ID != "host-set" ||
		place.ArtifactLocation.URI != "testdata/lint/host.yaml" || place.Region.StartLine != 17 {
		t.Errorf("first result %+v", first)
	}
	if second.Level != "note" || len(second.Suppressions) != 1 || second.Suppressions[0].Justification == "" {
		t.Errorf("second result %+v", second)
	}
	line := run(t, t.Context(), "lint", "-o", "github", "-f", "testdata/lint/host.yaml").out
	if want := "::warning file=testdata/lint/host.yaml,line=17,title=host-set::Readiness of web asks host example.com instead of the pod: "; !strings.HasPrefix(line, want) {
		t.Errorf("got %q, want %q", line, want)
	}
	if rules := run(t, t.Context(), "lint", "--rules"); rules.code != 0 || strings.Count(rules.out, "\n") != len(lint.Texts)+1 {
		t.Errorf("--rules: %+v", rules)
	}
}

// The demo's recording is of a real kubelet: what would have been is asked of it.
func TestWhatIfOfARecording(t *testing.T) {
	got := run(t, t.Context(), "lint", "--replay", "demo/incident.zst", "--set", "readiness.failureThreshold=1", "-o", "json")
	var r cmd.WhatIfReport
	if err := json.Unmarshal([]byte(got.out), &r); err != nil || got.code != 0 {
		t.Fatalf("%v: %+v", err, got)
	}
	effects := map[string]int{}
	for _, s := range r.Series {
		effects[s.Effect]++
		if s.Certainty == "certain" || s.Probe != "readiness" || s.Why == "" {
			t.Errorf("got %+v", s)
		}
	}
	if effects[string(lint.Added)] == 0 || r.Unready.Seen == 0 || r.Unready.Seen < r.Traffic.Seen || len(r.Limits) == 0 {
		t.Errorf("effects %v, unready %+v, traffic %+v", effects, r.Unready, r.Traffic)
	}
	if !slices.ContainsFunc(r.Patches, func(s string) bool {
		return s == `kubectl patch deployment psp-gateway -n payments -p '{"spec":{"template":{"spec":{"containers":[{"name":"gateway","readinessProbe":{"failureThreshold":1}}]}}}}'`
	}) {
		t.Errorf("patches %q", r.Patches)
	}
	for args, want := range map[string]string{
		"--set liveness.failureThreshold=9":                 "of gateway",
		"--set readiness.timeoutSeconds=3 -n payments":      "whether one would have come within 3s is not known",
		"--set readiness.timeoutSeconds=3 ds/node-exporter": "None of these probes has failed in the recording.",
	} {
		got := run(t, t.Context(), append([]string{"lint", "--replay", "demo/incident.zst"}, strings.Fields(args)...)...)
		if got.code != 0 || !strings.Contains(got.out, want) || got.err != "" {
			t.Errorf("%s: %+v", args, got)
		}
	}
	for args, want := range map[string]string{
		"--set readiness=3": `--set: "readiness=3" is not PROBE.FIELD=VALUE`, "--set nobody:liveness.periodSeconds=3": "No probe of the recording would be different",
		"--set liveness.periodSeconds=3 -o github": "-o github has no words for what would have been", "--set liveness.periodSeconds=3 deploy/none": "There is no deploy/none",
	} {
		got := run(t, t.Context(), append([]string{"lint", "--replay", "demo/incident.zst"}, strings.Fields(args)...)...)
		if got.code != 2 || got.out != "" || !strings.Contains(got.err, want) {
			t.Errorf("%s: %+v", args, got)
		}
	}
}
