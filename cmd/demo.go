package cmd

import (
	"bytes"
	"context"
	_ "embed" // the incident
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
	"github.com/probetop/probetop/simcluster"
	"github.com/probetop/probetop/tui"
	"github.com/probetop/probetop/watch"
)

// incident is a recording of a real incident on a real kubelet; make demo-recording makes it again.
//
//go:embed demo/incident.zst
var incident []byte

// demoNotice is on every screen of the demo.
const demoNotice = "DEMO  a recorded incident, no cluster of yours"

// justBegun is for how long it is said that the incident has begun again.
const justBegun = 20 * time.Second

// round says when the incident begins again, or that it just has.
func round(r simcluster.Round, now time.Time) string {
	switch left := r.Ends.Sub(now); {
	case r.Number > 1 && now.Sub(r.Began) < justBegun:
		return "it has started over"
	case left > time.Minute:
		return fmt.Sprintf("starts over in %dm", (left+time.Minute-1)/time.Minute)
	default:
		return fmt.Sprintf("starts over in %ds", max(left, 0)/time.Second)
	}
}

// demoOptions is probetop demo.
type demoOptions struct {
	*global
	appearance

	runs  runOptions
	speed float64
	serve bool
}

func newDemoCommand(g *global) *cobra.Command {
	o := &demoOptions{global: g}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the board on an embedded cluster; needs nothing but this binary",
		Long: `Show the board on a cluster inside this program, which lives through a recorded incident again and again. Nothing
else is needed, and nothing else is touched. Its containers answer probes that are run from here as the recorded ones did; no
command is ever run. With --serve the cluster is only served, for kubectl or another probetop.`,
		Example: `  probetop demo
  probetop demo --serve`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	fs := cmd.Flags()
	o.runs.addFlags(fs)
	fs.Float64Var(&o.speed, "speed", 1, "How many times as fast the incident happens, from 0.25 to 64; with --serve, faster means that times run ahead of the client's clock")
	fs.BoolVar(&o.serve, "serve", false, "Serve the cluster until ctrl-c, and say how to reach it")
	o.addFlags(fs)
	return cmd
}

func (o *demoOptions) run(user context.Context) error {
	if !playable(o.speed) {
		return usage("--speed is between %v and %v.", watch.Slowest, watch.Fastest)
	}
	if err := o.runs.validate(o.readOnly); err != nil {
		return err
	}
	if !o.serve && !o.streams.Terminal {
		return usage("The board needs a terminal. For kubectl and scripts use: probetop demo --serve")
	}
	if !o.serve {
		if err := o.configure(); err != nil {
			return err
		}
	}
	r, err := recording.NewReader(bytes.NewReader(incident))
	if err != nil {
		return fmt.Errorf("opening the embedded incident: %w", err)
	}
	script, err := simcluster.ReadScript(r)
	if err != nil {
		return err
	}
	clock := simcluster.NewClock(o.speed)
	told := watch.NewReplayedShadows()
	cluster, err := simcluster.Start(simcluster.Options{
		Now: clock.Now, ServerVersion: r.Header().ServerVersion, AsRecorded: true, Shadow: told.Tell,
	})
	if err != nil {
		return because(&failure{sentence: "The demo cluster cannot be served on this machine: " + err.Error() + ".", code: exitUnreachable}, err)
	}
	defer cluster.Close()
	ctx, cancel := context.WithCancel(user)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(watch.Catch(func() error { return cluster.Play(ctx, script, clock) }))
	select {
	case <-script.Opened():
	case <-ctx.Done():
	}
	if o.serve {
		err = o.wait(ctx, cluster)
	} else {
		err = left(user, o.show(ctx, cluster, script, clock, told))
	}
	cancel()
	return errors.Join(err, group.Wait())
}

// wait says how the cluster is reached, and waits for ctx to end.
func (o *demoOptions) wait(ctx context.Context, cluster *simcluster.Cluster) error {
	dir, err := os.MkdirTemp("", "probetop-demo-")
	if err != nil {
		return because(usage("The kubeconfig of the demo cannot be written: %v. Set TMPDIR to a folder you may write to.", err), err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "kubeconfig")
	if err := cluster.WriteKubeconfig(path); err != nil {
		return because(usage("The kubeconfig of the demo cannot be written: %v. Check the disk.", err), err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "The demo cluster is served at %s until ctrl-c. Try:\n", cluster.URL())
	for _, words := range [][]string{
		{"kubectl", "--kubeconfig", path, "get", "pods", "-A"},
		{"kubectl", "--kubeconfig", path, "-n", "search", "port-forward", "deploy/suggest", "8080"},
		{"probetop", "--kubeconfig", path, "-A"},
	} {
		fmt.Fprintf(&b, "  %s\n", model.ShellLine(words))
	}
	if _, err := io.WriteString(o.streams.Out, b.String()); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// show draws the board on the cluster, by the way every cluster is read.
func (o *demoOptions) show(ctx context.Context, cluster *simcluster.Cluster, script *simcluster.Script, clock *simcluster.Clock, told *watch.ReplayedShadows) error {
	config := cluster.RESTConfig()
	config.QPS, config.Burst = 50, 100
	live, err := watch.NewLive(config, watch.Scope{})
	if err != nil {
		return err
	}
	live.Clock, live.Mask = clock.Now, o.policy()
	s := sources{live: live}
	shadow, err := o.newShadow(o.runs, &target{config: config, context: "demo", clock: clock}, &s)
	if err != nil {
		return err
	}
	defer shadow.close()
	feed := watch.NewFeed(o.refresh())
	feed.Clock = clock.Now
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pods, err := o.newPods(ctx, &target{config: config})
	if err != nil {
		return err
	}
	defer pods.Close()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(watch.Catch(func() error { return feed.Run(ctx, append(s.all(), told)...) }))
	group.Go(watch.Catch(func() error { return shadow.follow(ctx, feed.Reader()) }))
	options := tui.Options{
		Logs: pods, Manifests: pods,
		Source: feed.Reader(), Input: o.streams.In, Context: "demo", Scope: "all namespaces", Notice: demoNotice,
		Now: clock.Now, News: func() string { return round(script.Round(), clock.Now()) },
	}
	o.dress(&options, o.colorless())
	if shadow != nil {
		options.Shadow = shadow
	}
	err = tui.Run(ctx, options)
	cancel()
	return errors.Join(err, group.Wait())
}
