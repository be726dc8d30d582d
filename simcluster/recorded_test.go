package simcluster

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// evening is the time of the tests about recorded pods.
var evening = time.Date(2026, 11, 21, 21, 0, 0, 0, time.UTC)

// impatience is how long the tests wait for a server that says nothing.
const impatience = 200 * time.Millisecond

// played is a cluster with one pod, an hour old, and the container app in it.
type played struct {
	*Cluster
	pod *corev1.Pod
}

func play(t *testing.T, change func(*corev1.Pod), events ...*corev1.Event) *played {
	t.Helper()
	c, err := Start(Options{InMemory: true, AsRecorded: true, Now: func() time.Time { return evening }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", UID: "1"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "app"}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, PodIP: "10.0.0.7", ContainerStatuses: []corev1.ContainerStatus{{
			Name: "app", Ready: true, Started: new(true),
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(evening.Add(-time.Hour))}},
		}}},
	}
	change(pod)
	if err := c.Apply(pod); err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := c.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	return &played{c, pod}
}

// heardOf is an event about the container app, so long ago.
func heardOf(ago time.Duration, message string) *corev1.Event {
	reason := "Unhealthy"
	if strings.Contains(message, " probe warning: ") {
		reason = "ProbeWarning"
	}
	return &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Namespace: "shop", Name: "web." + ago.String()},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: "web", UID: "1", FieldPath: "spec.containers{app}"},
		Reason:         reason, Message: message, LastTimestamp: metav1.NewTime(evening.Add(-ago)),
	}
}

func (p *played) dial(ctx context.Context, port int32, loopback bool) (net.Conn, error) {
	return p.behaveAsRecorded(p.pod).(*Local).Dial(ctx, port, loopback)
}

// get makes the request of an HTTP probe; what came of it is a status with its Location, or an error.
func (p *played) get(t *testing.T, url string, loopback bool, patience time.Duration) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	client := &http.Client{
		Transport: &http.Transport{
			DialContext:     func(ctx context.Context, _, _ string) (net.Conn, error) { return p.dial(ctx, 8080, loopback) },
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true, ResponseHeaderTimeout: patience,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(r)
	if err != nil {
		return err.Error()
	}
	_ = response.Body.Close()
	return strings.TrimSpace(response.Status + " " + response.Header.Get("Location"))
}

func httpProbe(path string, scheme corev1.URIScheme) *corev1.Probe {
	return &corev1.Probe{PeriodSeconds: 5, TimeoutSeconds: 1, FailureThreshold: 3, ProbeHandler: corev1.ProbeHandler{
		HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromInt32(8080), Scheme: scheme},
	}}
}

