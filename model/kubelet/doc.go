// Package kubelet is what kubelets do, by their version: how a worker counts results, how many events may be written about a
// pod, and what is different, or broken, in which release. docs/kubelet.md names the source file of each rule.
package kubelet
