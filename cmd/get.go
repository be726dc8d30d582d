package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/util/jsonpath"

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
	sortBy    string

	// what the flags mean
	template documentPrinter
	order    *jsonpath.JSONPath
}

func newGetCommand(g *global) *cobra.Command {
	o := &getOptions{global: g}
	cmd := &cobra.Command{
		Use:   "get [TYPE/NAME ...]",
		Short: "Print one snapshot of the board, worst pods first",
		Long: `Print what the board would show, once, worst pods first; with -w go on with a line for every change.

A probe's state is one of: waiting, delayed, gated, starting, passing, failing, failed, held, erroring, suspended,
unknown. In the JSON each carries its certainty (certain, high, medium, low, none) and its evidence.

With -w, what is not heard any more, and from when to when changes may be missing, is written to standard error.`,
		Example: `  probetop get -A
  probetop get deploy/web -o wide
  probetop get -A -o json | jq '.pods[] | select(.ready | not) | .name'
  probetop get -A -o jsonpath='{range .pods[*]}{.name}{"\t"}{.status}{"\n"}{end}'
  probetop get -o custom-columns=POD:.name,NODE:.node,CAUSE:.diagnosis.cause --sort-by .node
  probetop get -w -o jsonl
  probetop get --replay incident.zst --at 03:12:45
  probetop get deploy/web -n shop --replay incident.zst`,
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
	fs.StringVarP(&o.format, "output", "o", string(formatTable), "Format: "+formatNames()+"|"+templateNames()+"; templates are kubectl's, and NAME-file=FILE reads one from a file")
	fs.BoolVar(&o.noHeaders, "no-headers", false, "Do not print the table's header")
	fs.StringVar(&o.sortBy, "sort-by", "", "Sort the pods by a path in their JSON, such as .node or {.created}, instead of worst first")
	fs.BoolVarP(&o.watch, "watch", "w", false, "After the snapshot, print a line for every change (table, wide, jsonl)")
	fs.StringVar(&o.replay, "replay", "", "Print a moment of this recording instead of the cluster")
	fs.StringVar(&o.at, "at", "", "With --replay: "+strings.ToLower(atUsage[:1])+atUsage[1:]+"; its end when not given")
	return cmd
}

func (o *getOptions) validateFormat() error {
	var err error
	if o.template, err = templatePrinter(o.format, !o.noHeaders); err != nil {
		return err
	}
	if o.template == nil && !slices.Contains(formats, format(o.format)) {
		return usage("-o %s is not a format. Choose one of %s.", o.format, formatNames()+"|"+templateNames())
	}
	if o.sortBy != "" {
		if o.order, err = parsePath(o.sortBy); err != nil {
			return because(usage("--sort-by %s is not a path such as .restarts or {.name}: %v.", o.sortBy, err), err)
		}
	}
	if o.watch && o.sortBy != "" {
		return usage("-w prints changes as they come, which cannot be sorted. Leave out --sort-by.")
	}
	if o.watch && !slices.Contains([]format{formatTable, formatWide, formatLines}, format(o.format)) {
		return usage("-w prints a line for every change, which -o %s cannot. Use -o jsonl.", o.format)
	}
	return nil
}

// runReplay prints a moment of a recording, all of it unless the flags select less.
func (o *getOptions) runReplay() error {
	if o.watch {
		return usage("-w follows a cluster. Leave it out with --replay, or play the recording: probetop replay FILE")
	}
	tape, err := o.openTape(o.replay)
	if err != nil {
		return err
	}
	at, err := moment(o.at, tape, tape.End())
	if err != nil {
		return err
	}
	s, err := o.narrow(tape.At(at))
	if err != nil {
		return err
	}
	damaged(o.streams, tape)
	p := o.printer(tape.Header().Context, func() time.Time { return at }, len(o.namespaces) != 1)
	o.remark(s)
	return p.snapshot(s, at)
}

// printer returns a printer of what the flags want. Rows are scoped when they are of several namespaces.
func (o *getOptions) printer(context string, now func() time.Time, scoped bool) *printer {
	return &printer{
		out: o.streams.Out, format: format(o.format), context: context, now: now, template: o.template, sortBy: o.order,
		table: newTable(o.format == string(formatWide), scoped, !o.noHeaders, o.streams.Measure),
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
	var log *rowLog
	if o.watch {
		log = newRowLog()
		feed.Each = log.add
	}
	ctx, cancel := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return feed.Run(ctx, s.all()...) })
	err = o.print(ctx, t, scope, feed.Reader(), log)
	cancel()
	if ended := group.Wait(); err == nil && ended != nil && !errors.Is(ended, context.Canceled) {
		err = t.explain(ended)
	}
	return err
}

