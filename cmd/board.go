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

	ascii  bool
	record string
}

func (o *boardOptions) addFlags(fs *pflag.FlagSet) {
	o.addScopeFlags(fs)
	o.addRecorderFlags(fs)
	fs.StringVar(&o.record, "record", "", "File to record to from the beginning; the key r does so later")
	fs.BoolVar(&o.ascii, "ascii", false, "Draw with the characters that every terminal has")
}

func (o *boardOptions) run(cmd *cobra.Command, args []string) error {
	o.args = args
	if !o.streams.Terminal {
		return usage("The board needs a terminal. For a pipe or a file use: %s get", cmd.CommandPath())
	}
	ctx := cmd.Context()
	t, scope, err := o.reach(ctx, &o.scopeOptions)
	if err != nil {
		return err
	}
	live, err := watch.NewLive(t.config, scope)
	if err != nil {
		return t.explain(err)
	}
	r := o.newRecorder(ctx, t, o.words(t), live, o.streams.Now)
	if o.record != "" {
		if err := r.start(o.record); err != nil {
			return err
		}
	}
	return errors.Join(o.show(ctx, t, scope, live, r), r.stop())
}

// show draws the board on a source until the user leaves it.
func (o *boardOptions) show(ctx context.Context, t *target, scope watch.Scope, source watch.Source, r *recorder) error {
	feed := watch.NewFeed(0)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return feed.Run(ctx, source) })
	err := tui.Run(ctx, tui.Options{
		Source:    feed.Reader(),
		Recorder:  r,
		Context:   t.context,
		Scope:     o.words(t),
		Namespace: oneNamespace(scope),
		Now:       o.streams.Now,
		NoColor:   o.colorless(),
		ASCII:     o.ascii,
	})
	cancel()
	if ended := group.Wait(); err == nil && !errors.Is(ended, context.Canceled) {
		err = ended
	}
	return err
}
