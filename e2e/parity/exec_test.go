package parity

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// environment is the env of the containers whose commands are expanded.
func environment() []corev1.EnvVar {
	return []corev1.EnvVar{
		{Name: "NAME", Value: "value"},
		{Name: "EMPTY"},
		{Name: "SECRET", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{Key: "k"}}},
		{Name: "NESTED", Value: "$(NAME)"},
		{Name: "TWICE", Value: "first"},
		{Name: "TWICE", Value: "second"},
		{Name: "COVERED", Value: "first"},
		{Name: "COVERED", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}}},
		{Name: "with.dots-and dashes", Value: "odd"},
		{Name: "SPACES", Value: "a b  c"},
		{Name: "DOLLAR", Value: "$"},
	}
}

// execCases are about the expansion of commands, exit codes and output.
func execCases() []parityCase {
	var cases []parityCase
	for _, word := range []string{
		"$(NAME)", "a$(NAME)b", "$(NAME)$(NAME)", "$(NAME", "$NAME", "${NAME}", "$$", "$$(NAME)", "$$$(NAME)", "$$$$(NAME)", "$", "a$", "$(", "$()", "$(MISSING)", "$(EMPTY)", "[$(SECRET)]",
		"$(NESTED)", "$(TWICE)", "[$(COVERED)]", "$(with.dots-and dashes)", "$(SPACES)", "$(DOLLAR)(NAME)", "$(name)", "$( NAME )", "$($(NAME))", "$((NAME))", "$(NAME))", ")$(NAME)(", "$x$(NAME)", "$$x", "$é$(NAME)", "é$", "$日本", "$😀", "$$é", "\\$(NAME)", "'$(NAME)'", "$\n", "",
	} {
		cases = append(cases, parityCase{name: fmt.Sprintf("exec/expand %q", word), probe: func(s *site) corev1.ProbeHandler {
			s.container.Env = environment()
			return run("printf", "%s|", word, "$(NAME)")
		}})
	}
	add := func(name string, argv ...string) *parityCase {
		cases = append(cases, parityCase{name: "exec/" + name, probe: func(*site) corev1.ProbeHandler { return run(argv...) }})
		return &cases[len(cases)-1]
	}
	for _, code := range []int{0, 1, 2, 125, 126, 127, 137, 255} {
		add(fmt.Sprintf("exit %d", code), "sh", "-c", fmt.Sprintf("echo said; exit %d", code))
	}
	add("exit 1 without output", "false")
	add("exit 0 without output", "true")
	add("killed", "sh", "-c", "kill -9 $$$$")
	add("stderr alone", "sh", "-c", "echo bad >&2; exit 3")
	add("stdout after stderr", "sh", "-c", "echo second >&2; echo first; exit 3")
	add("stdout after stderr, passing", "sh", "-c", "echo second >&2; echo first")
	for _, n := range []int{10239, 10240, 10241, 11264, 500000} {
		add(fmt.Sprintf("%d bytes, passing", n), "sh", "-c", fmt.Sprintf("head -c %d /dev/zero | tr '\\0' x", n))
		add(fmt.Sprintf("%d bytes, failing", n), "sh", "-c", fmt.Sprintf("head -c %d /dev/zero | tr '\\0' x; exit 1", n))
	}
	add("10000 bytes each way", "sh", "-c", "head -c 10000 /dev/zero | tr '\\0' e >&2; head -c 10000 /dev/zero | tr '\\0' o; exit 1")
	add("binary", "printf", `\000\033[31m\377\376`)
	add("binary, failing", "sh", "-c", `printf '\000\033[31m\377\376'; exit 1`)
	add("line breaks", "sh", "-c", "printf 'a\\n\\nb\\r\\n\\n'; exit 1")
	add("a cut character", "sh", "-c", "head -c 10239 /dev/zero | tr '\\0' x; printf 'é'; exit 1")
	add("variables of the shell", "sh", "-c", "echo $SHELLVAR ${SHELLVAR}; exit 1")
	add("missing", "/no/such/binary", "arg")
	add("missing in the path", "no-such-binary")
	add("not executable", "/etc/passwd")
	add("a directory", "/tmp")
	add("slow", "sleep", "30").timeout = 1
	add("slow with odd words", "sh", "-c", "exec sleep 30 # \"quoted\" $(x) é", "arg with spaces").timeout = 1
	add("slow with output", "sh", "-c", "echo "+strings.Repeat("o", 100)+"; exec sleep 30").timeout = 1
	return cases
}
