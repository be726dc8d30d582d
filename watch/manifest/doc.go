// Package manifest reads what Kubernetes manifests say of pods and Services, and where they say it: the line of every field. It
// asks no cluster and knows of no conclusions.
package manifest
