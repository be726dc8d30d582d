// Command matrix holds probetop against kubelets of several versions, one after the other, and writes what came of it into
// docs/versions.md.
//
//	go run ./cmd/matrix [flags] VERSION...
//
// Each kubelet runs below the same control plane. Against it run the scenarios, the comparison of the shadow prober with the
// kubelet, and a soak. It fails when a test does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/probetop/probetop/e2e/cluster"
	"github.com/probetop/probetop/simcluster/section"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "matrix:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("matrix", flag.ContinueOnError)
	soak := flags.Duration("soak", 2*time.Minute, "for how `long` to soak")
	document := flags.String("o", "", "Markdown `file` with a section \"kubelets\" for the table")
	logs := flags.String("logs", "", "`directory` for the output of the tests (default a temporary one)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	versions := flags.Args()
	if len(versions) == 0 {
		return errors.New("want versions of the kubelet, such as 1.31 1.36")
	}
	dir, err := logDir(*logs)
	if err != nil {
		return err
	}
	var rows []row
	for _, version := range versions {
		r, err := measure(ctx, version, dir, *soak)
		if err != nil {
			return fmt.Errorf("kubelet %s: %w", version, err)
		}
		fmt.Print(header + r.String())
		rows = append(rows, r)
	}
	return conclude(rows, *document)
}

func logDir(dir string) (string, error) {
	if dir == "" {
		dir, err := os.MkdirTemp("", "probetop-matrix-")
		if err != nil {
			return "", fmt.Errorf("making a directory for the logs: %w", err)
		}
		return dir, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("making a directory for the logs: %w", err)
	}
	return dir, nil
}

// measure runs the tests against one kubelet, on a cluster of its own.
func measure(ctx context.Context, version, dir string, soak time.Duration) (r row, err error) {
	c, err := cluster.New(cluster.Options{Kubelet: version, Log: os.Stderr})
	if err != nil {
		return row{}, err
	}
	if c.Health(ctx) == nil {
		return row{}, errors.New("a cluster is up already, perhaps with another kubelet: run make cluster-down first")
	}
	if err := c.Start(ctx); err != nil {
		return row{}, err
	}
	defer func() { err = errors.Join(err, c.Stop(context.WithoutCancel(ctx))) }()
	if r.kubelet, err = kubeletVersion(ctx, c); err != nil {
		return row{}, err
	}
	s := session{dir: dir, version: version}
	if r.scenarios, err = s.test(ctx, "scenarios", nil, "-run", scenarios); err != nil {
		return row{}, err
	}
	if r.soak, err = s.test(ctx, "soak", []string{"E2E_SOAK=" + soak.String()}, "-tags", "soak", "-run", "^TestSoak$"); err != nil {
		return row{}, err
	}
	r.figures, err = s.figures()
	return r, err
}

// conclude writes the table, and fails when a test has failed.
func conclude(rows []row, document string) error {
	var text strings.Builder
	text.WriteString(header)
	var failed []string
	for i := range rows {
		text.WriteString(rows[i].String())
		failed = append(failed, rows[i].failed()...)
	}
	fmt.Print(text.String())
	if document != "" {
		if err := section.Replace(document, "kubelets", text.String()); err != nil {
			return err
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("%d tests failed:\n%s", len(failed), strings.Join(failed, "\n"))
	}
	return nil
}
