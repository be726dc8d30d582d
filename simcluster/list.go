package simcluster

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion"
	internalscheme "k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// page is a continue token: the next page begins after a key, at a version.
type page struct {
	Version   uint64 `json:"rv"`
	Namespace string `json:"ns,omitempty"`
	Name      string `json:"name"`
}

func (p page) token() string {
	data, err := json.Marshal(p)
	if err != nil {
		return "" // a struct of strings and a number
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

func pageOf(token string) (p page, err error) {
	data, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	if err != nil {
		return p, apierrors.NewBadRequest(fmt.Sprintf("continue key is not valid: %v", err))
	}
	return p, nil
}

// listOptions reads and checks what a list or watch is asked for.
func listOptions(x *exchange) (*internalversion.ListOptions, selection, error) {
	opts := &internalversion.ListOptions{}
	if err := internalscheme.ParameterCodec.DecodeParameters(x.Query, metav1.SchemeGroupVersion, opts); err != nil {
		return nil, selection{}, apierrors.NewBadRequest(err.Error())
	}
	if errs := validation.ValidateListOptions(opts, !x.old); len(errs) > 0 {
		return nil, selection{}, apierrors.NewInvalid(schema.GroupKind{Group: metav1.GroupName, Kind: "ListOptions"}, "", errs)
	}
	sel, err := newSelection(x, opts.LabelSelector, opts.FieldSelector)
	return opts, sel, err
}

func (c *Cluster) list(x *exchange) error {
	f, err := c.format(x.Accept)
	if err != nil {
		return err
	}
	opts, sel, err := listOptions(x)
	if err != nil {
		return err
	}
	objects, listMeta, err := c.store.page(x.resource, opts, &sel)
	if err != nil {
		return err
	}
	x.goOn(&listMeta)
	var answer runtime.Object
	if f.table {
		answer, err = c.table(x, objects, listMeta)
	} else {
		answer, err = c.kinds.listOf(x.resource, objects, listMeta)
	}
	if err != nil {
		return err
	}
	return c.answer(x, f, http.StatusOK, answer)
}

// goOn makes a page one of a list that does not end, when it is to be.
func (x *exchange) goOn(m *metav1.ListMeta) {
	version, _ := versionOf(m.ResourceVersion) // our own
	switch x.pages {
	case repeatPages:
		m.Continue = page{Version: version}.token()
	case endlessPages:
		m.Continue = page{version, "\uffff", rand.Text()}.token()
	}
}

// listOf returns the objects as a typed list. As in any list of the API server, the items do not say their kind.
func (c *catalogue) listOf(r *resource, objects []object, listMeta metav1.ListMeta) (runtime.Object, error) {
	list, err := c.list(r)
	if err != nil {
		return nil, err
	}
	items := make([]runtime.Object, len(objects))
	for i, o := range objects {
		items[i] = o
	}
	if err := meta.SetList(list, items); err != nil {
		return nil, fmt.Errorf("filling a list of %s: %w", r.Resource, err)
	}
	err = meta.EachListItem(list, func(o runtime.Object) error {
		o.GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("filling a list of %s: %w", r.Resource, err)
	}
	m, err := meta.ListAccessor(list)
	if err != nil {
		return nil, fmt.Errorf("filling a list of %s: %w", r.Resource, err)
	}
	m.SetResourceVersion(listMeta.ResourceVersion)
	m.SetContinue(listMeta.Continue)
	m.SetRemainingItemCount(listMeta.RemainingItemCount)
	return list, nil
}

// page returns the objects of one page of a list.
func (s *store) page(r *resource, opts *internalversion.ListOptions, sel *selection) ([]object, metav1.ListMeta, error) {
	objects, version, after, err := s.snapshot(r, opts)
	if err != nil {
		return nil, metav1.ListMeta{}, err
	}
	from, found := slices.BinarySearchFunc(objects, after, func(o object, k key) int { return keyOf(o).compare(k) })
	if found {
		from++
	}
	objects = slices.DeleteFunc(objects[from:], func(o object) bool { return !sel.matches(o) })
	m := metav1.ListMeta{ResourceVersion: strconv.FormatUint(version, 10)}
	// Version "0" is answered from the API server's cache, in one piece.
	if limit := int(opts.Limit); limit > 0 && limit < len(objects) && opts.ResourceVersion != "0" {
		last := keyOf(objects[limit-1])
		m.Continue = page{version, last.namespace, last.name}.token()
		if rest := int64(len(objects) - limit); sel.everything() {
			m.RemainingItemCount = &rest
		}
		objects = objects[:limit]
	}
	return objects, m, nil
}

// snapshot returns the objects at the version that the options mean, which the caller owns, and the key after
// which the page begins.
func (s *store) snapshot(r *resource, opts *internalversion.ListOptions) ([]object, uint64, key, error) {
	if opts.Continue != "" {
		p, err := pageOf(opts.Continue)
		if err != nil {
			return nil, 0, key{}, err
		}
		objects, ok := s.at(r, p.Version)
		if !ok {
			return nil, 0, key{}, continueExpired()
		}
		return objects, p.Version, key{p.Namespace, p.Name}, nil
	}
	version, err := versionOf(opts.ResourceVersion)
	if err != nil {
		return nil, 0, key{}, err
	}
	if opts.ResourceVersionMatch == metav1.ResourceVersionMatchExact {
		if then, ok := s.at(r, version); ok {
			return then, version, key{}, nil
		}
	}
	oldest, newest := s.bounds()
	switch {
	case version > newest:
		return nil, 0, key{}, tooLarge(version, newest)
	case opts.ResourceVersionMatch == metav1.ResourceVersionMatchExact:
		return nil, 0, key{}, tooOld(version, oldest)
	}
	objects, newest := s.now(r)
	return objects, newest, key{}, nil
}

// versionOf reads a resource version; zero when there is none.
func versionOf(version string) (uint64, error) {
	if version == "" {
		return 0, nil
	}
	v, err := strconv.ParseUint(version, 10, 64)
	if err != nil {
		return 0, apierrors.NewBadRequest(fmt.Sprintf("invalid resource version: %q", version))
	}
	return v, nil
}
