package parity

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// responseCases are about the status and the body.
func responseCases() []parityCase {
	var cases []parityCase
	for _, code := range []int{200, 201, 202, 204, 205, 206, 226, 299, 300, 301, 302, 303, 304, 305, 306, 307, 308, 310, 399, 400, 401, 403, 404, 405, 408, 418, 429, 499, 500, 501, 502, 503, 504, 511, 599, 600, 999} {
		body := "the body"
		if code == http.StatusNoContent || code == http.StatusNotModified {
			body = ""
		}
		cases = append(cases, parityCase{name: fmt.Sprintf("status/%d", code), probe: func(s *site) corev1.ProbeHandler {
			return get(s.serve(status(code, body)), "/")
		}})
	}
	for _, size := range []int{0, 1, 10239, 10240, 10241, 200000} {
		for _, code := range []int{200, 302, 500} {
			cases = append(cases, parityCase{name: fmt.Sprintf("body/%d bytes with %d", size, code), probe: func(s *site) corev1.ProbeHandler {
				return get(s.serve(status(code, strings.Repeat("b", size))), "/")
			}})
		}
	}
	add := func(name string, port func(s *site) int) {
		cases = append(cases, parityCase{name: "body/" + name, probe: func(s *site) corev1.ProbeHandler { return get(port(s), "/") }})
	}
	add("binary", func(s *site) int { return s.serve(status(200, "\x00\x1b[31m\xff\xfe")) })
	add("binary of a redirect", func(s *site) int { return s.serve(status(302, "\x00\x1b[31m\xff\xfe")) })
	add("endless", func(s *site) int { return s.serve(endless) })
	add("endless with 500", func(s *site) int {
		return s.serve(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			endless(w, r)
		})
	})
	add("until the connection ends", func(s *site) int { return s.says("HTTP/1.1 200 OK\r\n\r\nall of it") })
	add("HTTP/1.0", func(s *site) int { return s.says("HTTP/1.0 200 OK\r\n\r\nall of it") })
	add("HTTP/1.0 with 503", func(s *site) int { return s.says("HTTP/1.0 503 No\r\n\r\n") })
	add("chunks", func(s *site) int {
		return s.says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
	})
	add("chunks with a trailer", func(s *site) int {
		return s.says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n")
	})
	add("chunks cut", func(s *site) int { return s.says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc") })
	add("chunks malformed", func(s *site) int { return s.says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc") })
	add("chunks malformed with 500", func(s *site) int { return s.says("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc") })
	add("shorter than its length", func(s *site) int { return s.says("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc") })
	add("shorter than its length with 500", func(s *site) int { return s.says("HTTP/1.1 500 No\r\nContent-Length: 50\r\n\r\nabc") })
	add("longer than its length", func(s *site) int { return s.says("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef") })
	add("10 KiB and then silence", func(s *site) int {
		return s.stalls("HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + strings.Repeat("b", 10240))
	})
	stalls := map[string]string{
		"silence":                      "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
		"silence with 500":             "HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\n",
		"silence with 302":             "HTTP/1.1 302 Found\r\nContent-Length: 9\r\n\r\n",
		"10 KiB less one, and silence": "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + strings.Repeat("b", 10239),
		"an event stream":              "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: x\n\n",
		"a chunk, and silence":         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
	}
	for name, answer := range stalls {
		cases = append(cases, parityCase{name: "body/" + name, timeout: 1, probe: func(s *site) corev1.ProbeHandler { return get(s.stalls(answer), "/") }})
	}
	cases = append(cases, parityCase{name: "body/reset", classified: true, probe: func(s *site) corev1.ProbeHandler {
		return get(s.resets("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc"), "/")
	}})
	return cases
}

func endless(w http.ResponseWriter, r *http.Request) {
	for r.Context().Err() == nil {
		if _, err := io.WriteString(w, strings.Repeat("e", 4096)); err != nil {
			return
		}
	}
}

// connectionCases are about what happens before there is a response, and about responses that are none.
func connectionCases() []parityCase {
	var cases []parityCase
	add := func(name string, port func(s *site) int) *parityCase {
		cases = append(cases, parityCase{name: "connection/" + name, probe: func(s *site) corev1.ProbeHandler { return get(port(s), "/healthz") }})
		return &cases[len(cases)-1]
	}
	add("refused", (*site).closed)
	add("closed without an answer", func(s *site) int { return s.says("") })
	add("reset without an answer", func(s *site) int { return s.resets("") }).classified = true
	for name, answer := range map[string]string{
		"no HTTP":                        "hello\r\n",
		"no HTTP and no line":            "hello",
		"the preface of HTTP/2":          "\x00\x00\x12\x04\x00\x00\x00\x00\x00",
		"a TLS alert":                    "\x15\x03\x01\x00\x02\x02\x46",
		"ICY":                            "ICY 200 OK\r\n\r\n",
		"HTTP/3.0":                       "HTTP/3.0 200 OK\r\n\r\n",
		"HTTP/2.0 in words":              "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
		"a status that is no number":     "HTTP/1.1 abc OK\r\n\r\n",
		"a status of two digits":         "HTTP/1.1 99 OK\r\n\r\n",
		"a status of four digits":        "HTTP/1.1 2000 OK\r\n\r\n",
		"a status below zero":            "HTTP/1.1 -20 OK\r\n\r\n",
		"a status line without a phrase": "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
		"a status line alone":            "HTTP/1.1 200 OK\r\n",
		"lines without carriage returns": "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
		"a header that is cut":           "HTTP/1.1 200 OK\r\nContent-Le",
		"a header without a colon":       "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n",
		"a header that is folded":        "HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\nContent-Length: 0\r\n\r\n",
		"a header name with a space":     "HTTP/1.1 200 OK\r\nX A: b\r\nContent-Length: 0\r\n\r\n",
		"two lengths":                    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"the same length twice":          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab",
		"a length below zero":            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"a length that is no number":     "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
		"a length and chunks":            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"an unknown encoding":            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
		"two responses":                  "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
		"100 and then 200":               "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
		"102 and then 500":               "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
		"103 and then 200":               "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
		"100 and nothing":                "HTTP/1.1 100 Continue\r\n\r\n",
		"101":                            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
		"20 early hints":                 strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 20) + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
		"1 MiB of headers":               "HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: "+strings.Repeat("v", 1000)+"\r\n", 1000) + "\r\n",
		"11 MiB of headers":              "HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: "+strings.Repeat("v", 1000)+"\r\n", 11500) + "\r\n",
		"11 MiB of early hints":          strings.Repeat("HTTP/1.1 103 Early Hints\r\nX-A: "+strings.Repeat("v", 1000)+"\r\n\r\n", 11500) + "HTTP/1.1 200 OK\r\n\r\n",
		"cookies":                        "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n",
		"a terminal's escapes":           "HTTP/1.1 \x1b[31m200\r\n\r\n",
	} {
		add(name, func(s *site) int { return s.says(answer) })
	}
	add("late, but in time", func(s *site) int {
		return s.raw(func(conn net.Conn) {
			time.Sleep(300 * time.Millisecond)
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		})
	})
	add("silent", func(s *site) int { return s.stalls("") }).timeout = 1
	add("silent after the status", func(s *site) int { return s.stalls("HTTP/1.1 200 OK\r\n") }).timeout = 1
	add("silent after 100", func(s *site) int { return s.stalls("HTTP/1.1 100 Continue\r\n\r\n") }).timeout = 1
	v6 := add("IPv6", func(s *site) int { return s.serve(status(200, "ok")) })
	v6.ip = "::1"
	v6 = add("IPv6 with 500", func(s *site) int { return s.serve(status(500, "no")) })
	v6.ip = "::1"
	unroutable := add("no route", func(*site) int { return 80 })
	unroutable.ip, unroutable.timeout = "240.0.0.1", 1
	host := func(name, host string) {
		cases = append(cases, parityCase{name: "host/" + name, probe: func(s *site) corev1.ProbeHandler {
			h := get(s.serve(status(200, "ok")), "/")
			h.HTTPGet.Host = host
			return h
		}})
	}
	host("the pod's", "127.0.0.1")
	host("a name", "localhost")
	host("a name in upper case", "LOCALHOST")
	host("another loopback", "127.0.0.2")
	host("in brackets", "[::1]")
	host("with a space", "a b")
	host("with a slash", "127.0.0.1/x")
	host("with a port", "127.0.0.1:80")
	host("with a user", "user@127.0.0.1")
	return cases
}
