package prober

import (
	"regexp"
	"strings"

	"github.com/probetop/probetop/model"
)

// NodeInfo is what the node says of itself that probes depend on (status.nodeInfo). Unknown versions are taken for
// the newest, but for gRPC (see callsAtOnce).
type NodeInfo struct {
	KubeletVersion string
	// RuntimeVersion is containerRuntimeVersion, as in containerd://2.1.4.
	RuntimeVersion string
}

// before reports whether the kubelet is known to be older than 1.minor.
func (n NodeInfo) before(minor int) bool {
	return model.ParseVersion(n.KubeletVersion).Before(1, minor)
}

func (n NodeInfo) crio() bool { return strings.HasPrefix(n.RuntimeVersion, "cri-o://") }

// released is the version of a kubelet that was built by Kubernetes' own scripts, in parts: hack/lib/version.sh
// makes the major and the minor version of them.
var released = regexp.MustCompile(`^v([0-9]+)\.([0-9]+)(\.[0-9]+)?(-.*)?(\+.*)?$`)

// userAgent returns what the kubelet calls itself. A kubelet that was built without a version, which reports
// v0.0.0-master, has none to tell; neither have we of one whose version is not known.
func (n NodeInfo) userAgent() string {
	parts := released.FindStringSubmatch(n.KubeletVersion)
	if parts == nil || parts[1] == "0" {
		return "kube-probe/."
	}
	minor := parts[2]
	if parts[4] != "" {
		minor += "+"
	}
	return "kube-probe/" + parts[1] + "." + minor
}
