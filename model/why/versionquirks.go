package why

import (
	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/kubelet"
)

// VersionQuirks lists what kubelets of a version are known for, whether a pod shows it or not; none for one that is not known.
func VersionQuirks(v fact.Version) []Quirk {
	if !v.Known() {
		return nil
	}
	var quirks []Quirk
	for _, q := range [...]struct {
		has bool
		Quirk
	}{
		{kubelet.StartupGatingBug(v), Quirk{"a container may be called started because the instance before it was", "kubernetes/kubernetes#141155"}},
		{kubelet.ExecReadinessFrozen(v), Quirk{"exec readiness of a terminating pod stays what it was", "kubernetes/kubernetes#140881"}},
		{kubelet.SharedSpamBucket(v), Quirk{"events of kills and starts are dropped while probes fail", "kubernetes/kubernetes#124747"}},
		{kubelet.StartupRunsOn(v), Quirk{"a startup probe may run once more after it succeeded", "kubernetes/kubernetes#121206"}},
	} {
		if q.has {
			quirks = append(quirks, q.Quirk)
		}
	}
	return quirks
}
