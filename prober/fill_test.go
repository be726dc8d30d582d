package prober_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/prober"
)

func TestSecretsInALineBecomeVariables(t *testing.T) {
	t.Parallel()
	secret := httpGet("/h?token=hunter2&x=1")
	secret.HTTPGet.HTTPHeaders = []corev1.HTTPHeader{
		{Name: "Authorization", Value: "Bearer hunter3"},
		{Name: "X-Own", Value: "hunter4"},
		{Name: "X-Probe", Value: "true"},
		{Name: "Path", Value: "hunter5"},
		{Name: "X-Own", Value: "hunter4"},
		{Name: "X-Own", Value: "hunter6"},
		{Name: "Cookie", Value: "sid=hunter7"},
	}
	for _, c := range []struct {
		handler corev1.ProbeHandler
		flags   []string
		want    string
		fill    []string
	}{
		{
			secret, nil, "curl -i -k -g --path-as-is --noproxy '*' --max-time 1 -H 'Accept: */*' " +
				`-H "Authorization: $AUTHORIZATION" -H "Cookie: $COOKIE" -H "Path: $HEADER_PATH" -H 'User-Agent: kube-probe/1.37' ` +
				`-H "X-Own: $X_OWN" -H "X-Own: $X_OWN" -H "X-Own: $X_OWN_2" -H 'X-Probe: true' 'http://10.0.0.5:8080/h?token='"$SECRET"'&x=1'`,
			[]string{"AUTHORIZATION", "COOKIE", "HEADER_PATH", "X_OWN", "X_OWN_2", "SECRET"},
		},
		{
			execute("redis-cli", "-a", "hunter2", "ping"),
			[]string{"--context", "c"},
			`kubectl --context c exec -n shop web-0 -c app -- redis-cli -a "$SECRET" ping`,
			[]string{"SECRET"},
		},
		{
			execute("sh", "-c", `PGPASSWORD=hunter2 psql -c 'select 1'`), nil,
			`kubectl exec -n shop web-0 -c app -- sh -c PGPASSWORD="$SECRET"' psql -c '\''select 1'\'''`,
			[]string{"SECRET"},
		},
		{execute("cat", "/tmp/ok"), nil, "kubectl exec -n shop web-0 -c app -- cat /tmp/ok", nil},
	} {
		got, fill, _ := check(t, c.handler).ReproduceMasked(c.flags...)
		var names []string
		for _, v := range fill {
			names = append(names, v.Name)
			if v.Of == "" || strings.Contains(v.Of, "hunter") {
				t.Errorf("%s is to be set to %q", v.Name, v.Of)
			}
		}
		if got != c.want || !slices.Equal(names, c.fill) {
			t.Errorf("got  %s %q\nwant %s %q", got, names, c.want, c.fill)
		}
	}
}

// TestFilledLinesSayTheSame pastes lines into a real shell in which the variables are set: the words must come out as they are.
func TestFilledLinesSayTheSame(t *testing.T) {
	t.Parallel()
	for _, words := range [][]string{
		{"--password=hunter2"},
		{"--password", "a b"},
		{"token=x1y2z3 $HOME `id`"},
		{"a'b", "password='hunter2' \"x\""},
		{"\x1b[31m", "password=hunter2"},
		{"https://a:b c@h/", "-p"},
		{"password=$(id)"},
		{"AUTH hunter2\nAUTH hunter3"},
	} {
		line, fill, secrets := check(t, execute(append([]string{"printf", `%s\n`}, words...)...)).ReproduceMasked()
		if len(fill) == 0 && !strings.Contains(words[0], "$(id)") {
			t.Errorf("%q: nothing is hidden in %s", words, line)
		}
		out := filled(t, line, fill, secrets)
		if want := strings.Join(words, "\n") + "\n"; out != want {
			t.Errorf("%s gave %q, want %q", line, out, want)
		}
	}
}

// filled runs a command of a line with its variables set.
func filled(t *testing.T, line string, fill []prober.Variable, secrets []string) string {
	t.Helper()
	_, argv, _ := strings.Cut(line, " -- ")
	bash, err := exec.LookPath("bash")
	if err != nil {
		bash = "/bin/sh"
	}
	command := exec.CommandContext(t.Context(), bash, "-c", argv)
	for i, v := range fill {
		command.Env = append(command.Env, v.Name+"="+secrets[i])
	}
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v", argv, err)
	}
	return string(out)
}
