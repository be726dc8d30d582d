// Command workload is a server whose health can be turned while it runs, for tests of Kubernetes probes.
//
//	workload [-bind ADDRESS] [-turn QUERY]... [-on-term QUERY]... [-linger DURATION]
//	workload check [NAME]
//
// It answers HTTP on port 8080, the same with a certificate that has expired on 8443, gRPC health checks on 9090 and TCP
// connections on 7070, and "workload check", run in the same container by an exec probe, prints an output and exits with
// a code. At first all of them are healthy. A turn changes one of them; it is a URL query, the same on the command line
// and in a request to the control port 6060, which is open however the others are turned:
//
//	POST /turn?handler=http&path=/livez&status=503     answer 503 there; without path, on every path without its own turn
//	POST /turn?handler=http&status=200,500,503         answer one after the other, and the last one for good
//	POST /turn?handler=http&path=/livez&delay=1500ms   answer late
//	POST /turn?handler=http&breaks=headers             close the connection instead of answering; breaks=reset resets it, breaks=body never ends the body
//	POST /turn?handler=http&wants=Accept:+text/html    answer 417 unless a header begins like this
//	POST /turn?handler=http&denies=others              answer 403 unless the request comes from loopback; or the other way round, denies=loopback
//	POST /turn?handler=http&status=302&location=http://example.com/
//	POST /turn?handler=grpc&service=db&status=NOT_SERVING
//	POST /turn?handler=grpc&status=NOT_FOUND           answer with an error code
//	POST /turn?handler=exec&status=1&output=FATAL      what "workload check" does; with check=NAME, "workload check NAME"
//	POST /turn?handler=tcp&open=false                  close the port of tcp, http, tls or grpc, or open it again
//	POST /turn?handler=memory&eat=64                   hold on to so many MiB more, until the memory limit is reached perhaps
//	POST /turn?handler=grpc&open=true&after=20s        do any of these later
//
// On SIGTERM it makes the turns of -on-term, serves on for the time of -linger and exits with 0.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	code, err := 0, error(nil)
	if len(os.Args) > 1 && os.Args[1] == "check" {
		code, err = check(os.Stdout, os.Args[2:])
	} else {
		err = serve(os.Args[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "workload:", err)
		code = 1
	}
	os.Exit(code)
}

// turns is a repeatable flag.
type turns []turn

func (ts *turns) String() string { return "" }

func (ts *turns) Set(query string) error {
	t, err := parseTurn(query)
	*ts = append(*ts, t)
	return err
}

func serve(args []string) error {
	var first, last turns
	flags := flag.NewFlagSet("workload", flag.ContinueOnError)
	bind := flags.String("bind", "", "listen on this `address` only (the control port is always open to all)")
	linger := flags.Duration("linger", 0, "how long to serve on after SIGTERM")
	flags.Var(&first, "turn", "a `query` to start with")
	flags.Var(&last, "on-term", "a `query` to turn to on SIGTERM")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return errors.New("want no arguments, or check")
	}
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM, syscall.SIGINT)

	w := newWorkload(*bind)
	for _, t := range first {
		if err := w.turn(t); err != nil {
			return err
		}
	}
	if err := w.start(); err != nil {
		return err
	}
	<-term
	for _, t := range last {
		if err := w.turn(t); err != nil {
			return err
		}
	}
	time.Sleep(*linger)
	return nil
}
