package watch

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

// Check asks the API server for one pod of the scope, so that a caller can say that it is out of reach before
// anything is drawn. It returns nil or an *AccessError, when ctx ends at the latest.
func Check(ctx context.Context, cfg *rest.Config, scope Scope) error {
	c, err := newClient(cfg)
	if err != nil {
		return accessError(err)
	}
	p := plan{Selection: scope.selections()[0], resource: pods()}
	return accessError(insist(ctx, func(ctx context.Context) error {
		_, err := c.list(ctx, &p, metav1.ListOptions{Limit: 1})
		return err
	}))
}
