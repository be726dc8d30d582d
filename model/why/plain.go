package why

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/probetop/probetop/model/fact"
)

// PlainError returns an error of the kubelet or the runtime without what says nothing to a reader: the layers that it
// came through, the request that it is about, and identities of containers and pods.
func PlainError(text string) string {
	text = strings.TrimPrefix(text, fact.CombinedPrefix)
	if reason, ok := afterLast(text, "unable to start container process: "); ok {
		text = reason
	}
	text = wrappers.ReplaceAllString(text, "")
	text = identities.ReplaceAllString(text, "")
	text = strings.TrimSuffix(strings.TrimSpace(text), ": unknown")
	if rest, ok := strings.CutPrefix(text, "Get "); ok {
		if _, reason, ok := strings.Cut(rest, ": "); ok && strings.Contains(rest[:len(rest)-len(reason)], "://") {
			text = reason
		}
	}
	return strings.TrimSpace(dialed.ReplaceAllString(text, ""))
}

var (
	// wrappers are the layers of a runtime's error.
	wrappers = regexp.MustCompile(`^Error: |^Failed to create pod sandbox: |rpc error: code = \w+ desc = |` +
		`failed to (exec in container|create containerd task|create shim task|generate container "[0-9a-f]*" spec|get sandbox runtime|setup network for sandbox "[0-9a-f]*"): |` +
		`failed to start exec "[0-9a-f]*": |OCI runtime (exec|create) failed: |(runc create|exec) failed: `)
	// identities are those of containers, sandboxes and pods.
	identities = regexp.MustCompile(`\b[0-9a-f]{64}\b|\(?\bpod: "[^"]*", container: [^)]*\)|\(?\bpod=\S+`)
	// dialed is what an error of a connection says of the addresses.
	dialed = regexp.MustCompile(`^(dial|read|write) (tcp|udp)[46]?( \S+)?: (connect: |read: |write: |connectex: )?`)
)

// afterLast returns what follows the last of a separator.
func afterLast(s, sep string) (after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return "", false
	}
	return s[i+len(sep):], true
}

// firstLine returns the first line of a text that says something, safe for a terminal.
func firstLine(text string) string {
	for _, line := range fact.PrintableLines(text) {
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return ""
}

// Lasting words a duration: 45s, 2m40s, 3h5m, 4d2h.
func Lasting(d time.Duration) string {
	d = d.Round(time.Second)
	part := func(big, small time.Duration, bigUnit, smallUnit string) string {
		s := strconv.Itoa(int(d/big)) + bigUnit
		if rest := d % big / small; rest > 0 {
			s += strconv.Itoa(int(rest)) + smallUnit
		}
		return s
	}
	switch {
	case d < 2*time.Minute:
		return strconv.Itoa(int(max(d, 0)/time.Second)) + "s"
	case d < time.Hour:
		return part(time.Minute, time.Second, "m", "s")
	case d < 48*time.Hour:
		d = d.Round(time.Minute)
		return part(time.Hour, time.Minute, "h", "m")
	}
	return part(24*time.Hour, time.Hour, "d", "h")
}

// within words a window as seen at a moment: in 28–62s, within 20s.
func within(w fact.Window, now time.Time) string {
	from, to := w.Earliest.Sub(now).Round(time.Second), w.Latest.Sub(now).Round(time.Second)
	switch {
	case to <= 0:
		return "now"
	case from <= 0:
		return "within " + Lasting(to)
	case from == to:
		return "in " + Lasting(to)
	case to < 2*time.Minute:
		return "in " + strconv.Itoa(int(from/time.Second)) + "–" + Lasting(to)
	}
	if Lasting(from) == Lasting(to) {
		return "in " + Lasting(to)
	}
	return "in " + Lasting(from) + "–" + Lasting(to)
}

// times words how often something happened: once, 6 times.
func times(n int32) string {
	if n == 1 {
		return "once"
	}
	return strconv.Itoa(int(n)) + " times"
}
