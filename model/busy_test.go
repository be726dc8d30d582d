package model_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
)

// busyMustHold makes wrong claims about busy kubelets a failure.
var busyMustHold = flag.Bool("busy-must-hold", false, "fail when a claim about a busy kubelet is wrong")

// TestBusyClaims measures what is claimed about busy kubelets. The model does not allow for what they hold back and drop, and so some
// of what it claims for sure is wrong: the table says how much, and only -busy-must-hold makes it a failure. What always fails is
// a play in which a dozen kubelets were not busy.
func TestBusyClaims(t *testing.T) {
	wrongly := t.Logf
	if *busyMustHold {
		wrongly = t.Errorf
	}
	var b busyness
	c := claimsAbout(t, *busyKubelets, wrongly, b.next)
	b.next(nil)
	if c.wrong[onceWrong] > 0 {
		wrongly("%d restarts had a wrong cause at high certainty at some time", c.wrong[onceWrong])
	}
	t.Logf("busy: %v\n%v", c, b)
	if quiet := b.late < time.Minute || b.dropped == 0 || b.retried == 0 || b.restarts == 0 || b.outages == 0; quiet && *busyKubelets >= 12 {
		t.Errorf("the kubelets were not busy: %v", b)
	}
}

// busyness says how busy the kubelets were.
type busyness struct {
	node                       *busyNode // that plays
	restarts, outages, retried int
	waits                      int           // statuses that waited
	dropped                    int           // events, of whole nodes
	late                       time.Duration // the longest that an event waited which was heard
	slow                       int           // nodes on which one waited for more than a minute
}

// next makes a kubelet a busy one; it is nil when the last has played.
func (b *busyness) next(k *kubelet) {
	if n := b.node; n != nil {
		b.restarts, b.dropped, b.retried = b.restarts+n.stops, b.dropped+n.writer.dropped, b.retried+n.writer.retried
		if b.late = max(b.late, n.writer.latest); n.writer.latest > time.Minute {
			b.slow++
		}
		b.waits += n.waits
		if !n.outage.until.IsZero() {
			b.outages++
		}
	}
	if k != nil {
		busy(k)
		b.node = k.busy
	}
}

// String is a line of the table.
func (b busyness) String() string {
	return fmt.Sprintf("%d events dropped, the latest %v late, over a minute late on %d nodes; %d restarts of kubelets, %d outages, %d requests that failed, %d statuses that waited",
		b.dropped, b.late.Round(time.Second), b.slow, b.restarts, b.outages, b.retried, b.waits)
}

// busyNode plays what makes a kubelet late and forgetful: other pods of its node whose probes fail, so that its events wait and
// are dropped; an API server that cannot be reached for a while, neither by it nor by us; restarts of its process.
type busyNode struct {
	writer     writer
	neighbours []*otherPod
	troubles   []absence   // when the probes of the neighbours fail
	outage     absence     // of the API server
	resend     time.Time   // when a status is sent that could not be; zero for none
	restarts   []time.Time // still to come
	stops      int         // restarts that were
	down       absence     // of the kubelet's process
	seen       SourceState
	unread     bool          // the events of nodes may not be read
	slowest    time.Duration // the longest that a status waits while events wait
	pace       *rand.Rand    // of the statuses
	unheld     bool          // a status that has waited is sent
	waits      int           // statuses that had to
	anew       bool          // what was missed is listed after the outage
	notice     time.Duration
	failed     int // looks at the counters in this outage
}

// otherPod is another pod of the node.
type otherPod struct {
	pod        *Pod
	heard      bool // it is in a namespace that is listened to
	period     time.Duration
	probes     int
	next, ends time.Time // when its probes run next, and when another pod takes its place
}

// heardNeighbours is how many neighbours are listened to. The rest of the node is heard of only by the delay.
const heardNeighbours = 8

