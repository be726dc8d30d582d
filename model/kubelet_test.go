package model_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	. "github.com/probetop/probetop/model"
)

// kubelet plays one container's probe workers, its kills, and the events and statuses that reach the API, as
// pkg/kubelet/prober, pkg/kubelet/status and client-go tools/record do.
type kubelet struct {
	rng     *rand.Rand
	now     time.Time
	pod     *Pod
	workers []*probeWorker
	killed  time.Time // when the running instance is dead; zero while nobody kills it
	events  map[string]*Event
	tokens  float64
	refill  time.Time
	mail    []letter
	api     map[string]letter // the newest of each object that has been written
	post    [2]time.Time      // when the last letter of each stream arrives
	heard   time.Time         // when the start of the kubelet was heard of; zero for never
	told    []truth
	news    int // numbers the messages that differ every time
	killer  ProbeType
	// outcomes are the restarts and losses of readiness that probes have brought about.
	outcomes []outcome
	// looks is how often the counters are read; zero for never.
	looks  time.Duration
	looked time.Time
	tally  map[ProbeType]*[2]int32 // successes and failures
	ends   []ended
	steady bool // the container never exits by itself
	deaf   absence
	// skew is how far the node's clock is ahead of ours, and booted when the kubelet's process started by it.
	skew   time.Duration
	booted time.Time
	busy   *busyNode // nil for a kubelet that has time for everything
}

// ended is an instance that ended.
type ended struct {
	at    time.Time
	cause RestartCause
	count int32
}

// outcome is what a probe brought about, in its so-manieth run of failures.
type outcome struct {
	at      time.Time
	typ     ProbeType
	episode int
}

// letter is a change on its way to the API's watchers.
type letter struct {
	at time.Time
	ch Change
}

// truth is what a worker knew at a time.
type truth struct {
	at  time.Time
	typ ProbeType
	run int32
	// errs is set when the probe could not be carried out when it was last run.
	errs bool
	// ready and started are the container's.
	ready, started bool
	// other is a count that is as true as run, as far as anyone can know; the same as run unless the kubelet was restarted.
	other int32
}

// probeWorker is pkg/kubelet/prober/worker.go.
type probeWorker struct {
	typ      ProbeType
	spec     *ProbeSpec
	tick     time.Time // the next one
	busy     time.Time // when the running probe ends; zero while none runs
	result   bool      // of the probe that runs
	healthy  bool
	flips    time.Time // when health changes next
	hold     bool
	instance string
	last     bool
	run      int32
	episode  int // counts successes, and what the probe brought about
	fail     func() failing
	fails    failing // what the probe that runs does, unless it succeeds
	erring   bool    // it cannot be carried out now and then
	errs     bool    // so it was when it was last run
	errors   int     // how often it was so
	forgets  bool    // the kubelet was restarted: the next result is the first that it counts
	before   int32   // how many failures in a row a restart of the kubelet has made it forget, in the run that goes on
}

// failing is how a probe fails: what is said of it, and how long it takes.
type failing struct {
	text  string
	takes time.Duration
	errs  bool
}

const step = 20 * time.Millisecond

// newKubelet starts a pod with random probes at the epoch, on a node that is as the edits make it.
func newKubelet(rng *rand.Rand, edits ...func(*kubelet)) *kubelet {
	k := &kubelet{rng: rng, now: epoch, events: map[string]*Event{}, tokens: 25, refill: epoch, tally: map[ProbeType]*[2]int32{}, booted: epoch.Add(-time.Hour)}
	k.pod = web(func(p *Pod) { p.Created, p.GracePeriod = epoch, 2*time.Second; p.Containers[0].State = Waiting })
	for _, typ := range ProbeTypes {
		if typ == Startup && rng.IntN(3) > 0 || typ != Startup && rng.IntN(6) == 0 {
			continue
		}
		k.workers = append(k.workers, k.worker(typ))
		k.tally[typ] = new([2]int32)
	}
	for _, edit := range edits {
		edit(k)
	}
	k.start()
	return k
}

