package prober_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/spdy"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
	"github.com/probetop/probetop/simcluster"
)

var liveness = model.Key{Pod: model.UID(target.UID), Container: "app", Type: model.Liveness}

// bothExecs runs a test over SPDY and over a WebSocket.
func bothExecs(t *testing.T, f func(t *testing.T, s *stage)) {
	for _, kind := range []string{"SPDY", "WebSocket"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, simcluster.Options{})
			s.local.Run = command
			if kind == "WebSocket" {
				no := apierrors.NewMethodNotSupported(schema.GroupResource{Resource: "pods"}, "create")
				s.Faults().Add(simcluster.Fault{Resource: "pods", Subresource: "exec", Verb: "create", Do: simcluster.Answer(no)})
			}
			f(t, s)
		})
	}
}

// binary is output that is no text.
var binary = []byte{0, 1, 0xff, 0xfe, '\n', 0x1b, '[', '2', 'J'}

// command is what the container can run.
func command(ctx context.Context, container string, argv []string, stdout, stderr io.Writer) (int, error) {
	switch argv[0] {
	case "say":
		fmt.Fprintf(stdout, "%s says %q", container, argv[1:])
		fmt.Fprint(stderr, "and complains")
	case "one":
		fmt.Fprint(stdout, "no")
		return 1, nil
	case "last":
		return 255, nil
	case "binary":
		_, _ = stdout.Write(binary)
	case "flood":
		for range 50 {
			_, _ = stdout.Write(bytes.Repeat([]byte("o"), 10_000))
			_, _ = stderr.Write(bytes.Repeat([]byte("e"), 10_000))
		}
		return 3, nil
	case "hang":
		fmt.Fprint(stdout, "hanging")
		<-ctx.Done()
	default:
		return 0, simcluster.StartFailure(argv[0])
	}
	return 0, nil
}

func TestExecOverTheAPI(t *testing.T) {
	t.Parallel()
	bothExecs(t, func(t *testing.T, s *stage) {
		run := pool(t, s.config, prober.PoolOptions{}).Exec(target, liveness)
		for _, c := range []struct {
			argv           []string
			code           int
			stdout, stderr string
			start          string
		}{
			{argv: []string{"say", "a b", "$(x)", ""}, stdout: `app says ["a b" "$(x)" ""]`, stderr: "and complains"},
			{argv: []string{"one"}, code: 1, stdout: "no"},
			{argv: []string{"last"}, code: 255},
			{argv: []string{"binary"}, stdout: string(binary)},
			{argv: []string{"flood"}, code: 3, stdout: strings.Repeat("o", 10_240), stderr: strings.Repeat("e", 10_240)},
			{argv: []string{"nothing"}, start: `error executing command in container: failed to exec in container: failed to start exec`},
		} {
			r, err := run(soon(t), c.argv, 10*time.Second)
			if err != nil || r.TimedOut || r.ExitCode != c.code || string(r.Stdout) != c.stdout || string(r.Stderr) != c.stderr {
				t.Errorf("%q: got %d, %.100q, %.100q, timed out %t, %v", c.argv, r.ExitCode, r.Stdout, r.Stderr, r.TimedOut, err)
			}
			if !strings.HasPrefix(r.StartError, c.start) || c.start == "" && r.StartError != "" {
				t.Errorf("%q: got the start error %q", c.argv, r.StartError)
			}
		}
	})
}

func TestExecThatTakesTooLong(t *testing.T) {
	t.Parallel()
	bothExecs(t, func(t *testing.T, s *stage) {
		p := pool(t, s.config, prober.PoolOptions{})
		release := make(chan struct{})
		s.local.Run = func(context.Context, string, []string, io.Writer, io.Writer) (int, error) {
			<-release
			return 0, nil
		}
		run := p.Exec(target, liveness)
		r, err := run(soon(t), []string{"slow"}, 50*time.Millisecond)
		if err != nil || !r.TimedOut {
			t.Fatalf("got %+v, %v", r, err)
		}
		_, err = run(soon(t), []string{"slow"}, time.Second)
		var b *prober.Broken
		if !errors.As(err, &b) || b.Lack != model.LackUnfinished || !p.Unfinished(liveness) {
			t.Errorf("run while the first one runs: got %v", err)
		}
		readiness := liveness
		readiness.Type = model.Readiness
		if p.Unfinished(readiness) {
			t.Error("another probe is held up as well")
		}
		close(release)
		for end := time.Now().Add(10 * time.Second); p.Unfinished(liveness); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("its end was not noticed")
			}
		}
		if r, err := run(soon(t), []string{"slow"}, 10*time.Second); err != nil || r.TimedOut {
			t.Errorf("after that: got %+v, %v", r, err)
		}
	})
}

func TestExecBreaks(t *testing.T) {
	t.Parallel()
	bothExecs(t, func(t *testing.T, s *stage) {
		p := pool(t, s.config, prober.PoolOptions{})
		running := make(chan struct{})
		s.local.Run = func(ctx context.Context, _ string, _ []string, stdout, _ io.Writer) (int, error) {
			fmt.Fprint(stdout, "half")
			close(running)
			<-ctx.Done()
			return 0, nil
		}
		go func() {
			<-running
			s.Down()
		}()
		r, err := p.Exec(target, liveness)(soon(t), []string{"any"}, 10*time.Second)
		wantBroken(t, err)
		if len(r.Stdout) > 0 || !p.Unfinished(liveness) {
			t.Errorf("got %+v; the command may still run", r)
		}
	})
}

