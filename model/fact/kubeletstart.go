package fact

import "time"

// KubeletStart is what a kubelet says when its process has started: the event Starting of its node (pkg/kubelet/kubelet.go,
// BirthCry). What its workers had counted, and the events that waited, are gone then.
type KubeletStart struct {
	Node string
	// At is when, by the node's clock and to the second.
	At time.Time
	// Written is when the API server wrote the event, by its own clock and to the second; zero when it does not say.
	Written time.Time
}

func (*KubeletStart) fact() {}
