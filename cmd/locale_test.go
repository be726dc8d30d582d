//go:build !windows

package cmd

import "testing"

func TestASCIIByItself(t *testing.T) {
	for _, c := range []struct {
		term, all, ctype, lang string
		want                   bool
	}{
		{"xterm-256color", "", "", "de_DE.UTF-8", false},
		{"xterm-256color", "", "", "C.utf8", false},
		{"xterm-256color", "", "", "", false},
		{"xterm-256color", "", "", "de_DE", false},
		{"xterm-256color", "", "", "C", true},
		{"xterm-256color", "", "", "POSIX", true},
		{"xterm-256color", "", "", "de_DE.ISO-8859-1", true},
		{"xterm-256color", "", "", "de_DE.ISO-8859-15@euro", true},
		{"xterm-256color", "C", "", "de_DE.UTF-8", true},
		{"xterm-256color", "de_DE.UTF-8", "C", "C", false},
		{"xterm-256color", "", "de_DE.UTF-8", "C", false},
		{"linux", "", "", "de_DE.UTF-8", true},
		{"vt100", "", "", "", true},
		{"tmux", "", "", "en_US.UTF-8", false},
	} {
		t.Setenv("TERM", c.term)
		t.Setenv("LC_ALL", c.all)
		t.Setenv("LC_CTYPE", c.ctype)
		t.Setenv("LANG", c.lang)
		if got := onlyASCII(); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
}