func TestRecordedHTTP(t *testing.T) {
	t.Parallel()
	const refused = "connection refused"
	said := func(message string) []*corev1.Event { return []*corev1.Event{heardOf(3*time.Second, message)} }
	for name, tt := range map[string]struct {
		change func(*corev1.Pod)
		events []*corev1.Event
		url    string
		here   string // by port-forward
		there  string // by the pod IP; the same when empty
	}{
		"nothing is said":                     {here: "200 OK"},
		"a status":                            {events: said("Readiness probe failed: HTTP probe failed with statuscode: 503"), here: "503 "},
		"combined events":                     {events: said("(combined from similar events): Readiness probe failed: HTTP probe failed with statuscode: 500"), here: "500 "},
		"another path of the port":            {events: said("Readiness probe failed: HTTP probe failed with statuscode: 503"), url: "http://pod/livez", here: "200 OK"},
		"a path that nobody asks":             {url: "http://pod/other", here: "404 "},
		"a redirect":                          {events: said(`Readiness probe warning: Probe terminated redirects, Response body: <a href="http://example.com/a">Found</a>.`), here: "302 Found http://example.com/a"},
		"nobody listens":                      {events: said(`Readiness probe failed: Get "http://10.0.0.7:8080/readyz": dial tcp 10.0.0.7:8080: connect: connection refused`), here: refused},
		"the network does not lead there":     {events: said(`Readiness probe failed: Get "http://10.0.0.7:8080/readyz": dial tcp 10.0.0.7:8080: connect: no route to host`), here: "200 OK", there: "no route to host"},
		"silence":                             {events: said(`Readiness probe failed: Get "http://10.0.0.7:8080/readyz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`), here: "timeout awaiting response headers"},
		"the connection ends":                 {events: said(`Readiness probe failed: Get "http://10.0.0.7:8080/readyz": EOF`), here: "EOF"},
		"an old event, and ready":             {events: []*corev1.Event{heardOf(14*time.Second, "Readiness probe failed: HTTP probe failed with statuscode: 503")}, here: "200 OK"},
		"an event before the container began": {events: []*corev1.Event{heardOf(2*time.Hour, "Readiness probe failed: HTTP probe failed with statuscode: 503")}, change: unready, here: "200 OK"},
		"an old event, and still not ready":   {events: []*corev1.Event{heardOf(40*time.Minute, "Readiness probe failed: HTTP probe failed with statuscode: 503")}, change: unready, here: "503 "},
		"the newest event counts": {events: []*corev1.Event{
			heardOf(2*time.Second, "Readiness probe failed: HTTP probe failed with statuscode: 500"),
			heardOf(4*time.Second, "Readiness probe failed: HTTP probe failed with statuscode: 503"),
		}, here: "500 "},
		"listening on loopback only": {change: func(p *corev1.Pod) {
			unready(p)
			p.Labels = map[string]string{Listens: Loopback}
		}, events: said(`Readiness probe failed: Get "http://10.0.0.7:8080/readyz": dial tcp 10.0.0.7:8080: connect: connection refused`), here: "200 OK", there: refused},
		"ready since, as one failure is enough": {change: func(p *corev1.Pod) {
			p.Spec.Containers[0].ReadinessProbe.FailureThreshold = 1
		}, events: said("Readiness probe failed: HTTP probe failed with statuscode: 503"), here: "200 OK"},
		"not started yet": {change: func(p *corev1.Pod) {
			p.Spec.Containers[0].StartupProbe = httpProbe("/startupz", "")
			p.Status.ContainerStatuses[0].Started = new(false)
		}, here: refused},
		"the container does not run": {change: func(p *corev1.Pod) {
			p.Status.ContainerStatuses[0].State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}
		}, here: refused},
		"HTTPS": {change: secure, url: "https://pod/readyz", here: "200 OK"},
		"HTTP where HTTPS is asked": {
			change: secure, events: said(`Readiness probe failed: Get "https://10.0.0.7:8080/readyz": http: server gave HTTP response to HTTPS client`),
			url: "https://pod/readyz", here: "http: server gave HTTP response to HTTPS client",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := play(t, func(p *corev1.Pod) {
				p.Spec.Containers[0].ReadinessProbe, p.Spec.Containers[0].LivenessProbe = httpProbe("/readyz", ""), httpProbe("/livez", "")
				if tt.change != nil {
					tt.change(p)
				}
			}, tt.events...)
			for loopback, want := range map[bool]string{true: tt.here, false: orElse(tt.there, tt.here)} {
				patience := 10 * time.Second
				if strings.Contains(want, "timeout") {
					patience = impatience
				}
				if got := p.get(t, orElse(tt.url, "http://pod/readyz"), loopback, patience); !strings.Contains(got, want) {
					t.Errorf("loopback %t: got %q, want %q in it", loopback, got, want)
				}
			}
		})
	}
}

func unready(p *corev1.Pod) { p.Status.ContainerStatuses[0].Ready = false }

func secure(p *corev1.Pod) {
	p.Spec.Containers[0].ReadinessProbe, p.Spec.Containers[0].LivenessProbe = httpProbe("/readyz", corev1.URISchemeHTTPS), nil
}

func orElse(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func TestRecordedGRPC(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		message string
		health  grpc_health_v1.HealthCheckResponse_ServingStatus
		code    codes.Code
	}{
		"nothing is said":    {health: grpc_health_v1.HealthCheckResponse_SERVING},
		"not serving":        {message: `service unhealthy (responded with "NOT_SERVING")`, health: grpc_health_v1.HealthCheckResponse_NOT_SERVING},
		"no such service":    {message: "error: health rpc probe failed: rpc error: code = NotFound desc = unknown service", code: codes.NotFound},
		"no health service":  {message: "error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service", code: codes.Unimplemented},
		"silence":            {message: "timeout: health rpc did not complete within 1s", code: codes.DeadlineExceeded},
		"nobody listens":     {message: `timeout: failed to connect service "10.0.0.7:9090" within 1s: context deadline exceeded`, code: codes.Unavailable},
		"the server is gone": {message: "error: health rpc probe failed: rpc error: code = Unavailable desc = error reading from server: EOF", code: codes.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var events []*corev1.Event
			if tt.message != "" {
				events = append(events, heardOf(3*time.Second, "Readiness probe failed: "+tt.message))
			}
			p := play(t, func(p *corev1.Pod) {
				p.Spec.Containers[0].ReadinessProbe = &corev1.Probe{PeriodSeconds: 5, ProbeHandler: corev1.ProbeHandler{
					GRPC: &corev1.GRPCAction{Port: 9090, Service: new("cart")},
				}}
			}, events...)
			conn, err := grpc.NewClient("passthrough:pod", grpc.WithTransportCredentials(insecure.NewCredentials()),
				grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return p.dial(ctx, 9090, true) }))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			patience := 10 * time.Second
			if tt.code == codes.DeadlineExceeded {
				patience = impatience
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			got, err := grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: "cart"})
			if got.GetStatus() != tt.health || status.Code(err) != tt.code {
				t.Errorf("got %v, %v, want %v, %v", got, err, tt.health, tt.code)
			}
		})
	}
}

