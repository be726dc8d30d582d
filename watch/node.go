package watch

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
)

// nodeFact converts a node.
func nodeFact(in *interner, n *corev1.Node) *model.Node {
	fact := &model.Node{
		Name:           in.string(n.Name),
		KubeletVersion: in.string(n.Status.NodeInfo.KubeletVersion),
		RuntimeVersion: in.string(n.Status.NodeInfo.ContainerRuntimeVersion),
		OS:             in.string(n.Status.NodeInfo.OperatingSystem),
		Virtual:        virtual(n),
		Zone:           in.string(n.Labels[corev1.LabelTopologyZone]),
	}
	for i := range n.Status.Conditions {
		if c := &n.Status.Conditions[i]; c.Type == corev1.NodeReady {
			fact.Ready, fact.Since = triOf(c.Status), utc(c.LastTransitionTime)
			fact.Reason, fact.Message = in.text(c.Reason), in.text(c.Message)
		}
	}
	return fact
}

// virtual reports whether a node is one of a virtual kubelet, as its label or its version says.
func virtual(n *corev1.Node) bool {
	version := n.Status.NodeInfo.KubeletVersion
	return n.Labels[recording.LabelVirtual] == "virtual-kubelet" || strings.Contains(version, "-vk-") || strings.Contains(version, "virtual")
}
