package watch

import (
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording/mask"
	"github.com/probetop/probetop/watch/manifest"
)

// OfManifests returns what there would be of the objects of manifests in a cluster that has run none of them. The UID of a pod is that
// of its manifest.Object.Pod.
func OfManifests(objects []manifest.Object, policy mask.Policy) *model.Snapshot {
	in := newInterner()
	in.policy = policy
	c := model.NewCluster()
	hear := func(f model.Fact) { c.Apply(model.Change{At: time.Unix(0, 0).UTC(), Fact: f}) }
	for _, kind := range []model.SourceKind{model.Pods, model.Services} {
		hear(&model.Source{Kind: kind, State: model.SourceSynced})
	}
	for i := range objects {
		switch o := &objects[i]; {
		case o.Service != nil:
			hear(serviceFact(in, o.Service))
		case o.Pod != nil:
			hear(podFact(in, o.Pod))
		}
	}
	return c.Snapshot()
}
