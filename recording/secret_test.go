package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
)

// filler sets every string there is in an object, each to a text that names its path.
type filler struct{ prefix string }

func (f filler) fill(v reflect.Value, path string) {
	switch v.Interface().(type) {
	case metav1.Time:
		v.Set(reflect.ValueOf(metav1.NewTime(noon)))
		return
	case metav1.MicroTime:
		v.Set(reflect.ValueOf(metav1.NewMicroTime(noon)))
		return
	case resource.Quantity:
		v.Set(reflect.ValueOf(resource.MustParse("1")))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(f.prefix + "SECRET-" + path)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), path)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		f.fill(v.Index(0), path)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key, path+".key")
		f.fill(value, path)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			f.fill(v.Field(i), strings.TrimPrefix(path+"."+name, "."))
		}
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint8:
		v.SetUint('7')
	case reflect.Bool:
		v.SetBool(true)
	}
}

func filled(o runtime.Object, prefix string) runtime.Object {
	filler{prefix}.fill(reflect.ValueOf(o).Elem(), "")
	if p, ok := o.(*corev1.Pod); ok {
		// A port has either a number or a name; the walk has chosen the number.
		port := &p.Spec.Containers[0].LivenessProbe.HTTPGet.Port
		port.Type = 1
	}
	return o
}

// found returns the paths of the secrets in what is written to a file about o.
func found(t *testing.T, resource string, o runtime.Object, headers bool) []string {
	t.Helper()
	var file bytes.Buffer
	w, err := NewWriter(&file, Header{Start: noon}, Options{Headers: headers})
	if err != nil {
		t.Fatal(err)
	}
	w.Object(noon, 1, watch.Modified, resource, o)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	e, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	var paths []string
	for _, match := range regexp.MustCompile(`SECRET-([A-Za-z0-9.]*)`).FindAllSubmatch(e.Object, -1) {
		paths = append(paths, string(match[1]))
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

const (
	metaFields = "ObjectMeta.{Name,Namespace,UID,ResourceVersion,Finalizers,OwnerReferences.{APIVersion,Kind,Name,UID}}"
	labels     = "ObjectMeta.{Labels,Labels.key}"
	httpFields = "HTTPGet.{Path*,Host*,Port.StrVal,Scheme,Protocol,HTTPHeaders.Name*}"
	tcpFields  = "TCPSocket.{Host*,Port.StrVal}"
	reference  = "{APIVersion,FieldPath,Kind,Name,Namespace,ResourceVersion,UID}"
)

// kept lists, for every kind of object, the fields whose text is in a file; braces enclose alternatives. In
// those with a star, credentials are hidden; the others are identities and words of the API.
var kept = []struct {
	resource string
	object   func() runtime.Object
	fields   string
}{
	{
		"pods", func() runtime.Object { return &corev1.Pod{} }, metaFields + " " + labels + `
		Spec.{NodeName,SchedulerName,RestartPolicy,RuntimeClassName,ReadinessGates.ConditionType,SchedulingGates.Name}
		Spec.EphemeralContainers.{EphemeralContainerCommon.{Name,Image},TargetContainerName}
		Spec.{Containers,InitContainers}.{Name,Image,Ports.{Name,HostIP,Protocol}}
		Spec.{Containers,InitContainers}.{RestartPolicy,RestartPolicyRules.{Action,ExitCodes.Operator}}
		Spec.{Containers,InitContainers}.{StartupProbe,ReadinessProbe,LivenessProbe}.ProbeHandler.{Exec.Command*,` +
			httpFields + "," + tcpFields + `,GRPC.{Service*,Mode}}
		Spec.{Containers,InitContainers}.Lifecycle.{PostStart,PreStop}.{Exec.Command*,` + httpFields + "," + tcpFields + `}
		Spec.{Containers,InitContainers}.Lifecycle.StopSignal
		Status.{Phase,Reason*,Message*,HostIP,PodIP,PodIPs.IP,QOSClass,Conditions.{Type,Status,Reason*,Message*}}
		Status.{Init,,Ephemeral}ContainerStatuses.{Name,Image,ImageID,ContainerID}
		Status.{Init,,Ephemeral}ContainerStatuses.{State,LastTerminationState}.{Waiting.{Reason*,Message*},Terminated.{Reason*,Message*,ContainerID}}`,
	},
	{
		"events", func() runtime.Object { return &corev1.Event{} }, metaFields + " " + labels + `
		{InvolvedObject,Related}.` + reference + ` Reason* Message* Source.{Component,Host} Type Action* ReportingController ReportingInstance`,
	},
	{
		"endpointslices", func() runtime.Object { return &discoveryv1.EndpointSlice{} }, metaFields + " " + labels + `
		AddressType Endpoints.{Addresses,NodeName,Zone,TargetRef.` + reference + `} Ports.{Name,Protocol,AppProtocol}`,
	},
	{
		"services", func() runtime.Object { return &corev1.Service{} }, metaFields + " " + labels + `
		Spec.{Type,ClusterIP,Selector,Selector.key,Ports.{Name,Protocol,AppProtocol,TargetPort.StrVal}}`,
	},
	{
		"nodes", func() runtime.Object { return &corev1.Node{} }, metaFields + `
		Status.NodeInfo.{KubeletVersion,ContainerRuntimeVersion,KernelVersion,OSImage,OperatingSystem,Architecture}
		Status.Conditions.{Type,Status,Reason*,Message*}`,
	},
}

// expand returns what a pattern with alternatives in braces stands for.
func expand(pattern string) []string {
	open := strings.IndexByte(pattern, '{')
	if open < 0 {
		return []string{pattern}
	}
	var out []string
	depth, from := 0, open+1
	for i := open; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '{':
			depth++
		case c == '}' && depth > 1:
			depth--
		case c == ',' && depth == 1 || c == '}':
			rest := pattern[open+closing(pattern[open:])+1:]
			out = append(out, expand(pattern[:open]+pattern[from:i]+rest)...)
			from = i + 1
			if c == '}' {
				return out
			}
		}
	}
	panic("no closing brace in " + pattern)
}

