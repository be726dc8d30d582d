package kubelet

import "time"

// What the kubelet allows itself.
const (
	// SpamBurst and spamRefill are the event spam filter of client-go tools/record/events_cache.go.
	// Five of its 25 tokens are left for warnings that we do not read.
	SpamBurst  = 20
	SpamRefill = 300 * time.Second
	// Attempts is maxProbeRetries of pkg/kubelet/prober/prober.go: an errored probe is tried so often.
	Attempts = 3
)