// busy makes a kubelet a busy one.
func busy(k *kubelet) {
	rng := k.rng
	seconds := func(from, to int) time.Duration {
		return time.Duration(from*1000+rng.IntN((to-from)*1000)) * time.Millisecond
	}
	b := &busyNode{seen: SourceSynced, anew: rng.IntN(2) == 0, notice: seconds(0, 3)}
	b.writer = writer{rng: rng, rate: float64([]int{5, 5, 10, 20, 50}[rng.IntN(5)]), burst: float64([]int{10, 100}[rng.IntN(2)])}
	b.writer.forget(k.now)
	b.pace = rand.New(rand.NewPCG(uint64(b.notice), 17))
	b.slowest = []time.Duration{0, 0, 4 * time.Second, 8 * time.Second, 12 * time.Second}[b.pace.IntN(5)]
	switch rng.IntN(4) {
	case 0:
		k.skew = seconds(-3, 3)
	case 1:
		k.skew = seconds(-90, 90)
	}
	k.booted = k.clock().Add(-time.Hour)
	for i := range []int{5, 20, 60, 100}[rng.IntN(4)] {
		n := &otherPod{heard: i < heardNeighbours, period: time.Duration([]int{1, 2, 5, 10}[rng.IntN(4)]) * time.Second, probes: 1 + rng.IntN(3)}
		b.neighbours = append(b.neighbours, n)
		n.ends = k.now.Add(seconds(60, 900))
		n.next = k.now.Add(time.Duration(rng.Int64N(int64(n.period))))
		b.born(k, n, fmt.Sprint("other-", i))
	}
	for from := k.now.Add(seconds(0, 200)); from.Before(at(500)); from = from.Add(seconds(300, 500)) {
		b.troubles = append(b.troubles, absence{from, from.Add(seconds(20, 240))})
	}
	if rng.IntN(3) == 0 {
		from := k.now.Add(seconds(30, 450))
		b.outage = absence{from, from.Add(seconds(5, 100))}
	}
	if rng.IntN(3) == 0 {
		for from := k.now.Add(seconds(30, 400)); from.Before(at(580)); from = from.Add(seconds(60, 600)) {
			b.restarts = append(b.restarts, from)
		}
	}
	k.busy = b
}

// born makes a neighbour a new pod.
func (b *busyNode) born(k *kubelet, n *otherPod, name string) {
	n.pod = web(with(Readiness, probe(period(int(n.period/time.Second)))), notReady, func(p *Pod) {
		p.UID, p.Name, p.Created = "u-"+name, name, k.now
		p.Containers[0].StartedAt = k.floor()
	})
	if n.heard {
		k.send(0, n.pod)
	}
}

// lives plays the node for a step, and reports whether its kubelet is there.
func (b *busyNode) lives(k *kubelet) bool {
	if len(b.restarts) > 0 && !k.now.Before(b.restarts[0]) && k.killed.IsZero() {
		b.restarts = b.restarts[1:]
		b.stops++
		b.stop(k)
	}
	switch {
	case b.down.covers(k.now):
		return false
	case !b.down.until.IsZero():
		b.down = absence{}
		b.start(k)
	}
	if !b.resend.IsZero() && !k.now.Before(b.resend) {
		b.resend, b.unheld = time.Time{}, true
		k.publish()
		b.unheld = false
	}
	for _, n := range b.neighbours {
		b.fails(k, n)
	}
	b.writer.work(k)
	return true
}

// stop ends the kubelet's process for a few seconds. It has forgotten then what its workers had counted.
func (b *busyNode) stop(k *kubelet) {
	b.down = absence{k.now, k.now.Add(time.Duration(1000+k.rng.IntN(3000)) * time.Millisecond)}
	k.booted = b.down.until.Add(k.skew)
	for _, w := range k.workers {
		w.busy, w.forgets = time.Time{}, true
		w.tick = b.down.until.Add(time.Duration(k.rng.Int64N(int64(w.spec.Period)))) // worker.go: a new kubelet spreads its probes
		*k.tally[w.typ] = [2]int32{}
	}
	k.tell()
}

// reasonStarting is that of the event in which a kubelet says that it has started.
const reasonStarting = "Starting"

// start is what a new process finds, and says first. Kubelets from 1.35 on keep what the API says of started and ready, and call a container
// started whose startup probe has not succeeded (kubernetes/kubernetes#142305).
func (b *busyNode) start(k *kubelet) {
	b.writer.forget(k.now)
	b.writer.record(occurrence{at: k.clock(), reason: reasonStarting})
	if c := &k.pod.Containers[0]; c.Started != True {
		c.Started, c.Ready = True, c.Probes[Readiness] == nil
		k.condition(c.Ready)
		k.publish()
		k.tell()
	}
}

