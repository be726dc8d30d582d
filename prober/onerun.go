package prober

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
)

// asking is how long a single request to the API server may take.
const asking = 10 * time.Second

// oneRun is one run of a probe that has its turn.
type oneRun struct {
	*Prober
	*Transcript
	place *place
	// confirmed is set when a command may be run in the container.
	confirmed bool
	// thorough is set when every look that is to be had is worth its price.
	thorough bool
	// remembers is set when a pod that has not changed is not read again.
	remembers bool
}

// runByHand runs a probe on request, and reports what it came to.
func (p *Prober) runByHand(ctx context.Context, t *Transcript, confirmed bool) {
	uid := t.Subject.Probe.Pod
	pl := p.enter(uid)
	defer p.leave(uid, pl)
	release := p.limits.acquire(ctx, pl.turn)
	if release == nil {
		t.without(model.LackTunnel, "the run was given up before it began: "+context.Cause(ctx).Error())
		return
	}
	defer release()
	e := oneRun{Prober: p, Transcript: t, place: pl, confirmed: confirmed || p.opts.AllowExec, thorough: true}
	e.run(ctx)
}

// runDue runs a scheduled probe. It re-checks, after waiting for a slot, that the kubelet still runs the probe.
func (p *Prober) runDue(w *worker, s Subject) {
	pl := p.enter(s.Probe.Pod)
	defer p.leave(s.Probe.Pod, pl)
	release := p.limits.acquire(p.ctx, pl.turn)
	if release == nil {
		return
	}
	defer release()
	s, wait := p.due(s.Probe)
	if wait > 0 || w.stopped() {
		return
	}
	e := oneRun{Prober: p, Transcript: newTranscript(s), place: pl, confirmed: p.opts.AllowExec, remembers: true}
	e.run(p.ctx)
}

// run carries the oneRun out, and reports what it came to. A panic is a result.
func (e *oneRun) run(ctx context.Context) {
	probe := e.Subject.Probe
	began := time.Now()
	e.Result.At = began
	e.mu.Lock()
	e.place.began[probe] = began
	if !e.isRunningLocked(probe) {
		e.markLocked(probe)
	}
	e.mu.Unlock()
	defer e.unmark(probe)
	defer func() {
		if reason := recover(); reason != nil {
			b := panicked("running a probe", reason)
			e.without(b.Lack, b.Error())
		}
		e.Result.move(e.opts.Clock)
		e.mask(e.opts.Mask)
		e.reports.add(e.opts.Clock(time.Now()), e.shadow())
	}()
	e.attempt(ctx)
	e.rest(began)
}

// attempt reads the pod, opens the way to it, and runs the probe.
func (e *oneRun) attempt(ctx context.Context) {
	pod := e.pod(ctx)
	if pod == nil {
		return
	}
	check, err := NewCheck(pod, e.Subject.Probe.Container, e.Subject.Probe.Type, e.Subject.Node)
	if err != nil {
		e.without(model.LackGone, err.Error())
		return
	}
	e.describe(check, e.opts.Mask, e.opts.Kubectl)
	if !e.runs(pod) || !e.allowed(ctx, check) {
		return
	}
	began := time.Now()
	paths, err := e.ways.Open(ctx, pod, check)
	if err != nil {
		e.unopened(began, check, err)
		return
	}
	e.Result = check.Run(ctx, paths)
	e.pause(began, e.Result.cause)
	if len(e.Result.Attempts) > 0 && (e.Result.Lack == "" || e.Result.Lack == model.LackForbidden) {
		e.experienced(needed(check), e.Result.Lack == model.LackForbidden)
	}
	e.doubt(ctx, pod, check)
	if check.Handler == model.HTTP && e.worthAnotherLook() && e.permitted(ctx, proxying) == "" {
		e.PodIP = e.ways.PodIP(ctx, pod, check)
	}
}

