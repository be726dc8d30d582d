package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/watch"
)

// settling is how often get looks whether the snapshot is complete.
const settling = 20 * time.Millisecond

// getOptions is probetop get.
type getOptions struct {
	*global
	scopeOptions
	sourceOptions

	format    string
	noHeaders bool
	watch     bool
	replay    string
	replays   bool // replay was given
	at        string
}

func newGetCommand(g *global) *cobra.Command {
	o := &getOptions{global: g}
	cmd := &cobra.Command{
		Use:   "get [TYPE/NAME ...]",
		Short: "Print one snapshot of the board, worst pods first",
		Long: `Print what the board would show, once, worst pods first; with -w go on with a line for every change.

A probe's state is one of: waiting, delayed, gated, starting, passing, failing, failed, held, erroring, suspended,
unknown. In the JSON each carries its certainty (certain, high, medium, low, none) and its evidence.`,
		Example: `  probetop get -A
  probetop get deploy/web -o wide
  probetop get -A -o json | jq '.pods[] | select(.ready | not) | .name'
  probetop get -w -o jsonl
  probetop get --replay incident.zst --at 03:12:45`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			if err := o.validateFormat(); err != nil {
				return err
			}
			o.replays = cmd.Flags().Changed("replay")
			return o.run(cmd.Context())
		},
	}
	fs := cmd.Flags()
	o.addScopeFlags(fs)
	o.addSourceFlags(fs)
	fs.StringVarP(&o.format, "output", "o", string(formatTable), "Format: "+formatNames())
	fs.BoolVar(&o.noHeaders, "no-headers", false, "Do not print the table's header")
	fs.BoolVarP(&o.watch, "watch", "w", false, "After the snapshot, print a line for every change (table, wide, jsonl)")
	fs.StringVar(&o.replay, "replay", "", "Print a moment of this recording instead of the cluster")
	fs.StringVar(&o.at, "at", "", "With --replay: "+strings.ToLower(atUsage[:1])+atUsage[1:]+"; its end when not given")
	return cmd
}

func (o *getOptions) validateFormat() error {
	if !slices.Contains(formats, format(o.format)) {
		return usage("-o %s is not a format. Choose one of %s.", o.format, formatNames())
	}
	if o.watch && !slices.Contains([]format{formatTable, formatWide, formatLines}, format(o.format)) {
		return usage("-w prints a line for every change, which -o %s cannot. Use -o jsonl.", o.format)
	}
	return nil
}

// runReplay prints a moment of a recording, all of it.
func (o *getOptions) runReplay() error {
	if o.watch || o.all || len(o.namespaces)+len(o.args) > 0 || o.labels+o.fields != "" {
		return usage("--replay prints all that was recorded: leave out -w, -A, -n, selectors and TYPE/NAME.")
	}
	tape, err := openTape(o.replay)
	if err != nil {
		return err
	}
	at, err := moment(o.at, tape, tape.End())
	if err != nil {
		return err
	}
	damaged(o.streams, tape)
	s := tape.At(at)
	p := o.printer(tape.Header().Context, func() time.Time { return at }, true)
	o.remark(s)
	return p.snapshot(s, at)
}

// printer returns a printer of what the flags want. Rows are scoped when they are of several namespaces.
func (o *getOptions) printer(context string, now func() time.Time, scoped bool) *printer {
	return &printer{
		out: o.streams.Out, format: format(o.format), context: context, now: now,
		table: newTable(o.format == string(formatWide), scoped, !o.noHeaders),
	}
}

func (o *getOptions) run(ctx context.Context) error {
	if o.replays {
		return o.runReplay()
	}
	if o.at != "" {
		return usage("--at is a moment of a recording: name one with --replay FILE.")
	}
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
	err = o.print(ctx, t, scope, feed.Reader())
	cancel()
	if ended := group.Wait(); err == nil && ended != nil && !errors.Is(ended, context.Canceled) {
		err = t.explain(ended)
	}
	return err
}

// print writes the first complete snapshot, and then the changes if they are wanted.
func (o *getOptions) print(ctx context.Context, t *target, scope watch.Scope, r *watch.Reader) error {
	s, err := complete(ctx, r, t)
	if err != nil {
		return err
	}
	p := o.printer(t.context, t.clock.Now, oneNamespace(scope) == "")
	remarkOnClock(o.streams.Err, t.clock)
	o.remark(s)
	if len(s.Rows) > 0 || p.document() {
		if err := p.snapshot(s, s.At); err != nil {
			return err
		}
	}
	if !o.watch {
		return nil
	}
	return p.follow(ctx, r, s)
}

// remark tells what the snapshot lacks.
func (o *getOptions) remark(s *model.Snapshot) {
	remarkOn(o.streams.Err, s)
	if len(s.Rows) == 0 && !o.replays {
		fmt.Fprintf(o.streams.Err, "No pod matches. Look elsewhere with -n NAMESPACE or -A, or with another selector.\n")
	}
}

// remarkOn tells which sources a snapshot does without.
func remarkOn(w io.Writer, s *model.Snapshot) {
	for _, src := range s.Sources {
		if src.State != model.SourceSynced && src.State != model.SourceOff {
			fmt.Fprintf(w, "Without %s (%s): %s\n", src.Kind, src.State, model.Printable(src.Error))
		}
	}
	if n := s.Unread.Count; n > 0 {
		fmt.Fprintf(w, "%d kubelet events about probes are not understood, and say nothing here: %s\n", n, model.Printable(s.Unread.Sample))
	}
}

// complete waits for a snapshot in which every source has said what there is to say. When one of them keeps
// silent for longer than the target's patience, what is there must do, unless it is the pods that are missing.
func complete(ctx context.Context, r *watch.Reader, t *target) (*model.Snapshot, error) {
	s := &model.Snapshot{}
	for !s.Settled() {
		next, err := nextWithin(ctx, r, t.patience)
		if errors.Is(err, context.DeadlineExceeded) && s.Source(model.Pods).State == model.SourceSynced {
			return s, nil
		}
		if err != nil {
			return nil, t.unsettled(err, s.Source(model.Pods))
		}
		s = next
	}
	if pods := s.Source(model.Pods); pods.State == model.SourceForbidden {
		return nil, t.unsettled(nil, pods)
	}
	return s, nil
}

func nextWithin(ctx context.Context, r *watch.Reader, d time.Duration) (*model.Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	return r.Next(ctx)
}

// unsettled says why the list of pods did not come.
func (t *target) unsettled(err error, pods model.Source) error {
	switch {
	case errors.Is(err, context.Canceled):
		return t.explain(err)
	case pods.State == model.SourceForbidden:
		return because(&failure{
			sentence: "Not allowed (403): " + model.Printable(pods.Error) + ". Ask for the right to list and watch pods, or choose a namespace you may read with -n.",
			code:     exitUnreachable,
		}, err)
	}
	sentence := "The list of pods of context " + t.context + " did not come"
	if pods.Error != "" {
		sentence += ": " + model.Printable(pods.Error)
	}
	return because(&failure{sentence: sentence + ". Try again, or allow more with --request-timeout.", code: exitTimedOut}, err)
}