func (k *kubelet) worker(typ ProbeType) *probeWorker {
	period := []int{1, 2, 3, 5, 10}[k.rng.IntN(5)]
	spec := probe(func(p *ProbeSpec) {
		p.Period = time.Duration(period) * time.Second
		p.InitialDelay = time.Duration([]int{0, 0, 0, 4}[k.rng.IntN(4)]) * time.Second
		p.FailureThreshold = int32(1 + k.rng.IntN(5))
	})
	if typ == Readiness && k.rng.IntN(3) == 0 {
		spec.SuccessThreshold = 2
	}
	w := &probeWorker{typ: typ, spec: spec, tick: k.now.Add(time.Duration(k.rng.IntN(period*1000)) * time.Millisecond), healthy: true}
	refused := failing{text: "dial tcp 10.0.0.7:8080: connect: connection refused", takes: 5 * time.Millisecond}
	hangs := failing{text: "context deadline exceeded (Client.Timeout exceeded while awaiting headers)", takes: spec.Timeout}
	always := func(f failing) func() failing { return func() failing { return f } }
	switch k.rng.IntN(5) {
	case 0:
		w.fail = always(refused)
	case 1:
		hangs.takes = k.patient(spec)
		w.fail = always(hangs)
	case 2:
		takes := time.Duration(k.rng.IntN(900)) * time.Millisecond
		w.fail = func() failing {
			k.news++
			return failing{text: fmt.Sprintf("read tcp 10.0.0.1:%d: connection reset by peer", k.news), takes: takes}
		}
	case 3: // now this, now that
		hangs.takes = k.patient(spec)
		w.fail = func() failing { return []failing{refused, hangs}[k.rng.IntN(2)] }
	default:
		w.fail = always(failing{text: "HTTP probe failed with statuscode: 503", takes: 100 * time.Millisecond})
	}
	w.erring = k.rng.IntN(6) == 0
	k.pod.Containers[0].Probes[typ] = spec
	return w
}

// patient makes a probe wait for an answer for longer than its period, or not, and returns how long.
func (k *kubelet) patient(spec *ProbeSpec) time.Duration {
	spec.Timeout = time.Duration([]int{1, 1, 2, 5, 12, 25}[k.rng.IntN(6)]) * time.Second
	return spec.Timeout
}

// send puts a change on its way.
func (k *kubelet) send(s Stream, f Fact) { k.mails(s, f, false) }

// mails puts a change on its way, or the deletion of an object.
func (k *kubelet) mails(s Stream, f Fact, gone bool) {
	at := k.now.Add(time.Duration(10+k.rng.IntN(150)) * time.Millisecond)
	if k.rng.IntN(40) == 0 {
		at = at.Add(time.Duration(k.rng.IntN(1200)) * time.Millisecond) // in time, and not at once
	}
	if at.Before(k.post[s]) {
		at = k.post[s] // a watch keeps its order
	}
	k.post[s] = at
	if e, ok := f.(*Event); ok && k.rng.IntN(8) > 0 { // some API servers do not say
		e.Written = k.now.Add(time.Duration(k.rng.Int64N(int64(at.Sub(k.now))))).Truncate(time.Second)
	}
	k.mail = append(k.mail, letter{at, Change{At: at, Stream: s, Gone: gone, Fact: f}})
}

// says puts the start of the kubelet on its way, unless its events may not be read.
func (k *kubelet) says(start *KubeletStart) {
	if !k.busy.unread {
		at := k.now.Add(2 * step)
		k.mail = append(k.mail, letter{at, Change{At: at, Stream: startStream, Fact: start}})
	}
}

// publish sends the pod's status.
func (k *kubelet) publish() {
	if k.busy != nil && k.busy.holdsStatus(k) {
		return
	}
	p := *k.pod
	p.Containers = slices.Clone(k.pod.Containers)
	p.Conditions = slices.Clone(k.pod.Conditions)
	k.send(0, &p)
}

// clock is what the node takes the time for.
func (k *kubelet) clock() time.Time { return k.now.Add(k.skew) }

func (k *kubelet) floor() time.Time { return k.clock().Truncate(time.Second) }

// start starts an instance.
func (k *kubelet) start() {
	defer k.tell()
	c := &k.pod.Containers[0]
	c.State, c.Reason, c.StartedAt, c.ID = Running, "", k.floor(), fmt.Sprint("c", c.Restarts)
	c.Started, c.Ready = TriOf(c.Probes[Startup] == nil), false
	k.killed = time.Time{}
	if c.Started == True && c.Probes[Readiness] == nil {
		c.Ready = true
	}
	k.condition(c.Ready)
	k.publish()
	k.trigger()
}

