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
}

// open prepares the sources of a scope, which the feed is going to merge.
func (o *sourceOptions) open(t *target, scope watch.Scope, feed *watch.Feed) (sources, error) {
	live, err := watch.NewLive(t.config, scope)
	if err != nil {
		return sources{}, t.explain(err)
	}
	s := sources{live: live}
	if o.kubeletMetrics {
		if s.metrics, err = watch.NewMetrics(t.config, feed.Snapshot); err != nil {
			return sources{}, t.explain(err)
		}
	}
	return s, nil
}

// all lists the sources for a feed.
func (s sources) all() []watch.Source {
	if s.metrics == nil {
		return []watch.Source{s.live}
	}
	return []watch.Source{s.live, s.metrics}
}

// record makes w hear all sources; nil ends that.
func (s sources) record(w *recording.Writer) {
	if w == nil {
		s.live.Record(nil)
	} else {
		s.live.Record(w)
	}
	switch {
	case s.metrics == nil:
	case w == nil:
		s.metrics.Record(nil)
	default:
		s.metrics.Record(w)
	}
}
