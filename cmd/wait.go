package cmd

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/watch"
)

// waitOptions is probetop wait.
type waitOptions struct {
	*global
	scopeOptions
	sourceOptions

	aim     string
	timeout time.Duration
	stable  time.Duration
}

// defaultTimeout is that of a Deployment's progress.
const defaultTimeout = 10 * time.Minute

func newWaitCommand(g *global) *cobra.Command {
	o := &waitOptions{global: g}
	cmd := &cobra.Command{
		Use:   "wait [TYPE/NAME ...]",
		Short: "Wait until pods are ready; fail at once, and say why, when they cannot become so",
		Long: `Wait until all selected pods are ready (or started, healthy, gone), and stay so for as long as --stable says.

It fails as soon as they cannot become so unless something is changed: a probe that asks for a port that is not there, an image that the registry
does not have, a Secret that stays missing, a startup budget that no start has met, a container that is killed again and again. What may heal by
itself is waited for. docs/wait.md has the rules. Then the diagnosis, what the probe said, and what to run are printed.

Of a Deployment, StatefulSet, DaemonSet, ReplicaSet or Job it waits for as many pods as that wants, of the newest revision; those of older ones do not
count. Without arguments it waits for the pods of the namespace.

  ready    the Ready condition is True, or the pod has done its work
  started  every container runs, and its startup probe has succeeded
  healthy  ready, no probe fails, no restarts that go on, and in the traffic of its Services
  gone     no pod is left

On a terminal there is one line with the time, what it waits for and what comes next; otherwise a line for every change.

Exit codes: 0 they are; 1 they cannot become so; 2 usage; 3 the cluster is unreachable, unauthorised or forbidden; 4 timed out; 130 interrupted.`,
		Example: `  probetop wait deploy/web
  probetop wait deploy/web sts/db -n shop --timeout 5m --stable 30s
  probetop wait -l app=web --for healthy
  probetop wait pod/web-0 --for gone --timeout 2m`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			if err := o.validateWait(); err != nil {
				return err
			}
			return o.run(cmd.Context())
		},
	}
	fs := cmd.Flags()
	o.addScopeFlags(fs)
	o.addSourceFlags(fs)
	fs.StringVar(&o.aim, "for", string(model.AimReady), "What to wait for: ready, started, healthy or gone")
	fs.DurationVar(&o.timeout, "timeout", defaultTimeout, "How long to wait at most, such as 90s or 5m; 0 for ever")
	fs.DurationVar(&o.stable, "stable", 0, "How long they must stay so without a break")
	return cmd
}

func (o *waitOptions) validateWait() error {
	switch {
	case !slices.Contains(model.Aims[:], model.Aim(o.aim)):
		return usage("--for is ready, started, healthy or gone, not %q.", o.aim)
	case o.timeout < 0:
		return usage("--timeout is how long to wait, such as 90s, or 0 for ever, not %v.", o.timeout)
	case o.stable < 0:
		return usage("--stable is how long they must stay so, such as 30s, not %v.", o.stable)
	case o.timeout > 0 && o.stable >= o.timeout:
		return usage("--stable %v leaves no time to wait within --timeout %v: make it shorter.", o.stable, o.timeout)
	}
	for _, arg := range o.args {
		if _, err := watch.Named(arg); err != nil {
			var argument *watch.ArgumentError
			errors.As(err, &argument)
			return explainArgument(argument)
		}
	}
	return nil
}

func (o *waitOptions) run(ctx context.Context) error {
	began := time.Now()
	o.leftover = model.Aim(o.aim) == model.AimGone
	t, scope, err := o.reach(ctx, &o.scopeOptions)
	if err != nil {
		return err
	}
	feed := watch.NewFeed(settling)
	s, err := o.open(t, scope, feed)
	if err != nil {
		return err
	}
	w := &waiting{options: o, target: t, goal: model.Goal{Aim: model.Aim(o.aim), Stable: o.stable}, began: began, reader: feed.Reader()}
	if o.stable > 0 {
		feed.Each = w.note
	}
	if err := w.open(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return feed.Run(ctx, s.all()...) })
	err = w.run(ctx)
	cancel()
	if ended := group.Wait(); err == nil && ended != nil && !errors.Is(ended, context.Canceled) {
		err = t.explain(ended)
	}
	return err
}

