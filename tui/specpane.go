package tui

import (
	"fmt"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

// spec writes what the pod's spec says that probes depend on.
func (s *sheet) spec(r *model.Row) {
	for i := range r.Pod.Containers {
		s.containerSpec(&r.Pod.Containers[i])
	}
	p := r.Pod
	s.heading("POD", "")
	s.setting("restart", p.RestartPolicy)
	s.setting("grace", span(p.GracePeriod))
	s.setting("node", p.Node)
	s.setting("ip", p.IP)
	s.setting("owner", strings.TrimSuffix(p.Owner.String()+"  "+p.Owner.Revision, "  "))
	s.setting("gates", strings.Join(p.Gates, " "))
	s.text(2, 2, s.dim, "y shows all of it as YAML")
}

// specName is how wide the names of settings are.
const specName = 11

// setting writes a setting that there is.
func (s *sheet) setting(name, value string) {
	if value != "" {
		s.hang(s.row(2).cell(s.dim, name, specName), 2+specName, fullLines, ink{}, model.Printable(value))
	}
}

func (s *sheet) containerSpec(k *model.Container) {
	s.heading("CONTAINER "+model.Printable(k.Name), k.Kind.String())
	s.setting("image", k.Image())
	if c := k.Spec; c != nil {
		s.setting("ports", portWords(c.Ports))
		s.setting("memory", limitWord(c.MemoryLimit))
		s.setting("postStart", c.PostStartHook)
		s.setting("preStop", c.PreStopHook)
	}
	s.setting("restart", k.RestartPolicy)
	for _, typ := range model.ProbeTypes {
		if p := k.Probes[typ]; p != nil {
			s.probeSpec(typ, p)
		}
	}
	if !k.HasProbes() {
		s.text(2, 1, s.dim, "no probes")
	}
}

func limitWord(limit string) string {
	if limit == "" {
		return ""
	}
	return "limit " + limit
}

func portWords(ports []model.ContainerPort) string {
	words := make([]string, len(ports))
	for i, p := range ports {
		words[i] = fmt.Sprint(p.Number)
		if p.Name != "" {
			words[i] = p.Name + ":" + words[i]
		}
	}
	return strings.Join(words, " ")
}

// probeSpec writes the settings of a probe as kubectl does, and what they amount to.
func (s *sheet) probeSpec(typ model.ProbeType, p *model.ProbeSpec) {
	s.hang(s.row(2).cell(s.strong, typ.String(), specName), 2+specName, fullLines, ink{}, model.Printable(p.Summary()))
	s.text(2+specName, 3, s.dim, amounts(typ, p))
	for _, h := range p.Headers {
		s.text(2+specName, 2, s.dim, "header "+model.Printable(h.Name+": "+h.Value))
	}
}

// amounts words what the thresholds of a probe amount to.
func amounts(typ model.ProbeType, p *model.ProbeSpec) string {
	does := map[model.ProbeType]string{
		model.Startup: "the container is killed", model.Readiness: "the pod gets no traffic", model.Liveness: "the container is killed",
	}[typ]
	n := time.Duration(max(p.FailureThreshold, 1))
	words := fmt.Sprintf("%d %s in a row, about %s: %s", n, plural(int(n), "failure", "failures"), span((n-1)*p.Period+p.Timeout), does)
	if p.SuccessThreshold > 1 {
		words += fmt.Sprintf("; %d successes in a row: ready again", p.SuccessThreshold)
	}
	if g := p.TerminationGracePeriod; g != nil {
		words += "; its own grace period of " + span(*g)
	}
	return words
}
