package simcluster

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	utilnet "k8s.io/apimachinery/pkg/util/net"
)

// proxy serves pods/proxy: it makes the request to the pod's IP.
func (s *session) proxy() error {
	scheme, _, port, _ := utilnet.SplitSchemeNamePort(s.Name)
	if port == "" {
		port = firstPort(s.pod)
	}
	ip := net.ParseIP(s.pod.Status.PodIP)
	if ip == nil || !ip.IsGlobalUnicast() {
		return apierrors.NewBadRequest("address not allowed")
	}
	host := s.pod.Status.PodIP
	if port != "" {
		host = net.JoinHostPort(host, port)
	}
	// A namespace or a pod may be called proxy, too.
	before := "/pods/" + s.Name + "/proxy"
	_, path, _ := strings.Cut(s.Path, before)
	_, escaped, _ := strings.Cut(s.r.URL.EscapedPath(), before)
	target := &url.URL{Scheme: scheme, Host: host, Path: path, RawPath: escaped, RawQuery: s.r.URL.RawQuery}
	if target.Scheme == "" {
		target.Scheme = "http"
	}
	transport := &http.Transport{
		DialContext: s.reach, DisableKeepAlives: true, DisableCompression: true,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // As the API server does.
	}
	var failure error
	p := &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL, r.Out.Host = target, target.Host
			r.Out.Header.Del("Authorization")
			r.Out.Header.Set("X-Forwarded-Uri", s.r.URL.EscapedPath())
		},
		ErrorHandler: func(_ http.ResponseWriter, _ *http.Request, err error) {
			failure = apierrors.NewServiceUnavailable(fmt.Sprintf("error trying to reach service: %v", err))
		},
	}
	p.ServeHTTP(s.w, s.r.WithContext(s.ctx))
	return failure
}

func firstPort(pod *corev1.Pod) string {
	for _, c := range pod.Spec.Containers {
		if len(c.Ports) > 0 {
			return strconv.Itoa(int(c.Ports[0].ContainerPort))
		}
	}
	return ""
}

// reach connects to the pod's IP, and fails the way the network does.
func (s *session) reach(ctx context.Context, network, address string) (net.Conn, error) {
	to, err := net.ResolveTCPAddr(network, address)
	if err != nil {
		return nil, err
	}
	err = syscall.EHOSTUNREACH
	if s.behaviour != nil {
		var c net.Conn
		if c, err = s.behaviour.Reach(ctx, int32(to.Port)); err == nil {
			return c, nil
		}
	}
	if errno, ok := err.(syscall.Errno); ok { //nolint:errorlint // Only a bare one lacks the words around it.
		err = &net.OpError{Op: "dial", Net: "tcp", Addr: to, Err: os.NewSyscallError("connect", errno)}
	}
	return nil, err
}
