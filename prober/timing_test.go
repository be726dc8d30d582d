package prober_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

const (
	late     = `Get "http://10.0.0.5:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
	lateHop  = `Get "http://10.0.0.5:8080/there": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
	lateBody = "context deadline exceeded (Client.Timeout or context cancellation while reading body)"
)

// TestTimes runs a probe with a timeout of a second against servers that take their time, over ways of some length.
// Moments just before and after what counts are told apart: the clock is that of a synctest bubble. A redirect takes the
// way once more, and not twice: through a tunnel its connection and its request leave together.
func TestTimes(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for name, c := range map[string]struct {
		roundTrip    time.Duration
		before, body time.Duration // of the server: before the headers, and from there to the body
		redirected   bool
		verdict      model.ShadowVerdict
		text         string
		took         time.Duration
	}{
		"direct, in time":               {0, 999 * ms, 0, false, model.ShadowSuccess, "fine", 999 * ms},
		"direct, late":                  {0, 1001 * ms, 0, false, model.ShadowFailure, late, 1000 * ms},
		"direct, late body":             {0, 900 * ms, 200 * ms, false, model.ShadowErrored, lateBody, 3000 * ms},
		"far, in time":                  {200 * ms, 1199 * ms, 0, false, model.ShadowSuccess, "fine", 1199 * ms},
		"far, effectively late":         {200 * ms, 1201 * ms, 0, false, model.ShadowFailure, late, 1201 * ms},
		"far, too late to wait for":     {200 * ms, 9000 * ms, 0, false, model.ShadowFailure, late, 1550 * ms},
		"far, late body":                {200 * ms, 1100 * ms, 150 * ms, false, model.ShadowErrored, lateBody, 3750 * ms},
		"far, redirected, in time":      {200 * ms, 1399 * ms, 0, true, model.ShadowSuccess, "fine", 1399 * ms},
		"far, redirected, late":         {200 * ms, 1401 * ms, 0, true, model.ShadowFailure, lateHop, 1401 * ms},
		"far, redirected, no end to it": {200 * ms, 9000 * ms, 0, true, model.ShadowFailure, lateHop, 1850 * ms},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPipes()
				defer p.serve(func(w http.ResponseWriter, r *http.Request) {
					if c.redirected && r.URL.Path == "/" {
						http.Redirect(w, r, "/there", http.StatusFound)
						return
					}
					pause(r.Context(), c.before)
					_ = http.NewResponseController(w).Flush()
					pause(r.Context(), c.body)
					_, _ = io.WriteString(w, "fine")
				})()
				begin := time.Now()
				r := check(t, httpGet("/")).Run(t.Context(), prober.Paths{Dial: p.dial, RoundTrip: c.roundTrip})
				expect(t, r, c.verdict, c.text)
				if took := time.Since(begin); took != c.took {
					t.Errorf("took %v, want %v", took, c.took)
				}
				last := r.Attempts[len(r.Attempts)-1]
				if want := max(0, last.Took-time.Duration(last.RoundTrips)*c.roundTrip); last.Effective != want {
					t.Errorf("%v was %v effectively over %d round trips, want %v", last.Took, last.Effective, last.RoundTrips, want)
				}
			})
		})
	}
}

// TestTimesOverAWayThatHasBecomeShorter: what was known of it before is not taken off.
func TestTimesOverAWayThatHasBecomeShorter(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for name, c := range map[string]struct {
		answers time.Duration
		verdict model.ShadowVerdict
		text    string
	}{
		"in time": {900 * ms, model.ShadowSuccess, "fine"},
		"late":    {1300 * ms, model.ShadowFailure, late},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPipes()
				defer p.serve(func(w http.ResponseWriter, r *http.Request) {
					pause(r.Context(), c.answers)
					_, _ = io.WriteString(w, "fine")
				})()
				ping := func(ctx context.Context) error {
					pause(ctx, 20*ms)
					return ctx.Err()
				}
				r := check(t, httpGet("/")).Run(t.Context(), prober.Paths{Dial: p.dial, Ping: ping, RoundTrip: 400 * ms})
				expect(t, r, c.verdict, c.text)
				a := r.Attempts[0]
				if r.RoundTrip != 20*ms || a.RoundTrip != 20*ms || a.Effective != a.Took-20*ms {
					t.Errorf("%v of %v effectively; the round trip is said to be %v, and %v in the attempt", a.Effective, a.Took, r.RoundTrip, a.RoundTrip)
				}
			})
		})
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// TestGRPCTimes is the same for gRPC. A bubble does not end while a goroutine of the attempt is left.
func TestGRPCTimes(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	const lateCall = "timeout: health rpc did not complete within 1s"
	for name, c := range map[string]struct {
		roundTrip, delay time.Duration
		verdict          model.ShadowVerdict
		text             string
		took             time.Duration
	}{
		"direct, in time":           {0, 999 * ms, model.ShadowSuccess, "service healthy", 999 * ms},
		"direct, late":              {0, 9000 * ms, model.ShadowFailure, lateCall, 1000 * ms},
		"far, in time":              {200 * ms, 1399 * ms, model.ShadowSuccess, "service healthy", 1399 * ms},
		"far, effectively late":     {200 * ms, 1401 * ms, model.ShadowFailure, lateCall, 1401 * ms},
		"far, too late to wait for": {200 * ms, 9000 * ms, model.ShadowFailure, lateCall, 1850 * ms},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPipes()
				defer p.serveGRPC(func(ctx context.Context, service string) (grpc_health_v1.HealthCheckResponse_ServingStatus, error) {
					pause(ctx, c.delay)
					return serving(ctx, service)
				})()
				begin := time.Now()
				r := check(t, grpcCall("")).Run(t.Context(), prober.Paths{Dial: p.dial, RoundTrip: c.roundTrip})
				expect(t, r, c.verdict, c.text)
				if took := time.Since(begin); took != c.took {
					t.Errorf("took %v, want %v", took, c.took)
				}
			})
		})
	}
}