// pod reads the pod, or remembers it; nil when there is none, which is noted then.
func (e *oneRun) pod(ctx context.Context) *corev1.Pod {
	uid := e.Subject.Probe.Pod
	if e.remembers {
		if pod := e.remembered(uid, e.place); pod != nil {
			return pod
		}
	}
	version, began := e.version(uid), time.Now()
	within, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	pod, err := e.ways.Pod(within, e.Subject.Namespace, e.Subject.Name)
	e.answered(ctx, began, err)
	switch {
	case err != nil:
		e.without(lackOf(err), "reading the pod: "+err.Error())
		return nil
	case string(pod.UID) != uid:
		e.without(model.LackGone, errReplaced.Error())
		return nil
	}
	e.remember(e.place, pod, version)
	return pod
}

// runs notes which instance of the container runs. Without one there is nothing to ask, and it reports false.
func (e *oneRun) runs(pod *corev1.Pod) bool {
	if e.Instance = instanceOf(pod, e.Subject.Probe.Container); e.Instance != "" {
		return true
	}
	e.without(model.LackGone, fmt.Sprintf("the container %s does not run", e.Subject.Probe.Container))
	return false
}

// allowed reports whether the probe may be run, and notes why not.
func (e *oneRun) allowed(ctx context.Context, check *Check) bool {
	if check.Handler == model.Exec {
		if !e.confirmed {
			e.without(model.LackUnsupported, "running a command in the container was not agreed to")
			return false
		}
		if e.ways.Unfinished(e.Subject.Probe) {
			e.without(model.LackUnfinished, "an earlier command of this probe may not have ended")
			return false
		}
	}
	if check.settled != nil {
		return true // nothing is going to be asked
	}
	if reason := e.permitted(ctx, needed(check)); reason != "" {
		e.without(model.LackForbidden, reason)
		return false
	}
	return true
}

// needed returns the subresource that a check is run over.
func needed(check *Check) string {
	if check.Handler == model.Exec {
		return commands
	}
	return portForwarding
}

// permitted returns why a subresource may not be used, as far as the API server says when asked; empty when it may.
func (e *oneRun) permitted(ctx context.Context, subresource string) string {
	within, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	namespace := e.Subject.Namespace
	reason := e.ways.Denied(within, namespace, subresource)
	if reason == "" {
		return ""
	}
	e.experienced(subresource, true)
	return fmt.Sprintf("pods/%s is forbidden in the namespace %s: %s", subresource, namespace, reason)
}

// experienced notes whether a subresource was denied when it was to be used.
func (e *oneRun) experienced(subresource string, denied bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	d := denial{e.Subject.Namespace, subresource}
	if delete(e.denied, d); denied {
		e.denied[d] = struct{}{}
	}
}

// unopened notes that there is no way to the pod.
func (e *oneRun) unopened(began time.Time, check *Check, err error) {
	b := broken(err)
	if b == nil {
		b = &Broken{Err: err}
	}
	o := b.none()
	e.without(o.lack, o.text)
	if o.lack == model.LackForbidden {
		e.experienced(needed(check), true)
	}
	e.pause(began, err)
}

// pause leaves the API server alone for a while when it asked for that.
func (e *oneRun) pause(began time.Time, err error) {
	if pause, overall := asked(err); overall {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.backoff = e.backoff.fail(began, time.Now(), pause)
	}
}

// answered notes whether the API server answers.
func (e *oneRun) answered(ctx context.Context, began time.Time, err error) {
	if ctx.Err() != nil {
		return // it was us who gave up
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if err == nil {
		e.backoff = e.backoff.succeed(began)
		return
	}
	if pause, overall := asked(err); overall || troubled(err) {
		e.backoff = e.backoff.fail(began, time.Now(), pause)
	}
}

// rest notes when the probe was run, and leaves the pod alone for a while when there is no way to it.
func (e *oneRun) rest(began time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	// The container has seen the probe later than the oneRun began, by as much as the way took to open.
	e.place.began[e.Subject.Probe] = latest(began, e.Result.Began())
	switch e.Result.Lack {
	case "":
		e.place.backoff = backoff{}
	case model.LackTunnel, model.LackForbidden:
		e.place.backoff = e.place.backoff.fail(began, time.Now(), 0)
	}
}

// worthAnotherLook reports whether the pod IP is asked, too.
func (e *oneRun) worthAnotherLook() bool {
	if e.Result.Verdict == model.ShadowNone {
		return false
	}
	if e.thorough {
		return true
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return differs(e.Result.Verdict, e.probeLocked(e.Subject.Probe))
}
