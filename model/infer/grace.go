package infer

import "time"

// grace is how long a container that a probe kills has to end.
func (j *Facts) grace(p *Probe) time.Duration {
	grace := j.Pod.GracePeriod
	if g := p.Spec.TerminationGracePeriod; g != nil {
		grace = *g
	}
	return max(grace, leastGrace)
}

// longestGrace is how long the kill of one of the pod's containers may take.
func (j *Facts) longestGrace() time.Duration {
	longest := max(j.Pod.GracePeriod, leastGrace)
	for i := range j.Pod.Containers {
		for _, p := range j.Pod.Containers[i].Probes {
			if p != nil && p.TerminationGracePeriod != nil {
				longest = max(longest, *p.TerminationGracePeriod)
			}
		}
	}
	return longest
}
