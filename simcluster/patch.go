package simcluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

// patchLimit is how many bytes a patch may have, as in the API server.
const patchLimit = 3 << 20

// patch changes the status of a pod.
func (c *Cluster) patch(x *exchange) error {
	mediaType, _, err := mime.ParseMediaType(x.r.Header.Get("Content-Type"))
	if err != nil {
		return apierrors.NewBadRequest(err.Error())
	}
	body, err := io.ReadAll(http.MaxBytesReader(x.w, x.r.Body, patchLimit))
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		return apierrors.NewRequestEntityTooLargeError(fmt.Sprintf("limit is %d", patchLimit))
	}
	if err != nil {
		return fmt.Errorf("reading a patch: %w", err)
	}
	dryRun := x.Query.Get("dryRun") != ""
	o, err := c.store.update(x.resource, key{x.Namespace, x.Name}, !dryRun, func(old object) (object, error) {
		return patchStatus(old.(*corev1.Pod), types.PatchType(mediaType), body)
	})
	if err != nil {
		return err
	}
	return c.answerObject(x, o)
}

// patchStatus returns a copy of the pod with the status that the patch makes. What else the patch says is
// ignored, as it is by the API server.
func patchStatus(old *corev1.Pod, typ types.PatchType, patch []byte) (*corev1.Pod, error) {
	data, err := json.Marshal(old)
	if err != nil {
		return nil, fmt.Errorf("patching a pod: %w", err)
	}
	if data, err = patchJSON(data, typ, patch); err != nil {
		return nil, err
	}
	var wanted corev1.Pod
	if err := json.Unmarshal(data, &wanted); err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	if wanted.ResourceVersion != "" && wanted.ResourceVersion != old.ResourceVersion || wanted.UID != old.UID {
		return nil, apierrors.NewConflict(corev1.Resource("pods"), old.Name,
			errors.New("the object has been modified; please apply your changes to the latest version and try again"))
	}
	o := old.DeepCopy()
	o.Status = wanted.Status
	return o, nil
}

func patchJSON(data []byte, typ types.PatchType, patch []byte) ([]byte, error) {
	var err error
	switch typ {
	case types.StrategicMergePatchType:
		data, err = strategicpatch.StrategicMergePatch(data, patch, corev1.Pod{})
	case types.MergePatchType:
		data, err = jsonpatch.MergePatch(data, patch)
	case types.JSONPatchType:
		steps, broken := jsonpatch.DecodePatch(patch)
		if broken != nil {
			return nil, apierrors.NewBadRequest(broken.Error())
		}
		if data, err = steps.Apply(data); err != nil {
			return nil, apierrors.NewGenericServerResponse(http.StatusUnprocessableEntity, "", schema.GroupResource{}, "", err.Error(), 0, false)
		}
	default:
		return nil, apierrors.NewGenericServerResponse(http.StatusUnsupportedMediaType, "patch", corev1.Resource("pods"), "",
			fmt.Sprintf("the body of the request was in an unknown format: %s", typ), 0, false)
	}
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	return data, nil
}
