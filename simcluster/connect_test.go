package simcluster_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/transport/spdy"
	"k8s.io/client-go/util/exec"
	"k8s.io/streaming/pkg/httpstream"

	"github.com/probetop/probetop/simcluster"
)

// withPod starts a cluster with a pod that behaves.
func withPod(t *testing.T, local *simcluster.Local) (*simcluster.Cluster, *kubernetes.Clientset) {
	t.Helper()
	opts := simcluster.Options{Behaviour: func(p *corev1.Pod) simcluster.Behaviour {
		if p.Name == "gone" {
			return nil
		}
		return local
	}}
	c := start(t, opts)
	for _, name := range []string{"web", "gone"} {
		if err := c.Apply(&corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Ports: []corev1.ContainerPort{{ContainerPort: 80}}}, {Name: "side"}}},
			Status:     corev1.PodStatus{PodIP: "10.0.0.7"},
		}); err != nil {
			t.Fatal(err)
		}
	}
	return c, client(t, c, "application/json")
}

func subresource(cs *kubernetes.Clientset, pod, sub string) *rest.Request {
	return cs.CoreV1().RESTClient().Post().Namespace("shop").Resource("pods").Name(pod).SubResource(sub)
}

// forwardDialer dials a pod the way kubectl port-forward does.
func forwardDialer(t *testing.T, c *simcluster.Cluster, cs *kubernetes.Clientset, pod, kind string) httpstream.Dialer {
	t.Helper()
	u := subresource(cs, pod, "portforward").URL()
	if kind == "WebSocket" {
		d, err := portforward.NewSPDYOverWebsocketDialerForStreaming(u, c.RESTConfig())
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	transport, upgrader, err := spdy.RoundTripperFor(c.RESTConfig())
	if err != nil {
		t.Fatal(err)
	}
	return spdy.NewDialerForStreaming(upgrader, &http.Client{Transport: transport}, http.MethodPost, u)
}

// TestPortForward lets client-go's own port-forwarder carry a request.
func TestPortForward(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") }))
	t.Cleanup(web.Close)
	for _, kind := range []string{"WebSocket", "SPDY"} {
		t.Run(kind, func(t *testing.T) {
			c, cs := withPod(t, &simcluster.Local{Dial: func(ctx context.Context, port int32, loopback bool) (net.Conn, error) {
				if port != 80 || !loopback {
					return nil, syscall.ECONNREFUSED
				}
				return (&net.Dialer{}).DialContext(ctx, "tcp", web.Listener.Addr().String())
			}})
			stop, ready := make(chan struct{}), make(chan struct{})
			f, err := portforward.NewOnAddressesForStreaming(forwardDialer(t, c, cs, "web", kind), []string{"127.0.0.1"}, []string{":80"}, stop, ready, io.Discard, io.Discard)
			if err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- f.ForwardPorts() }()
			select {
			case <-ready:
			case err := <-ended:
				t.Fatal(err)
			}
			ports, err := f.GetPorts()
			if err != nil {
				t.Fatal(err)
			}
			r, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get(fmt.Sprintf("http://127.0.0.1:%d/", ports[0].Local))
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(r.Body)
			_ = r.Body.Close()
			if string(body) != "hello" || err != nil {
				t.Errorf("got %q, %v", body, err)
			}
			close(stop)
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}

// TestPortForwardRefused reads what the runtime says of a port where nothing listens.
func TestPortForwardRefused(t *testing.T) {
	for _, kind := range []string{"WebSocket", "SPDY"} {
		c, cs := withPod(t, &simcluster.Local{})
		conn, _, err := forwardDialer(t, c, cs, "web", kind).Dial(portforward.PortForwardProtocolV1Name)
		if err != nil {
			t.Fatal(err)
		}
		headers := http.Header{corev1.PortHeader: {"81"}, corev1.PortForwardRequestIDHeader: {"1"}, corev1.StreamType: {corev1.StreamTypeError}}
		word, err := conn.CreateStream(headers)
		if err != nil {
			t.Fatal(err)
		}
		headers = headers.Clone()
		headers[corev1.StreamType] = []string{corev1.StreamTypeData}
		_, _ = conn.CreateStream(headers) // which may be reset before there is a reply to it
		text, _ := io.ReadAll(word)
		for _, want := range []string{"error forwarding port 81 to pod ", "IPv4: dial tcp4 127.0.0.1:81: connect: connection refused IPv6 "} {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s: got %q, want %q in it", kind, text, want)
			}
		}
		_ = conn.Close()
		<-conn.CloseChan()
	}
}

func TestExecWithClientGo(t *testing.T) {
	local := &simcluster.Local{Run: func(_ context.Context, container string, argv []string, stdout, stderr io.Writer) (int, error) {
		fmt.Fprintf(stdout, "%s %q", container, argv)
		fmt.Fprint(stderr, "oh")
		return len(argv) - 1, nil
	}}
	c, cs := withPod(t, local)
	run := func(kind, pod, container, query string) (string, error) {
		u := subresource(cs, pod, "exec").URL()
		u.RawQuery = "stdout=true&stderr=true&container=" + container + query
		var e remotecommand.Executor
		var err error
		if kind == "WebSocket" {
			e, err = remotecommand.NewWebSocketExecutor(c.RESTConfig(), http.MethodGet, u.String())
		} else {
			e, err = remotecommand.NewSPDYExecutor(c.RESTConfig(), http.MethodPost, u)
		}
		if err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		err = e.StreamWithContext(t.Context(), remotecommand.StreamOptions{Stdout: &stdout, Stderr: &stderr})
		return stdout.String() + "|" + stderr.String(), err
	}
	for _, kind := range []string{"WebSocket", "SPDY"} {
		if got, err := run(kind, "web", "app", "&command=ls"); got != `app ["ls"]|oh` || err != nil {
			t.Errorf("%s: got %q, %v", kind, got, err)
		}
		got, err := run(kind, "web", "side", "&command=ls&command=-l&command=x")
		var code exec.CodeExitError
		if got != `side ["ls" "-l" "x"]|oh` || !errors.As(err, &code) || code.Code != 2 {
			t.Errorf("%s: got %q, %v", kind, got, err)
		}
		if _, err := run(kind, "web", "nobody", "&command=ls"); err == nil || !strings.Contains(err.Error(), "container nobody is not valid for pod web") {
			t.Errorf("%s: got %v", kind, err)
		}
		if _, err := run(kind, "gone", "app", "&command=ls"); err == nil || !strings.Contains(err.Error(), `container not found ("app")`) {
			t.Errorf("%s: got %v", kind, err)
		}
	}
	local.Run = nil
	for _, kind := range []string{"WebSocket", "SPDY"} {
		want := `error executing command in container: failed to exec in container: failed to start exec `
		if _, err := run(kind, "web", "app", "&command=ls"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", kind, err)
		}
	}
	c.Faults().Add(simcluster.Fault{Resource: "pods", Subresource: "exec", Verb: "create", Do: simcluster.Forbid()})
	for _, kind := range []string{"WebSocket", "SPDY"} { // a GET asks for the right to create as well
		want := `cannot create resource "pods/exec" in API group "" in the namespace "shop"`
		if _, err := run(kind, "web", "app", "&command=ls"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", kind, err)
		}
	}
}

func TestPodProxy(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s %q", r.Host, r.URL, r.Header.Get("Authorization"))
	}))
	t.Cleanup(web.Close)
	_, cs := withPod(t, &simcluster.Local{Dial: func(ctx context.Context, port int32, loopback bool) (net.Conn, error) {
		if port != 80 || loopback {
			return nil, syscall.ECONNREFUSED
		}
		return (&net.Dialer{}).DialContext(ctx, "tcp", web.Listener.Addr().String())
	}})
	got, err := cs.CoreV1().Pods("shop").ProxyGet("http", "web", "80", "a/b", map[string]string{"watch": "true"}).DoRaw(t.Context())
	if want := `10.0.0.7:80 /a/b?watch=true ""`; string(got) != want || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	_, err = cs.CoreV1().Pods("shop").ProxyGet("", "web", "81", "", nil).DoRaw(t.Context())
	if !apierrors.IsServiceUnavailable(err) {
		t.Errorf("got %v", err)
	}
	_, err = cs.CoreV1().Pods("shop").ProxyGet("", "nobody", "81", "", nil).DoRaw(t.Context())
	if !apierrors.IsNotFound(err) {
		t.Errorf("got %v", err)
	}
}

