package lint

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/probetop/probetop/model"
)

// shells are the programs that read a command line.
var shells = []string{"sh", "bash", "ash", "dash", "ksh", "zsh", "busybox", "pwsh", "powershell", "cmd", "cmd.exe", "powershell.exe"}

// scriptOf returns what a shell is to read in a command; ok is false for a command without a shell.
func scriptOf(command []string) (script string, ok bool) {
	if len(command) == 0 || !slices.Contains(shells, path.Base(command[0])) {
		return "", false
	}
	return command[len(command)-1], true
}

// operators mean something to a shell only.
var operators = []string{"&&", "||", "|", ";", ">", "<", ">>", "2>&1", ">/dev/null"}

// variable is a reference as shells read them.
var variable = regexp.MustCompile(`\$\{?[A-Za-z_][A-Za-z0-9_]*`)

// each calls f for every exec probe of the container that has a command.
func (l *linter) each(f func(typ model.ProbeType, command []string)) {
	for _, typ := range model.ProbeTypes {
		if p := l.container.Probes[typ]; p != nil && p.Handler == model.Exec && len(p.Command) > 0 {
			f(typ, p.Command)
		}
	}
}

// noShell finds what only a shell would understand in commands that no shell reads.
func (l *linter) noShell() {
	l.each(func(typ model.ProbeType, command []string) {
		if _, ok := scriptOf(command); ok {
			return
		}
		field := probeField(typ, "exec.command")
		switch at := slices.IndexFunc(command[1:], func(word string) bool { return slices.Contains(operators, word) }); {
		case len(command) == 1 && strings.ContainsAny(command[0], " \t"):
			l.find(ExecNoShell, Error, fmt.Sprintf("%s of %s runs one program called %q", typ, l.container.Name, command[0]),
				"there is no such program, so that the probe cannot be carried out, which counts towards nothing: "+never[typ], field)
		case at >= 0:
			l.find(ExecNoShell, Error, fmt.Sprintf("%s of %s has %q in its command, which no shell reads", typ, l.container.Name, command[at+1]),
				"the program gets it as an argument: what stands behind it is never run", field)
		default:
			for _, word := range command[1:] {
				if name := variable.FindString(word); name != "" {
					l.find(ExecNoShell, Error, fmt.Sprintf("%s of %s has %s in its command, which no shell reads", typ, l.container.Name, name),
						"the program gets the name and not the value: the kubelet only replaces $(NAME)", field)
					return
				}
			}
		}
	})
}

// alwaysEnds are the ends of scripts that succeed whatever was before.
var alwaysEnds = regexp.MustCompile(`(\|\||;|&&)\s*(true|:|exit 0)\s*;?\s*$`)

// always are scripts and commands that cannot fail.
var always = regexp.MustCompile(`^\s*((/usr)?(/bin/)?(true|echo|date|pwd|sleep)\b[^|&;]*|:|exit 0)\s*;?\s*$`)

func (l *linter) cannotFail() {
	l.each(func(typ model.ProbeType, command []string) {
		script, ok := scriptOf(command)
		if !ok {
			script = strings.Join(command, " ")
		}
		ends := alwaysEnds.FindString(script)
		if strings.HasPrefix(ends, "&&") || !ok {
			ends = ""
		}
		if ends == "" && !always.MatchString(script) {
			return
		}
		l.find(CannotFail, Error, fmt.Sprintf("%s of %s runs %q, which succeeds whatever is wrong", typ, l.container.Name, script),
			cannotFail[typ], probeField(typ, "exec.command"))
	})
}

// cannotFail says what it means for a container that a probe always succeeds.
var cannotFail = [...]string{
	model.Startup:   "the other probes begin at once, whether the container is up or not",
	model.Readiness: "the container gets traffic whether it can answer or not",
	model.Liveness:  "the container is never restarted, however badly it does",
}

// fails are the ways in which a script makes a failure of what HTTP answers.
var fails = regexp.MustCompile(`(^|\s)(-[a-zA-Z]*f[a-zA-Z]*|--fail|--fail-with-body|-[a-zA-Z]*w|--write-out)(\s|=|$)`)

func (l *linter) curl() {
	l.each(func(typ model.ProbeType, command []string) {
		script, ok := scriptOf(command)
		if !ok {
			script = strings.Join(command, " ")
		}
		words := strings.Fields(script)
		if len(words) == 0 || path.Base(words[0]) != "curl" || strings.ContainsAny(script, "|`") || strings.Contains(script, "$(") || fails.MatchString(script) {
			return
		}
		l.find(CurlWithoutFail, Error, fmt.Sprintf("%s of %s runs curl without --fail", typ, l.container.Name),
			"curl succeeds with any answer, a 500 too: "+cannotFail[typ], probeField(typ, "exec.command"))
	})
}