// trigger runs a readiness probe at once: what UpdatePodStatus does for a container that is not ready whenever the pod is
// synced (pkg/kubelet/prober/prober_manager.go). The worker's ticker begins anew.
func (k *kubelet) trigger() {
	for _, w := range k.workers {
		if c := &k.pod.Containers[0]; w.typ == Readiness && c.Started == True && !c.Ready {
			w.tick = k.now.Add(step)
		}
	}
}

func (k *kubelet) condition(ready bool) {
	for i := range k.pod.Conditions {
		if s := TriOf(ready); k.pod.Conditions[i].Status != s {
			k.pod.Conditions[i].Status, k.pod.Conditions[i].Since = s, k.floor()
		}
	}
}

// kill announces that the instance is killed by a probe.
func (k *kubelet) kill(typ ProbeType) {
	k.event(ReasonKilling, fmt.Sprintf("Container web failed %s probe, will be restarted", typ))
	k.killer = typ
	k.killed = k.now.Add(time.Duration(k.rng.IntN(2500)) * time.Millisecond)
}

// die ends the instance.
func (k *kubelet) die(code int32) {
	c := &k.pod.Containers[0]
	c.Last = &Termination{Reason: "Error", ExitCode: code, StartedAt: c.StartedAt, FinishedAt: k.floor()}
	c.Restarts++
	cause := CauseExited
	if code == 137 {
		cause = map[ProbeType]RestartCause{Liveness: CauseLiveness, Startup: CauseStartup}[k.killer]
	}
	k.ends = append(k.ends, ended{k.now, cause, c.Restarts})
	k.start()
}

// event correlates and writes an event; a busy kubelet does both when its turn comes.
func (k *kubelet) event(reason, message string) {
	if k.busy != nil {
		k.busy.writer.record(occurrence{at: k.clock(), pod: k.pod, reason: reason, message: message})
		return
	}
	e, known := k.events[message]
	if !known {
		e = &Event{
			UID: message, Namespace: "shop", Name: fmt.Sprintf("web-0.%x", k.now.UnixNano()+int64(len(k.events))), Pod: k.pod.UID,
			Container: "web", Reason: reason, Message: message, First: k.floor(),
		}
		k.events[message] = e
	}
	e.Count++
	e.Last = k.floor()
	k.tokens = min(25, k.tokens+k.now.Sub(k.refill).Seconds()/300)
	k.refill = k.now
	if reason == ReasonKilling { // Normal events have a bucket of their own
		k.send(1, NewEvent(*e))
		return
	}
	if k.tokens < 1 {
		return
	}
	k.tokens--
	k.send(1, NewEvent(*e))
}

// advance plays to a moment, and notes what the workers know.
func (k *kubelet) advance(to time.Time) {
	for k.now.Before(to) {
		k.now = k.now.Add(step)
		if k.busy != nil && !k.busy.lives(k) {
			continue
		}
		if !k.killed.IsZero() && !k.now.Before(k.killed) {
			k.brings(k.killer)
			k.die(137)
		}
		if !k.steady && k.rng.IntN(20000) == 0 && k.killed.IsZero() {
			k.die(1)
		}
		if k.rng.IntN(1000) == 0 {
			k.trigger() // the pod is synced
		}
		for _, w := range k.workers {
			k.work(w)
		}
		if k.looks > 0 && k.now.Sub(k.looked) >= k.looks {
			k.look()
		}
	}
}

// work is one glance at a worker's clock.
func (k *kubelet) work(w *probeWorker) {
	if k.now.After(w.flips) {
		w.healthy = k.rng.IntN(2) == 0
		w.flips = k.now.Add(time.Duration(1+k.rng.IntN(6*int(w.spec.Period/time.Second)*3)) * time.Second)
	}
	if !w.busy.IsZero() {
		if k.now.Before(w.busy) {
			return
		}
		w.busy = time.Time{}
		k.finish(w)
	}
	if k.now.Before(w.tick) {
		return
	}
	for !k.now.Before(w.tick) {
		w.tick = w.tick.Add(w.spec.Period)
	}
	k.begin(w)
}

// look sends what a scrape of the counters says.
func (k *kubelet) look() {
	asked := k.now
	if k.looked = k.now; k.cutOff() {
		k.busy.cannotLook(k)
		return
	}
	f := &Counters{Node: "n1", Asked: asked, At: asked.Add(step), Started: k.booted}
	pod := PodCounters{Pod: k.pod.UID}
	for _, w := range k.workers {
		n := k.tally[w.typ]
		if n[0]+n[1] > 0 {
			pod.Probes = append(pod.Probes, Counter{Container: "web", Type: w.typ, Successes: n[0], Failures: n[1]})
		}
	}
	f.Pods = []PodCounters{pod}
	f.Sort()
	k.mail = append(k.mail, letter{f.At, Change{At: f.At, Stream: 63, Fact: f}})
}

