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

	runs   runOptions
	ascii  bool
	record string
}

func (o *boardOptions) addFlags(fs *pflag.FlagSet) {
	o.addScopeFlags(fs)
	o.addRecorderFlags(fs)
	o.addSourceFlags(fs)
	fs.StringVar(&o.record, "record", "", "File to record to from the beginning; the key r does so later")
	o.runs.addFlags(fs)
	fs.BoolVar(&o.ascii, "ascii", false, "Draw with the characters that every terminal has")
}

func (o *boardOptions) run(cmd *cobra.Command, args []string) error {
	o.args = args
	if err := o.runs.validate(o.readOnly); err != nil {
		return err
	}
	if !o.streams.Terminal {
		return usage("The board needs a terminal. For a pipe or a file use: %s get", cmd.CommandPath())
	}
	ctx := cmd.Context()
	t, scope, err := o.reach(ctx, &o.scopeOptions)
	if err != nil {
		return err
	}
	feed := watch.NewFeed(0)
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
	return errors.Join(o.show(ctx, t, scope, feed, s, r, shadow), r.stop())
}

// show draws the board on what the feed makes of the sources, until the user leaves it.
func (o *boardOptions) show(ctx context.Context, t *target, scope watch.Scope, feed *watch.Feed, s sources, r *recorder, shadow *boardShadow) error {
	defer o.streams.Log.aside()()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return feed.Run(ctx, s.all()...) })
	group.Go(func() error { return shadow.follow(ctx, feed.Reader()) })
	options := tui.Options{
		Source:    feed.Reader(),
		Input:     o.streams.In,
		Recorder:  r,
		Context:   t.context,
		Scope:     o.words(t),
		Namespace: oneNamespace(scope),
		Now:       t.clock.Now,
		Remark:    func() string { return disagreement(t.clock) },
		NoColor:   o.colorless(),
		ASCII:     o.ascii,
	}
	if shadow != nil {
		options.Shadow = shadow
	}
	err := tui.Run(ctx, options)
	cancel()
	if ended := group.Wait(); err == nil && !errors.Is(ended, context.Canceled) {
		err = ended
	}
	return err
}
