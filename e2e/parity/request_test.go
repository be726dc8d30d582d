package parity

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// headerCases are about the headers of the request: the bytes that the server reads must be the same.
func headerCases() []parityCase {
	var cases []parityCase
	add := func(name string, pairs ...string) {
		cases = append(cases, parityCase{name: "header/" + name, probe: func(s *site) corev1.ProbeHandler {
			return get(s.serve(status(200, "ok")), "/", headers(pairs...)...)
		}})
	}
	add("none")
	add("User-Agent", "User-Agent", "mine/1.0")
	add("User-Agent empty", "User-Agent", "")
	add("user-agent in lower case", "user-agent", "mine/1.0")
	add("User-Agent twice", "User-Agent", "first", "User-Agent", "second")
	add("Accept", "Accept", "text/html")
	add("Accept empty", "Accept", "")
	add("accept empty in lower case", "accept", "")
	add("Accept twice, first empty", "Accept", "", "Accept", "text/html")
	add("Accept twice, second empty", "Accept", "text/html", "Accept", "")
	add("custom", "X-Muffins", "cupcakes")
	add("custom with empty value", "X-Muffins", "")
	add("name in odd case", "x-mUFFINS-or", "cupcakes")
	add("twice", "X-A", "1", "X-B", "2", "X-A", "3")
	add("twice in two cases", "X-A", "1", "x-a", "2")
	add("Host", "Host", "muffins.example.org")
	add("host in lower case", "host", "muffins.example.org")
	add("Host empty", "Host", "")
	add("Host with port", "Host", "muffins.example.org:8443")
	add("Host twice", "Host", "a.example.org", "Host", "b.example.org")
	add("Host beyond ASCII", "Host", "müffins.example.org")
	add("Host with a space", "Host", "a b")
	add("Accept-Encoding foo", "Accept-Encoding", "foo")
	add("Accept-Encoding empty", "Accept-Encoding", "")
	add("Connection keep-alive", "Connection", "keep-alive")
	add("Connection upgrade", "Connection", "Upgrade", "Upgrade", "websocket")
	add("Content-Length", "Content-Length", "5")
	add("Transfer-Encoding", "Transfer-Encoding", "chunked")
	add("Trailer", "Trailer", "X-T")
	add("Expect", "Expect", "100-continue")
	add("TE", "Te", "trailers")
	add("Range", "Range", "bytes=0-1")
	add("Authorization", "Authorization", "Basic dXNlcjpwYXNz")
	add("Cookie", "Cookie", "a=b; c=d")
	add("Referer", "Referer", "http://elsewhere/")
	add("value with blanks around", "X-A", "  b  ")
	add("value with a line break", "X-A", "a\r\nX-B: c")
	add("value with a control character", "X-A", "a\x01b")
	add("value with a tab", "X-A", "a\tb")
	add("value beyond ASCII", "X-A", "grüße")
	add("value of 4 KiB", "X-A", strings.Repeat("v", 4096))
	add("name with a space", "X A", "b")
	add("name of HTTP/2", ":path", "/elsewhere")
	add("hop by hop", "Proxy-Connection", "keep-alive", "Keep-Alive", "timeout=5")
	for i := range cases {
		if cases[i].name == "header/Expect" {
			cases[i].timeout = 5
		}
	}
	return append(cases, parityCase{name: "header/Accept-Encoding gzip", probe: func(s *site) corev1.ProbeHandler {
		return get(s.serve(gzipped), "/", headers("Accept-Encoding", "gzip")...)
	}}, parityCase{name: "header/gzip that nobody asked for", probe: func(s *site) corev1.ProbeHandler {
		return get(s.serve(gzipped), "/")
	}})
}

func gzipped(w http.ResponseWriter, _ *http.Request) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = fmt.Fprint(z, "muffins")
	_ = z.Close()
	w.Header().Set("Content-Encoding", "gzip")
	_, _ = w.Write(b.Bytes())
}

// pathCases are about the path of the probe, which may hold nearly any URL.
func pathCases() []parityCase {
	var cases []parityCase
	for _, path := range []string{
		"", "/", "foo", "foo/bar", "?x=1", "/p?x=1&y=a%20b", "/a?b?c", "/?", "/#", "/a#fragment", "#fragment", "/%zz", "/%41", "/a%2Fb", "//double", "//other.example.org/path",
		"/a/../b", "/./a", "../a", "/sp ace", "/tab\tbed", "/line\nbreak", "/ümlaut", "/a;b=c", "/a:b", "a:b", ":8080", "mailto:x", "*", "/*", "/[brackets]", "/{glob}", "/a+b", "/a|b",
		`/"quoted"`, `/back\slash`, "/'single'", "/<script>", "http://other.example.org/p?q=1", "https://other.example.org/", "http://user:secret@other.example.org/p", "http://user@other.example.org", "//user:pa%20ss@x/",
		"http://[::1/", "/" + strings.Repeat("long/", 1500), "/\x7f", "/%00", "/日本",
	} {
		name := path
		if len(name) > 40 {
			name = name[:40] + "…"
		}
		cases = append(cases, parityCase{name: fmt.Sprintf("path/%q", name), probe: func(s *site) corev1.ProbeHandler {
			return get(s.serve(status(200, "ok")), path)
		}})
	}
	return cases
}
