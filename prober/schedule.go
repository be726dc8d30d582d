package prober

import (
	"slices"

	"github.com/probetop/probetop/model"
)

// Auto begins, or ends, running probes by themselves: those of the pods in view and those that fail, or all of them,
// each once a period. Runs that have begun go on.
func (p *Prober) Auto(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.auto == on || p.closed {
		return
	}
	p.auto = on
	for _, r := range p.rows {
		p.scheduleLocked(r)
	}
	if !on {
		for _, pl := range p.places {
			pl.read = nil
		}
	}
}

// View tells which pods are in view. The slice is the Prober's to keep.
func (p *Prober) View(pods []model.UID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.view
	p.view = make(map[model.UID]bool, len(pods))
	for _, uid := range pods {
		p.view[uid] = true
	}
	for _, uid := range pods {
		p.settleUIDLocked(uid)
	}
	for uid := range before {
		p.settleUIDLocked(uid)
	}
}

// Follow tells what is known of the cluster now: which probes there are, and what the kubelets do with them. It is
// called with every new snapshot, and costs what has changed.
func (p *Prober) Follow(s *model.Snapshot) {
	var gone []model.UID
	p.mu.Lock()
	p.following = true
	for _, r := range s.Rows {
		old := p.rows[r.Pod.UID]
		if old == r {
			continue
		}
		p.rows[r.Pod.UID] = r
		if pl := p.places[r.Pod.UID]; pl != nil && pl.ip != "" && pl.ip != r.Pod.IP {
			pl.ip, pl.read = "", nil
			gone = append(gone, r.Pod.UID)
		}
		p.scheduleLocked(r)
	}
	if len(p.rows) > len(s.Rows) {
		gone = append(gone, p.sweepLocked(s)...)
	}
	p.mu.Unlock()
	for _, uid := range gone {
		p.ways.Forget(uid)
	}
}

// sweepLocked forgets the pods that are not in a snapshot, and returns those that ways may lead to.
func (p *Prober) sweepLocked(s *model.Snapshot) []model.UID {
	alive := make(map[model.UID]bool, len(s.Rows))
	for _, r := range s.Rows {
		alive[r.Pod.UID] = true
	}
	var gone []model.UID
	for uid := range p.rows {
		if alive[uid] {
			continue
		}
		for probe := range p.workers[uid] {
			p.stopLocked(probe)
		}
		delete(p.rows, uid)
		if p.places[uid] != nil {
			p.forgetLocked(uid)
			gone = append(gone, uid) // also while a run is under way: there is nothing to ask any more
		}
	}
	return gone
}

func (p *Prober) settleUIDLocked(uid model.UID) {
	if r := p.rows[uid]; r != nil {
		p.scheduleLocked(r)
	}
}

// scheduleLocked starts and stops workers, so that there is one for each probe of a row that is to be run by itself.
func (p *Prober) scheduleLocked(r *model.Row) {
	for i := range r.Probes {
		probe, key := &r.Probes[i], r.Probes[i].Key(r.Pod)
		working := p.workers[r.Pod.UID][key] != nil
		switch wanted := p.wantedLocked(r, probe); {
		case wanted && !working:
			p.startLocked(key)
		case !wanted && working:
			p.stopLocked(key)
		}
	}
}

// wantedLocked reports whether a probe is to be run by itself, as soon as the kubelet runs it.
func (p *Prober) wantedLocked(r *model.Row, probe *model.Probe) bool {
	switch {
	case !p.auto, p.closed, r.Pod.Terminal(), probe.State == model.StateSuspended:
		return false
	case probe.Spec.Handler == model.Exec && !p.opts.AllowExec, probe.Spec.Handler == model.UnknownHandler:
		return false
	}
	return p.opts.All || p.view[r.Pod.UID] || fails(probe)
}

func (p *Prober) startLocked(probe model.Key) {
	if p.workers[probe.Pod] == nil {
		p.workers[probe.Pod] = map[model.Key]*worker{}
	}
	w := &worker{prober: p, probe: probe, stop: make(chan struct{})}
	p.workers[probe.Pod][probe] = w
	p.running.Go(w.work)
}

func (p *Prober) stopLocked(probe model.Key) {
	close(p.workers[probe.Pod][probe].stop)
	delete(p.workers[probe.Pod], probe)
	if len(p.workers[probe.Pod]) == 0 {
		delete(p.workers, probe.Pod)
	}
}

// probeLocked returns what is known of a probe; nil when there is no such probe.
func (p *Prober) probeLocked(key model.Key) *model.Probe {
	row := p.rows[key.Pod]
	if row == nil {
		return nil
	}
	i := slices.IndexFunc(row.Probes, func(probe model.Probe) bool {
		return probe.Type == key.Type && probe.Container.Name == key.Container
	})
	if i < 0 {
		return nil
	}
	return &row.Probes[i]
}