func TestExecIsForbidden(t *testing.T) {
	t.Parallel()
	s := newStage(t, simcluster.Options{})
	s.Faults().Add(simcluster.Fault{Resource: "pods", Subresource: "exec", Do: simcluster.Forbid()})
	p := pool(t, s.config, prober.PoolOptions{})
	_, err := p.Exec(target, liveness)(soon(t), []string{"say"}, time.Second)
	var b *prober.Broken
	if !errors.As(err, &b) || b.Lack != model.LackForbidden || p.Unfinished(liveness) {
		t.Errorf("got %v", err)
	}
	other := liveness
	other.Container = "nobody"
	s.Faults().Clear()
	if _, err := p.Exec(target, other)(soon(t), []string{"say"}, time.Second); !apierrors.IsBadRequest(err) {
		t.Errorf("got %v from a container that is not in the pod", err)
	}
}

// TestExecThatWasRefusedDoesNotRun: what the server, the kubelet or something in between refuses has begun nothing.
func TestExecThatWasRefusedDoesNotRun(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]error{
		"500": apierrors.NewInternalError(errors.New("admission webhook failed")), "503": apierrors.NewServiceUnavailable("no leader"),
		"429": apierrors.NewTooManyRequests("later", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, simcluster.Options{})
			s.Faults().Add(simcluster.Fault{Resource: "pods", Subresource: "exec", Do: simcluster.Answer(answer)})
			p := pool(t, s.config, prober.PoolOptions{})
			_, err := p.Exec(target, liveness)(soon(t), []string{"say"}, time.Second)
			wantBroken(t, err)
			if p.Unfinished(liveness) {
				t.Errorf("after %v a command is said to run", err)
			}
		})
	}
}

// TestExecThatWritesWithoutEnd is listened to for as much as the kubelet's runtime would.
func TestExecThatWritesWithoutEnd(t *testing.T) {
	t.Parallel()
	bothExecs(t, func(t *testing.T, s *stage) {
		p := pool(t, s.config, prober.PoolOptions{})
		ended := make(chan int64, 1)
		s.local.Run = func(_ context.Context, _ string, _ []string, stdout, _ io.Writer) (int, error) {
			sent := int64(0)
			for junk := make([]byte, 64<<10); ; {
				n, err := stdout.Write(junk)
				if sent += int64(n); err != nil {
					ended <- sent
					return 0, nil
				}
			}
		}
		_, err := p.Exec(target, liveness)(soon(t), []string{"yes"}, 20*time.Second)
		var b *prober.Broken
		if !errors.As(err, &b) || b.Lack != model.LackEndless || !strings.Contains(fmt.Sprint(err), "has written more than 16 MiB") || !p.Unfinished(liveness) {
			t.Errorf("got %v", err)
		}
		if sent := <-ended; sent < 16<<20 || sent > 32<<20 {
			t.Errorf("%d bytes were taken", sent)
		}
	})
}

// TestExecNeedsAStatus runs commands on servers that end the error stream with all but a whole Status.
func TestExecNeedsAStatus(t *testing.T) {
	t.Parallel()
	for _, status := range []string{
		"", "{", `{"status":"Succ`, `{"status":"Success"`, `{}`, `{"status":"Failure"}`, `null`, `"Success"`,
		`{"status":"Failure","reason":"NonZeroExitCode"}`,
		`{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"0"}]}}`,
		`{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"many"}]}}`,
		`{"status":"Failure","reason":"InternalError","message":"Internal error occurred: error dialing backend: EOF"}`,
	} {
		for _, reset := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s reset %t", status, reset), func(t *testing.T) {
				t.Parallel()
				server := httptest.NewServer(runtimeThatEnds(status, reset))
				t.Cleanup(server.Close)
				p := pool(t, &rest.Config{Host: server.URL}, prober.PoolOptions{})
				r, err := p.Exec(target, liveness)(soon(t), []string{"any"}, 10*time.Second)
				wantBroken(t, err)
				if r.ExitCode != 0 || r.StartError != "" || r.TimedOut {
					t.Errorf("got %+v", r)
				}
			})
		}
	}
}

// runtimeThatEnds serves exec: it takes the three streams, writes an end and closes or resets them.
func runtimeThatEnds(status string, reset bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := httpstream.Handshake(r, w, []string{"v4.channel.k8s.io"}); err != nil {
			return
		}
		streams := make(chan httpstream.Stream, 3)
		conn := spdy.NewResponseUpgrader().UpgradeResponse(w, r, func(s httpstream.Stream, _ <-chan struct{}) error {
			streams <- s
			return nil
		})
		for range 3 {
			s := <-streams
			if s.Headers().Get("streamType") == "error" {
				fmt.Fprint(s, status)
			} else {
				fmt.Fprint(s, "output")
			}
			if reset {
				_ = s.Reset()
			} else {
				_ = s.Close()
			}
		}
		<-conn.CloseChan()
	})
}