// fails has a neighbour's probes fail while there is trouble, and its place taken by another pod.
func (b *busyNode) fails(k *kubelet, n *otherPod) {
	if k.now.Before(n.next) {
		return
	}
	for !k.now.Before(n.next) {
		n.next = n.next.Add(n.period)
	}
	if !k.now.Before(n.ends) && !k.cutOff() {
		n.ends = k.now.Add(time.Duration(60+k.rng.IntN(840)) * time.Second)
		old := n.pod
		b.born(k, n, old.Name+"x")
		if n.heard {
			k.mails(0, old, true)
		}
	}
	for _, t := range b.troubles {
		for i := 0; t.covers(k.now) && i < n.probes; i++ {
			message := "Readiness probe failed: HTTP probe failed with statuscode: 503"
			if i > 0 {
				message = fmt.Sprint("Liveness probe failed: ", i)
			}
			b.writer.record(occurrence{at: k.clock(), pod: n.pod, reason: ReasonUnhealthy, message: message, unheard: !n.heard})
		}
	}
}

// cutOff reports whether the API server cannot be reached.
func (k *kubelet) cutOff() bool { return k.busy != nil && k.busy.outage.covers(k.now) }

// unheard reports whether the end of an instance may be told by no status: that of the next took its place while none could be sent.
func (k *kubelet) unheard(e ended) bool {
	if k.deaf.covers(e.at) || k.busy == nil {
		return k.deaf.covers(e.at)
	}
	next := func(o ended) bool { return o.at.After(e.at) && o.at.Before(e.at.Add(k.busy.slowest+2*time.Second)) }
	return !e.at.Before(k.busy.outage.from) && e.at.Before(k.busy.outage.until.Add(10*time.Second)) || slices.ContainsFunc(k.ends, next)
}

// cannotLook is a look at the counters that fails. Its third is the end of them for the time being (watch/metrics_scraper.go).
func (b *busyNode) cannotLook(k *kubelet) {
	if b.failed++; b.failed == 3 {
		k.mail = append(k.mail, letter{k.now, Change{At: k.now, Stream: 63, Gone: true, Fact: &Counters{Node: "n1"}}})
	}
}

// holdsStatus reports whether a status cannot be sent yet. It is sent after the outage, within the ten seconds in which
// pkg/kubelet/status/status_manager.go tries again; on a node that is late with its events, when those of other pods are written. It
// says then what is so by then.
func (b *busyNode) holdsStatus(k *kubelet) bool {
	switch {
	case k.cutOff():
		if b.resend.IsZero() {
			b.resend = b.outage.until.Add(time.Duration(k.rng.IntN(10000)) * time.Millisecond)
		}
	case b.unheld || !b.slow():
		return false
	case b.resend.IsZero():
		b.waits++
		b.resend = k.now.Add(time.Duration(b.pace.Int64N(int64(b.slowest))))
	}
	return true
}

// slow reports whether the node is so busy that its statuses wait, too: its events have waited for three seconds.
func (b *busyNode) slow() bool {
	return b.slowest > 0 && float64(len(b.writer.queue)) > 3*b.writer.rate
}

// notices tells the world what we notice of an outage: within three seconds that nothing is heard, and as soon that it is over.
func (b *busyNode) notices(k *kubelet, w *world) {
	state := SourceSynced
	if !k.now.Before(b.outage.from.Add(b.notice)) && k.now.Before(b.outage.until.Add(b.notice)) {
		state = SourceStale
	}
	if state == b.seen || b.outage.until.IsZero() {
		return
	}
	b.seen = state
	for i, kind := range SourceKinds[:5] {
		w.Apply(Change{At: k.now, Stream: Stream(i), Fact: &Source{Kind: kind, State: state, Since: k.now}})
	}
	if !b.unread {
		w.Apply(Change{At: k.now, Stream: startStream, Fact: &Source{Kind: NodeEvents, State: state, Since: k.now}})
	}
	if state == SourceSynced && b.anew {
		k.relist(w)
	}
}
