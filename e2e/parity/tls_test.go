package parity

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// tlsCases are about TLS, HTTP/2 and who understands whom.
func tlsCases() []parityCase {
	var cases []parityCase
	add := func(name string, probe func(s *site) corev1.ProbeHandler) *parityCase {
		cases = append(cases, parityCase{name: "tls/" + name, probe: probe})
		return &cases[len(cases)-1]
	}
	secure := func(name string, h2 bool, config *tls.Config, handler http.HandlerFunc, pairs ...string) *parityCase {
		return add(name, func(s *site) corev1.ProbeHandler {
			if config != nil {
				config = config.Clone() // the server adds to it
			}
			return getTLS(s.serveTLS(handler, h2, config), "/healthz?x=1", headers(pairs...)...)
		})
	}
	secure("HTTP/1.1", false, nil, status(200, "ok"))
	secure("HTTP/2", true, nil, status(200, "ok"))
	secure("HTTP/1.1 with 500", false, nil, status(500, "no"))
	secure("HTTP/2 with 500", true, nil, status(500, "no"))
	secure("HTTP/2 with 304", true, nil, status(304, ""))
	secure("HTTP/2 with 302 to nowhere", true, nil, status(302, "body"))
	secure("HTTP/2 with headers", true, nil, status(200, "ok"), "X-A", "1", "X-A", "2", "Host", "muffins.example.org", "Accept", "", "Connection", "close", "User-Agent", "")
	secure("HTTP/2 with a bad header", true, nil, status(200, "ok"), "X-A", "a\nb")
	secure("HTTP/2 with the header of an upgrade", true, nil, status(200, "ok"), "Connection", "Upgrade", "Upgrade", "websocket")
	secure("HTTP/2 with 10241 bytes", true, nil, status(200, strings.Repeat("b", 10241)))
	secure("HTTP/2 with an endless body", true, nil, endless)
	secure("HTTP/2 with early hints", true, nil, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusOK)
	})
	secure("HTTP/2 with a stream that is reset", true, nil, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	secure("HTTP/1.1 that is aborted", false, nil, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	secure("HTTP/2 with a body that is reset", true, nil, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "part")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	silent := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	// Over HTTPS the kubelet's client has a timer beside the deadline of its context, and its text says which came first.
	timesOut := func(c *parityCase) { c.timeout, c.classified = 1, true }
	timesOut(secure("HTTP/2 that is silent", true, nil, silent))
	timesOut(secure("HTTP/1.1 that is silent", false, nil, silent))
	timesOut(secure("HTTP/2 with a body that stalls", true, nil, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "part")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	secure("TLS 1.2", true, &tls.Config{MaxVersion: tls.VersionTLS12}, status(200, "ok"))
	secure("TLS 1.1", false, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, status(200, "ok"))
	secure("a client certificate, TLS 1.2", false, &tls.Config{ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12}, status(200, "ok")).classified = true
	secure("a client certificate, TLS 1.3", false, &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS13}, status(200, "ok")).classified = true
	secure("a client certificate that may be missing", true, &tls.Config{ClientAuth: tls.RequestClientCert}, status(200, "ok"))
	secure("another application protocol", false, &tls.Config{NextProtos: []string{"postgresql"}}, status(200, "ok"))
	add("a plain server", func(s *site) corev1.ProbeHandler { return getTLS(s.serve(status(200, "ok")), "/") })
	add("a plain server that is no HTTP", func(s *site) corev1.ProbeHandler {
		return getTLS(s.hello("220 mail.example.org ESMTP\r\n"), "/")
	})
	add("plain to a TLS server", func(s *site) corev1.ProbeHandler { return get(s.serveTLS(status(200, "ok"), true, nil), "/") })
	add("closed in the handshake", func(s *site) corev1.ProbeHandler { return getTLS(s.hello(""), "/") }).classified = true
	add("an alert", func(s *site) corev1.ProbeHandler { return getTLS(s.hello("\x15\x03\x03\x00\x02\x02\x28"), "/") })
	add("nonsense", func(s *site) corev1.ProbeHandler { return getTLS(s.hello("\x16\x03\x03\x00\x02\x02\x28"), "/") })
	timesOut(add("silent in the handshake", func(s *site) corev1.ProbeHandler { return getTLS(s.mute(), "/") }))
	add("refused", func(s *site) corev1.ProbeHandler { return getTLS(s.closed(), "/") })
	name := secure("a name", true, nil, status(200, "ok"))
	with := name.probe
	name.probe = func(s *site) corev1.ProbeHandler {
		h := with(s)
		h.HTTPGet.Host = "localhost"
		return h
	}
	add("an odd scheme", func(s *site) corev1.ProbeHandler {
		h := get(s.serve(status(200, "ok")), "/")
		h.HTTPGet.Scheme = "hTTp"
		return h
	})
	add("a scheme that is none", func(s *site) corev1.ProbeHandler {
		h := get(s.serve(status(200, "ok")), "/")
		h.HTTPGet.Scheme = "gopher"
		return h
	})
	return append(cases, h2cCases()...)
}

// hello reads the first bytes of a connection, writes an answer and closes it.
func (s *site) hello(answer string) int {
	l := s.listen()
	s.accept(l, func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 16384))
		s.saw("a connection")
		_, _ = io.WriteString(conn, answer)
	})
	return portOf(l)
}

// mute reads and never answers.
func (s *site) mute() int {
	l := s.listen()
	s.accept(l, func(conn net.Conn) {
		s.saw("a connection")
		_, _ = io.Copy(io.Discard, conn)
	})
	return portOf(l)
}

// h2cCases are about HTTP/2 without TLS, which a probe of 1.37 may ask for.
func h2cCases() []parityCase {
	h2c := func(port int, path string) corev1.ProbeHandler {
		h, protocol := get(port, path), corev1.HTTPProtocolHTTP2
		h.HTTPGet.Protocol = &protocol
		return h
	}
	serve := func(s *site, code int, body string) int {
		l, protocols := s.listen(), &http.Protocols{}
		protocols.SetUnencryptedHTTP2(true)
		server := s.config(func(w http.ResponseWriter, r *http.Request) {
			s.saw("%s", described(r))
			status(code, body)(w, r)
		})
		server.Protocols = protocols
		go func() { _ = server.Serve(l) }()
		s.t.Cleanup(func() { _ = server.Close() })
		return portOf(l)
	}
	return []parityCase{
		{name: "h2c/200", probe: func(s *site) corev1.ProbeHandler { return h2c(serve(s, 200, "ok"), "/p") }},
		{name: "h2c/500", probe: func(s *site) corev1.ProbeHandler { return h2c(serve(s, 500, "no"), "/p") }},
		{name: "h2c/302", probe: func(s *site) corev1.ProbeHandler { return h2c(serve(s, 302, "no"), "/p") }},
		{name: "h2c/a server of HTTP/1.1", probe: func(s *site) corev1.ProbeHandler {
			return h2c(s.says("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), "/p")
		}, classified: true},
		{name: "h2c/refused", probe: func(s *site) corev1.ProbeHandler { return h2c(s.closed(), "/p") }},
		{name: "h2c/silent", probe: func(s *site) corev1.ProbeHandler { return h2c(s.mute(), "/p") }, timeout: 1},
		{name: "h2c/HTTP1 said", probe: func(s *site) corev1.ProbeHandler {
			h, protocol := get(s.serve(status(200, "ok")), "/"), corev1.HTTPProtocolHTTP1
			h.HTTPGet.Protocol = &protocol
			return h
		}},
	}
}
