package mask

import "strings"

// shell finds the script among the arguments of a command: what follows the -c of a shell. In a script $NAME is a
// variable, and in any other argument a text like others.
type shell struct {
	named  bool // a shell has been named
	awaits bool // and its -c
}

// script takes the next argument and reports whether it is the script.
func (s *shell) script(arg string) bool {
	options := strings.HasPrefix(arg, "-")
	switch {
	case s.awaits && !options:
		*s = shell{}
		return true
	case s.named && options:
		s.awaits = s.awaits || !strings.HasPrefix(arg, "--") && strings.Contains(arg, "c")
	default:
		s.named = s.named || isShell(arg[strings.LastIndexByte(arg, '/')+1:])
	}
	return false
}

func isShell(name string) bool {
	switch name {
	case "sh", "ash", "bash", "dash", "ksh", "zsh", "su":
		return true
	}
	return false
}
