package weight

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// What is refused.
const (
	Object = "an object"
	List   = "a list"
)

// Error is what an object is refused with that would take more memory than it may.
type Error struct {
	// What is refused: Object or List.
	What string
	// Most is how many bytes it may take.
	Most int64
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s of the server would take more than %d MiB of memory, and is not read", e.What, e.Most>>20)
}

// Limits are how much memory an object may take when it is decoded, and a list of them.
type Limits struct{ Object, List int64 }

// Bounded returns serializers whose decoders refuse what would take too much memory with an *Error. They know JSON and protobuf
// alone, and the types of a scheme.
func Bounded(below runtime.NegotiatedSerializer, scheme *runtime.Scheme, limits Limits) runtime.NegotiatedSerializer {
	return &bounded{
		NegotiatedSerializer: below, scheme: scheme, shapes: shapes{known: map[reflect.Type]*shape{}},
		object: &Error{Object, limits.Object}, list: &Error{List, limits.List},
	}
}

type bounded struct {
	runtime.NegotiatedSerializer
	scheme       *runtime.Scheme
	shapes       shapes
	object, list *Error
}

// SupportedMediaTypes implements runtime.NegotiatedSerializer. What a server answers with that was not asked for is not read.
func (b *bounded) SupportedMediaTypes() []runtime.SerializerInfo {
	return slices.DeleteFunc(slices.Clone(b.NegotiatedSerializer.SupportedMediaTypes()), func(i runtime.SerializerInfo) bool {
		return i.MediaType != runtime.ContentTypeJSON && i.MediaType != runtime.ContentTypeProtobuf
	})
}

// DecoderToVersion implements runtime.NegotiatedSerializer.
func (b *bounded) DecoderToVersion(d runtime.Decoder, gv runtime.GroupVersioner) runtime.Decoder {
	return &decoder{b.NegotiatedSerializer.DecoderToVersion(d, gv), b}
}

// decoder weighs what it decodes.
type decoder struct {
	runtime.Decoder
	*bounded
}

// Decode implements runtime.Decoder.
func (d *decoder) Decode(data []byte, defaults *schema.GroupVersionKind, into runtime.Object) (runtime.Object, *schema.GroupVersionKind, error) {
	if err := d.weigh(data, defaults, into); err != nil {
		return nil, nil, err
	}
	return d.Decoder.Decode(data, defaults, into)
}

// weigh returns an error for an object that would take too much memory.
func (b *bounded) weigh(data []byte, defaults *schema.GroupVersionKind, into runtime.Object) error {
	envelope, packed := bytes.CutPrefix(data, []byte(prefix))
	apiVersion, kind := "", ""
	if packed {
		apiVersion, kind = typeOfProtobuf(envelope)
	} else {
		apiVersion, kind = typeOfJSON(data)
	}
	t := b.typeOf(apiVersion, kind, defaults, into)
	if t == nil {
		return nil // the decoder does not know it either
	}
	refusal := b.object
	if strings.HasSuffix(t.Name(), "List") {
		refusal = b.list
	}
	w := &scale{refusal.Most}
	if packed {
		w.enveloped(envelope, b.shapes.of(t))
	} else {
		(&textIn{scale: w, data: data}).value(b.shapes.of(t))
	}
	if w.over() {
		return refusal
	}
	return nil
}

// typeOf returns the type that an object is decoded to; nil for none. What the object does not say of its kind, the caller does.
func (b *bounded) typeOf(apiVersion, kind string, defaults *schema.GroupVersionKind, into runtime.Object) reflect.Type {
	if into != nil && kind == "" {
		return reflect.TypeOf(into).Elem()
	}
	gvk := schema.FromAPIVersionAndKind(apiVersion, kind)
	if defaults != nil && kind == "" {
		gvk = *defaults
	} else if defaults != nil && apiVersion == "" {
		gvk.Group, gvk.Version = defaults.Group, defaults.Version
	}
	if known := b.scheme.AllKnownTypes()[gvk]; known != nil {
		return known
	}
	if into != nil {
		return reflect.TypeOf(into).Elem()
	}
	return nil
}
