package simcluster

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// format is how an answer is written. Objects carry their kind, so that the serializers need not convert.
type format struct {
	runtime.SerializerInfo
	// table says that the client wants a metav1.Table.
	table bool
}

// format chooses what the client prefers of what there is.
func (c *Cluster) format(accept string) (format, error) {
	infos := c.codecs.SupportedMediaTypes()
	if accept == "" {
		accept = runtime.ContentTypeJSON
	}
	for clause := range strings.SplitSeq(accept, ",") {
		mediaType, params, err := mime.ParseMediaType(clause)
		if err != nil {
			continue
		}
		if mediaType == "*/*" || mediaType == "application/*" {
			mediaType = runtime.ContentTypeJSON
		}
		info, known := runtime.SerializerInfoForMediaType(infos, mediaType)
		switch {
		case !known:
		case params["as"] == "":
			return format{SerializerInfo: info}, nil
		case isTable(params) && mediaType == runtime.ContentTypeJSON:
			return format{SerializerInfo: info, table: true}, nil
		}
	}
	return format{}, notAcceptable(accept)
}

func isTable(params map[string]string) bool {
	return params["as"] == "Table" && params["g"] == metav1.GroupName && params["v"] == "v1"
}

func notAcceptable(accept string) error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusNotAcceptable, Reason: metav1.StatusReasonNotAcceptable,
		Message: fmt.Sprintf("only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf, not %s", accept),
	}}
}

// answer writes an object that carries its kind. It returns an error only when nothing has been written.
func (c *Cluster) answer(x *exchange, f format, code int, o runtime.Object) error {
	var body bytes.Buffer
	if err := f.Serializer.Encode(o, &body); err != nil {
		return fmt.Errorf("encoding %T: %w", o, err)
	}
	x.w.Header().Set("Content-Type", f.MediaType)
	x.w.WriteHeader(code)
	_, _ = body.WriteTo(x.w)
	return nil
}

// fail answers with the Status that an error is.
func (c *Cluster) fail(x *exchange, err error) {
	status := statusOf(err)
	if status.Details != nil && status.Details.RetryAfterSeconds > 0 {
		x.w.Header().Set("Retry-After", fmt.Sprint(status.Details.RetryAfterSeconds))
	}
	f, unacceptable := c.format(x.Accept)
	if unacceptable != nil {
		f, _ = c.format(runtime.ContentTypeJSON)
	}
	_ = c.answer(x, f, int(status.Code), status)
}

// statusOf returns the Status that an error is; 500 for one that is none.
func statusOf(err error) *metav1.Status {
	status := apierrors.NewInternalError(err).Status()
	if known := apierrors.APIStatus(nil); errors.As(err, &known) {
		status = known.Status()
	}
	status.SetGroupVersionKind(schema.GroupVersionKind{Version: "v1", Kind: "Status"})
	return &status
}
