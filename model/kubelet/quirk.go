package kubelet

import "github.com/probetop/probetop/model/fact"

// The following say what a kubelet of a version does. One whose version is not known may do it: what rests on
// the opposite is not certain.

// StartupGatingBug reports whether a replacement may be called started because the instance before it was, until
// its startup probe runs for the first time.
func StartupGatingBug(v fact.Version) bool {
	return !v.Known() || v.AtLeast(1, 35) && v.Before(1, 38)
}

// SidecarsStop reports whether the liveness and startup probes of sidecars stop when their pod terminates, as those of the other
// containers do (pkg/kubelet/prober/prober_manager.go, StopLivenessAndStartup).
func SidecarsStop(v fact.Version) bool { return v.AtLeast(1, 38) }

// ExecReadinessFrozen reports whether exec readiness probes may error from the moment their pod terminates.
func ExecReadinessFrozen(v fact.Version) bool {
	return !v.Known() || v.Minor == 35 && v.Major == 1 || v.From(1, 36, 3) && v.Before(1, 37)
}

// SharedSpamBucket reports whether failing probes may use up the events that tell of kills and starts too.
func SharedSpamBucket(v fact.Version) bool { return !v.AtLeast(1, 32) }

// StartupRunsOn reports whether a startup probe may run once more after it has succeeded.
func StartupRunsOn(v fact.Version) bool { return !v.AtLeast(1, 32) }

// ForgetsAtRestart reports whether a restart of the kubelet makes it probe containers anew that were ready and
// started, so that they are neither for a moment.
func ForgetsAtRestart(v fact.Version) bool { return !v.AtLeast(1, 35) }
