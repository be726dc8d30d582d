package cmd

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/watch"
)

// recordOptions is probetop record.
type recordOptions struct {
	*global
	scopeOptions
	recorderOptions
	sourceOptions

	runs  runOptions
	limit time.Duration
}

func newRecordCommand(g *global) *cobra.Command {
	o := &recordOptions{global: g}
	cmd := &cobra.Command{
		Use:   "record FILE [TYPE/NAME ...]",
		Short: "Record what the cluster says, to look at it later",
		Long: `Write everything that the board would hear to FILE, until ctrl-c: pods, events, endpoint slices, services and
nodes, each with the time at which it was heard. FILE must not exist, or be empty. Look at it with probetop replay, or as
JSON lines with zstd -dc FILE.

What is not needed for that is left out, environment variables and volumes among it. Values of HTTP probe headers, and what looks
like a secret in commands and texts, are masked, unless --show-secrets is given. Names, labels, images, addresses and probe texts are
kept: treat the file accordingly.

With --shadow auto the probes that fail are run from here, too, once a period, and the recording says what they come to.`,
		Example: `  probetop record incident.zst -A
  probetop record incident.zst -A --shadow auto
  probetop replay incident.zst`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("Name the file to record to: probetop record FILE")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args[1:]
			return o.run(cmd.Context(), args[0])
		},
	}
	o.addScopeFlags(cmd.Flags())
	o.addRecorderFlags(cmd.Flags())
	o.addSourceFlags(cmd.Flags())
	cmd.Flags().StringVar(&o.runs.shadowMode, "shadow", shadowOff, "Run the containers' own probes from here: off or auto (those that fail, once a period)")
	cmd.Flags().BoolVar(&o.runs.allowExec, "allow-exec", false, "With --shadow auto, run exec probes, too: each runs its command in the container")
	cmd.Flags().DurationVar(&o.limit, "for", 0, "How long to record, such as 10m; 0 until ctrl-c")
	return cmd
}

func (o *recordOptions) run(ctx context.Context, path string) error {
	if o.runs.shadowMode == shadowManual {
		return usage("A recording has no key to run a probe with: --shadow is off or auto.")
	}
	if o.limit < 0 {
		return usage("--for %v is over before it begins. Write how long to record, such as 10m, or 0 until ctrl-c.", o.limit)
	}
	if err := o.runs.validate(o.readOnly); err != nil {
		return err
	}
	t, scope, err := o.reach(ctx, &o.scopeOptions)
	if err != nil {
		return err
	}
	feed := watch.NewFeed(time.Second)
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
	remarkOnClock(o.streams.Err, t.clock)
	if err := r.start(path); err != nil {
		return err
	}
	if o.limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.limit)
		defer cancel()
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return feed.Run(ctx, s.all()...) })
	group.Go(func() error { return shadow.follow(ctx, feed.Reader()) })
	group.Go(func() error { return o.report(ctx, r, feed, t.clock) })
	failed := group.Wait()
	if err := r.stop(); err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	if n := r.omitted(); n > 0 {
		fmt.Fprintf(o.streams.Err, "%d objects are larger than a recording holds, and are not in it.\n", n)
	}
	fmt.Fprintf(o.streams.Err, "Recorded %s to %s. Look at it with: %s\n", size(r.Status().Bytes), path, model.ShellLine([]string{"probetop", "replay", path}))
	return nil
}

// report keeps one line about the recording up to date until ctx ends or the recording fails.
func (o *recordOptions) report(ctx context.Context, r *recorder, feed *watch.Feed, clock clock) error {
	fmt.Fprintf(o.streams.Err, "Recording to %s; ctrl-c ends it.\n", r.Status().Path)
	every := time.NewTicker(time.Second)
	defer every.Stop()
	r.mu.Lock()
	failed := r.writer.Failed()
	r.mu.Unlock()
	for {
		select {
		case <-ctx.Done():
			if o.streams.Terminal {
				fmt.Fprintln(o.streams.Err)
			}
			return nil
		case <-failed:
			return cannotRecord(r.Status().Path, r.Status().Err)
		case <-every.C:
		}
		if o.streams.Terminal {
			s, pods := r.Status(), feed.Snapshot().Totals
			fmt.Fprintf(o.streams.Err, "\r\x1b[K%s  %s  %d pods, %d faults", age(s.Since, clock.Now()), size(s.Bytes), pods.Pods, pods.Faults())
		}
	}
}

// size writes a number of bytes for people.
func size(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1000_000)
}
