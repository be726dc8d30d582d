// Command cluster runs the Kubernetes of the end-to-end tests on this machine.
//
//	go run ./cmd/cluster [flags] up|down|status|kubeconfig
//
// up starts the cluster in the background, or finds that it is up already. down removes it, even when half of it has
// died. status says whether it is healthy, and fails if not. kubeconfig prints the path of its kubeconfig.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/probetop/probetop/e2e/cluster"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	opts := cluster.Options{Log: os.Stderr}
	flags := flag.NewFlagSet("cluster", flag.ContinueOnError)
	flags.StringVar(&opts.StateDir, "state", "", "`directory` of the running cluster (default /var/lib/probetop-e2e)")
	flags.StringVar(&opts.CacheDir, "cache", "", "`directory` of built binaries (default probetop/bin in the user's cache)")
	flags.DurationVar(&opts.BackOff, "back-off", 0, "the longest crash-loop `back-off` (default 10s; the kubelet's own is 5m)")
	flags.StringVar(&opts.Kubelet, "kubelet", "", "the kubelet's `version`, such as 1.31 (default the control plane's)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	c, err := cluster.New(opts)
	if err != nil {
		return err
	}
	switch flags.Arg(0) {
	case "up":
		if err := c.Start(ctx); err != nil {
			return err
		}
		fmt.Printf("export KUBECONFIG=%s\n%s --kubeconfig %s get pods -A\n", c.Kubeconfig(), c.Kubectl(), c.Kubeconfig())
		return nil
	case "down":
		return c.Stop(ctx)
	case "status":
		if err := c.Health(ctx); err != nil {
			return err
		}
		fmt.Println("healthy")
		return nil
	case "kubeconfig":
		fmt.Println(c.Kubeconfig())
		return nil
	default:
		return errors.New("want one of up, down, status, kubeconfig")
	}
}
