package prober_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
)

func TestReproduce(t *testing.T) {
	t.Parallel()
	withHeaders := httpsGet("/p?x=1&y='z'")
	withHeaders.HTTPGet.HTTPHeaders = []corev1.HTTPHeader{{Name: "Host", Value: "shop.example.org"}, {Name: "accept"}, {Name: "X-Empty"}, {Name: "X-A", Value: "1"}, {Name: "X-A", Value: "$(id)"}}
	empty := httpGet("/")
	empty.HTTPGet.HTTPHeaders = []corev1.HTTPHeader{{Name: "Host"}, {Name: "User-Agent"}}
	dashed := tcpSocket()
	dashed.TCPSocket.Host = "-ofile"
	v6 := func(pod *corev1.Pod) { pod.Status.PodIP = "fd00::5" }
	for want, got := range map[string]string{
		"curl -i -k -g --path-as-is --noproxy '*' --max-time 1 -H 'Accept: */*' -H 'User-Agent: kube-probe/1.37' http://10.0.0.5:8080/": check(t, httpGet("/")).Reproduce(),
		"curl -i -k -g --path-as-is --noproxy '*' --max-time 1 -H 'Host: shop.example.org' -H 'User-Agent: kube-probe/1.37' -H 'X-A: 1' -H 'X-A: $(id)' -H 'X-Empty;' -H Accept: " +
			`'https://10.0.0.5:8080/p?x=1&y='\''z'\'''`: check(t, withHeaders).Reproduce(),
		"curl -i -k -g --path-as-is --noproxy '*' --max-time 1 -H 'Accept: */*' -H User-Agent: http://10.0.0.5:8080/": check(t, empty).Reproduce(),
		"nc -z -v -w 1 10.0.0.5 5432": check(t, tcpSocket()).Reproduce(),
		"nc -z -v -w 1 fd00::5 5432":  check(t, tcpSocket(), v6).Reproduce(),
		"grpc_health_probe -addr 10.0.0.5:9090 -connect-timeout 1s -rpc-timeout 1s -user-agent kube-probe/1.37 -service db": check(t, grpcCall("db")).Reproduce(),
		`kubectl exec -n shop web-0 -c app -- sh -c 'echo "$HOME"; exit 1'`:                                                 check(t, execute("sh", "-c", `echo "$HOME"; exit 1`)).Reproduce(),
		"nc -z -v -w 1 -- -ofile 5432": check(t, dashed).Reproduce(),
		"":                             check(t, corev1.ProbeHandler{}).Reproduce(),
	} {
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// TestReproduceAsksTheSameCluster, whatever kubectl's current context is when the line is pasted.
func TestReproduceAsksTheSameCluster(t *testing.T) {
	t.Parallel()
	if got, want := check(t, execute("true")).Reproduce("--context", "prod's"), `kubectl --context 'prod'\''s' exec -n shop web-0 -c app -- true`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// hostile are words that a shell or a terminal would act on.
var hostile = []string{
	"plain", "", " ", "a b", "'", "''", `"`, `\`, `\'`, "$(touch /tmp/x)", "`id`", "$HOME", "!!", "*", "~", "#", ";", "&", "|", "<", ">", "a\nb", "\x1b[31mred\x1b[0m", "\x07", "\xff\xfe", "é", "日本", "a\u202eb", "\u200b", "-n", "=x", "%1", "{a,b}", "\r", "\t",
	"\x01'; echo run #", "\x01\\'; echo run #", "\x01\\\\'; echo run #", "\x01\"; echo run #", "\x01$(echo run)", "\x01`echo run`",
}

// TestReproduceIsSafe pastes commands into a real shell: the words must come out as they are, and nothing must reach
// the terminal that it would act on.
func TestReproduceIsSafe(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		bash = "/bin/sh"
	}
	for _, word := range hostile {
		line := check(t, execute("printf", "%s", word)).Reproduce()
		if model.Printable(line) != line {
			t.Errorf("%q: not printable: %q", word, line)
		}
		_, argv, _ := strings.Cut(line, " -- ")
		out, err := exec.CommandContext(t.Context(), bash, "-c", argv).Output()
		if err != nil || string(out) != word {
			t.Errorf("%q: %s gave %q, %v", word, argv, out, err)
		}
	}
}

// TestReproduceIsSafeInFish, where a backslash takes the meaning from a quote between quotes, too: an odd word must not
// let the next one out.
func TestReproduceIsSafeInFish(t *testing.T) {
	t.Parallel()
	for _, first := range hostile {
		for _, second := range append(hostile, "; touch /tmp/x #") {
			_, argv, _ := strings.Cut(check(t, execute(first, second)).Reproduce(), " -- ")
			if strings.Contains(argv, "$'") {
				continue // an error in fish
			}
			if got, want := fish(argv), []string{first, second}; !slices.Equal(got, want) {
				t.Errorf("fish makes %q of %s, want %q", got, argv, want)
			}
		}
	}
}

// fish splits a line into words as fish does; nil when anything else is in it.
func fish(line string) (words []string) {
	word, open, quoted := "", false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\' && i+1 < len(line) && (line[i+1] == '\'' || line[i+1] == '\\'), !quoted && c == '\\' && i+1 < len(line):
			i++
			word += line[i : i+1]
			open = true
		case c == '\'':
			quoted, open = !quoted, true
		case quoted:
			word += line[i : i+1]
		case c == ' ':
			words, word, open = append(words, word), "", false
		case strings.IndexByte(";&|<>()$#*?~{}[]\"!", c) >= 0:
			return nil
		default:
			word, open = word+line[i:i+1], true
		}
	}
	if open {
		words = append(words, word)
	}
	return words
}

// A shell that knows less, such as dash, may take a word for another, but must take it for one.
func TestReproduceIsSafeInAnyShell(t *testing.T) {
	t.Parallel()
	for _, word := range hostile {
		_, argv, _ := strings.Cut(check(t, execute("set", "--", word)).Reproduce(), " -- ")
		out, err := exec.CommandContext(t.Context(), "/bin/sh", "-c", argv+"; echo $#").Output()
		if err != nil || string(out) != "1\n" {
			t.Errorf("%q: %s gave %q, %v", word, argv, out, err)
		}
	}
}
