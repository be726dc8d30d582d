package watch

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/runtime/serializer/streaming"
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/rest"
	restwatch "k8s.io/client-go/rest/watch"
)

// api is an API server in memory that speaks as much of the protocol as a Reflector needs: paged lists,
// streaming lists, watches with history, compaction, and faults. It has no selectors and no namespaces.
type api struct {
	codecs    serializer.CodecFactory
	mediaType string

	mu sync.Mutex
	// guarded by mu
	version   int
	compacted int // a watch from before this version is answered with 410
	objects   map[string][]runtime.Object
	history   []happening
	news      chan struct{} // closed when history grows or connections are cut
	cut       int           // counts how often connections were cut
	// streaming says whether streaming lists are known.
	streaming bool
	// fault answers a request instead of the server, unless it returns nil.
	fault func(resource string, r *http.Request) *metav1.Status
	// refuse says whether connections are refused.
	refuse bool
	// cutsWatches says whether connections are closed when a watch is asked for.
	cutsWatches bool
	requests    []string
}

type happening struct {
	version  int
	resource string
	event    apiwatch.Event
}

func newAPI(t testing.TB) *api {
	t.Helper()
	scheme, err := newScheme()
	if err != nil {
		t.Fatal(err)
	}
	return &api{
		codecs: serializer.NewCodecFactory(scheme), mediaType: runtime.ContentTypeProtobuf, version: 10,
		objects: map[string][]runtime.Object{}, news: make(chan struct{}), streaming: true,
	}
}

func (a *api) config() *rest.Config { return &rest.Config{Host: "http://cluster.test", Transport: a} }

// does changes the server's state while nobody looks.
func (a *api) does(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f()
	close(a.news)
	a.news = make(chan struct{})
}

// cutOff ends every open watch without a word.
func (a *api) cutOff() { a.does(func() { a.cut++ }) }

// compact forgets history, so that a watch cannot be resumed, and cuts every watch off.
func (a *api) compact() {
	a.does(func() { a.version += 10; a.compacted = a.version; a.history = nil; a.cut++ })
}

func (a *api) put(objects ...runtime.Object) {
	a.does(func() {
		for _, o := range objects {
			a.record(o, apiwatch.Added)
		}
	})
}

func (a *api) remove(objects ...runtime.Object) {
	a.does(func() {
		for _, o := range objects {
			a.record(o, apiwatch.Deleted)
		}
	})
}

// record keeps an object, or forgets it, and writes that down. The caller holds mu.
func (a *api) record(o runtime.Object, typ apiwatch.EventType) {
	a.version++
	o = o.DeepCopyObject()
	m, _ := meta.Accessor(o)
	m.SetResourceVersion(strconv.Itoa(a.version))
	resource := resourceOf(o)
	kept := a.objects[resource][:0:0]
	for _, old := range a.objects[resource] {
		if k, _ := meta.Accessor(old); k.GetName() != m.GetName() {
			kept = append(kept, old)
		} else if typ == apiwatch.Added {
			typ = apiwatch.Modified
		}
	}
	if typ != apiwatch.Deleted {
		kept = append(kept, o)
	}
	a.objects[resource] = kept
	a.history = append(a.history, happening{a.version, resource, apiwatch.Event{Type: typ, Object: o}})
}

func resourceOf(o runtime.Object) string {
	switch o.(type) {
	case *corev1.Pod:
		return "pods"
	case *corev1.Event:
		return "events"
	case *corev1.Service:
		return "services"
	case *corev1.Node:
		return "nodes"
	}
	return "endpointslices"
}

// asked returns the requests so far that contain all the words.
func (a *api) asked(words ...string) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var found []string
next:
	for _, r := range a.requests {
		for _, w := range words {
			if !strings.Contains(r, w) {
				continue next
			}
		}
		found = append(found, r)
	}
	return found
}

// RoundTrip implements http.RoundTripper.
func (a *api) RoundTrip(r *http.Request) (*http.Response, error) {
	resource := path.Base(r.URL.Path)
	a.mu.Lock()
	a.requests = append(a.requests, resource+" "+r.URL.RawQuery)
	refuse, cuts, fault := a.refuse, a.cutsWatches, a.fault
	a.mu.Unlock()
	switch {
	case r.Context().Err() != nil:
		return nil, r.Context().Err()
	case refuse:
		return nil, fmt.Errorf("dial tcp: %w", syscall.ECONNREFUSED)
	case cuts && r.URL.Query().Get("watch") == "true":
		return nil, io.EOF
	}
	if fault != nil {
		if s := fault(resource, r); s != nil {
			return a.answer(r, int(s.Code), s), nil
		}
	}
	if r.URL.Query().Get("watch") == "true" {
		return a.watch(resource, r), nil
	}
	return a.list(resource, r), nil
}

func status(code int, reason metav1.StatusReason, message string) *metav1.Status {
	return &metav1.Status{Status: metav1.StatusFailure, Code: int32(code), Reason: reason, Message: message}
}

func (a *api) encoder(o runtime.Object) (runtime.SerializerInfo, runtime.Encoder) {
	info, _ := runtime.SerializerInfoForMediaType(a.codecs.SupportedMediaTypes(), a.mediaType)
	gv := corev1.SchemeGroupVersion
	switch o.(type) {
	case *discoveryv1.EndpointSlice, *discoveryv1.EndpointSliceList:
		gv = discoveryv1.SchemeGroupVersion
	}
	return info, a.codecs.EncoderForVersion(info.Serializer, gv)
}

