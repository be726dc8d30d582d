package cmd_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"sync"
)

// podLine is what is compared of a line of get -o jsonl.
type podLine struct {
	Namespace, Name, UID string
	Ready, Gone          bool
	Containers           []containerLine
	Traffic              []trafficLine
}

type containerLine struct{ Restarts int32 }

type trafficLine struct {
	Service string
	Ready   bool
}

func (l *podLine) gist() string {
	return fmt.Sprintf("%s/%s ready=%v %v %v", l.Namespace, l.Name, l.Ready, l.Containers, l.Traffic)
}

// picture is what lines of get -o jsonl have told so far: the last line of each pod, by UID. It is what they are written to.
type picture struct {
	mu sync.Mutex
	// guarded by mu
	rest  []byte
	lines int
	pods  map[string]string
	err   error
}

// Write implements io.Writer. It reads what is written, and throws it away.
func (p *picture) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rest = append(p.rest, b...)
	for {
		line, rest, whole := bytes.Cut(p.rest, []byte("\n"))
		if !whole {
			p.rest = append(p.rest[:0:0], p.rest...)
			return len(b), nil
		}
		p.readLocked(line)
		p.rest = rest
	}
}

func (p *picture) readLocked(line []byte) {
	p.lines++
	var pod podLine
	if err := json.Unmarshal(line, &pod); err != nil {
		p.err = fmt.Errorf("line %d: %w in %q", p.lines, err, line)
		return
	}
	if p.pods == nil {
		p.pods = map[string]string{}
	}
	if p.pods[pod.UID] = pod.gist(); pod.Gone {
		delete(p.pods, pod.UID)
	}
}

// now returns a copy of what was told, how many lines told it, and the first error.
func (p *picture) now() (pods map[string]string, lines int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.pods), p.lines, p.err
}

// difference names what a picture has other than the truth; empty for nothing.
func difference(got, want map[string]string) string {
	var text string
	n := 0
	note := func(what, uid string) {
		if n++; n <= 5 {
			text += fmt.Sprintf("\n%s: told %q, in truth %q", what, got[uid], want[uid])
		}
	}
	for uid := range want {
		if got[uid] != want[uid] {
			note(uid, uid)
		}
	}
	for uid := range got {
		if _, is := want[uid]; !is {
			note("gone "+uid, uid)
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d pods differ:%s", n, len(want), text)
}
