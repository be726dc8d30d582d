package e2e

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	// wave is how many incidents begin at once: more would make the kubelet late with every one of them.
	wave = 6
	// swell is how long after a wave the next one begins at the earliest.
	swell = 10 * time.Second
	// late is how long a look waits for incidents that a busy node is late with, and retry how often it tries.
	late, retry = time.Minute, 5 * time.Second
	// patient bounds what is done to the pod of an incident after it was made.
	patient = 3 * time.Minute
)

// everyIncident is the value of E2E_INCIDENTS for the whole battery.
const everyIncident = "all"

// chosen returns the incidents to play, and after how many minutes they are looked at: the core ones once, or those that
// E2E_INCIDENTS names, three times.
func chosen(t *testing.T) (battery []incident, looks []int) {
	which := os.Getenv("E2E_INCIDENTS")
	named, err := regexp.Compile("^(" + which + ")$")
	if err != nil {
		t.Fatalf("reading E2E_INCIDENTS: %v", err)
	}
	for _, i := range incidents() {
		if which == everyIncident || which == "" && i.core || which != "" && named.MatchString(i.name) {
			battery = append(battery, i)
		}
	}
	if which == "" {
		return battery, []int{1}
	}
	return battery, []int{1, 3, 6}
}

// TestIncidents plays incidents of different causes side by side, and judges the first sentence that probetop has for each.
func TestIncidents(t *testing.T) {
	t.Parallel()
	began := time.Now()
	played, looks := chosen(t)
	b := &battery{ns: newNamespace(t), core: os.Getenv("E2E_INCIDENTS") == "", sights: map[string][]sight{}, groups: map[string]string{}}
	t.Cleanup(func() { clearIncidents(t, b.ns) })
	l, stop := newTeller(t, b.ns)
	b.teller = l
	b.play(t, played, looks)
	stop()
	for k := range played {
		if slices.Contains(b.late, played[k].name) {
			t.Logf("%s has not happened in time on this node", played[k].name)
			continue
		}
		t.Run(played[k].name, func(t *testing.T) { b.report(t, &played[k]) })
	}
	if 2*len(b.late) > len(played) {
		t.Errorf("%d of %d incidents have not happened in time", len(b.late), len(played))
	}
	b.measure(t, played)
	right, all := b.count()
	t.Logf("%d of %d incidents are right at every look, in %.0f s", right, all, time.Since(began).Seconds())
	if os.Getenv("E2E_INCIDENTS") == everyIncident {
		if err := b.write(looks); err != nil {
			t.Error(err)
		}
	}
}

// errand is something to do at a time of the battery. It is tried again when it returns false, until it is the last time.
type errand struct {
	at, until time.Time
	do        func(last bool) bool
}

// play makes the pods in waves and looks at every wave when its time has come.
func (b *battery) play(t *testing.T, played []incident, looks []int) {
	ctx, cancel := context.WithCancel(t.Context())
	var acts sync.WaitGroup
	defer acts.Wait()
	defer cancel()
	var errands []errand
	var next func(from int)
	next = func(from int) {
		to := min(from+wave, len(played))
		if from == to {
			return
		}
		due := time.Now()
		if from > 0 {
			due = due.Add(swell)
		}
		errands = append(errands, errand{due, due.Add(late), func(last bool) bool {
			if !last && !b.hosted(ctx, t) {
				return false
			}
			now := played[from:to]
			for k := range now {
				b.begin(ctx, t, &now[k], &acts)
			}
			for _, minutes := range looks {
				due := time.Now().Add(time.Duration(minutes) * time.Minute)
				errands = append(errands, errand{due, due.Add(late), func(last bool) bool { return b.look(t, now, minutes, last) }})
			}
			next(to)
			return true
		}})
	}
	next(0)
	for len(errands) > 0 {
		first := 0
		for k := range errands {
			if errands[k].at.Before(errands[first].at) {
				first = k
			}
		}
		e := errands[first]
		errands = slices.Delete(errands, first, first+1)
		pause(ctx, time.Until(e.at))
		if !e.do(time.Now().After(e.until)) {
			e.at = time.Now().Add(retry)
			errands = append(errands, e)
		}
	}
}

// hosted reports whether the node has made the sandboxes of the pods that it was given, but for a few that may never get one.
func (b *battery) hosted(ctx context.Context, t *testing.T) bool {
	pods, err := shared.client.CoreV1().Pods(b.ns).List(ctx, metav1.ListOptions{})
	if err != nil {
		t.Errorf("listing the pods: %v", err)
		return true
	}
	waiting := 0
	for _, p := range pods.Items {
		if p.Status.Phase != corev1.PodPending || p.Status.StartTime == nil || time.Since(p.CreationTimestamp.Time) > late {
			continue
		}
		if len(p.Status.PodIPs) == 0 {
			waiting++
		}
	}
	return waiting < few
}

// begin makes the pod of an incident, and does what is to be done after it.
func (b *battery) begin(ctx context.Context, t *testing.T, i *incident, acts *sync.WaitGroup) {
	if err := i.stage(ctx, b.ns); err != nil {
		t.Errorf("staging %s: %v", i.name, err)
		return
	}
	if i.then == nil {
		return
	}
	acts.Go(func() {
		ctx, cancel := context.WithTimeoutCause(ctx, patient, errors.New("it does not come"))
		defer cancel()
		if err := i.then(ctx, b.ns, i.name); err != nil {
			t.Errorf("acting on %s: %v", i.name, err)
		}
	})
}

// report says what is wrong with what was found of an incident.
func (b *battery) report(t *testing.T, i *incident) {
	t.Logf("%s: %q", b.verdictOf(i), b.headlineOf(i))
	for _, s := range b.sights[i.name] {
		for _, wrong := range s.wrong {
			way := "a fresh get"
			if s.live {
				way = "the watching get"
			}
			t.Errorf("after %d min, %s, pod %s: %s\n\theadline: %q\n\tstatus: %s",
				s.minutes, way, cmp.Or(s.pod.Name, "?"), wrong, s.headline(), s.pod.Status)
		}
	}
}

// measure holds the headlines against the width that they should have.
func (b *battery) measure(t *testing.T, played []incident) {
	wide, all := []string{}, 0
	for k := range played {
		text := ""
		for _, s := range b.sights[played[k].name] {
			if h := s.headline(); utf8.RuneCountInString(h) > utf8.RuneCountInString(text) {
				text = h
			}
		}
		if text == "" {
			continue
		}
		if all++; utf8.RuneCountInString(text) > columns {
			wide = append(wide, fmt.Sprintf("%s (%d)", played[k].name, utf8.RuneCountInString(text)))
		}
	}
	t.Logf("%d of %d headlines are wider than %d columns: %q", len(wide), all, columns, wide)
	if len(wide)*10 > all {
		t.Errorf("more than a tenth of the headlines are too wide")
	}
}
