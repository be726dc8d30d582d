package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"github.com/probetop/probetop/tui"
	"github.com/probetop/probetop/watch"
)

// boardOptions is probetop without a command.
type boardOptions struct {
	*global
	scopeOptions

	recorderOptions
	sourceOptions

	appearance

	runs   runOptions
	record string
}

func (o *boardOptions) addFlags(fs *pflag.FlagSet) {
	o.addScopeFlags(fs)
	o.addRecorderFlags(fs)
	o.addSourceFlags(fs)
	fs.StringVar(&o.record, "record", "", "File to record to from the beginning; the key r does so later")
	o.runs.addFlags(fs)
	o.appearance.addFlags(fs)
}

func (o *boardOptions) run(cmd *cobra.Command, args []string) error {
	o.args = args
	if err := o.runs.validate(o.readOnly); err != nil {
		return err
	}
	if !o.streams.Terminal {
		return usage("The board needs a terminal. For a pipe or a file use: %s get", cmd.CommandPath())
	}
	if err := o.configure(); err != nil {
		return err
	}
	ctx := cmd.Context()
	t, scope, err := o.reach(ctx, &o.scopeOptions)
	if err != nil {
		return err
	}
	feed := watch.NewFeed(o.refresh())
	s, err := o.open(t, scope, feed)
	if err != nil {
		return err
	}
	shadow, err := o.newShadow(o.runs, t, &s)
	if err != nil {
		return err
	}
	defer shadow.close()
	r := o.newRecorder(ctx, t, o.words(t), s, t.clock.Now)
	if cmd.Flags().Changed("record") {
		if err := r.start(o.record); err != nil {
			return err
		}
	}
	err = o.show(ctx, t, scope, feed, s, r, shadow)
	if failed := r.stop(); failed != nil {
		return errors.Join(failed, err)
	}
	return left(ctx, err)
}

// show draws the board on what the feed makes of the sources, until the user leaves it.
func (o *boardOptions) show(ctx context.Context, t *target, scope watch.Scope, feed *watch.Feed, s sources, r *recorder, shadow *boardShadow) error {
	defer o.streams.Log.aside()()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pods, err := o.newPods(ctx, t)
	if err != nil {
		return err
	}
	defer pods.Close()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(watch.Catch(func() error { return feed.Run(ctx, s.all()...) }))
	group.Go(watch.Catch(func() error { return shadow.follow(ctx, feed.Reader()) }))
	options := tui.Options{
		Logs:      pods,
		Manifests: pods,
		Source:    feed.Reader(),
		Input:     o.streams.In,
		Recorder:  r,
		Context:   t.context,
		Scope:     o.words(t),
		Namespace: oneNamespace(scope),
		Now:       t.clock.Now,
		Remark:    func() string { return disagreement(t.clock) },
	}
	o.dress(&options, o.colorless())
	if shadow != nil {
		options.Shadow = shadow
	}
	err = tui.Run(ctx, options)
	cancel()
	if ended := group.Wait(); err == nil && !errors.Is(ended, context.Canceled) {
		err = ended
	}
	return err
}
