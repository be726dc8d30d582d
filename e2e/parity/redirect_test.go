package parity

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// redirects serves /to/N, which leads N times on until it is there, /loop, /hop, which leads to location, and
// whatever else with a status.
func redirects(code, final int, location string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if n, ok := strings.CutPrefix(r.URL.Path, "/to/"); ok {
			if left, _ := strconv.Atoi(n); left > 0 {
				http.Redirect(w, r, fmt.Sprintf("/to/%d", left-1), code)
				return
			}
		}
		switch r.URL.Path {
		case "/loop":
			http.Redirect(w, r, "/loop", code)
		case "/hop":
			w.Header()["Location"] = []string{location}
			w.Header().Set("Set-Cookie", "a=b")
			w.WriteHeader(code)
			_, _ = io.WriteString(w, "elsewhere")
		default:
			w.WriteHeader(final)
			_, _ = io.WriteString(w, "there")
		}
	}
}

// redirectCases are about which redirects are followed, and what is sent again.
func redirectCases() []parityCase {
	var cases []parityCase
	add := func(name string, probe func(s *site) corev1.ProbeHandler) {
		cases = append(cases, parityCase{name: "redirect/" + name, probe: probe})
	}
	for _, code := range []int{301, 302, 303, 307, 308} {
		for _, final := range []int{200, 500} {
			add(fmt.Sprintf("%d to %d", code, final), func(s *site) corev1.ProbeHandler { return get(s.serve(redirects(code, final, "/new")), "/hop") })
		}
	}
	for _, n := range []int{2, 8, 9, 10, 11} {
		add(fmt.Sprintf("%d in a row", n), func(s *site) corev1.ProbeHandler {
			return get(s.serve(redirects(302, 200, "")), fmt.Sprintf("/to/%d", n))
		})
	}
	add("loop", func(s *site) corev1.ProbeHandler { return get(s.serve(redirects(302, 200, "")), "/loop") })
	for _, location := range []string{
		"new", "../x", "?q=1", "#f", "", "/%zz", ":", "http://[::1", "http://0.0.0.0/", "http://localhost/", "http://127.0.0.2/", "http://example.invalid/x", "//example.invalid/x",
		"http://169.254.169.254/latest/meta-data/", "http://[::1]/", "mailto:x@y", "ftp://127.0.0.1/", "file:///etc/passwd", "javascript:alert(1)", "http://127.0.0.1.example.invalid/", "HTTP://EXAMPLE.INVALID/", "/a b", "/\x7f", "http://2130706433/", "http://0x7f.1/",
	} {
		add(fmt.Sprintf("to %q", location), func(s *site) corev1.ProbeHandler { return get(s.serve(redirects(302, 200, location)), "/hop") })
	}
	add("to another port", func(s *site) corev1.ProbeHandler {
		return get(s.serve(redirects(302, 200, fmt.Sprintf("http://127.0.0.1:%d/x", s.serve(status(200, "other"))))), "/hop")
	})
	add("to another port that says 503", func(s *site) corev1.ProbeHandler {
		return get(s.serve(redirects(302, 200, fmt.Sprintf("http://127.0.0.1:%d/x", s.serve(status(503, "other"))))), "/hop")
	})
	add("to another port without a scheme", func(s *site) corev1.ProbeHandler {
		return get(s.serve(redirects(302, 200, fmt.Sprintf("//127.0.0.1:%d/x", s.serve(status(200, "other"))))), "/hop")
	})
	add("to a closed port", func(s *site) corev1.ProbeHandler {
		return get(s.serve(redirects(302, 200, fmt.Sprintf("http://127.0.0.1:%d/x", s.closed()))), "/hop")
	})
	add("to a port that does not answer", func(s *site) corev1.ProbeHandler {
		return get(s.serve(redirects(302, 200, fmt.Sprintf("http://127.0.0.1:%d/x", s.stalls("")))), "/hop")
	})
	cases[len(cases)-1].timeout = 1
	add("to a body that stalls", func(s *site) corev1.ProbeHandler {
		return get(s.serve(redirects(302, 200, fmt.Sprintf("http://127.0.0.1:%d/x", s.stalls("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")))), "/hop")
	})
	cases[len(cases)-1].timeout = 1
	add("with a user and a password", func(s *site) corev1.ProbeHandler {
		return get(s.serve(redirects(302, 200, fmt.Sprintf("http://user:secret@127.0.0.1:%d/x", s.serve(status(200, "other"))))), "/hop")
	})
	add("with a password to a closed port", func(s *site) corev1.ProbeHandler {
		return get(s.serve(redirects(302, 200, fmt.Sprintf("http://user:secret@127.0.0.1:%d/x", s.closed()))), "/hop")
	})
	add("with a password to silence", func(s *site) corev1.ProbeHandler {
		return get(s.serve(redirects(302, 200, fmt.Sprintf("http://user:secret@127.0.0.1:%d/x", s.stalls("")))), "/hop")
	})
	cases[len(cases)-1].timeout = 1
	again := headers("X-A", "1", "Authorization", "Basic eDp5", "Cookie", "k=v", "Host", "muffins.example.org", "User-Agent", "mine")
	add("with headers, relative", func(s *site) corev1.ProbeHandler { return get(s.serve(redirects(302, 200, "/new")), "/hop", again...) })
	add("with headers, absolute", func(s *site) corev1.ProbeHandler {
		return get(s.serve(redirects(302, 200, fmt.Sprintf("http://127.0.0.1:%d/x", s.serve(status(200, "other"))))), "/hop", again...)
	})
	add("with a user in the path", func(s *site) corev1.ProbeHandler {
		return get(s.serve(redirects(302, 200, "/new")), "http://user:secret@elsewhere/hop?q=1")
	})
	add("with a body of 11 KiB, to another host", func(s *site) corev1.ProbeHandler {
		return get(s.serve(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://0.0.0.0/")
			w.WriteHeader(http.StatusFound)
			_, _ = io.WriteString(w, strings.Repeat("r", 11000))
		}), "/")
	})
	add("from a name to its address", func(s *site) corev1.ProbeHandler {
		port := s.serve(status(200, "other"))
		h := get(s.serve(redirects(302, 200, fmt.Sprintf("http://127.0.0.1:%d/x", port))), "/hop")
		h.HTTPGet.Host = "localhost"
		return h
	})
	add("to HTTPS", func(s *site) corev1.ProbeHandler {
		return get(s.serve(redirects(302, 200, fmt.Sprintf("https://127.0.0.1:%d/x", s.serveTLS(status(200, "other"), true, nil)))), "/hop")
	})
	add("from HTTPS", func(s *site) corev1.ProbeHandler {
		return getTLS(s.serveTLS(redirects(302, 200, fmt.Sprintf("http://127.0.0.1:%d/x", s.serve(status(200, "other")))), true, nil), "/hop")
	})
	add("within HTTPS", func(s *site) corev1.ProbeHandler {
		return getTLS(s.serveTLS(redirects(302, 200, "/new"), true, nil), "/hop", again...)
	})
	return cases
}
