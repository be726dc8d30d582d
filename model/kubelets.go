package model

import (
	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/kubelet"
)

// What other packages know by the names of this one.
type (
	Published = kubelet.Published
	Tally     = kubelet.Tally
)

// The values of these types.
const (
	PublishedFailure = kubelet.PublishedFailure
	PublishedNothing = kubelet.PublishedNothing
	PublishedSuccess = kubelet.PublishedSuccess
)

// ForgetsAtRestart is that of package kubelet.
func ForgetsAtRestart(v fact.Version) bool { return kubelet.ForgetsAtRestart(v) }
