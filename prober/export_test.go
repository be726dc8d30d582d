package prober

import "k8s.io/apimachinery/pkg/types"

// Retire ends the tunnel to a pod as if it had not been used for long.
func (p *Pool) Retire(pod types.UID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.slots[pod].current().retire(0)
}