// awaited is something that is waited for: what an argument names in a namespace, or all that is selected.
type awaited struct {
	name string
	// arg and namespace are set for a workload, which says how many pods it wants.
	arg, namespace string
	is             func(*model.Row) bool // nil for every pod
	rollout        model.Rollout
	outlook        model.Outlook
}

// rows returns the pods of a snapshot that belong to it.
func (a *awaited) rows(s *model.Snapshot) []*model.Row {
	var rows []*model.Row
	for _, r := range s.Rows {
		if (a.is == nil || a.is(r)) && (a.namespace == "" || r.Pod.Namespace == a.namespace) {
			rows = append(rows, r)
		}
	}
	return rows
}

// waiting is a run of probetop wait.
type waiting struct {
	// immutable after run
	options *waitOptions
	target  *target
	goal    model.Goal
	began   time.Time
	reader  *watch.Reader

	// owned by run
	rollouts *watch.Rollouts
	awaits   []*awaited
	hearing  *hearing
	snapshot *model.Snapshot
	// since is since when all are what they are waited for to be; zero while they are not.
	since time.Time
	read  time.Time // when the workloads were read last
	lines progress

	// lapses counts the pods that ceased to be so; seen is how many of them run has seen.
	lapses atomic.Int64
	seen   int64
}

// note hears of every change of a pod, also of those that a snapshot does not show.
func (w *waiting) note(ch model.RowChange) {
	if ch.Was == nil || ch.Is == nil || ch.Is.Pod.Deleting() {
		return // which run sees
	}
	now := w.target.clock.Now()
	if ch.Was.Prospect(w.goal, now).Met && !ch.Is.Prospect(w.goal, now).Met {
		w.lapses.Add(1)
	}
}

// open finds out what is waited for.
func (w *waiting) open(ctx context.Context) error {
	o := w.options
	w.lines = progress{out: o.streams.Out, width: o.streams.width()}
	if !o.streams.Terminal {
		w.lines.width = 0
	}
	if len(o.args) == 0 {
		w.awaits = []*awaited{{name: "the pods of " + o.words(w.target)}}
		return nil
	}
	var err error
	if w.rollouts, err = watch.NewRollouts(w.target.listing(), w.target.mask); err != nil {
		return w.target.explain(err)
	}
	ctx, cancel := context.WithTimeout(ctx, w.target.patience)
	defer cancel()
	for _, arg := range o.args {
		if err := w.add(ctx, arg); err != nil {
			return w.target.explain(err)
		}
	}
	w.read = time.Now()
	if len(w.awaits) == 1 && w.awaits[0].namespace == "" {
		w.awaits[0].is = nil // it is all that is read
	}
	return nil
}

// add adds what an argument names: in each namespace that has it, where it is a workload.
func (w *waiting) add(ctx context.Context, arg string) error {
	is, err := watch.Named(arg)
	if err != nil {
		return err
	}
	name := model.Printable(arg)
	if !watch.IsWorkload(arg) || w.goal.Aim == model.AimGone {
		w.awaits = append(w.awaits, &awaited{name: name, is: is})
		return nil
	}
	namespaces := w.options.namespaces
	switch {
	case w.options.all:
		namespaces = []string{""}
	case len(namespaces) == 0:
		namespaces = []string{w.target.namespace}
	}
	for _, ns := range namespaces {
		rollout, found, err := w.rollouts.Read(ctx, arg, ns)
		if err != nil {
			return err
		}
		if found {
			a := &awaited{name: name, arg: arg, namespace: ns, is: is, rollout: rollout}
			if len(namespaces) > 1 {
				a.name += " in " + model.Printable(ns)
			}
			w.awaits = append(w.awaits, a)
		}
	}
	return nil
}

// names lists what is waited for.
func (w *waiting) names() string {
	names := make([]string, len(w.awaits))
	for i, a := range w.awaits {
		names[i] = a.name
	}
	return strings.Join(names, ", ")
}
