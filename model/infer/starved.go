package infer

import (
	"time"

	"github.com/probetop/probetop/model/kubelet"
)

// starvedUntil is when the kubelet's event spam filter surely has a token for this pod again; the zero time
// while it has never run out. Up to 1.31 all events of a pod share the tokens, later only its warnings.
func (j *Facts) starvedUntil() time.Time {
	var count int32
	var last time.Time
	shared := kubelet.SharedSpamBucket(j.Node.Version())
	for _, e := range j.Events {
		if !e.Warns() && (!shared || e.Reason == reasonScheduled) {
			continue
		}
		count += e.Count
		if e.Last.After(last) {
			last = e.Last
		}
	}
	if shared {
		for i := range j.Pod.Containers { // whose starts are told, and not read
			c := &j.Pod.Containers[i]
			if count += eventsPerStart * (1 + c.Restarts); c.StartedAt.After(last) {
				last = c.StartedAt
			}
		}
	}
	if count < kubelet.SpamBurst {
		return time.Time{}
	}
	return last.Add(kubelet.SpamRefill + j.slowest() + EventSlack)
}

// slowest is the longest period of the pod's probes: so long it may take until a failure shows that events come
// through again.
func (j *Facts) slowest() time.Duration {
	var longest time.Duration
	for i := range j.Pod.Containers {
		for _, p := range j.Pod.Containers[i].Probes {
			if p != nil {
				longest = max(longest, p.Period+p.Timeout)
			}
		}
	}
	return longest
}