// TestGRPCErrorThatComesLate is the timeout that the kubelet has seen by then.
func TestGRPCErrorThatComesLate(t *testing.T) {
	t.Parallel()
	for delay, text := range map[time.Duration]string{
		1399 * time.Millisecond: "error: health rpc probe failed: rpc error: code = NotFound desc = unknown service",
		1401 * time.Millisecond: "timeout: health rpc did not complete within 1s",
	} {
		synctest.Test(t, func(t *testing.T) {
			p := newPipes()
			defer p.serveGRPC(func(ctx context.Context, _ string) (grpc_health_v1.HealthCheckResponse_ServingStatus, error) {
				pause(ctx, delay)
				return 0, status.Error(codes.NotFound, "unknown service")
			})()
			expect(t, check(t, grpcCall("")).Run(t.Context(), prober.Paths{Dial: p.dial, RoundTrip: 200 * time.Millisecond}), model.ShadowFailure, text)
		})
	}
}

// TestRefusedGRPCIsNotWaitedFor: the text is that of a timeout, but there is nothing to wait for.
func TestRefusedGRPCIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		r := over(t, check(t, grpcCall("")), func(context.Context, string, string) (net.Conn, error) {
			return nil, &prober.Refusal{Reason: prober.ReasonRefused}
		})
		expect(t, r, model.ShadowFailure, `timeout: failed to connect service "10.0.0.5:9090" within 1s: context deadline exceeded`)
		if took := time.Since(begin); took != 0 {
			t.Errorf("took %v", took)
		}
	})
}

// TestASignOfLifeTakesNoTimeOfTheAttempt: it is asked for after the container has had its say.
func TestASignOfLifeTakesNoTimeOfTheAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		defer p.serve(respond(http.StatusServiceUnavailable, ""))()
		via := prober.Paths{Dial: p.dial, RoundTrip: 20 * time.Millisecond}
		via.Alive = func(ctx context.Context) error {
			pause(ctx, time.Second)
			return ctx.Err()
		}
		r := check(t, httpGet("/")).Run(t.Context(), via)
		expect(t, r, model.ShadowFailure, "HTTP probe failed with statuscode: 503")
		if a := r.Attempts[0]; a.Took != 0 || a.Effective != 0 {
			t.Errorf("took %v, %v effectively, want no time", a.Took, a.Effective)
		}
		for _, phase := range r.Attempts[0].Hops[0].Phases {
			if phase.Took != 0 {
				t.Errorf("%s took %v", phase.Name, phase.Took)
			}
		}
	})
}

// TestSilenceOfTheWay: a timeout is the container's only while the way to it is open.
func TestSilenceOfTheWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		defer p.serve(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })()
		via := prober.Paths{Dial: p.dial, RoundTrip: time.Millisecond}
		via.Alive = func(context.Context) error { return nil }
		expect(t, check(t, httpGet("/")).Run(t.Context(), via), model.ShadowFailure, late)
		via.Alive = func(context.Context) error { return &prober.Broken{Err: errCut} }
		expectNone(t, check(t, httpGet("/")).Run(t.Context(), via), model.LackTunnel)
		via.Alive = func(ctx context.Context) error {
			<-ctx.Done()
			return errors.New("no answer to a ping")
		}
		begin := time.Now()
		expectNone(t, check(t, httpGet("/")).Run(t.Context(), via), model.LackTunnel)
		if took := time.Since(begin); took > 3*time.Second {
			t.Errorf("took %v: a way that is silent must not be waited for", took)
		}
	})
}
