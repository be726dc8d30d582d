package watch

import (
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// strange is how far off a clock may be; beyond that it is taken for the date that is wrong. No credentials
// are good for so long.
const strange = 24 * time.Hour

// ServerClock is the clock of an API server, as the dates of its answers tell it. What is written in a cluster is written
// by the cluster's clock: to a user whose own is a minute fast, everything seems to be a minute ago.
//
// It is the local clock until an answer shows that the two differ, and is moved no further than each answer asks for. A
// date is told to the second, so it comes closer to the server's clock with every one. Its methods may be called
// by several goroutines.
type ServerClock struct {
	local func() time.Time
	ahead atomic.Int64 // of the local clock, as a time.Duration
}

// NewServerClock returns a clock that agrees with the local one, which is time.Now when nil.
func NewServerClock(local func() time.Time) *ServerClock {
	if local == nil {
		local = time.Now
	}
	return &ServerClock{local: local}
}

// Now returns the time.
func (c *ServerClock) Now() time.Time { return c.local().Add(c.Ahead()) }

// At returns what the time was when time.Now returned t.
func (c *ServerClock) At(t time.Time) time.Time { return c.Now().Add(-time.Since(t)) }

// Ahead returns how far the server's clock is ahead of the local one, at least; negative when it is behind.
func (c *ServerClock) Ahead() time.Duration { return time.Duration(c.ahead.Load()) }

// Heed returns a transport that reads the dates of the answers on their way, for rest.Config.Wrap.
func (c *ServerClock) Heed(below http.RoundTripper) http.RoundTripper { return heeding{below, c} }

// hear notes that an answer of that date came to a request. It was dated in between, some time in that second.
func (c *ServerClock) hear(date, sent, received time.Time) {
	atLeast, atMost := date.Sub(received), date.Add(time.Second).Sub(sent)
	if atMost < -strange || atLeast > strange {
		return
	}
	for {
		was := c.ahead.Load()
		is := min(max(was, int64(atLeast)), int64(atMost))
		if is == was || c.ahead.CompareAndSwap(was, is) {
			return
		}
	}
}

// own reports whether an answer is dated by the API server itself, and now: not by a kubelet or a container behind it, by what
// stands in front of it, or by a cache.
func own(r *http.Request, answer *http.Response) bool {
	for step := range strings.SplitSeq(r.URL.Path, "/") {
		switch step {
		case "proxy", "exec", "portforward", "attach", "log":
			return false
		}
	}
	code := answer.StatusCode
	good := code >= 200 && code < 300 || code >= 400 && code < 500 && code != http.StatusProxyAuthRequired
	return good && answer.Header.Get("Age") == ""
}

type heeding struct {
	below http.RoundTripper
	clock *ServerClock
}

// RoundTrip implements http.RoundTripper.
func (h heeding) RoundTrip(r *http.Request) (*http.Response, error) {
	sent := h.clock.local()
	answer, err := h.below.RoundTrip(r)
	if err != nil {
		return answer, err
	}
	received := h.clock.local()
	sent = received.Add(-received.Sub(sent)) // as if the local clock had not been set meanwhile
	if date, wrong := http.ParseTime(answer.Header.Get("Date")); wrong == nil && own(r, answer) {
		h.clock.hear(date, sent, received)
	}
	return answer, nil
}

// WrappedRoundTripper returns the transport below, for client-go to find what it wrapped.
func (h heeding) WrappedRoundTripper() http.RoundTripper { return h.below }
