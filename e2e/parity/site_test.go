package parity

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"sort"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	remote "k8s.io/cri-client/pkg"
	utilexec "k8s.io/utils/exec"

	"github.com/probetop/probetop/prober"
)

// site is where a case takes place: the servers that are probed, and what they have seen.
type site struct {
	t         *testing.T
	ip        string
	container corev1.Container

	mu sync.Mutex
	// guarded by mu
	seen []string
}

// saw notes what a server saw, in the order in which it did.
func (s *site) saw(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, fmt.Sprintf(format, args...))
}

// take returns what was seen since it was last called.
func (s *site) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := s.seen
	s.seen = nil
	return seen
}

func (s *site) listen() net.Listener {
	s.t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(s.t.Context(), "tcp", net.JoinHostPort(s.ip, "0"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = l.Close() })
	return l
}

func portOf(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }

// closed returns a port that refuses connections, and that nobody else is given meanwhile: it is bound, but not
// listened on.
func (s *site) closed() int {
	s.t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		s.t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		s.t.Fatal(err)
	}
	return name.(*syscall.SockaddrInet4).Port
}

// raw serves connections by hand: the bytes up to the end of a request's headers are noted, then serve is called.
func (s *site) raw(serve func(conn net.Conn)) int {
	l := s.listen()
	s.accept(l, func(conn net.Conn) {
		r, head := bufio.NewReader(conn), ""
		for !strings.HasSuffix(head, "\r\n\r\n") {
			line, err := r.ReadString('\n')
			head += line
			if err != nil {
				break
			}
		}
		if strings.HasPrefix(head, "\x16") {
			head = "a TLS handshake"
		}
		s.saw("%q", head)
		serve(conn)
	})
	return portOf(l)
}

// accept serves the connections of a listener, each in a goroutine that ends with the test.
func (s *site) accept(l net.Listener, serve func(conn net.Conn)) {
	var serving sync.WaitGroup
	var mu sync.Mutex
	var conns []net.Conn
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, conn)
			mu.Unlock()
			serving.Go(func() {
				defer func() { _ = conn.Close() }()
				serve(conn)
			})
		}
	})
	s.t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for _, conn := range conns {
			_ = conn.Close()
		}
		mu.Unlock()
		serving.Wait()
	})
}

// says serves a fixed answer and closes the connection.
func (s *site) says(answer string) int {
	return s.raw(func(conn net.Conn) { _, _ = io.WriteString(conn, answer) })
}

// stalls serves the beginning of an answer and keeps the connection open.
func (s *site) stalls(answer string) int {
	return s.raw(func(conn net.Conn) {
		_, _ = io.WriteString(conn, answer)
		_, _ = io.Copy(io.Discard, conn)
	})
}

// resets serves the beginning of an answer, if any, and resets the connection. What came before a reset is read first.
func (s *site) resets(answer string) int {
	return s.raw(func(conn net.Conn) {
		_, _ = io.WriteString(conn, answer)
		_ = conn.(*net.TCPConn).SetLinger(0)
	})
}

// serve serves HTTP; the bytes of requests are noted as they came.
func (s *site) serve(handler http.HandlerFunc) int {
	l := s.listen()
	s.start(&httptest.Server{Listener: tapped{l, s}, Config: s.config(handler)}, false)
	return portOf(l)
}

// serveTLS serves HTTPS; requests are noted as the server read them. HTTP/2 is offered when h2 is set.
func (s *site) serveTLS(handler http.HandlerFunc, h2 bool, config *tls.Config) int {
	l := s.listen()
	server := &httptest.Server{Listener: l, EnableHTTP2: h2, TLS: config, Config: s.config(func(w http.ResponseWriter, r *http.Request) {
		s.saw("%s", described(r))
		handler(w, r)
	})}
	s.start(server, true)
	return portOf(l)
}

func (s *site) config(handler http.HandlerFunc) *http.Server {
	return &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
}

