package prober

import (
	"errors"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/probetop/probetop/model"
)

// lack returns why there is no verdict when a connection to a container could not be opened.
func lack(err error) model.ShadowLack {
	switch {
	case apierrors.IsForbidden(err), apierrors.IsUnauthorized(err):
		return model.LackForbidden
	case apierrors.IsNotFound(err), errors.Is(err, errReplaced):
		return model.LackGone
	}
	// A kubelet answers without a Status, and with the same code for all.
	for _, gone := range [...]string{"container not found (", "pod not found (", "pod does not exist"} {
		if strings.Contains(err.Error(), gone) {
			return model.LackGone
		}
	}
	return model.LackTunnel
}
