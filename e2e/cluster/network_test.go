package cluster

import (
	"encoding/json"
	"net/netip"
	"testing"
)

func TestNetworkIsDerivedFromTheStateDirectory(t *testing.T) {
	a, b := networkOf("/var/lib/a"), networkOf("/var/lib/b")
	if a == b || a.name == b.name {
		t.Errorf("two clusters share the network %v", a)
	}
	if len(a.name) > 15 {
		t.Errorf("the bridge is called %q, which no interface can be", a.name)
	}
	prefix, err := netip.ParsePrefix(a.subnet)
	if err != nil || prefix != prefix.Masked() {
		t.Errorf("the subnet is %s (%v)", a.subnet, err)
	}
	if !json.Valid([]byte(a.config("/var/lib/a/ipam"))) {
		t.Errorf("the configuration is not JSON:\n%s", a.config("/var/lib/a/ipam"))
	}
}