// closing returns the index of the brace that closes the one which s begins with.
func closing(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	panic("no closing brace in " + s)
}

func TestNothingIsWrittenThatIsNotListed(t *testing.T) {
	for _, k := range kept {
		var all, identities []string
		for _, pattern := range strings.Fields(k.fields) {
			for _, path := range expand(pattern) {
				path, text := strings.CutSuffix(path, "*")
				all = append(all, path)
				if !text {
					identities = append(identities, path)
				}
			}
		}
		compare(t, k.resource, found(t, k.resource, filled(k.object(), ""), false), all)
		compare(t, k.resource+", with credentials", found(t, k.resource, filled(k.object(), "password="), false), identities)
	}
}

func compare(t *testing.T, what string, got, want []string) {
	t.Helper()
	for _, path := range got {
		if !slices.Contains(want, path) {
			t.Errorf("%s: the file has %s", what, path)
		}
	}
	for _, path := range want {
		if !slices.Contains(got, path) {
			t.Errorf("%s: the file does not have %s", what, path)
		}
	}
}

func TestHeaderValuesAreWrittenOnRequest(t *testing.T) {
	const value = "Spec.Containers.LivenessProbe.ProbeHandler.HTTPGet.HTTPHeaders.Value"
	for _, headers := range []bool{false, true} {
		if got := slices.Contains(found(t, "pods", filled(&corev1.Pod{}, ""), headers), value); got != headers {
			t.Errorf("header values in the file: %v, want %v", got, headers)
		}
	}
}

func TestTrimLeavesItsArgumentAlone(t *testing.T) {
	for _, k := range kept {
		o := filled(k.object(), "password=")
		before, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		Trim(o, false)
		after, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(before, after) {
			t.Errorf("%s: before\n%s\nafter\n%s", k.resource, before, after)
		}
	}
}

var noon = time.Date(2026, 8, 11, 12, 0, 0, 123456789, time.UTC)
