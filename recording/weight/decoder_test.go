package weight

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apiruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/intstr"
)

const (
	asJSON     = apiruntime.ContentTypeJSON
	asProtobuf = apiruntime.ContentTypeProtobuf
)

// formats are what objects come in.
var formats = []string{asJSON, asProtobuf}

func newScheme(t testing.TB) *apiruntime.Scheme {
	t.Helper()
	scheme := apiruntime.NewScheme()
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	for _, add := range []func(*apiruntime.Scheme) error{corev1.AddToScheme, discoveryv1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	return scheme
}

// newDecoder returns a decoder with limits.
func newDecoder(t testing.TB, format string, limits Limits) apiruntime.Decoder {
	t.Helper()
	scheme := newScheme(t)
	s := Bounded(serializer.NewCodecFactory(scheme).WithoutConversion(), scheme, limits)
	info, ok := apiruntime.SerializerInfoForMediaType(s.SupportedMediaTypes(), format)
	if !ok {
		t.Fatalf("no %s", format)
	}
	return s.DecoderToVersion(info.Serializer, nil)
}

// encoded returns an object in a format.
func encoded(t testing.TB, format string, o apiruntime.Object) []byte {
	t.Helper()
	scheme := newScheme(t)
	codecs := serializer.NewCodecFactory(scheme)
	info, _ := apiruntime.SerializerInfoForMediaType(codecs.SupportedMediaTypes(), format)
	kinds, _, err := scheme.ObjectKinds(o)
	if err != nil {
		t.Fatal(err)
	}
	o.GetObjectKind().SetGroupVersionKind(kinds[0])
	var out bytes.Buffer
	if err := info.Serializer.Encode(o, &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// field returns a field of a message in protobuf.
func field(number byte, value []byte) []byte {
	return append(binary.AppendUvarint([]byte{number<<3 | wireBytes}, uint64(len(value))), value...)
}

// envelope puts an object in protobuf into what it travels in.
func envelope(kind string, object []byte) []byte {
	typeMeta := append(field(1, []byte("v1")), field(2, []byte(kind))...)
	return append(append([]byte(prefix), field(1, typeMeta)...), field(2, object)...)
}

// hollow are objects of a few megabytes of which each byte, or two, would take hundreds in memory.
func hollow() map[string][]byte {
	const n = 1 << 20
	empties := func(number byte) []byte { return bytes.Repeat(field(number, nil), n) }
	nothings := strings.TrimSuffix(strings.Repeat("{},", n), ",")
	return map[string][]byte{
		"a list":                      []byte(`{"kind":"PodList","apiVersion":"v1","items":[` + nothings + `]}`),
		"a list of null":              []byte(`{"kind":"PodList","apiVersion":"v1","items":[` + strings.Repeat("null, ", n) + `null]}`),
		"a list of numbers":           []byte(`{"kind":"PodList","apiVersion":"v1","items":[` + strings.Repeat("0,", n) + `0]}`),
		"a list, its kind last":       []byte(`{"items":[` + nothings + `],"apiVersion":"v1","kind":"PodList"}`),
		"a list by another name":      []byte(`{"kind":"PodList","apiVersion":"v1","\u0069tems":[` + nothings + `]}`),
		"containers":                  []byte(`{"kind":"Pod","apiVersion":"v1","spec":{"containers":[` + nothings + `]}}`),
		"containers in a list":        []byte(`{"kind":"PodList","apiVersion":"v1","items":[{"spec":{"containers":[` + nothings + `]}}]}`),
		"endpoints":                   []byte(`{"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","endpoints":[` + nothings + `]}`),
		"a list in protobuf":          envelope("PodList", empties(2)),
		"containers in protobuf":      envelope("Pod", field(2, empties(2))),
		"a list in protobuf, cut off": envelope("PodList", append(empties(2), 0xff)),
		"secrets, which nobody reads": envelope("SecretList", empties(2)),
	}
}

// TestWhatIsHollowIsRefused decodes objects of a few megabytes that would take more than a gigabyte.
func TestWhatIsHollowIsRefused(t *testing.T) {
	for name, data := range hollow() {
		format := asJSON
		if bytes.HasPrefix(data, []byte(prefix)) {
			format = asProtobuf
		}
		d := newDecoder(t, format, Limits{Object: 24 << 20, List: 96 << 20})
		before := allocated()
		_, _, err := d.Decode(data, nil, nil)
		var refusal *Error
		if !errors.As(err, &refusal) {
			t.Errorf("%s: %v", name, err)
		}
		if took := allocated() - before; took > 1<<20 {
			t.Errorf("%s: refusing it took %d bytes", name, took)
		}
	}
}

// allocated returns how many bytes have been allocated so far.
func allocated() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.TotalAlloc)
}

// TestTheRefusalSaysWhy compares the sentences.
func TestTheRefusalSaysWhy(t *testing.T) {
	d := newDecoder(t, asJSON, Limits{Object: 24 << 20, List: 96 << 20})
	for name, want := range map[string]string{
		"a list":     "a list of the server would take more than 96 MiB of memory, and is not read",
		"containers": "an object of the server would take more than 24 MiB of memory, and is not read",
	} {
		if _, _, err := d.Decode(hollow()[name], nil, nil); err == nil || err.Error() != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// fullPod is a pod as clusters have them.
func fullPod(i int) *corev1.Pod {
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "shop", Name: fmt.Sprintf("web-7d4b9c6f5-%05d", i), UID: "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0",
			Labels:          map[string]string{"app": "web", "pod-template-hash": "7d4b9c6f5", "team": "checkout"},
			Annotations:     map[string]string{"prometheus.io/scrape": "true", "checksum/config": strings.Repeat("0f", 32)},
			OwnerReferences: []metav1.OwnerReference{{Kind: "ReplicaSet", Name: "web-7d4b9c6f5", APIVersion: "apps/v1", UID: "u"}},
			ManagedFields:   []metav1.ManagedFieldsEntry{{Manager: "kubelet", Operation: "Update", FieldsV1: metav1.NewFieldsV1(`{"f:status":{` + strings.Repeat(`"f:x":{},`, 100) + `"f:y":{}}}`)}},
		},
	}
	for c := range 3 {
		container := corev1.Container{
			Name: fmt.Sprint("c", c), Image: "registry.example/shop/web:1.2.3", Command: []string{"/bin/web", "--listen", ":8080"},
			Resources:     corev1.ResourceRequirements{Requests: corev1.ResourceList{"cpu": resource.MustParse("100m"), "memory": resource.MustParse("64Mi")}},
			LivenessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/healthz", Port: intstr.FromInt32(8080)}}},
		}
		for e := range 20 {
			container.Env = append(container.Env, corev1.EnvVar{Name: fmt.Sprint("VARIABLE_", e), Value: "value"})
		}
		for range 3 {
			container.VolumeMounts = append(container.VolumeMounts, corev1.VolumeMount{Name: "kube-api-access", MountPath: "/var/run/secrets"})
		}
		p.Spec.Containers = append(p.Spec.Containers, container)
		p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, corev1.ContainerStatus{Name: container.Name, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}}})
	}
	for range 4 {
		p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: "v", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}})
		p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{Type: "Ready", Status: "True", LastTransitionTime: metav1.Now()})
	}
	return p
}