// print writes the first complete snapshot, and then the changes if they are wanted. What is there of one that could not be
// completed in time is written as well.
func (o *getOptions) print(ctx context.Context, t *target, scope watch.Scope, r *watch.Reader, log *rowLog) error {
	s, failed := complete(ctx, r, t)
	if failed != nil && len(s.Rows) == 0 {
		return failed
	}
	p := o.printer(t.context, t.clock.Now, oneNamespace(scope) == "")
	remarkOnClock(o.streams.Err, t.clock)
	o.remark(s)
	if len(s.Rows) > 0 || p.document() {
		if err := p.snapshot(s, s.At); err != nil {
			return err
		}
	}
	if failed != nil || !o.watch {
		return failed
	}
	ctx, cancel := context.WithCancel(ctx)
	var heard sync.WaitGroup
	heard.Go(func() { newHearing(o.streams.Err, s).follow(ctx, r) })
	defer heard.Wait()
	defer cancel()
	return p.follow(ctx, log, s)
}

// remark tells what the snapshot lacks.
func (o *getOptions) remark(s *model.Snapshot) {
	remarkOn(o.streams.Err, s)
	switch {
	case len(s.Rows) > 0:
	case !o.replays:
		fmt.Fprintf(o.streams.Err, "No pod matches. Look elsewhere with -n NAMESPACE or -A, or with another selector.\n")
	case o.selects():
		fmt.Fprintf(o.streams.Err, "No pod of the recording matches at that moment. Leave out -n and selectors to see all of it.\n")
	}
}

// remarkOn tells which sources a snapshot does without.
func remarkOn(w io.Writer, s *model.Snapshot) {
	for _, src := range s.Sources {
		if src.State != model.SourceSynced && src.State != model.SourceOff {
			fmt.Fprintf(w, "Without %s (%s): %s\n", src.Kind, src.State, model.Printable(src.Error))
		}
	}
	for _, n := range s.Late {
		fmt.Fprintf(w, "The events of node %s are %s late: what is said of its pods may be as old.\n", model.Printable(n.Name), n.By.Round(time.Second))
	}
	if n := s.Unread.Count; n > 0 {
		fmt.Fprintf(w, "%d kubelet events about probes are not understood, and say nothing here: %s\n", n, model.Printable(s.Unread.Sample))
	}
}

// complete waits for a snapshot in which every source has said what there is to say. When one of them keeps silent until the
// target's deadline, what is there must do. It is returned with an error when it lacks pods.
func complete(ctx context.Context, r *watch.Reader, t *target) (*model.Snapshot, error) {
	first, cancel := context.WithDeadline(ctx, t.deadline())
	defer cancel()
	s := &model.Snapshot{}
	for !s.Settled() {
		next, err := r.Next(first)
		switch {
		case err == nil:
			s = next
		case ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
			return s, t.unsettled(s)
		default:
			return &model.Snapshot{}, t.explain(err)
		}
	}
	return s, t.unsettled(s)
}

// unsettled says why the list of pods has not come, or not all of it; nil when it has.
func (t *target) unsettled(s *model.Snapshot) error {
	pods := s.Source(model.Pods)
	why := model.Printable(pods.Error)
	switch {
	case pods.State == model.SourceSynced:
		return nil
	case pods.State == model.SourceForbidden:
		return &failure{
			sentence: "Not allowed (403): " + why + ". Ask for the right to list and watch pods, or choose a namespace you may read with -n.",
			code:     exitUnreachable,
		}
	case why != "":
		why = ": " + why
	}
	sentence := "The list of pods of context " + t.context + " did not come" + why
	switch n := len(s.Rows); {
	case n == 1:
		sentence = "The list of pods of context " + t.context + " is not complete; this one came" + why
	case n > 1:
		sentence = fmt.Sprintf("The list of pods of context %s is not complete; these %d came%s", t.context, n, why)
	}
	return &failure{sentence: sentence + ". Try again, or allow more with --request-timeout.", code: exitTimedOut}
}
