// Package fact is what was said about a cluster: what the API server, the kubelets and runs of probes from here told, and when.
//
// A fact has a time and a source, and is never modified. What follows from facts is for other packages to say.
package fact
