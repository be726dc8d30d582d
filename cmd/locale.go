package cmd

import (
	"cmp"
	"os"
	"runtime"
	"slices"
	"strings"
)

// plainTerminals are those whose fonts have little more than ASCII.
var plainTerminals = []string{"dumb", "linux", "vt52", "vt100", "vt102", "vt220", "ansi", "cons25"}

// onlyASCII reports whether the terminal, or the locale, is known to have no more characters than ASCII. A locale that is not
// set says nothing. On Windows neither is asked: its consoles take all of Unicode.
func onlyASCII() bool {
	if runtime.GOOS == "windows" {
		return false
	}
	if slices.Contains(plainTerminals, os.Getenv("TERM")) {
		return true
	}
	locale := cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_CTYPE"), os.Getenv("LANG"))
	_, charset, named := strings.Cut(locale, ".")
	charset, _, _ = strings.Cut(strings.ToLower(charset), "@")
	switch {
	case locale == "C", locale == "POSIX":
		return true
	case !named:
		return false
	}
	return charset != "utf-8" && charset != "utf8" && charset != "gb18030"
}
