package fact

import (
	"strconv"
	"strings"
)

// Attribute returns the event with the container that it is about, found by its words and the probes of the pod: some
// recorders give no field path, and that of a combined event is of the first that was merged into it. The container is
// empty when several may have said it. An event that says it by itself is returned as it is.
func (p *Pod) Attribute(e *Event) *Event {
	if e.Outcome == NoOutcome || e.Container != "" && !e.Combined {
		return e
	}
	name, named := p.speaker(e)
	if name == e.Container && named == e.Named {
		return e
	}
	own := *e
	own.Container, own.Named = name, named
	return &own
}

// speaker returns the only container whose probe can have said what an event says, and whether the words name that probe;
// nothing when there are several.
func (p *Pod) speaker(e *Event) (container string, named bool) {
	text, last := e.Text(), fit(0)
	probes, several := 0, false
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.Probes[e.Probe] == nil {
			continue
		}
		probes++
		switch f := c.fits(c.Probes[e.Probe], e.Outcome, text); {
		case probes == 1, f > last:
			container, last, several = c.Name, f, false
		case f == last:
			several = true
		}
	}
	if probes > 1 && (several || last == fitsNot) {
		return "", false
	}
	return container, last == fitsByName
}

// fit says how well a text fits a probe.
type fit uint8

const (
	fitsNot fit = iota
	// fits is a text that the probe can have said.
	fits
	// fitsByName is one that names what the probe asks.
	fitsByName
)

// fits says whether a probe of the container can have said a text, as far as its handler words it (pkg/probe).
func (c *Container) fits(p *ProbeSpec, outcome Outcome, text string) fit {
	switch {
	case outcome == Errored:
		return fits
	case p.Handler == HTTP:
		return c.fitsHTTP(p, text)
	case p.Handler == TCP:
		return c.fitsDial(p, text)
	case p.Handler == GRPC:
		return c.fitsGRPC(p, text)
	case p.Handler == Exec:
		return fitsCommand(p, text)
	}
	return fits
}

// fitsHTTP reads the URL that an error of net/http begins with; kubelets up to 1.18 did not quote it. A redirect leads to
// another path.
func (c *Container) fitsHTTP(p *ProbeSpec, text string) fit {
	rest, ok := strings.CutPrefix(text, "Get ")
	if !ok {
		return fitIf(!strings.HasPrefix(text, dialing) && !strings.Contains(text, connecting))
	}
	target, _, _ := strings.Cut(strings.TrimPrefix(rest, `"`), ": ")
	_, target, absolute := strings.Cut(strings.TrimSuffix(target, `"`), "://")
	if !absolute {
		return fits // a path, to which a redirect has led
	}
	host, path, _ := strings.Cut(target, "/")
	switch {
	case !c.at(p, host):
		return fitsNot
	case path == strings.TrimPrefix(p.Path, "/"):
		return fitsByName
	}
	return fits
}

// dialing begins an error of a connection that could not be made.
const dialing = "dial tcp"

// fitsDial reads the address that an error of net.Dial names, unless it is one of the name server.
func (c *Container) fitsDial(p *ProbeSpec, text string) fit {
	rest, ok := strings.CutPrefix(text, dialing+" ")
	if !ok {
		return fitIf(strings.HasPrefix(text, dialing))
	}
	address, _, _ := strings.Cut(rest, ": ")
	if _, to, ok := strings.Cut(address, "->"); ok {
		address = to
	}
	return byNameIf(c.at(p, address))
}

// connecting is said by a gRPC probe that did not get a connection, before the address.
const connecting = "failed to connect service"

func (c *Container) fitsGRPC(p *ProbeSpec, text string) fit {
	_, rest, ok := strings.Cut(text, connecting)
	if !ok {
		return fitIf(strings.HasPrefix(text, "service unhealthy") || strings.HasPrefix(text, "timeout: ") || strings.HasPrefix(text, "error: "))
	}
	if _, rest, ok = strings.Cut(rest, `"`); !ok {
		return fits
	}
	address, _, _ := strings.Cut(rest, `"`)
	return byNameIf(c.at(p, address))
}

// fitsCommand reads the command that the runtime names when it took too long. What a command prints may be anything.
func fitsCommand(p *ProbeSpec, text string) fit {
	command := strings.Join(p.Command, " ")
	if execCause(text) != CauseExecTimeout || !strings.Contains(text, `"`) || strings.Contains(command, "$") {
		return fits
	}
	if strings.Contains(text, strconv.Quote(command)) {
		return fitsByName
	}
	return fitIf(strings.Contains(command, hidden) || strings.Contains(text, hidden))
}

// hidden stands in texts where a secret was. What precedes and follows it may have been hidden in one text and not in another.
const hidden = "***"

// at reports whether a probe asks at an address of host and port.
func (c *Container) at(p *ProbeSpec, address string) bool {
	i := strings.LastIndexByte(address, ':')
	if i < 0 {
		return false
	}
	host, port := strings.Trim(address[:i], "[]"), address[i+1:]
	if p.Host != "" && p.Host != host {
		return false
	}
	if port == p.Port && !p.DigitName {
		return true
	}
	number, err := strconv.ParseInt(port, 10, 32)
	if err != nil || c.Spec == nil {
		return false
	}
	for _, declared := range c.Spec.Ports {
		if declared.Name == p.Port && int64(declared.Number) == number {
			return true
		}
	}
	return false
}

func fitIf(ok bool) fit {
	if ok {
		return fits
	}
	return fitsNot
}

func byNameIf(ok bool) fit {
	if ok {
		return fitsByName
	}
	return fitsNot
}