func TestRecordedTCP(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text string
		want error
	}{
		"nothing is said":     {},
		"nobody listens":      {text: "dial tcp 10.0.0.7:7070: connect: connection refused", want: syscall.ECONNREFUSED},
		"nobody takes it":     {text: "dial tcp 10.0.0.7:7070: i/o timeout", want: context.DeadlineExceeded},
		"a port of no probes": {text: "-", want: syscall.ECONNREFUSED},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := play(t, func(p *corev1.Pod) {
				p.Spec.Containers[0].Ports = []corev1.ContainerPort{{Name: "peer", ContainerPort: 7070}}
				p.Spec.Containers[0].LivenessProbe = &corev1.Probe{PeriodSeconds: 5, ProbeHandler: corev1.ProbeHandler{
					TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromString("peer")},
				}}
			}, heardOf(3*time.Second, "Liveness probe failed: "+tt.text))
			if tt.text == "" {
				p = play(t, func(q *corev1.Pod) { *q = *p.pod })
			}
			port := int32(7070)
			if tt.text == "-" {
				port = 7071
			}
			ctx, cancel := context.WithTimeout(t.Context(), impatience)
			defer cancel()
			conn, err := p.dial(ctx, port, true)
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if err == nil {
				_ = conn.Close()
			}
		})
	}
}

func TestRecordedCommand(t *testing.T) {
	t.Parallel()
	const missing = `failed to exec in container: failed to start exec "1f": OCI runtime exec failed: exec: "check": not found: unknown`
	for name, tt := range map[string]struct {
		message string
		argv    []string
		out     string
		code    int
		err     string
	}{
		"nothing is said":   {argv: []string{"check", "queue"}},
		"it fails":          {message: "failed: queue is full\n", argv: []string{"check", "queue"}, out: "queue is full\n", code: 1},
		"it cannot start":   {message: "errored and resulted in unknown state: rpc error: code = Unknown desc = " + missing, argv: []string{"check", "queue"}, err: missing},
		"it takes too long": {message: `errored and resulted in unknown state: command "check queue" timed out after 1s`, argv: []string{"check", "queue"}, err: "deadline exceeded"},
		"it takes too long, since 1.31": {
			message: `failed: command timed out: "check queue" timed out after 1s`, argv: []string{"check", "queue"}, err: "deadline exceeded",
		},
		"it takes too long, CRI-O": {message: "failed: command timed out", argv: []string{"check", "queue"}, err: "deadline exceeded"},
		"it says something like it": {
			message: "failed: command timed out waiting\n", argv: []string{"check", "queue"}, out: "command timed out waiting\n", code: 1,
		},
		"another command": {argv: []string{"sh", "-c", "true"}, err: `exec: "sh": executable file not found in $PATH`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var events []*corev1.Event
			if tt.message != "" {
				events = append(events, heardOf(3*time.Second, "Readiness probe "+tt.message))
			}
			p := play(t, func(p *corev1.Pod) {
				p.Spec.Containers[0].ReadinessProbe = &corev1.Probe{PeriodSeconds: 5, ProbeHandler: corev1.ProbeHandler{
					Exec: &corev1.ExecAction{Command: []string{"check", "queue"}},
				}}
			}, events...)
			ctx, cancel := context.WithTimeout(t.Context(), impatience)
			defer cancel()
			var out bytes.Buffer
			code, err := p.behaveAsRecorded(p.pod).Exec(ctx, "app", tt.argv, &out, io.Discard)
			if out.String() != tt.out || code != tt.code || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("got %q, %d, %v, want %q, %d, %q", &out, code, err, tt.out, tt.code, tt.err)
			}
		})
	}
}

func TestRecordedLog(t *testing.T) {
	t.Parallel()
	p := play(t, func(p *corev1.Pod) {
		p.Status.ContainerStatuses[0].LastTerminationState.Terminated = &corev1.ContainerStateTerminated{
			ExitCode: 137, Reason: "OOMKilled",
			StartedAt: metav1.NewTime(evening.Add(-3 * time.Hour)), FinishedAt: metav1.NewTime(evening.Add(-2 * time.Hour)),
		}
	}, heardOf(time.Minute, "Liveness probe failed: HTTP probe failed with statuscode: 500"),
		heardOf(150*time.Minute, "Readiness probe failed: HTTP probe failed with statuscode: 503"))
	for previous, want := range map[bool]string{
		false: "2026-11-21T20:00:00Z started\n2026-11-21T20:59:00Z liveness probe failed: HTTP probe failed with statuscode: 500\n",
		true: "2026-11-21T18:00:00Z started\n2026-11-21T18:30:00Z readiness probe failed: HTTP probe failed with statuscode: 503\n" +
			"2026-11-21T19:00:00Z ended with exit code 137 (OOMKilled)\n",
	} {
		out, err := p.behaveAsRecorded(p.pod).Log(t.Context(), "app", previous)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(out); string(got) != want || err != nil {
			t.Errorf("previous %t: got %q, %v, want %q", previous, got, err, want)
		}
	}
	fresh := play(t, func(*corev1.Pod) {})
	if _, err := fresh.behaveAsRecorded(fresh.pod).Log(t.Context(), "app", true); err == nil {
		t.Error("the log of a container that never was")
	}
}
