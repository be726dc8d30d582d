package simcluster

import (
	"fmt"
	"io"
	"net/http"

	authorizationv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// review answers the question whether the client may do something: it may, unless a fault forbids it.
func (c *Cluster) review(x *exchange) error {
	f, err := c.format(x.Accept)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(http.MaxBytesReader(x.w, x.r.Body, patchLimit))
	if err != nil {
		return fmt.Errorf("reading a review: %w", err)
	}
	o, _, err := c.codecs.UniversalDeserializer().Decode(body, nil, nil)
	review, ok := o.(*authorizationv1.SelfSubjectAccessReview)
	if err != nil || !ok {
		return apierrors.NewBadRequest("the body is not a SelfSubjectAccessReview")
	}
	review.Status = authorizationv1.SubjectAccessReviewStatus{Allowed: true}
	if a := review.Spec.ResourceAttributes; a != nil {
		asked := &Request{
			Verb: a.Verb, Group: a.Group, Resource: a.Resource, Subresource: a.Subresource, Namespace: a.Namespace,
		}
		if review.Status.Allowed = !c.faults.forbids(asked); !review.Status.Allowed {
			review.Status.Reason = "a fault forbids it"
		}
	}
	review.SetGroupVersionKind(authorizationv1.SchemeGroupVersion.WithKind("SelfSubjectAccessReview"))
	return c.answer(x, f, http.StatusCreated, review)
}
