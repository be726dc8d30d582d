package prober

import (
	"context"
	"fmt"
	"net/http"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/recording/weight"
)

// Reviews asks the API server what its own user may do.
type Reviews interface {
	Create(ctx context.Context, review *authorizationv1.SelfSubjectAccessReview) (*authorizationv1.SelfSubjectAccessReview, error)
}

// reviews is Reviews over one API group. The typed client of client-go brings every group there is, and the fakes of its
// tests.
type reviews struct{ client rest.Interface }

// NewReviews returns Reviews by the API server that config points to. It sends nothing.
func NewReviews(config *rest.Config) (Reviews, error) {
	client, err := newGroup(config, "/apis", authorizationv1.SchemeGroupVersion, authorizationv1.AddToScheme)
	if err != nil {
		return nil, fmt.Errorf("preparing to ask for rights: %w", err)
	}
	return reviews{client}, nil
}

// Create implements Reviews.
func (r reviews) Create(ctx context.Context, review *authorizationv1.SelfSubjectAccessReview) (*authorizationv1.SelfSubjectAccessReview, error) {
	answer := &authorizationv1.SelfSubjectAccessReview{}
	err := r.client.Post().Resource("selfsubjectaccessreviews").Body(review).Do(ctx).Into(answer)
	return answer, err
}

// newGroup returns a client for one API group, protobuf on the wire where the server can.
func newGroup(config *rest.Config, path string, gv schema.GroupVersion, register func(*runtime.Scheme) error) (rest.Interface, error) {
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	if err := register(scheme); err != nil {
		return nil, fmt.Errorf("registering %s: %w", gv, err)
	}
	c := staying(config)
	c.APIPath, c.GroupVersion = path, &gv
	c.NegotiatedSerializer = weight.Bounded(serializer.NewCodecFactory(scheme).WithoutConversion(), scheme, weight.Limits{Object: objectHeld, List: objectHeld})
	c.ContentType = runtime.ContentTypeProtobuf
	c.AcceptContentTypes = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	c.Wrap(func(below http.RoundTripper) http.RoundTripper { return bounded{below} })
	return rest.RESTClientFor(c)
}
