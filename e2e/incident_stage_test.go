package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"text/template"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"
)

// stand are the words that the templates of incidents may have.
type stand struct {
	Name, Namespace, Node, Image string
	Pull                         corev1.PullPolicy
}

// fill fills in a template.
func (s stand) fill(text string) (string, error) {
	t, err := template.New("incident").Parse(text)
	if err != nil {
		return "", fmt.Errorf("parsing a template of %s: %w", s.Name, err)
	}
	var b strings.Builder
	if err := t.Execute(&b, s); err != nil {
		return "", fmt.Errorf("filling in a template of %s: %w", s.Name, err)
	}
	return b.String(), nil
}

// stand returns the words for an incident in a namespace.
func (i *incident) stand(ctx context.Context, ns string) (stand, error) {
	node, err := readyNode(ctx)
	return stand{Name: i.name, Namespace: ns, Node: node, Image: shared.image, Pull: shared.pull}, err
}

// stage makes the objects of an incident, and its pod or the owner of its pods.
func (i *incident) stage(ctx context.Context, ns string) error {
	if i.first != nil {
		if err := i.first(ctx, ns, i.name); err != nil {
			return fmt.Errorf("preparing %s: %w", i.name, err)
		}
	}
	if err := i.stageObjects(ctx, ns); err != nil {
		return err
	}
	words, err := i.stand(ctx, ns)
	if err != nil {
		return err
	}
	template, err := i.template(words)
	if err != nil {
		return err
	}
	if i.owner != "" {
		return i.stageOwner(ctx, ns, template)
	}
	pod := &corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
	pod.Name = i.name
	if _, err := shared.client.CoreV1().Pods(ns).Create(ctx, pod, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("creating pod %s: %w", i.name, err)
	}
	return nil
}

// template returns the incident's pod as a template.
func (i *incident) template(words stand) (*corev1.PodTemplateSpec, error) {
	t, app := &corev1.PodTemplateSpec{}, corev1.Container{Name: "app"}
	for _, part := range []struct {
		text string
		into any
	}{{i.spec, &t.Spec}, {i.meta, &t.ObjectMeta}, {i.app, &app}} {
		filled, err := words.fill(part.text)
		if err != nil {
			return nil, err
		}
		if err := yaml.UnmarshalStrict([]byte(filled), part.into); err != nil {
			return nil, fmt.Errorf("decoding the pod of %s: %w", i.name, err)
		}
	}
	t.Labels = map[string]string{"incident": i.name}
	for _, turn := range i.turns {
		app.Args = append(app.Args, "-turn", turn)
	}
	if i.app != "" {
		t.Spec.Containers = append([]corev1.Container{app}, t.Spec.Containers...)
	}
	complete(&t.Spec, 10)
	return t, nil
}

// stageOwner makes a Job or Deployment of the pod.
func (i *incident) stageOwner(ctx context.Context, ns string, template *corev1.PodTemplateSpec) error {
	var owner unstructured.Unstructured
	if err := yaml.Unmarshal([]byte(i.owner), &owner.Object); err != nil {
		return fmt.Errorf("decoding the owner of %s: %w", i.name, err)
	}
	pod, err := runtime.DefaultUnstructuredConverter.ToUnstructured(template)
	if err != nil {
		return fmt.Errorf("encoding the pod of %s: %w", i.name, err)
	}
	owner.SetName(i.name)
	err = unstructured.SetNestedField(owner.Object, pod, "spec", "template")
	if err == nil && owner.GetKind() == "Deployment" {
		err = unstructured.SetNestedStringMap(owner.Object, template.Labels, "spec", "selector", "matchLabels")
	}
	if err != nil {
		return fmt.Errorf("making the owner of %s: %w", i.name, err)
	}
	return createIn(ctx, ns, &owner)
}

// stageObjects makes what an incident needs besides its pod.
func (i *incident) stageObjects(ctx context.Context, ns string) error {
	words, err := i.stand(ctx, ns)
	if err != nil {
		return err
	}
	text, err := words.fill(i.with)
	if err != nil {
		return err
	}
	objects, err := decode(text)
	if err != nil {
		return fmt.Errorf("decoding the objects of %s: %w", i.name, err)
	}
	for k := range objects {
		if err := createIn(ctx, ns, &objects[k]); err != nil {
			return err
		}
	}
	return nil
}

// decode reads objects in YAML.
func decode(text string) ([]unstructured.Unstructured, error) {
	var objects []unstructured.Unstructured
	decoder := utilyaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096)
	for {
		var object unstructured.Unstructured
		switch err := decoder.Decode(&object.Object); {
		case errors.Is(err, io.EOF):
			return objects, nil
		case err != nil:
			return nil, err
		case object.Object != nil:
			objects = append(objects, object)
		}
	}
}

// createIn creates an object in a namespace, or one that is in none.
func createIn(ctx context.Context, ns string, object *unstructured.Unstructured) error {
	resource, err := resourceOf(ns, object)
	if err != nil {
		return err
	}
	if _, err := resource.Create(ctx, object, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("creating %s %s: %w", object.GetKind(), object.GetName(), err)
	}
	return nil
}

// resourceOf is where objects of a kind are made.
func resourceOf(ns string, object *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	kind := object.GroupVersionKind()
	mapping, err := shared.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return nil, fmt.Errorf("looking up %s: %w", kind, err)
	}
	resource := shared.dynamic.Resource(mapping.Resource)
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		return resource, nil
	}
	return resource.Namespace(ns), nil
}

// clearIncidents takes everything away that would outlive the namespace, or keep it from going.
func clearIncidents(t *testing.T, ns string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	// An API that answers late must not leave anything behind: each is tried, and the errors are told.
	var wrong []error
	pods, err := shared.client.CoreV1().Pods(ns).List(ctx, metav1.ListOptions{})
	wrong = append(wrong, err)
	for p := range pods.Items {
		wrong = append(wrong, clearPod(ctx, &pods.Items[p]))
	}
	for _, name := range []string{"dead", "died", "lost"} {
		_ = shared.client.CoreV1().Nodes().Delete(ctx, ns+"-"+name, metav1.DeleteOptions{}) // not every run has made it
	}
	_ = shared.client.NodeV1().RuntimeClasses().Delete(ctx, ns, metav1.DeleteOptions{})
	_ = shared.client.SchedulingV1().PriorityClasses().Delete(ctx, ns+"-urgent", metav1.DeleteOptions{})
	_ = patchNode(ctx, `[{"op": "remove", "path": "/status/capacity/`+licence+`"}]`)
	if err := errors.Join(wrong...); err != nil {
		t.Errorf("clearing the incidents: %v", err)
	}
}

// clearPod deletes a pod at once: its grace period may be long, its node gone, and it may have a finalizer.
func clearPod(ctx context.Context, pod *corev1.Pod) error {
	pods := shared.client.CoreV1().Pods(pod.Namespace)
	if len(pod.Finalizers) > 0 {
		if _, err := pods.Patch(ctx, pod.Name, types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{}); err != nil {
			return fmt.Errorf("releasing pod %s: %w", pod.Name, err)
		}
	}
	grace := int64(1)
	if pod.DeletionTimestamp != nil || pod.Status.Phase == corev1.PodPending || strings.HasPrefix(pod.Spec.NodeName, pod.Namespace) {
		grace = 0 // nothing else shortens a hook that runs, and its node may be none
	}
	if err := pods.Delete(ctx, pod.Name, metav1.DeleteOptions{GracePeriodSeconds: &grace}); err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("deleting pod %s: %w", pod.Name, err)
	}
	return nil
}
