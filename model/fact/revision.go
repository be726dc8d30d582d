package fact

import "strings"

// revisionLabel is what the controllers of StatefulSets and DaemonSets write on their pods.
const revisionLabel = "controller-revision-hash="

// Revision names the revision of its workload that the pod is of: its ReplicaSet, or the hash that a StatefulSet or a
// DaemonSet gives it; empty for other pods.
func (p *Pod) Revision() string {
	if p.Owner.Revision != "" || p.Owner.Kind != "StatefulSet" && p.Owner.Kind != "DaemonSet" {
		return p.Owner.Revision
	}
	for pair := range strings.SplitSeq(string(p.Labels), ",") {
		hash, ok := strings.CutPrefix(pair, revisionLabel)
		switch {
		case !ok:
		case strings.HasPrefix(hash, p.Owner.Name+"-"): // of a StatefulSet
			return hash
		default:
			return p.Owner.Name + "-" + hash
		}
	}
	return ""
}
