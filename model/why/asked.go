package why

import (
	"path"
	"strconv"
	"strings"

	"github.com/probetop/probetop/model/fact"
)

// answeredWords words an answer that is not the right one.
func answeredWords(s *fact.ProbeSpec, kind, code string) string {
	switch kind {
	case "STATUS":
		return "HTTP " + code + " from " + Asked(s)
	case "GRPC_STATUS":
		return "gRPC health is " + code + onPort(s) + ofService(s)
	}
	if code == "NotFound" && s.Service != "" {
		return "gRPC server" + onPort(s) + " knows no service " + strconv.Quote(s.Service)
	}
	return "gRPC health check" + onPort(s) + " fails with " + code + ofService(s)
}

// Asked is what an HTTP probe asks for: its path, or its port when that is /.
func Asked(s *fact.ProbeSpec) string {
	switch {
	case s.Handler != fact.HTTP:
		return endpointOf(s)
	case s.Path == "" || s.Path == "/":
		return endpointOf(s) + "/"
	}
	return fact.Shorten(s.Path, 40)
}

// endpointOf is where a probe asks, as in :8080, or host:8080 for one that names a host.
func endpointOf(s *fact.ProbeSpec) string { return fact.Shorten(s.Host, 40) + ":" + s.Port }

// exitedWords words what a command of an exec probe said.
func exitedWords(s *fact.ProbeSpec, cause fact.Cause, text string) string {
	if cause == fact.CauseExecTimeout {
		return programOf(s) + " takes longer than " + Lasting(s.Timeout)
	}
	if said := firstLine(text); said != "" {
		return fact.Shorten(said, reasonRoom) + " (" + programOf(s) + ")"
	}
	return programOf(s) + " exits with a code other than 0 and prints nothing"
}

// ofService names the service that a gRPC probe asks for.
func ofService(s *fact.ProbeSpec) string {
	if s.Service == "" {
		return ""
	}
	return " (service " + s.Service + ")"
}

// onPort is endpoint after a word.
func onPort(s *fact.ProbeSpec) string { return " on " + endpointOf(s) }

// programOf names the command of an exec probe: its file, or the first words of the script that a shell runs.
func programOf(s *fact.ProbeSpec) string {
	if len(s.Command) == 0 {
		return "the command"
	}
	name := path.Base(s.Command[0])
	if len(s.Command) >= 3 && strings.HasSuffix(name, "sh") && strings.HasSuffix(s.Command[1], "c") {
		name = strings.Join(strings.Fields(s.Command[2]), " ")
	}
	return "“" + fact.Shorten(name, 24) + "”"
}
