package watch

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/simcluster"
)

// endless writes a beginning, and then the same until there is far too much of it.
func endless(w io.Writer, begin, junk string) {
	more := []byte(strings.Repeat(junk, (1<<20)/len(junk)))
	_, err := io.WriteString(w, begin)
	for n := 0; n < 256 && err == nil; n++ {
		_, err = w.Write(more)
	}
}

// largeServer answers every list and watch with more than there can be, a list compressed.
func largeServer(t *testing.T, contentType string) *client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		switch {
		case r.URL.Query().Has("watch") && strings.Contains(contentType, "protobuf"):
			endless(w, string(binary.BigEndian.AppendUint32(nil, objectMost+1)), "\x00")
		case r.URL.Query().Has("watch"):
			endless(w, `{"type":"ADDED","object":{"kind":"Pod","apiVersion":"v1"}}`+"\n"+`{"type":"ADDED","object":{"kind":"Pod","apiVersion":"v1","metadata":{"annotations":{"a":"`, "x")
		default:
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			endless(z, `{"kind":"PodList","apiVersion":"v1","items":[`, `{},`)
		}
	}))
	t.Cleanup(s.Close)
	c, err := newClient(&rest.Config{Host: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestAnswersAreBounded reads answers of a few kilobytes that unpack to hundreds of megabytes, and events as large.
func TestAnswersAreBounded(t *testing.T) {
	p := plan{resource: pods()}
	for _, contentType := range []string{"application/json", "application/vnd.kubernetes.protobuf"} {
		c := largeServer(t, contentType)
		_, err := c.list(klog.NewContext(t.Context(), logr.Discard()), &p, metav1.ListOptions{})
		if err == nil || plain(err) != "an answer of the server is larger than 32 MiB, and is not read" {
			t.Errorf("%s: a list: %v", contentType, err)
		}
		w, err := c.watch(t.Context(), &p, metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		for e := range w.ResultChan() {
			if status, ok := e.Object.(*metav1.Status); ok {
				said = plain(&apierrors.StatusError{ErrStatus: *status})
			}
		}
		if want := "an event of a watch of the server is larger than 8 MiB, and is not read"; said != want {
			t.Errorf("%s: a watch: %q", contentType, said)
		}
	}
}

// TestHollowAnswersAreRefused reads answers of a few hundred kilobytes, most of which are empty objects, that would take hundreds of megabytes.
func TestHollowAnswersAreRefused(t *testing.T) {
	const n = 200_000
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if empty := strings.Repeat("{},", n) + "{}"; r.URL.Query().Has("watch") {
			_, _ = io.WriteString(w, `{"type":"ADDED","object":{"kind":"Pod","apiVersion":"v1","spec":{"containers":[`+empty+`]}}}`+"\n")
		} else {
			_, _ = io.WriteString(w, `{"kind":"PodList","apiVersion":"v1","items":[`+empty+`]}`)
		}
	}))
	defer s.Close()
	c, err := newClient(&rest.Config{Host: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	p := plan{resource: pods()}
	_, err = c.list(t.Context(), &p, metav1.ListOptions{})
	if err == nil || plain(err) != "a list of the server would take more than 96 MiB of memory, and is not read" {
		t.Errorf("a list: %v", err)
	}
	w, err := c.watch(t.Context(), &p, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	e := <-w.ResultChan()
	if status, ok := e.Object.(*metav1.Status); !ok || plain(&apierrors.StatusError{ErrStatus: *status}) != "an object of the server would take more than 24 MiB of memory, and is not read" {
		t.Errorf("a watch: %+v", e)
	}
}

// TestPagesAreAsLargeAsCanBeRead lists pods of which a page of the usual length is too large to be read.
func TestPagesAreAsLargeAsCanBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 130
		c := newCluster(t)
		c.fault("", "", simcluster.RefuseStreaming())
		want := make([]string, n)
		for i := range want {
			p := pod(fmt.Sprintf("p%04d", i))
			p.Annotations = map[string]string{"a": strings.Repeat("x", 300<<10)}
			c.put(p)
			want[i] = p.Name
		}
		r := start(t, c, Scope{})
		if got := r.source(model.Pods); got != "stale an answer of the server is larger than 32 MiB, and is not read" {
			t.Errorf("pods are %q", got)
		}
		time.Sleep(2 * (costlyPause + lastPause)) // those of 125 are too large as well
		r.expect(t, want...)
		r.expectSource(t, model.Pods, "synced")
		r.end(t)
	})
}

// Events of any sizes that are allowed come through, in whatever pieces they arrive.
func TestEventsComeThroughWhole(t *testing.T) {
	var frames []byte
	for _, n := range []int{0, 1, objectMost, 5, 0} {
		frames = append(binary.BigEndian.AppendUint32(frames, uint32(n)), make([]byte, n)...)
	}
	for _, some := range []int{1 << 10, 1 << 16, len(frames)} {
		b := &boundedFrames{ReadCloser: io.NopCloser(&pieces{bytes.NewReader(frames), some})}
		if n, err := io.Copy(io.Discard, b); err != nil || n != int64(len(frames)) {
			t.Errorf("pieces of %d: %d bytes, %v", some, n, err)
		}
	}
	lines := []byte(strings.Repeat(strings.Repeat("x", objectMost)+"\n", 3))
	b := &boundedLines{ReadCloser: io.NopCloser(bytes.NewReader(lines))}
	if n, err := io.Copy(io.Discard, b); err != nil || n != int64(len(lines)) {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// pieces reads no more than some bytes at a time.
type pieces struct {
	in   io.Reader
	some int
}

func (p *pieces) Read(b []byte) (int, error) { return p.in.Read(b[:min(len(b), p.some)]) }

// TestADecodeIsLeft ends a request while what it was answered with is decoded.
func TestADecodeIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		decoding, decoded := make(chan struct{}), make(chan struct{})
		go func() {
			<-decoding
			stop()
		}()
		err := leaving(ctx, func() error {
			close(decoding)
			<-decoded
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		close(decoded)
	})
	want := errors.New("no")
	if err := leaving(t.Context(), func() error { return want }); !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
}
