package model

import "time"

// What the kubelet allows itself.
const (
	// spamBurst and spamRefill are the event spam filter of client-go tools/record/events_cache.go.
	// Five of its 25 tokens are left for warnings that we do not read.
	spamBurst  = 20
	spamRefill = 300 * time.Second
	// attempts is maxProbeRetries of pkg/kubelet/prober/prober.go: an errored probe is tried so often.
	attempts = 3
)
