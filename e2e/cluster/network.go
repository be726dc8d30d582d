package cluster

import (
	"context"
	"fmt"
	"hash/fnv"
	"os/exec"
)

// network is the pods' network: one bridge on this machine.
type network struct {
	name   string // of the CNI network and the bridge; an interface's name has at most 15 bytes
	subnet string
}

// serviceCIDR is where Services get their addresses. Nobody routes them: there is no kube-proxy.
const serviceCIDR = "10.199.0.0/16"

// networkOf derives the network from the state directory, so that two clusters do not share a bridge.
func networkOf(dir string) network {
	h := fnv.New32a()
	h.Write([]byte(dir))
	sum := h.Sum32()
	return network{
		name:   fmt.Sprintf("probetop%04x", sum&0xffff),
		subnet: fmt.Sprintf("10.198.%d.0/23", sum>>16&0xfe),
	}
}

// config is the CNI configuration of the network. Masquerading is off: pods talk to this machine only. Containerd adds
// the loopback interface itself.
func (n network) config(ipamDir string) string {
	return fmt.Sprintf(`{
  "cniVersion": "0.4.0",
  "name": %[1]q,
  "plugins": [
    {
      "type": "bridge", "bridge": %[1]q, "isGateway": true, "ipMasq": false, "hairpinMode": true,
      "ipam": {"type": "host-local", "ranges": [[{"subnet": %[2]q}]], "routes": [{"dst": "0.0.0.0/0"}], "dataDir": %[3]q}
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
`, n.name, n.subnet, ipamDir)
}

// remove deletes the bridge, if there is one.
func (n network) remove(ctx context.Context) error {
	if exec.CommandContext(ctx, "ip", "link", "show", n.name).Run() != nil {
		return nil
	}
	if out, err := exec.CommandContext(ctx, "ip", "link", "delete", n.name).CombinedOutput(); err != nil {
		return fmt.Errorf("removing the bridge %s: %w\n%s", n.name, err, out)
	}
	return nil
}
