package simcluster

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// exchange is one request and its answer.
type exchange struct {
	Request
	resource *resource // nil for what is no resource
	w        http.ResponseWriter
	r        *http.Request
	// old says that the server is to be one that knows no streaming lists.
	old bool
	// pages is set to how a list is to go on for ever.
	pages actionKind
	// wrong is set when the answer is to be about objects of another kind.
	wrong bool
	// bomb is what a list or a watch is answered with instead; nil for nothing.
	bomb *bomb
	// refusal is the event that a watch ends with at once.
	refusal error
}

// handle answers one request, unless its client has given it up: a client that hangs up is to hear no empty success.
func (c *Cluster) handle(w http.ResponseWriter, r *http.Request) {
	x := &exchange{Request: newRequest(r), w: w, r: r}
	c.log.add(x.Request)
	w.Header().Set("Date", c.Now().UTC().Format(http.TimeFormat))
	err := c.serve(x)
	var moved *elsewhere
	switch {
	case err == nil:
	case errors.As(err, &moved):
		http.Redirect(w, r, moved.location, http.StatusTemporaryRedirect)
	case r.Context().Err() != nil:
		panic(http.ErrAbortHandler) // net/http's word for it
	default:
		c.fail(x, err)
	}
}

func (c *Cluster) serve(x *exchange) error {
	if want := "Bearer " + c.token; subtle.ConstantTimeCompare([]byte(x.r.Header.Get("Authorization")), []byte(want)) == 0 {
		return apierrors.NewUnauthorized("Unauthorized")
	}
	if err := c.faults.meet(x, c.opts.User); err != nil {
		return err
	}
	if x.Resource == "" {
		return c.discover(x)
	}
	if x.Resource == "selfsubjectaccessreviews" && x.Group == "authorization.k8s.io" && x.Verb == "create" {
		return c.review(x)
	}
	x.resource = c.kinds.resource(x.gvr())
	if x.wrong {
		x.resource = c.kinds.resource(other(x.gvr()))
	}
	if c.opts.Behaviour != nil && x.connects() {
		return c.connect(x)
	}
	if x.resource == nil || !x.addressed() {
		return notServed()
	}
	switch {
	case x.bomb != nil:
		return x.bomb.answer(x)
	case x.Verb == "patch" && x.Subresource == "status":
		return c.patch(x)
	case x.Verb == "get":
		return c.get(x)
	case x.Verb == "list":
		return c.list(x)
	case x.Verb == "watch":
		return c.watch(x)
	}
	return c.readOnly(x)
}

// other returns another resource than that.
func other(gvr schema.GroupVersionResource) schema.GroupVersionResource {
	if gvr.Resource == "services" {
		return schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	}
	return schema.GroupVersionResource{Version: "v1", Resource: "services"}
}

// addressed reports whether there is anything at the request's path.
func (x *exchange) addressed() bool {
	switch {
	case x.Subresource != "" && (x.Subresource != "status" || !x.resource.writable):
		return false
	case x.resource.clusterScoped:
		return x.Namespace == ""
	}
	return x.Namespace != "" || x.Name == ""
}

func (c *Cluster) get(x *exchange) error {
	o := c.store.get(x.resource, key{x.Namespace, x.Name})
	if o == nil {
		return apierrors.NewNotFound(x.resource.GroupResource(), x.Name)
	}
	return c.answerObject(x, o)
}

// answerObject answers with one object, as it is or as a table.
func (c *Cluster) answerObject(x *exchange, o object) error {
	f, err := c.format(x.Accept)
	if err != nil {
		return err
	}
	if !f.table {
		return c.answer(x, f, http.StatusOK, o)
	}
	t, err := c.table(x, []object{o}, metav1.ListMeta{ResourceVersion: o.GetResourceVersion()})
	if err != nil {
		return err
	}
	return c.answer(x, f, http.StatusOK, t)
}

// notServed is the API server's answer for a path where there is nothing.
func notServed() error {
	return apierrors.NewGenericServerResponse(http.StatusNotFound, "", schema.GroupResource{}, "", "", 0, true)
}

// readOnly refuses a write.
func (c *Cluster) readOnly(x *exchange) error {
	err := apierrors.NewMethodNotSupported(x.resource.GroupResource(), x.Verb)
	err.ErrStatus.Message = fmt.Sprintf("this cluster is a recording: it cannot %s %s", x.Verb, x.Resource)
	return err
}
