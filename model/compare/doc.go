// Package compare says whether a run of a probe from here agrees with what the kubelet finds, and where it does not, why.
package compare
