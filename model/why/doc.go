// Package why says why a pod is as it is: the chain from scheduling to traffic, the diagnosis (one sentence that names the root
// cause), and how urgently the pod needs attention.
package why