// TestPodProxyOfProxies: the word stands in the namespace, the name and the path, and a slash in the path is not a slash of it.
func TestPodProxyOfProxies(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL.EscapedPath()) }))
	t.Cleanup(web.Close)
	c := start(t, simcluster.Options{Behaviour: func(*corev1.Pod) simcluster.Behaviour {
		return &simcluster.Local{Dial: func(ctx context.Context, _ int32, _ bool) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", web.Listener.Addr().String())
		}}
	}})
	if err := c.Apply(&corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "proxy-a", Name: "proxy-b"}, Status: corev1.PodStatus{PodIP: "10.0.0.7"},
	}); err != nil {
		t.Fatal(err)
	}
	config := c.RESTConfig()
	direct, err := rest.HTTPClientFor(config) // client-go joins paths in a way of its own
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/a%2Fb/proxy/c", "/", "/proxy"} {
		r, err := direct.Get(config.Host + "/api/v1/namespaces/proxy-a/pods/http:proxy-b:80/proxy" + path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if string(got) != path || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, path)
		}
	}
}

func TestPodLog(t *testing.T) {
	_, cs := withPod(t, &simcluster.Local{Output: func(_ context.Context, container string, previous bool) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(fmt.Sprintf("%s %t\ntwo\nthree\n", container, previous))), nil
	}})
	for _, c := range []struct {
		opts corev1.PodLogOptions
		want string
	}{
		{corev1.PodLogOptions{Container: "side"}, "side false\ntwo\nthree\n"},
		{corev1.PodLogOptions{Container: "app", Previous: true}, "app true\ntwo\nthree\n"},
		{corev1.PodLogOptions{Container: "app", TailLines: new(int64(1))}, "three\n"},
		{corev1.PodLogOptions{Container: "app", TailLines: new(int64(0))}, ""},
		{corev1.PodLogOptions{Container: "app", TailLines: new(int64(9))}, "app false\ntwo\nthree\n"},
		{corev1.PodLogOptions{Container: "app", LimitBytes: new(int64(3))}, "app"},
	} {
		got, err := cs.CoreV1().Pods("shop").GetLogs("web", &c.opts).DoRaw(t.Context())
		if string(got) != c.want || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, c.want)
		}
	}
	if _, err := cs.CoreV1().Pods("shop").GetLogs("web", &corev1.PodLogOptions{}).DoRaw(t.Context()); !apierrors.IsBadRequest(err) {
		t.Errorf("got %v", err)
	}
}

