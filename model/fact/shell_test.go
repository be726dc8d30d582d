package fact

import (
	"os/exec"
	"strings"
	"testing"
)

func TestShellLine(t *testing.T) {
	for want, words := range map[string][]string{
		"probetop replay incident.zst":                 {"probetop", "replay", "incident.zst"},
		"probetop replay 'my incident.zst'":            {"probetop", "replay", "my incident.zst"},
		`probetop replay 'it'\''s'`:                    {"probetop", "replay", "it's"},
		"'' '=x' '%1' '*'":                             {"", "=x", "%1", "*"},
		`"$(printf 'a\012\047b\041')"`:                 {"a\n'b!"},
		`"$(printf '\055n\001')"`:                      {"-n\x01"},
		`arg0=$(printf 'exit 1\012.'); sh "${arg0%.}"`: {"sh", "exit 1\n"},
		`arg0=$(printf '\012.'); arg1=$(printf 'b\012\012.'); "${arg0%.}" "${arg1%.}"`: {"\n", "b\n\n"},
		"": {"a\x00b"},
	} {
		if got := ShellLine(words); got != want {
			t.Errorf("%q: got %s, want %s", words, got, want)
		}
	}
}

// FuzzShellLine pastes words into a shell: they must come out as they are.
func FuzzShellLine(f *testing.F) {
	sh, err := exec.LookPath("dash")
	if err != nil {
		sh = "/bin/sh"
	}
	for _, word := range []string{"a", "", "'\n", "\x01%s\\", "-e\x02", "\xff!\"$(x)`y`\n\n"} {
		f.Add(word, "c d")
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		line := ShellLine([]string{"tell", first, second})
		if strings.ContainsRune(first+second, 0) {
			if line != "" {
				t.Errorf("%q: want no line", line)
			}
			return
		}
		if Printable(line) != line {
			t.Errorf("not printable: %q", line)
		}
		out, err := exec.CommandContext(t.Context(), sh, "-c", `tell() { printf '%s\0' "$@"; }; `+line).Output()
		if want := first + "\x00" + second + "\x00"; err != nil || string(out) != want {
			t.Errorf("%s gave %q, want %q, %v", line, out, want, err)
		}
	})
}
