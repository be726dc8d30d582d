package cmd

import (
	"github.com/spf13/pflag"

	"github.com/probetop/probetop/recording"
	"github.com/probetop/probetop/watch"
)

// sourceOptions are the flags about what is read besides the API.
type sourceOptions struct{ kubeletMetrics bool }

func (o *sourceOptions) addSourceFlags(fs *pflag.FlagSet) {
	fs.BoolVar(&o.kubeletMetrics, "kubelet-metrics", false,
		"Read the kubelets' probe counters too, through the API server's node proxy (needs get on nodes/proxy, a powerful right)")
}

// sources is everything that is read of one cluster.
type sources struct {
	live    *watch.Live
	metrics *watch.Metrics // nil when nobody asked
	shadows *watch.Shadows // nil when no probes are run from here
}

// open prepares the sources of a scope, which the feed is going to merge.
func (o *sourceOptions) open(t *target, scope watch.Scope, feed *watch.Feed) (sources, error) {
	live, err := watch.NewLive(t.listing(), scope)
	if err != nil {
		return sources{}, t.explain(err)
	}
	live.Clock, feed.Clock, live.Mask = t.clock.Now, t.clock.Now, t.mask
	s := sources{live: live}
	if o.kubeletMetrics {
		if s.metrics, err = watch.NewMetrics(t.config, feed.Snapshot); err != nil {
			return sources{}, t.explain(err)
		}
		s.metrics.Clock, s.metrics.Mask = t.clock.Now, t.mask
	}
	return s, nil
}

// all lists the sources for a feed.
func (s sources) all() []watch.Source {
	all := []watch.Source{s.live}
	if s.metrics != nil {
		all = append(all, s.metrics)
	}
	if s.shadows != nil {
		all = append(all, s.shadows)
	}
	return all
}

// record makes w hear all sources; nil ends that.
func (s sources) record(w *recording.Writer) {
	// A nil *Writer in an interface is not nil.
	var (
		objects  watch.Recorder
		counters watch.CounterRecorder
		runs     watch.ShadowRecorder
	)
	if w != nil {
		objects, counters, runs = w, w, w
	}
	s.live.Record(objects)
	if s.metrics != nil {
		s.metrics.Record(counters)
	}
	if s.shadows != nil {
		s.shadows.Record(runs)
	}
}
