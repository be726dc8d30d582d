// Command incident makes the recording of probetop's demo: it starts a fresh Kubernetes on this machine, provokes an
// incident on its real kubelet, and lets "probetop record" listen.
//
//	nice -n -10 go run ./cmd/incident -o FILE
//	go run ./cmd/incident -from FILE -o FILE
//
// script.go says what happens and when. It takes fifteen minutes, and what the e2e tests need: root on Debian. FILE is
// replaced when all went well; the cluster is taken down in any case. Without nice, a machine that is busy with something
// else adds failures of its own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/probetop/probetop/e2e/cluster"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "incident:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	flags := flag.NewFlagSet("incident", flag.ContinueOnError)
	out := flags.String("o", "", "the `file` to record to")
	from := flags.String("from", "", "a `file` that was recorded before, to be shown on several nodes; nothing is started")
	state := flags.String("state", "/var/lib/probetop-incident", "`directory` of the running cluster")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *out == "" {
		return errors.New("want -o FILE")
	}
	if *from != "" {
		return deliver(*from, *out)
	}
	dir, err := os.MkdirTemp("", "probetop-incident-")
	if err != nil {
		return fmt.Errorf("making a temporary directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	recorder, err := buildRecorder(ctx, dir)
	if err != nil {
		return err
	}
	c, err := cluster.New(cluster.Options{StateDir: *state, Node: "worker-1", BackOff: 5 * time.Minute, Log: os.Stderr})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Stop(context.WithoutCancel(ctx))) }()
	if err := errors.Join(c.Stop(ctx), c.Start(ctx)); err != nil {
		return err
	}
	recorder.kubeconfig = c.Kubeconfig()
	take := filepath.Join(dir, "incident.zst")
	if err := record(ctx, c, recorder, take); err != nil {
		return err
	}
	return deliver(take, *out)
}

// record sets the stage, and plays the script while the recorder listens.
func record(ctx context.Context, c *cluster.Cluster, r recorder, file string) error {
	s, err := newStage(c)
	if err != nil {
		return err
	}
	if err := s.set(ctx); err != nil {
		return err
	}
	return r.during(ctx, file, length, func(ctx context.Context) error { return s.play(ctx, script()) })
}

// deliver puts the finished recording where it is wanted.
func deliver(take, out string) error {
	content, err := os.ReadFile(take)
	if err != nil {
		return fmt.Errorf("reading the recording: %w", err)
	}
	if content, err = repack(content); err != nil {
		return fmt.Errorf("packing the recording: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return fmt.Errorf("making the recording's directory: %w", err)
	}
	if err := os.WriteFile(out, content, 0o644); err != nil {
		return fmt.Errorf("writing the recording: %w", err)
	}
	fmt.Printf("%s: %d bytes\n", out, len(content))
	return nil
}

// repack shows the recording on several nodes, and makes one frame of the many small ones that the recorder writes, which is on
// the disk every second; it is a quarter as large.
func repack(content []byte) ([]byte, error) {
	r, err := zstd.NewReader(nil)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	lines, err := r.DecodeAll(content, nil)
	if err != nil {
		return nil, err
	}
	if lines, err = spread(lines); err != nil {
		return nil, err
	}
	w, err := zstd.NewWriter(nil, zstd.WithEncoderCRC(true), zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		return nil, err
	}
	return w.EncodeAll(lines, nil), w.Close()
}
