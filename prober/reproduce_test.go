package prober_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
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
		"curl -i -k -g --path-as-is --noproxy '*' --max-time 1 -H 'Accept: */*' -H 'User-Agent: kube-probe/1.37' http://10.0.0.5:8080/": reproduced(t, check(t, httpGet("/"))),
		"curl -i -k -g --path-as-is --noproxy '*' --max-time 1 -H 'Host: shop.example.org' -H 'User-Agent: kube-probe/1.37' -H 'X-A: 1' -H 'X-A: $(id)' -H 'X-Empty;' -H Accept: " +
			`'https://10.0.0.5:8080/p?x=1&y='\''z'\'''`: reproduced(t, check(t, withHeaders)),
		"curl -i -k -g --path-as-is --noproxy '*' --max-time 1 -H 'Accept: */*' -H User-Agent: http://10.0.0.5:8080/": reproduced(t, check(t, empty)),
		"nc -z -v -w 1 10.0.0.5 5432": reproduced(t, check(t, tcpSocket())),
		"nc -z -v -w 1 fd00::5 5432":  reproduced(t, check(t, tcpSocket(), v6)),
		"grpc_health_probe -addr 10.0.0.5:9090 -connect-timeout 1s -rpc-timeout 1s -user-agent kube-probe/1.37 -service db": reproduced(t, check(t, grpcCall("db"))),
		`kubectl exec -n shop web-0 -c app -- sh -c 'echo "$HOME"; exit 1'`:                                                 reproduced(t, check(t, execute("sh", "-c", `echo "$HOME"; exit 1`))),
		"nc -z -v -w 1 -- -ofile 5432": reproduced(t, check(t, dashed)),
		"":                             reproduced(t, check(t, corev1.ProbeHandler{})),
	} {
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// TestReproduceAsksTheSameCluster, whatever kubectl's current context is when the line is pasted.
func TestReproduceAsksTheSameCluster(t *testing.T) {
	t.Parallel()
	if got, want := reproduced(t, check(t, execute("true")), "--context", "prod's"), `kubectl --context 'prod'\''s' exec -n shop web-0 -c app -- true`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// hostile are words that a shell or a terminal would act on.
var hostile = []string{
	"plain", "", " ", "a b", "'", "''", `"`, `\`, `\'`, "$(touch /tmp/x)", "`id`", "$HOME", "!!", "*", "~", "#", ";", "&", "|", "<", ">", "a\nb", "\x1b[31mred\x1b[0m", "\x07", "\xff\xfe", "é", "日本", "a\u202eb", "\u200b", "-n", "=x", "%1", "{a,b}", "\r", "\t",
	"\x01'; echo run #", "\x01\\'; echo run #", "\x01\\\\'; echo run #", "\x01\"; echo run #", "\x01$(echo run)", "\x01`echo run`",
	"\n", "\n\n", "a\nb\n", "set -e\n[ \"$X\" = 'y' ] && ! false\n", "-n\x01", "--\n", "%s\x01%d%%", "\\n\x01\\033", "\x1b!!", "!\n", "a.\n", "\x7f", "é\n", "\\\n",
}

// TestReproduceIsSafe pastes commands into every shell there is: the words must come out as they are, and nothing must
// reach the terminal that it would act on.
func TestReproduceIsSafe(t *testing.T) {
	t.Parallel()
	shells := 0
	for _, shell := range []string{"sh", "dash", "bash", "busybox", "zsh", "ksh"} {
		path, err := exec.LookPath(shell)
		if err != nil {
			continue
		}
		shells++
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			args := []string{path, "-c"}
			if shell == "busybox" {
				args = []string{path, "sh", "-c"}
			}
			for _, word := range hostile {
				line := reproduced(t, check(t, execute("a b", word, "c\n")))
				if model.Printable(line) != line {
					t.Errorf("%q: not printable: %q", word, line)
				}
				// In place of kubectl, something that tells its words apart.
				script := `kubectl() { while [ "$1" != -- ]; do shift; done; shift; printf '%s\0' "$@"; }; ` + line
				out, err := exec.CommandContext(t.Context(), args[0], append(args[1:], script)...).Output()
				if want := "a b\x00" + word + "\x00c\n\x00"; err != nil || string(out) != want {
					t.Errorf("%q: %s gave %q, %v", word, line, out, err)
				}
			}
		})
	}
	if shells == 0 {
		t.Error("there is no shell to paste into")
	}
}

// TestReproduceIsSafeInFish, where a backslash takes the meaning from a quote between quotes, too: an odd word must not
// let the next one out.
func TestReproduceIsSafeInFish(t *testing.T) {
	t.Parallel()
	for _, first := range hostile {
		for _, second := range append(hostile, "; touch /tmp/x #") {
			line := reproduced(t, check(t, execute(first, second)))
			if strings.Contains(line, "$(printf") {
				continue // which fish has, and the variable before a command is an error there
			}
			_, argv, _ := strings.Cut(line, " -- ")
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

// reproduced returns the line of a check that has one.
func reproduced(t *testing.T, c *prober.Check, flags ...string) string {
	t.Helper()
	line, err := c.Reproduce(flags...)
	if err != nil {
		t.Errorf("%s: %v", c.Target, err)
	}
	return line
}

// TestReproduceSaysWhyThereIsNoLine, rather than to print one that asks something else.
func TestReproduceSaysWhyThereIsNoLine(t *testing.T) {
	t.Parallel()
	bracketed := tcpSocket()
	bracketed.TCPSocket.Host = "[::1]"
	for want, c := range map[string]*prober.Check{
		`no command line asks "[[::1]]:5432": it is no host with a port`: check(t, bracketed),
		"no command line has a NUL in it":                                check(t, execute("printf", "a\x00b")),
	} {
		if line, err := c.Reproduce(); line != "" || err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %q, %v, want %q", line, err, want)
		}
	}
}