// TestConnectionsEnd opens connections whose containers never end them.
func TestConnectionsEnd(t *testing.T) {
	for name, end := range map[string]func(c *simcluster.Cluster){
		"the cluster goes down": func(c *simcluster.Cluster) { c.Down() },
		"the pod goes": func(c *simcluster.Cluster) {
			_ = c.Delete(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}})
		},
		"connections are cut": func(c *simcluster.Cluster) { c.CutConnections() },
	} {
		t.Run(name, func(t *testing.T) {
			c, cs := withPod(t, &simcluster.Local{Dial: func(context.Context, int32, bool) (net.Conn, error) {
				inside, _ := net.Pipe()
				return inside, nil
			}})
			for _, kind := range []string{"WebSocket", "SPDY"} {
				conn, _, err := forwardDialer(t, c, cs, "web", kind).Dial(portforward.PortForwardProtocolV1Name)
				if err != nil {
					t.Fatal(err)
				}
				headers := http.Header{corev1.PortHeader: {"80"}, corev1.PortForwardRequestIDHeader: {"1"}, corev1.StreamType: {corev1.StreamTypeError}}
				for _, typ := range []string{corev1.StreamTypeError, corev1.StreamTypeData} {
					headers = headers.Clone()
					headers[corev1.StreamType] = []string{typ}
					if _, err := conn.CreateStream(headers); err != nil {
						t.Fatal(err)
					}
				}
				defer func() {
					select {
					case <-conn.CloseChan():
					case <-time.After(10 * time.Second):
						t.Errorf("%s: the connection goes on", kind)
					}
					_ = conn.Close()
				}()
			}
			end(c)
		})
	}
}
