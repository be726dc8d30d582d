package simcluster_test

import (
	"net/http"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/probetop/probetop/simcluster"
)

func TestPatchOfAPodsStatus(t *testing.T) {
	bothFormats(t, func(t *testing.T, c *simcluster.Cluster, cs *kubernetes.Clientset) {
		apply(t, c, pod("a", labelled("app", "web"), func(p *corev1.Pod) {
			p.Status.Conditions = []corev1.PodCondition{{Type: "Ready", Status: "True"}}
		}))
		w := watchPods(t, cs, metav1.ListOptions{ResourceVersion: version(c)})
		for _, test := range []struct {
			typ   types.PatchType
			patch string
			check func(*corev1.Pod) bool
		}{
			{
				types.StrategicMergePatchType, `{"metadata":{"labels":{"app":"x"}},"status":{"conditions":[{"type":"gate","status":"True"}]}}`,
				func(p *corev1.Pod) bool { return len(p.Status.Conditions) == 2 && p.Labels["app"] == "web" },
			},
			{
				types.MergePatchType, `{"status":{"conditions":[{"type":"gate","status":"False"}]}}`,
				func(p *corev1.Pod) bool {
					return len(p.Status.Conditions) == 1 && p.Status.Conditions[0].Status == "False"
				},
			},
			{
				types.JSONPatchType, `[{"op":"add","path":"/status/phase","value":"Failed"}]`,
				func(p *corev1.Pod) bool { return p.Status.Phase == corev1.PodFailed },
			},
		} {
			p, err := cs.CoreV1().Pods("shop").Patch(t.Context(), "a", test.typ, []byte(test.patch), metav1.PatchOptions{}, "status")
			if err != nil || !test.check(p) || p.ResourceVersion != version(c) {
				t.Errorf("%s: %+v, %v", test.typ, p, err)
			}
			if e := <-w.w.ResultChan(); e.Object.(*corev1.Pod).ResourceVersion != p.ResourceVersion {
				t.Errorf("%s: the watch heard %v", test.typ, e)
			}
		}
		before := version(c)
		dry := metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}}
		p, err := cs.CoreV1().Pods("shop").Patch(t.Context(), "a", types.MergePatchType, []byte(`{"status":{"reason":"x"}}`), dry, "status")
		if err != nil || p.Status.Reason != "x" || version(c) != before {
			t.Errorf("dry run: %+v, %v", p, err)
		}
	})
}

func TestPatchesThatFail(t *testing.T) {
	c := start(t, simcluster.Options{})
	apply(t, c, pod("a"))
	for name, test := range map[string]struct {
		pod   string
		typ   types.PatchType
		patch string
		is    func(error) bool
	}{
		"nobody":         {"x", types.MergePatchType, `{}`, apierrors.IsNotFound},
		"broken":         {"a", types.MergePatchType, `{`, apierrors.IsBadRequest},
		"old":            {"a", types.MergePatchType, `{"metadata":{"resourceVersion":"1"}}`, apierrors.IsConflict},
		"wrong type":     {"a", types.StrategicMergePatchType, `{"status":{"phase":{"a":1}}}`, apierrors.IsBadRequest},
		"no such path":   {"a", types.JSONPatchType, `[{"op":"remove","path":"/status/none"}]`, apierrors.IsInvalid},
		"no patch":       {"a", types.JSONPatchType, `{}`, apierrors.IsBadRequest},
		"unknown format": {"a", types.ApplyYAMLPatchType, `{}`, apierrors.IsUnsupportedMediaType},
	} {
		_, err := protobuf(t, c).CoreV1().Pods("shop").Patch(t.Context(), test.pod, test.typ, []byte(test.patch), metav1.PatchOptions{Force: new(true)}, "status")
		if !test.is(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOtherWritesAreRefused(t *testing.T) {
	c := start(t, simcluster.Options{})
	apply(t, c, pod("a"))
	core := protobuf(t, c).CoreV1()
	errs := map[string]error{}
	_, errs["create"] = core.Pods("shop").Create(t.Context(), pod("b"), metav1.CreateOptions{})
	_, errs["update"] = core.Pods("shop").Update(t.Context(), pod("a"), metav1.UpdateOptions{})
	_, errs["patch"] = core.Pods("shop").Patch(t.Context(), "a", types.MergePatchType, []byte("{}"), metav1.PatchOptions{})
	errs["delete"] = core.Pods("shop").Delete(t.Context(), "a", metav1.DeleteOptions{})
	errs["deletecollection"] = core.Pods("shop").DeleteCollection(t.Context(), metav1.DeleteOptions{}, metav1.ListOptions{})
	for verb, err := range errs {
		if want := "this cluster is a recording: it cannot " + verb + " pods"; !apierrors.IsMethodNotSupported(err) || err.Error() != want {
			t.Errorf("%s: %v", verb, err)
		}
	}
	for _, path := range []string{
		"/api/v1/namespaces/shop/pods/a/log", "/api/v1/namespaces/shop/pods/a/exec", "/api/v1/nodes/n/status",
		"/api/v1/pods/a", "/api/v1/namespaces/shop/nodes", "/api/v1/foos", "/foo", "/openapi/v2",
	} {
		if code, body := raw(t, c, path, ""); code != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	if code, _ := raw(t, c, "/api/v1/namespaces/shop/pods/a/status", ""); code != http.StatusOK {
		t.Errorf("the status of a pod: %d", code)
	}
}