func (a *api) answer(r *http.Request, code int, o runtime.Object) *http.Response {
	_, enc := a.encoder(o)
	body, err := runtime.Encode(enc, o)
	if err != nil {
		panic(err)
	}
	return a.response(r, code, a.mediaType, io.NopCloser(bytes.NewReader(body)))
}

func (a *api) response(r *http.Request, code int, mediaType string, body io.ReadCloser) *http.Response {
	return &http.Response{
		StatusCode: code, Status: http.StatusText(code), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {mediaType}}, Body: body, ContentLength: -1, Request: r,
	}
}

// list answers with a page; a continue token is the index of the next object.
func (a *api) list(resource string, r *http.Request) *http.Response {
	a.mu.Lock()
	defer a.mu.Unlock()
	q := r.URL.Query()
	all := a.objects[resource]
	limit, _ := strconv.Atoi(q.Get("limit"))
	from, _ := strconv.Atoi(q.Get("continue"))
	from = min(from, len(all))
	page, next := all[from:], ""
	if limit > 0 && len(page) > limit {
		page, next = page[:limit], strconv.Itoa(from+limit)
	}
	list := map[string]runtime.Object{
		"pods": &corev1.PodList{}, "events": &corev1.EventList{}, "services": &corev1.ServiceList{},
		"nodes": &corev1.NodeList{}, "endpointslices": &discoveryv1.EndpointSliceList{},
	}[resource]
	if err := meta.SetList(list, page); err != nil {
		panic(err)
	}
	m, _ := meta.ListAccessor(list)
	m.SetResourceVersion(strconv.Itoa(a.version))
	m.SetContinue(next)
	return a.answer(r, http.StatusOK, list)
}

// watch answers with a stream that ends when the client goes or the connection is cut.
func (a *api) watch(resource string, r *http.Request) *http.Response {
	q := r.URL.Query()
	initial := q.Get("sendInitialEvents") == "true"
	if initial && !a.streaming {
		return a.answer(r, http.StatusUnprocessableEntity, status(422, metav1.StatusReasonInvalid, "sendInitialEvents is forbidden"))
	}
	ctx, cancel := context.WithCancel(r.Context())
	from, to := io.Pipe()
	context.AfterFunc(ctx, func() { to.CloseWithError(ctx.Err()) })
	since, _ := strconv.Atoi(q.Get("resourceVersion"))
	info, enc := a.encoder(a.example(resource))
	frames := streaming.NewEncoder(info.StreamSerializer.NewFrameWriter(to), a.codecs.EncoderForVersion(info.StreamSerializer, corev1.SchemeGroupVersion))
	go a.serve(ctx, resource, since, initial, restwatch.NewEncoder(frames, enc), to)
	return a.response(r, http.StatusOK, a.mediaType+";stream=watch", closing{from, cancel})
}

func (a *api) example(resource string) runtime.Object {
	if resource == "endpointslices" {
		return &discoveryv1.EndpointSlice{}
	}
	return &corev1.Pod{}
}

type closing struct {
	io.ReadCloser
	cancel func()
}

func (c closing) Close() error {
	c.cancel()
	return c.ReadCloser.Close()
}

func (a *api) serve(ctx context.Context, resource string, since int, initial bool, out *restwatch.Encoder, end io.Closer) {
	defer func() { _ = end.Close() }()
	a.mu.Lock()
	cut := a.cut
	var now []runtime.Object
	if initial {
		now, since = a.objects[resource], a.version
	}
	expired := since < a.compacted
	a.mu.Unlock()
	if expired {
		_ = out.Encode(&apiwatch.Event{Type: apiwatch.Error, Object: status(410, metav1.StatusReasonExpired, "too old resource version")})
		return
	}
	for _, o := range now {
		_ = out.Encode(&apiwatch.Event{Type: apiwatch.Added, Object: o.DeepCopyObject()})
	}
	if initial {
		_ = out.Encode(&apiwatch.Event{Type: apiwatch.Bookmark, Object: bookmark(resource, since)})
	}
	for {
		a.mu.Lock()
		over, news := a.cut != cut, a.news
		var fresh []happening
		for _, h := range a.history {
			if h.resource == resource && h.version > since {
				fresh, since = append(fresh, h), h.version
			}
		}
		a.mu.Unlock()
		for i := range fresh {
			_ = out.Encode(&apiwatch.Event{Type: fresh[i].event.Type, Object: fresh[i].event.Object.DeepCopyObject()})
		}
		if over {
			return
		}
		select {
		case <-news:
		case <-ctx.Done():
			return
		}
	}
}

func bookmark(resource string, version int) runtime.Object {
	m := metav1.ObjectMeta{
		ResourceVersion: strconv.Itoa(version),
		Annotations:     map[string]string{metav1.InitialEventsAnnotationKey: "true"},
	}
	if resource == "endpointslices" {
		return &discoveryv1.EndpointSlice{ObjectMeta: m}
	}
	return &corev1.Pod{ObjectMeta: m}
}