// begin is doProbe up to the probe itself.
func (k *kubelet) begin(w *probeWorker) {
	c := &k.pod.Containers[0]
	if c.ID != w.instance {
		w.instance, w.hold = c.ID, false
	}
	if w.hold || k.clock().Sub(c.StartedAt).Truncate(time.Second) < w.spec.InitialDelay {
		return
	}
	if (c.Started == True) == (w.typ == Startup) {
		return
	}
	w.result, w.fails = w.healthy, failing{takes: 10 * time.Millisecond}
	switch {
	case w.erring && k.rng.IntN(4) == 0:
		w.fails = failing{text: `port "web" not found`, errs: true}
	case !w.result:
		w.fails = w.fail()
	}
	w.busy = k.now.Add(w.fails.takes)
}

// finish counts a result and acts on it.
func (k *kubelet) finish(w *probeWorker) {
	c := &k.pod.Containers[0]
	name := map[ProbeType]string{Startup: "Startup", Readiness: "Readiness", Liveness: "Liveness"}[w.typ]
	if w.errs = w.fails.errs; w.errs {
		w.errors++
		k.event(ReasonUnhealthy, name+" probe errored and resulted in unknown state: "+w.fails.text)
		k.tell()
		return // and it counts for nothing
	}
	if !w.result {
		k.event(ReasonUnhealthy, name+" probe failed: "+w.fails.text)
	}
	if n := k.tally[w.typ]; w.result {
		n[0]++
	} else {
		n[1]++
	}
	switch {
	case w.forgets:
		w.before += w.failures()
		w.forgets, w.last, w.run, w.episode = false, w.result, 0, w.episode+1
	case w.run == 0:
		w.before = 0
	}
	if w.result {
		w.before = 0
	}
	if w.last == w.result {
		w.run++
	} else {
		w.last, w.run = w.result, 1
	}
	if w.result {
		w.episode++
	}
	k.tell()
	defer k.tell()
	switch {
	case w.result && w.run < w.spec.SuccessThreshold, !w.result && w.run < w.spec.FailureThreshold:
		return
	case c.ID != w.instance: // the result is that of a container which is gone
		if w.typ == Startup || w.typ == Liveness && !w.result {
			w.hold, w.run = true, 0
		}
	case w.typ == Startup && w.result:
		c.Started = True
		w.hold, w.run = true, 0
		c.Ready = c.Probes[Readiness] == nil
		k.condition(c.Ready)
		k.publish()
	case w.typ != Readiness && !w.result:
		w.hold, w.run = true, 0
		k.kill(w.typ)
	case w.typ == Readiness && c.Ready != w.result:
		c.Ready = w.result
		k.condition(w.result)
		k.publish()
		if !w.result {
			k.brings(Readiness)
			k.trigger()
		}
	}
}

// tell notes what the worker knows, and what every other one knows at the same time.
func (k *kubelet) tell() {
	c := &k.pod.Containers[0]
	for _, o := range k.workers {
		k.told = append(k.told, truth{at: k.now, typ: o.typ, run: o.failures(), errs: o.errs, ready: c.Ready, started: c.Started == True, other: k.other(o)})
	}
}

// other is the count that a worker would have had the kubelet not been restarted, or has now that it was. Before there is a result,
// nothing tells the two apart, and after it only the counters and the kubelet's own word do for sure.
func (k *kubelet) other(w *probeWorker) int32 {
	switch {
	case w.forgets:
		return 0
	case w.before == 0 || w.last || w.run == 0 || k.heard.After(k.booted.Add(-k.skew)) || k.looks > 0 && k.looked.After(k.booted.Add(-k.skew)):
		return w.failures()
	}
	return w.before + w.run
}

// ambiguous reports whether there are two counts.
func (k *kubelet) ambiguous(typ ProbeType) bool {
	return slices.ContainsFunc(k.workers, func(w *probeWorker) bool { return w.typ == typ && k.other(w) != w.failures() })
}

