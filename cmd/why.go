package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/watch"
)

// whyOptions is probetop why.
type whyOptions struct {
	*global
	scopeOptions
	sourceOptions

	format string
	replay string
	at     string
}

func newWhyCommand(g *global) *cobra.Command {
	o := &whyOptions{global: g}
	cmd := &cobra.Command{
		Use:   "why TYPE/NAME ...",
		Short: "Say why a pod, a workload, a Service, a node or a namespace is not well",
		Long: `Say what is wrong: first the root cause in one sentence, then the chain from scheduling to traffic, then what the cluster said that
it rests on, then what to run. Of a workload, Service, node or namespace first what its pods have in common, then the worst of them.

Of the links of the chain ✓ is as it should be, ✖ is the first that is not, · waits for it, and ? is not known.

With --replay it is about a moment of a recording.

Exit codes: 0 nothing is wrong; 1 something is broken; 2 usage; 3 the cluster is unreachable, unauthorised or forbidden; 4 timed out. A pod that
starts, that ends in its grace period, or that was restarted once and is well is not broken.`,
		Example: `  probetop why pod/web-0
  probetop why deploy/web -n shop
  probetop why svc/web node/n1 -o json
  probetop why ns/shop
  probetop why pod/web-0 -n shop --replay incident.zst --at 03:12:45`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			if err := o.validateWhy(cmd); err != nil {
				return err
			}
			if cmd.Flags().Changed("replay") {
				return o.runReplay()
			}
			return o.run(cmd.Context())
		},
	}
	fs := cmd.Flags()
	o.addScopeFlags(fs)
	o.addSourceFlags(fs)
	fs.StringVarP(&o.format, "output", "o", "text", "Format: text|json")
	fs.StringVar(&o.replay, "replay", "", "Look at a moment of this recording instead of the cluster")
	fs.StringVar(&o.at, "at", "", "With --replay: "+strings.ToLower(atUsage[:1])+atUsage[1:]+"; its end when not given")
	return cmd
}

func (o *whyOptions) validateWhy(cmd *cobra.Command) error {
	replays := cmd.Flags().Changed("replay")
	switch {
	case o.format != "text" && o.format != string(formatJSON):
		return usage("-o %s is not a format. Choose text or json.", o.format)
	case o.at != "" && !replays:
		return usage("--at is a moment of a recording: name one with --replay FILE.")
	case replays && o.fields != "":
		return usage("--field-selector asks the API server, which --replay does not: leave one of them out.")
	case len(o.args) == 0 && !o.all && !replays && len(o.namespaces) == 0 && o.labels+o.fields == "":
		return usage("Name what to look at: %s TYPE/NAME, or a namespace with -n.", cmd.CommandPath())
	}
	for _, arg := range o.args {
		if _, err := watch.Named(arg); err != nil {
			var argument *watch.ArgumentError
			errors.As(err, &argument)
			return explainArgument(argument)
		}
	}
	return o.validate()
}

// run looks at the first complete snapshot of a cluster.
func (o *whyOptions) run(ctx context.Context) error {
	t, scope, err := o.reach(ctx, &o.scopeOptions)
	if err != nil {
		return err
	}
	feed := watch.NewFeed(settling)
	s, err := o.open(t, scope, feed)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return feed.Run(ctx, s.all()...) })
	snapshot, err := complete(ctx, feed.Reader(), t)
	cancel()
	if ended := group.Wait(); err == nil && ended != nil && !errors.Is(ended, context.Canceled) {
		err = t.explain(ended)
	}
	if err != nil {
		return err
	}
	remarkOnClock(o.streams.Err, t.clock)
	remarkOn(o.streams.Err, snapshot)
	return o.tell(snapshot, t.context, o.words(t), t.clock.Now())
}

// runReplay looks at a moment of a recording.
func (o *whyOptions) runReplay() error {
	tape, err := o.openTape(o.replay)
	if err != nil {
		return err
	}
	at, err := moment(o.at, tape, tape.End())
	if err != nil {
		return err
	}
	damaged(o.streams, tape)
	s := *tape.At(at)
	if s.Rows, err = o.recorded(s.Rows); err != nil {
		return err
	}
	remarkOn(o.streams.Err, &s)
	return o.tell(&s, tape.Header().Context, "the recording", at)
}

// recorded returns the rows of a recording that the flags select.
func (o *whyOptions) recorded(rows []*model.Row) ([]*model.Row, error) {
	selector, err := labels.Parse(o.labels)
	if err != nil {
		return nil, explainArgument(&watch.ArgumentError{Problem: watch.BadSelector, Argument: o.labels, Err: err})
	}
	var kept []*model.Row
	for _, r := range rows {
		if (len(o.namespaces) == 0 || slices.Contains(o.namespaces, r.Pod.Namespace)) && selector.Matches(labelSet(r.Pod.Labels)) {
			kept = append(kept, r)
		}
	}
	return kept, nil
}

// labelSet returns labels as a selector reads them.
func labelSet(l model.Labels) labels.Set {
	set := labels.Set{}
	for pair := range strings.SplitSeq(string(l), ",") {
		key, value, _ := strings.Cut(pair, "=")
		set[key] = value
	}
	return set
}

// subject is what the question is about: an argument, or all that is selected, with its pods.
type subject struct {
	name string
	pod  bool // it is a pod, and not what has several
	rows []*model.Row
}

// subjects returns what the arguments name of a snapshot. A single argument of a cluster is all that was read.
func (o *whyOptions) subjects(s *model.Snapshot, all string) ([]subject, error) {
	if len(o.args) == 0 {
		return []subject{{name: all, rows: s.Rows}}, nil
	}
	var subjects []subject
	for _, arg := range o.args {
		is, err := watch.Named(arg)
		if err != nil {
			return nil, err
		}
		sub := subject{name: model.Printable(arg), pod: strings.HasPrefix(strings.ToLower(arg), "po")}
		if len(o.args) == 1 && o.replay == "" {
			sub.rows = s.Rows
		} else {
			for _, r := range s.Rows {
				if is(r) {
					sub.rows = append(sub.rows, r)
				}
			}
		}
		if len(sub.rows) == 0 {
			return nil, usage("%s has no pods. Look elsewhere with -n NAMESPACE or -A, or at another workload.", sentence(sub.name))
		}
		subjects = append(subjects, sub)
	}
	return subjects, nil
}

// tell prints what is wrong with the subjects, and fails when something is.
func (o *whyOptions) tell(s *model.Snapshot, context, all string, at time.Time) error {
	subjects, err := o.subjects(s, all)
	if err != nil {
		return err
	}
	if len(s.Rows) == 0 {
		return usage("No pod matches. Look elsewhere with -n NAMESPACE or -A, or with another selector.")
	}
	broken := false
	for _, sub := range subjects {
		broken = broken || len(model.Faults(sub.rows, at)) > 0
	}
	if o.format == string(formatJSON) {
		err = o.encode(s, context, subjects, at)
	} else {
		err = o.write(subjects, at)
	}
	if err == nil && broken {
		err = &failure{code: exitFailing}
	}
	return err
}

// write prints the subjects for a person.
func (o *whyOptions) write(subjects []subject, at time.Time) error {
	var b sheet
	for i, sub := range subjects {
		if i > 0 {
			b.WriteString("\n")
		}
		b.subject(sub, at)
	}
	if _, err := fmt.Fprint(o.streams.Out, b.String()); err != nil {
		return unwritten(err)
	}
	return nil
}
