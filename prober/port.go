package prober

import (
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// resolvePort returns the number of a port that is given by number or by the name of a port of the container. Its
// error is the kubelet's, with its text: the probe errors. It mirrors ResolveContainerPort of pkg/probe/util.go,
// which took names for numbers until 1.36.
func resolvePort(port intstr.IntOrString, c *corev1.Container, node NodeInfo) (int, error) {
	number := 0
	switch port.Type {
	case intstr.Int:
		number = port.IntValue()
	case intstr.String:
		named, err := portNamed(port.StrVal, c, node)
		if err != nil {
			return 0, err
		}
		number = named
	default:
		return 0, fmt.Errorf("intOrString had no kind: %+v", port)
	}
	if number < 1 || number > 65535 {
		return 0, fmt.Errorf("invalid port number: %d", number)
	}
	return number, nil
}

func portNamed(name string, c *corev1.Container, node NodeInfo) (int, error) {
	for i := range c.Ports {
		if c.Ports[i].Name == name {
			return int(c.Ports[i].ContainerPort), nil
		}
	}
	if node.before(37) {
		return strconv.Atoi(name)
	}
	return 0, fmt.Errorf("port %q not found", name)
}
