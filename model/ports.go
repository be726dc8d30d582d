package model

import (
	"strconv"
	"strings"
)

// missingPort returns a target port of a Service that names no port of the pod, if every one does.
func (p *Pod) missingPort(s *Service) (port string, missing bool) {
	if s.Ports == "" {
		return "", false
	}
	for target := range strings.SplitSeq(s.Ports, ",") {
		if p.hasPort(target) {
			return "", false
		}
		port = target
	}
	return port, true
}

// hasPort reports whether the pod has a target port of a Service. A pod whose specs were not read may have any.
func (p *Pod) hasPort(target string) bool {
	for i := range p.Containers {
		c := &p.Containers[i]
		if _, ok := c.Port(target); ok || c.Spec == nil {
			return true
		}
	}
	return false
}

// declares reports whether a container of the pod declares a port.
func (p *Pod) declares(port int32) bool {
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

// numbers lists the ports that a container declares.
func (s *ContainerSpec) numbers() string {
	var list []string
	for _, p := range s.Ports {
		list = append(list, strconv.Itoa(int(p.Number)))
	}
	return shorten(strings.Join(list, ", "), 24)
}

// names lists the names of the ports that a container declares.
func (s *ContainerSpec) names() string {
	var list []string
	for _, p := range s.Ports {
		if p.Name != "" {
			list = append(list, p.Name)
		}
	}
	return shorten(strings.Join(list, ", "), 40)
}
