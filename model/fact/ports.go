package fact

import (
	"strconv"
	"strings"
)

// MissingPort returns a target port of a Service that names no port of the pod, if every one does.
func (p *Pod) MissingPort(s *Service) (port string, missing bool) {
	if s.Ports == "" {
		return "", false
	}
	for target := range strings.SplitSeq(s.Ports, ",") {
		if p.HasPort(target) {
			return "", false
		}
		port = target
	}
	return port, true
}

// HasPort reports whether the pod has a target port of a Service. A pod whose specs were not read may have any.
func (p *Pod) HasPort(target string) bool {
	for i := range p.Containers {
		c := &p.Containers[i]
		if _, ok := c.Port(target); ok || c.Spec == nil {
			return true
		}
	}
	return false
}

// Declares reports whether a container of the pod declares a port.
func (p *Pod) Declares(port int32) bool {
	for i := range p.Containers {
		if s := p.Containers[i].Spec; s != nil {
			for _, declared := range s.Ports {
				if declared.Number == port {
					return true
				}
			}
		}
	}
	return false
}

// Numbers lists the ports that a container declares.
func (s *ContainerSpec) Numbers() string {
	var list []string
	for _, p := range s.Ports {
		list = append(list, strconv.Itoa(int(p.Number)))
	}
	return Shorten(strings.Join(list, ", "), 24)
}

// Names lists the names of the ports that a container declares.
func (s *ContainerSpec) Names() string {
	var list []string
	for _, p := range s.Ports {
		if p.Name != "" {
			list = append(list, p.Name)
		}
	}
	return Shorten(strings.Join(list, ", "), 40)
}