// brings notes what a probe has brought about.
func (k *kubelet) brings(typ ProbeType) {
	k.outcomes = append(k.outcomes, outcome{k.now, typ, k.episode(typ)})
	for _, w := range k.workers {
		if w.typ == typ {
			w.episode++
		}
	}
}

// errors is how often a probe could not be carried out.
func (k *kubelet) errors(typ ProbeType) int {
	for _, w := range k.workers {
		if w.typ == typ {
			return w.errors
		}
	}
	return 0
}

func (k *kubelet) episode(typ ProbeType) int {
	for _, w := range k.workers {
		if w.typ == typ {
			return w.episode
		}
	}
	return 0
}

// failures is the run as the kubelet counts it; none after a success.
func (w *probeWorker) failures() int32 {
	if w.last {
		return 0
	}
	return w.run
}

// deliver folds what has reached us by now.
func (k *kubelet) deliver(w *world) {
	slices.SortStableFunc(k.mail, func(a, b letter) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
	for len(k.mail) > 0 && !k.mail[0].at.After(k.now) {
		w.Apply(k.mail[0].ch)
		k.note(k.mail[0])
		k.mail = k.mail[1:]
	}
	w.now = k.now
	w.Apply(Change{At: k.now})
}

// absence is a time in which nobody listens.
type absence struct{ from, until time.Time }

func (a absence) covers(at time.Time) bool { return !at.Before(a.from) && at.Before(a.until) }

// note keeps what a list would tell.
func (k *kubelet) note(l letter) {
	if k.api == nil {
		k.api = map[string]letter{}
	}
	switch f := l.ch.Fact.(type) {
	case *Pod:
		if k.api[f.UID] = l; l.ch.Gone {
			delete(k.api, f.UID)
		}
	case *Event:
		k.api[f.UID] = l
	case *KubeletStart:
		k.api[f.Node], k.heard = l, l.at
	}
}

// lose lets what has come by now come to nobody.
func (k *kubelet) lose() {
	k.mail = slices.DeleteFunc(k.mail, func(l letter) bool {
		if l.at.After(k.now) {
			return false
		}
		k.note(l)
		return true
	})
}

// relist lists what there is now.
func (k *kubelet) relist(w *world) {
	w.now = k.now
	for i, kind := range []SourceKind{Pods, Events, NodeEvents} {
		stream := []Stream{0, 1, startStream}[i]
		say := func(f Fact) { w.Apply(Change{At: k.now, Stream: stream, Fact: f}) }
		say(&Listing{Kind: kind})
		for _, key := range slices.Sorted(maps.Keys(k.api)) {
			if l := k.api[key]; l.ch.Stream == stream {
				say(l.ch.Fact)
			}
		}
		say(&Listing{Kind: kind, Done: true})
	}
}

// runs are the numbers of failures that were true at some moment within the lag of what we hear.
func (k *kubelet) runs(typ ProbeType) []int32 {
	var runs []int32
	for _, t := range k.within(typ) {
		if runs = append(runs, t.run); t.other != t.run {
			runs = append(runs, t.other)
		}
	}
	return runs
}

// within are the worker's results within the lag of what we hear, and the one before. There is always one: of a
// worker that has had no result.
func (k *kubelet) within(typ ProbeType) []truth {
	const lag = 3500 * time.Millisecond
	var told []truth
	for _, t := range slices.Backward(k.told) {
		if t.typ != typ {
			continue
		}
		told = append(told, t)
		if t.at.Before(k.now.Add(-lag)) {
			return told
		}
	}
	return append(told, truth{typ: typ})
}

// bears reports whether what is claimed of a probe was true at some moment within the lag.
func (k *kubelet) bears(p *Probe) ([]truth, bool) {
	told := k.within(p.Type)
	any := func(is func(truth) bool) bool { return slices.ContainsFunc(told, is) }
	switch p.State {
	case StatePassing:
		return told, any(func(t truth) bool { return t.run == 0 || t.other == 0 })
	case StateFailing:
		return told, any(func(t truth) bool { return t.run > 0 || t.other > 0 })
	case StateFailed:
		return told, any(func(t truth) bool { return !t.ready }) || p.Type != Readiness
	case StateStarting, StateGated:
		return told, any(func(t truth) bool { return !t.started })
	case StateHeld:
		return told, any(func(t truth) bool { return t.started })
	case StateErroring:
		return told, any(func(t truth) bool { return t.errs })
	case StateUnknown, StateSuspended:
		return told, false // nothing of the kind is played
	}
	return told, true
}
