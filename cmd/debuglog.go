package cmd

import (
	"log"
	"log/slog"
	"os"
	"sync"

	"google.golang.org/grpc/grpclog"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"

	"github.com/probetop/probetop/recording/mask"
)

// DebugLog is where what goes on behind the scenes is written: nowhere, until a file is opened.
type DebugLog struct {
	mu sync.Mutex
	// guarded by mu
	out    *os.File
	policy mask.Policy
}

// Write implements io.Writer. It never fails: nobody waits for the debug log.
func (l *DebugLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.out != nil {
		_, _ = l.out.WriteString(l.policy.Text(withoutUsers(string(p))))
	}
	return len(p), nil
}

// mask says how what is written from now on is masked. What credential plugins write by themselves is not.
func (l *DebugLog) mask(policy mask.Policy) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.policy = policy
}

// open appends to a file from now on.
func (l *DebugLog) open(path string) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return because(usage("The debug log cannot be written: %v. Name another file with --debug-log.", err), err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.out = file
	return nil
}

// target returns the file that is written to; nil for none.
func (l *DebugLog) target() *os.File {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out
}

// logger returns a logger that writes to l.
func (l *DebugLog) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

// quiet makes the libraries of the process write to l: what they print would tear the board.
func quiet(l *DebugLog) {
	rest.SetDefaultWarningHandler(rest.NoWarnings{})
	klog.SetSlogLogger(l.logger())
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(l, l, l))
	log.SetOutput(l) // net/http and others write there
}