func (s *site) start(server *httptest.Server, secure bool) {
	if secure {
		server.StartTLS()
	} else {
		server.Start()
	}
	s.t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
}

// described returns a request as the server understood it.
func described(r *http.Request) string {
	lines := []string{r.Proto + " " + r.Method + " " + r.RequestURI + " host=" + r.Host}
	for name, values := range r.Header {
		lines = append(lines, fmt.Sprintf("%s: %q", name, values))
	}
	sort.Strings(lines[1:])
	return strings.Join(lines, "\n")
}

// tapped is a listener whose connections note what is read from them.
type tapped struct {
	net.Listener
	site *site
}

func (l tapped) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return &tap{Conn: conn, site: l.site}, err
}

// tap is a connection that notes the requests which are read from it, each when its headers are complete. It is read
// by one goroutine at a time.
type tap struct {
	net.Conn
	site *site
	read string
}

func (c *tap) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.read += string(p[:n])
	switch {
	case strings.HasPrefix(c.read, "\x16"):
		c.site.saw("a TLS handshake")
		c.read = ""
	case strings.HasSuffix(c.read, "\r\n\r\n"):
		c.site.saw("%q", c.read)
		c.read = ""
	}
	return n, err
}

// execSync runs a command the way a runtime client of the kubelet does.
func (s *site) execSync(ctx context.Context, argv []string, timeout time.Duration) ([]byte, error) {
	r := s.command(ctx, argv, timeout)
	switch {
	case r.TimedOut:
		return nil, fmt.Errorf("%w: %q timed out after %s", remote.ErrCommandTimedOut, strings.Join(argv, " "), timeout)
	case r.StartError != "":
		return nil, errors.New(r.StartError)
	case r.ExitCode != 0:
		return append(r.Stdout, r.Stderr...), utilexec.CodeExitError{Err: errors.New("exited"), Code: r.ExitCode}
	}
	return append(r.Stdout, r.Stderr...), nil
}

// exec runs a command the way the exec subresource does.
func (s *site) exec(ctx context.Context, argv []string, timeout time.Duration) (prober.ExecResult, error) {
	return s.command(ctx, argv, timeout), nil
}

// command runs a command on this machine.
func (s *site) command(ctx context.Context, argv []string, timeout time.Duration) prober.ExecResult {
	s.saw("%q", argv)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var stdout, stderr strings.Builder
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stdout, cmd.Stderr, cmd.Env = &stdout, &stderr, []string{"PATH=/usr/bin:/bin", "SHELLVAR=from the shell"}
	err := cmd.Run()
	r := prober.ExecResult{Stdout: []byte(stdout.String()), Stderr: []byte(stderr.String())}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		r.TimedOut = true
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		r.ExitCode = exit.ExitCode()
	case errors.As(err, &exit):
		r.ExitCode = 128 + int(exit.Sys().(syscall.WaitStatus).Signal())
	case err != nil:
		r.StartError = err.Error()
	}
	return r
}

// get returns an HTTP probe of a port and a path.
func get(port int, path string, headers ...corev1.HTTPHeader) corev1.ProbeHandler {
	return corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Port: intstr.FromInt(port), Path: path, HTTPHeaders: headers}}
}

// getTLS is get with the scheme HTTPS.
func getTLS(port int, path string, headers ...corev1.HTTPHeader) corev1.ProbeHandler {
	h := get(port, path, headers...)
	h.HTTPGet.Scheme = corev1.URISchemeHTTPS
	return h
}

func tcp(port int) corev1.ProbeHandler {
	return corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt(port)}}
}

func run(argv ...string) corev1.ProbeHandler {
	return corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: argv}}
}

func headers(pairs ...string) []corev1.HTTPHeader {
	var list []corev1.HTTPHeader
	for pair := range slices.Chunk(pairs, 2) {
		list = append(list, corev1.HTTPHeader{Name: pair[0], Value: pair[1]})
	}
	return list
}

func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}
