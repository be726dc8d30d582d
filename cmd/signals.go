package cmd

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/probetop/probetop/tui"
)

// untilTold returns a context that ends when the process is told to end: by a key (INT, and QUIT, which is ctrl-\), by kill
// (TERM), or because the terminal is closed (HUP). All of them are one and the same: what a command leaves behind is put in
// order, and then it ends. A HUP, or a QUIT, that the process was started to ignore (nohup) stays ignored.
//
// Go's own answer to QUIT is to print what every goroutine does and to die: over the board, with the terminal left raw. That
// helps to find a fault of probetop itself, so it goes to the debug log, if there is one.
func untilTold(l *DebugLog) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	told := []os.Signal{os.Interrupt, syscall.SIGTERM}
	for _, s := range [...]os.Signal{syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(s) {
			told = append(told, s)
		}
	}
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, told...)
	go func() {
		for {
			select {
			case s := <-heard:
				if s == syscall.SIGQUIT && l.target() != nil {
					l.logger().Info("told to quit", "goroutines", goroutines())
				}
				cancel()
			case <-ctx.Done():
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(heard)
		cancel()
	}
}

// left says how a board was left: ctrl-c and a signal are an interrupt, any other way is none.
func left(ctx context.Context, err error) error {
	if errors.Is(err, tui.ErrInterrupted) || err == nil && ctx.Err() != nil {
		return because(&failure{code: exitInterrupted}, err)
	}
	return err
}

// longestDump is how much is written of what the goroutines do.
const longestDump = 4 << 20

// goroutines returns what every goroutine does.
func goroutines() string {
	dump := make([]byte, longestDump)
	return string(dump[:runtime.Stack(dump, true)])
}
