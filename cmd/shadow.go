package cmd

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
	"github.com/probetop/probetop/watch"
)

// shadowOptions is probetop shadow.
type shadowOptions struct {
	*global
	scopeOptions
	sourceOptions

	container string
	types     []string
	count     int
	allPods   bool
	allowExec bool
	format    string
}

func newShadowCommand(g *global) *cobra.Command {
	o := &shadowOptions{global: g}
	cmd := &cobra.Command{
		Use:   "shadow TYPE/NAME",
		Short: "Run a container's own probes from here, and compare with the kubelet",
		Long: `Run the probes of a pod the way its kubelet does, through the API server, and compare: what is asked, how each attempt went,
what the kubelet found last, whether the two agree, why not, what to check, and a command line that asks the same by hand.

Of a workload, Service or node the probes of one pod are run, the worst; with --all those of all its pods. A probe is run as often as
--count says, never faster than its period. An exec probe runs a command in the container: it is asked about on a terminal, and left out
otherwise unless --allow-exec is given. A duration is what the kubelet would see: the way through the API server is taken off.

It needs create (on some servers get) on pods/portforward, for exec probes on pods/exec, and get on pods. With pods/proxy it also asks the
pod IP, which tells a server that listens on loopback only from a path that is blocked.

Exit codes: 0 all pass, here and there; 1 something fails, differs, or was not answered; 2 usage; 3 the cluster, or the way to the container,
is unreachable, unauthorised or forbidden; 4 timed out.`,
		Example: `  probetop shadow pod/web-0
  probetop shadow deploy/web --probe readiness --all
  probetop shadow pod/web-0 --container app --count 5 -o json`,
		Args: oneTarget,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			if err := o.validateShadow(); err != nil {
				return err
			}
			return o.run(cmd.Context())
		},
	}
	fs := cmd.Flags()
	o.addScopeFlags(fs)
	o.addSourceFlags(fs)
	fs.StringVarP(&o.container, "container", "c", "", "Only the probes of this container")
	fs.StringSliceVar(&o.types, "probe", nil, "Only these probes: startup, readiness, liveness")
	fs.IntVar(&o.count, "count", 1, "How often each probe is run, a period apart")
	fs.BoolVar(&o.allPods, "all", false, "The probes of all pods, not only of the worst")
	fs.BoolVar(&o.allowExec, "allow-exec", false, "Run exec probes, too, without asking: each runs its command in the container")
	fs.StringVarP(&o.format, "output", "o", "text", "Format: text|json")
	return cmd
}

// oneTarget wants exactly one argument.
func oneTarget(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage("Name what to probe, once: %s pod/NAME", cmd.CommandPath())
	}
	return nil
}

func (o *shadowOptions) validateShadow() error {
	if o.readOnly {
		return usage("--read-only runs no probes. Leave it out, or see what is known with: probetop get")
	}
	for _, typ := range o.types {
		if !slices.ContainsFunc(model.ProbeTypes[:], func(t model.ProbeType) bool { return t.String() == typ }) {
			return usage("--probe is startup, readiness or liveness, not %q.", typ)
		}
	}
	if o.count < 1 {
		return usage("--count is how often each probe is run, at least 1, not %d.", o.count)
	}
	if o.format != "text" && o.format != string(formatJSON) {
		return usage("-o %s is not a format. Choose text or json.", o.format)
	}
	return nil
}

func (o *shadowOptions) run(ctx context.Context) error {
	t, scope, err := o.reach(ctx, &o.scopeOptions)
	if err != nil {
		return err
	}
	feed := watch.NewFeed(settling)
	s, err := o.open(t, scope, feed)
	if err != nil {
		return err
	}
	p, closeProber, err := o.newProber(t, prober.Options{AllowExec: o.allowExec})
	if err != nil {
		return err
	}
	s.shadows = watch.NewShadows(p.Reports())
	ctx, cancel := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return feed.Run(ctx, s.all()...) })
	err = o.compare(ctx, t, feed, p)
	closeProber()
	cancel()
	if ended := group.Wait(); err == nil && ended != nil && !errors.Is(ended, context.Canceled) {
		err = t.explain(ended)
	}
	return err
}

// compare runs the probes that the flags select, and says how each compares with what the kubelet finds.
func (o *shadowOptions) compare(ctx context.Context, t *target, feed *watch.Feed, p *prober.Prober) error {
	reader := feed.Reader()
	s, err := complete(ctx, reader, t)
	if err != nil {
		return err
	}
	remarkOnClock(o.streams.Err, t.clock)
	remarkOn(o.streams.Err, s)
	aims, err := o.aims(s)
	if err == nil {
		aims, err = o.agreed(ctx, aims)
	}
	if err != nil {
		return err
	}
	c := &comparing{options: o, target: t, feed: feed, reader: reader, prober: p, aims: aims}
	return c.run(ctx)
}
