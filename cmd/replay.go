package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
	"github.com/probetop/probetop/tui"
	"github.com/probetop/probetop/watch"
)

// replayOptions is probetop replay.
type replayOptions struct {
	*global
	appearance

	at    string
	speed float64
}

func newReplayCommand(g *global) *cobra.Command {
	o := &replayOptions{global: g}
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Show the board on a recording",
		Long: `Show the board as it was while FILE was recorded. It can be stopped, wound to any moment, and played faster
or slower; the help (?) lists the keys. Nothing is asked of any cluster.`,
		Example: `  probetop replay incident.zst
  probetop replay incident.zst --at 03:12:45
  probetop replay incident.zst --at +5m --speed 4
  probetop get --replay incident.zst --at +5m -o json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("Name one recording: probetop replay FILE")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args[0]) },
	}
	fs := cmd.Flags()
	fs.StringVar(&o.at, "at", "", atUsage)
	fs.Float64Var(&o.speed, "speed", 1, "How many times as fast to play, from 0.25 to 64; 0 begins stopped")
	o.addFlags(fs)
	return cmd
}

func (o *replayOptions) run(ctx context.Context, path string) error {
	if o.speed != 0 && !playable(o.speed) {
		return usage("--speed is between %v and %v, or 0 to begin stopped.", watch.Slowest, watch.Fastest)
	}
	tape, err := o.openTape(path)
	if err != nil {
		return err
	}
	at, err := moment(o.at, tape, tape.Complete())
	if err != nil {
		return err
	}
	if !o.streams.Terminal {
		return usage("The board needs a terminal. For a pipe or a file use: %s", model.ShellLine([]string{"probetop", "get", "--replay", path}))
	}
	if err := o.configure(); err != nil {
		return err
	}
	return left(ctx, o.show(ctx, tape, at))
}

// show draws the board on a recording.
func (o *replayOptions) show(ctx context.Context, tape *watch.Tape, at time.Time) error {
	player := watch.NewPlayer(tape, at, o.speed)
	if d := o.refresh(); d > 0 {
		player.Frame = d
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(watch.Catch(func() error { return player.Run(ctx) }))
	h := tape.Header()
	options := tui.Options{
		Source: player.Reader(), Input: o.streams.In, Tape: player, Now: player.Now, Context: h.Context, Scope: h.Scope,
	}
	o.dress(&options, o.colorless())
	err := tui.Run(ctx, options)
	cancel()
	return errors.Join(err, group.Wait())
}

// playable reports whether a recording can be played so many times as fast.
func playable(speed float64) bool { return speed >= watch.Slowest && speed <= watch.Fastest }

// openTape reads a recording, or says why it cannot be read.
func (g *global) openTape(path string) (*watch.Tape, error) {
	tape, err := watch.OpenTape(path, g.policy())
	if err == nil {
		return tape, nil
	}
	var format *recording.FormatError
	var file *fs.PathError
	switch {
	case errors.As(err, &format) && format.Kind == recording.NewerVersion:
		return nil, because(usage("%s cannot be read: %v. Use a newer probetop.", path, format), err)
	case errors.As(err, &format):
		return nil, because(usage("%s cannot be read: %v. Make one with: probetop record FILE", path, format), err)
	case errors.As(err, &file):
		return nil, because(usage("%s cannot be read: %v. Check the name.", path, file.Err), err)
	}
	return nil, because(usage("%s cannot be read: %v. Check the file.", path, err), err)
}

const atUsage = "The moment to show: a time such as 2026-11-21T03:12:45Z or 03:12:45 (UTC), or an offset from the beginning such as +90s"

// moment reads --at. A moment before or after the recording is its beginning or end.
func moment(text string, tape *watch.Tape, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	at, err := parseMoment(text, tape)
	switch {
	case at.Before(tape.Start()):
		at = tape.Start()
	case at.After(tape.End()):
		at = tape.End()
	}
	return at, err
}

func parseMoment(text string, tape *watch.Tape) (time.Time, error) {
	start := tape.Start().UTC()
	if d, err := time.ParseDuration(strings.TrimPrefix(text, "+")); err == nil {
		return start.Add(d), nil
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.TimeOnly, text)
	if err != nil {
		return time.Time{}, usage("--at %q is not a moment. Write it like 2026-11-21T03:12:45Z, 03:12:45 or +90s.", text)
	}
	t = time.Date(start.Year(), start.Month(), start.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	if next := t.AddDate(0, 0, 1); t.Before(start.Truncate(time.Second)) && !next.After(tape.End()) {
		return next, nil // the recording went on past midnight
	}
	return t, nil
}

// damaged tells on stderr that a recording ends early.
func damaged(s Streams, tape *watch.Tape) {
	if d := tape.Damage(); d != nil {
		fmt.Fprintf(s.Err, "%s.\n", sentence(d.Error()))
	}
}
