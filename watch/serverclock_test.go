package watch_test

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/probetop/probetop/watch"
)

// dated is a server that takes its time, by a clock of its own.
type dated struct {
	now         *time.Time // true time
	ahead       time.Duration
	there, back time.Duration
	date, age   string
	failed      error
	code        int // 200 when zero
}

// RoundTrip implements http.RoundTripper.
func (d *dated) RoundTrip(*http.Request) (*http.Response, error) {
	if d.failed != nil {
		return nil, d.failed
	}
	w := httptest.NewRecorder()
	*d.now = d.now.Add(d.there)
	date := d.date
	if date == "" {
		date = d.now.Add(d.ahead).UTC().Format(http.TimeFormat)
	}
	w.Header().Set("Date", date)
	if d.age != "" {
		w.Header().Set("Age", d.age)
	}
	if d.code != 0 {
		w.WriteHeader(d.code)
	}
	*d.now = d.now.Add(d.back)
	return w.Result(), nil
}

// ask sends a request through what the clock heeds.
func ask(t *testing.T, c *watch.ServerClock, d *dated) {
	t.Helper()
	askFor(t, c, d, "/api/v1/pods")
}

func askFor(t *testing.T, c *watch.ServerClock, d *dated, path string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://cluster"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Heed(d).RoundTrip(r)
	if err != nil && d.failed == nil {
		t.Fatal(err)
	}
	if err == nil {
		_ = answer.Body.Close()
	}
}

// TestServerClock lets a clock hear dates: it is never further from the server's than before, never past it, and soon close.
func TestServerClock(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, ahead := range []time.Duration{0, time.Millisecond, -30 * time.Millisecond, 700 * time.Millisecond, 63 * time.Second, -63 * time.Second, 14 * time.Hour} {
		now := time.Date(2026, 8, 11, 12, 0, 0, 0, time.UTC)
		c := watch.NewServerClock(func() time.Time { return now })
		d := &dated{now: &now, ahead: ahead}
		off := ahead
		for range 200 {
			now = now.Add(time.Duration(random.Int64N(int64(3 * time.Second))))
			d.there, d.back = time.Duration(random.Int64N(int64(80*time.Millisecond))), time.Duration(random.Int64N(int64(300*time.Millisecond)))
			ask(t, c, d)
			left := ahead - c.Ahead()
			if left.Abs() > off.Abs() || left.Abs() > 1300*time.Millisecond || left > 0 != (ahead > 0) && left != 0 {
				t.Fatalf("%v ahead: off by %v after %v", ahead, left, off)
			}
			off = left
		}
		if off.Abs() > 150*time.Millisecond {
			t.Errorf("%v ahead: off by %v in the end", ahead, off)
		}
		if got := c.Now().Sub(now); got != c.Ahead() {
			t.Errorf("%v ahead: now is %v ahead", ahead, got)
		}
	}
}

// TestServerClockAgrees: who has the server's own clock keeps it.
func TestServerClockAgrees(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 8, 11, 12, 0, 0, 0, time.UTC)
	c := watch.NewServerClock(func() time.Time { return now })
	for i := range 3000 {
		now = now.Add(time.Duration(i) * time.Millisecond)
		ask(t, c, &dated{now: &now, there: time.Duration(i%7) * time.Millisecond, back: time.Duration(i%1300) * time.Millisecond})
	}
	if c.Ahead() != 0 {
		t.Errorf("ahead by %v", c.Ahead())
	}
}

// TestServerClockDoubts: a date that cannot be the server's of now says nothing.
func TestServerClockDoubts(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]dated{
		"none":   {date: "-"},
		"absurd": {date: "Thu, 01 Jan 1970 00:00:00 GMT"},
		"cached": {ahead: -time.Hour, age: "3600"},
		"failed": {ahead: time.Hour, failed: http.ErrServerClosed},
	} {
		now := time.Date(2026, 8, 11, 12, 0, 0, 0, time.UTC)
		c := watch.NewServerClock(func() time.Time { return now })
		d.now = &now
		ask(t, c, &d)
		if c.Ahead() != 0 {
			t.Errorf("%s: ahead by %v", name, c.Ahead())
		}
	}
}

// TestServerClockHeedsNobodyElse: a kubelet, a container and a proxy have clocks of their own.
func TestServerClockHeedsNobodyElse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path string
		code int
		own  bool
	}{
		{"/api/v1/pods", 200, true},
		{"/api/v1/pods", 403, true},
		{"/api/v1/pods", 410, true},
		{"/api/v1/pods", 302, false},
		{"/api/v1/pods", 407, false},
		{"/api/v1/pods", 502, false},
		{"/api/v1/nodes/n1/proxy/metrics/probes", 200, false},
		{"/api/v1/namespaces/shop/pods/http:web-0:8080/proxy/healthz", 200, false},
		{"/api/v1/namespaces/shop/pods/web-0/portforward", 200, false},
	} {
		now := time.Date(2026, 8, 11, 12, 0, 0, 0, time.UTC)
		clock := watch.NewServerClock(func() time.Time { return now })
		askFor(t, clock, &dated{now: &now, ahead: time.Hour, code: c.code}, c.path)
		if heeded := clock.Ahead() != 0; heeded != c.own {
			t.Errorf("%d of %s: ahead by %v", c.code, c.path, clock.Ahead())
		}
	}
}