// TestTheWeightIsThatOfMemory holds what a page of pods is said to take against what decoding it takes.
func TestTheWeightIsThatOfMemory(t *testing.T) {
	page := &corev1.PodList{}
	for i := range 500 {
		page.Items = append(page.Items, *fullPod(i))
	}
	for _, format := range formats {
		data := encoded(t, format, page)
		d := newDecoder(t, format, Limits{Object: 1 << 40, List: 1 << 40})
		before := held()
		o, _, err := d.Decode(data, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		took := held() - before
		runtime.KeepAlive(o)
		said := weightOf(t, data, format)
		t.Logf("%s: %d bytes of data take %d of memory, and are said to take %d", format, len(data), took, said)
		if said < took*8/10 || said > 3*took {
			t.Errorf("%s: said to take %d, takes %d", format, said, took)
		}
	}
}

// held returns how many bytes are in use.
func held() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// weightOf finds out how much an object is said to take.
func weightOf(t testing.TB, data []byte, format string) int64 {
	t.Helper()
	scheme := newScheme(t)
	low, high := int64(0), int64(1<<32)
	for low+1 < high {
		most := (low + high) / 2
		b := Bounded(serializer.NewCodecFactory(scheme).WithoutConversion(), scheme, Limits{Object: most, List: most}).(*bounded)
		if b.weigh(data, nil, nil) == nil {
			high = most
		} else {
			low = most
		}
	}
	return high
}

// BenchmarkWeigh compares how long an object takes to be weighed and to be decoded.
func BenchmarkWeigh(b *testing.B) {
	page := &corev1.PodList{}
	for i := range 500 {
		page.Items = append(page.Items, *fullPod(i))
	}
	for _, format := range formats {
		data := encoded(b, format, page)
		d := newDecoder(b, format, Limits{Object: 1 << 40, List: 1 << 40}).(*decoder)
		for name, f := range map[string]func() error{
			"weigh":  func() error { return d.weigh(data, nil, nil) },
			"decode": func() error { _, _, err := d.Decoder.Decode(data, nil, nil); return err },
		} {
			b.Run(strings.TrimPrefix(format, "application/")+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				for b.Loop() {
					if err := f(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// FuzzWeigh weighs anything: it ends, whatever it is.
func FuzzWeigh(f *testing.F) {
	for _, format := range formats {
		f.Add(encoded(f, format, fullPod(1)))
	}
	f.Add([]byte(`{"kind":"PodList","apiVersion":"v1","items":[{"spec":{"containers":[{},null,7,"x",[],{"a":"\"`))
	scheme := newScheme(f)
	s := Bounded(serializer.NewCodecFactory(scheme).WithoutConversion(), scheme, Limits{Object: 1 << 20, List: 1 << 20}).(*bounded)
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = s.weigh(data, nil, nil)
		_ = s.weigh(data, nil, &corev1.Pod{})
	})
}
