package prober_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

// lingering tells of the end of a connection later than the other side ended it, as containerd does.
type lingering struct {
	net.Conn
	by time.Duration
}

func (l lingering) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	if err == io.EOF { //nolint:errorlint // As net.Pipe has it.
		time.Sleep(l.by)
	}
	return n, err
}

// TestBodyThatEndsWithItsConnection has the end of the body told a second late: that is not the container's doing.
func TestBodyThatEndsWithItsConnection(t *testing.T) {
	t.Parallel()
	const stalled = "context deadline exceeded (Client.Timeout or context cancellation while reading body)"
	for name, c := range map[string]struct {
		pause   time.Duration // between the last byte and the end
		verdict model.ShadowVerdict
		text    string
	}{
		"at once":          {0, model.ShadowSuccess, "fine"},
		"in time":          {700 * time.Millisecond, model.ShadowSuccess, "fine"},
		"effectively late": {1100 * time.Millisecond, model.ShadowErrored, stalled},
		"never":            {time.Hour, model.ShadowErrored, stalled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				dial := func(context.Context, string, string) (net.Conn, error) {
					ours, theirs := net.Pipe()
					go func() {
						defer func() { _ = theirs.Close() }()
						if _, err := http.ReadRequest(bufio.NewReader(theirs)); err != nil {
							return
						}
						_, _ = io.WriteString(theirs, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nfine")
						pause(ctx, c.pause)
					}()
					return lingering{ours, time.Second}, nil
				}
				via := prober.Paths{Dial: dial, RoundTrip: time.Millisecond, Linger: time.Second}
				expect(t, check(t, httpGet("/")).Run(t.Context(), via), c.verdict, c.text)
			})
		})
	}
}

// endsWith is a connection that ends otherwise than it seems to.
type endsWith struct {
	net.Conn
	err error
}

func (e endsWith) Read(p []byte) (int, error) {
	n, err := e.Conn.Read(p)
	if err == io.EOF { //nolint:errorlint // As net.Pipe has it.
		err = e.err
	}
	return n, err
}

// TestAnErrorThatComesLate is the timeout that the kubelet has seen by then, over a way of 200 ms.
func TestAnErrorThatComesLate(t *testing.T) {
	t.Parallel()
	const early, tooLate = 1150 * time.Millisecond, 1250 * time.Millisecond
	reset := &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	half := "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
	for name, c := range map[string]struct {
		after   time.Duration // until it says something
		says    string
		holds   time.Duration // until it ends the connection
		err     error
		verdict model.ShadowVerdict
		text    string
	}{
		"hangs up":                  {early, "", 0, io.EOF, model.ShadowFailure, `Get "http://10.0.0.5:8080/": EOF`},
		"hangs up late":             {tooLate, "", 0, io.EOF, model.ShadowFailure, late},
		"talks nonsense":            {early, "nonsense\r\n\r\n", 0, io.EOF, model.ShadowFailure, `Get "http://10.0.0.5:8080/": net/http: HTTP/1.x transport connection broken: malformed HTTP response "nonsense"`},
		"talks nonsense late":       {tooLate, "nonsense\r\n\r\n", 0, io.EOF, model.ShadowFailure, late},
		"resets late":               {tooLate, "", 0, reset, model.ShadowFailure, `Get "http://10.0.0.5:8080/": read tcp: connection reset by peer`},
		"hangs up in the body":      {early, half, 0, io.EOF, model.ShadowErrored, "unexpected EOF"},
		"hangs up in the body late": {early, half, tooLate - early, io.EOF, model.ShadowErrored, lateBody},
		"resets in the body":        {early, half, 0, reset, model.ShadowErrored, "read tcp: connection reset by peer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				dial := func(context.Context, string, string) (net.Conn, error) {
					ours, theirs := net.Pipe()
					go func() {
						defer func() { _ = theirs.Close() }()
						if _, err := http.ReadRequest(bufio.NewReader(theirs)); err != nil {
							return
						}
						time.Sleep(c.after)
						_, _ = io.WriteString(theirs, c.says)
						time.Sleep(c.holds)
					}()
					return endsWith{ours, c.err}, nil
				}
				expect(t, check(t, httpGet("/")).Run(t.Context(), prober.Paths{Dial: dial, RoundTrip: 200 * time.Millisecond}), c.verdict, c.text)
			})
		})
	}
}

// TestCommandIsTimedFromItsBeginning has a connection for a command that takes longer to open than the probe may take.
func TestCommandIsTimedFromItsBeginning(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for took, want := range map[time.Duration]model.ShadowVerdict{900 * time.Millisecond: model.ShadowSuccess, 1200 * time.Millisecond: model.ShadowFailure} {
			run := func(context.Context, []string, time.Duration) (prober.ExecResult, error) {
				time.Sleep(3 * time.Second)
				began := time.Now()
				time.Sleep(took)
				return prober.ExecResult{Began: began}, nil
			}
			via := prober.Paths{Exec: run, RoundTrip: time.Millisecond}
			if r := check(t, corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"true"}}}).Run(t.Context(), via); r.Verdict != want || r.Attempts[0].Effective > took {
				t.Errorf("after %v: %s %q, effectively %v, want %s", took, r.Verdict, r.Text, r.Attempts[0].Effective, want)
			}
		}
	})
}

// TestContainerIsNotBlamedForTheWay has a server that answers half a request, because the other half was lost on a way that
// is dead in one direction.
func TestContainerIsNotBlamedForTheWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dial := func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			go func() {
				defer func() { _ = theirs.Close() }()
				_, _ = http.ReadRequest(bufio.NewReader(theirs))
				_, _ = io.WriteString(theirs, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
			}()
			return ours, nil
		}
		alive := error(nil)
		via := prober.Paths{Dial: dial, RoundTrip: time.Millisecond, Alive: func(context.Context) error { return alive }}
		expect(t, check(t, httpGet("/")).Run(t.Context(), via), model.ShadowFailure, "HTTP probe failed with statuscode: 400")
		alive = errCut
		expectNone(t, check(t, httpGet("/")).Run(t.Context(), via), model.LackTunnel)
	})
}

// TestContainerIsBlamedForWhatItSendsWithoutEnd, when that leaves no room for a sign of life, or the way gives up.
func TestContainerIsBlamedForWhatItSendsWithoutEnd(t *testing.T) {
	t.Parallel()
	w := serveRaw(t, func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 4096))
		_, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
		for line := "X-A: " + strings.Repeat("v", 8000) + "\r\n"; err == nil; {
			_, err = io.WriteString(conn, line)
		}
	})
	silent := func(context.Context) error { return errCut }
	via := prober.Paths{Dial: w.dial, RoundTrip: time.Millisecond, Alive: silent, Ping: silent}
	if r := check(t, httpGet("/"), patient).Run(t.Context(), via); r.Verdict != model.ShadowFailure || !strings.Contains(r.Text, "exceeded") {
		t.Errorf("got %s %s %q", r.Verdict, r.Lack, r.Text)
	}
	gone := &prober.Broken{Err: errors.New("256 KiB had come that the probe did not read"), Lack: model.LackEndless}
	via.Dial = cutting(w, 2<<20, true, gone)
	expect(t, check(t, httpGet("/"), patient).Run(t.Context(), via), model.ShadowFailure,
		`Get "http://10.0.0.5:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`)
	via.Dial = cutting(w, 100<<10, true, gone)
	expectNone(t, check(t, httpGet("/"), patient).Run(t.Context(), via), model.LackEndless)
}
