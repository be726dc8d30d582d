package watch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/rest"

	"github.com/probetop/probetop/recording/mask"
)

// What is read of a log: its newest lines, and of a line no more than that.
const (
	logTail    = 1000
	logLineMax = 16 << 10
	// logBatch is how many lines are handed on at once.
	logBatch = 500
)

// logPause is how long lines that come one after another are waited for.
const logPause = 50 * time.Millisecond

// Pods reads single pods and what their containers write, on demand.
type Pods struct {
	// immutable after NewPods
	client *client
	policy mask.Policy
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// NewPods returns a reader of the cluster that cfg points to. It sends nothing. Its owner closes it.
func NewPods(ctx context.Context, cfg *rest.Config, policy mask.Policy) (*Pods, error) {
	c, err := newClient(cfg)
	if err != nil {
		return nil, fmt.Errorf("preparing the client: %w", err)
	}
	p := &Pods{client: c, policy: policy}
	p.ctx, p.cancel = context.WithCancel(ctx)
	return p, nil
}

// Close ends everything that is read, and waits for it.
func (p *Pods) Close() {
	p.cancel()
	p.wg.Wait()
}

// PodID says which pod is meant: one of the same name with another UID is another pod.
type PodID struct{ Namespace, Name, UID string }

// LogLine is a line that a container wrote, masked. At is when the runtime took it; zero when that is not known.
type LogLine struct {
	At   time.Time
	Text string
}

// Log is what a container writes, as it is read.
type Log struct {
	lines  chan LogLine
	cancel context.CancelFunc
	ended  chan struct{}
	err    error // valid when ended is closed
}

// Log begins to read what a container has written: its newest lines, and what follows. previous asks for the instance before,
// whose lines end.
func (p *Pods) Log(id PodID, container string, previous bool) *Log {
	ctx, cancel := context.WithCancel(p.ctx)
	l := &Log{lines: make(chan LogLine, logBatch), cancel: cancel, ended: make(chan struct{})}
	p.wg.Add(1)
	go func() {
		defer p.wg.Done()
		defer close(l.ended)
		defer cancel()
		l.err = p.readLog(ctx, l, id, container, previous)
	}()
	return l
}

// Next blocks until there are more lines, and returns them. After the last it returns io.EOF, or why there are no more.
func (l *Log) Next() ([]LogLine, error) {
	var batch []LogLine
	select {
	case line := <-l.lines:
		batch = append(batch, line)
	case <-l.ended:
		return l.rest(), l.err
	}
	timer := time.NewTimer(logPause)
	defer timer.Stop()
	for len(batch) < logBatch {
		select {
		case line := <-l.lines:
			batch = append(batch, line)
		case <-timer.C:
			return batch, nil
		case <-l.ended:
			return append(batch, l.rest()...), l.err
		}
	}
	return batch, nil
}

// rest returns the lines that were read before the end.
func (l *Log) rest() []LogLine {
	var lines []LogLine
	for {
		select {
		case line := <-l.lines:
			lines = append(lines, line)
		default:
			return lines
		}
	}
}

// Close ends it.
func (l *Log) Close() { l.cancel() }

// readLog reads a log until it ends.
func (p *Pods) readLog(ctx context.Context, l *Log, id PodID, container string, previous bool) error {
	if err := p.same(ctx, id); err != nil {
		return err
	}
	request := p.client.core.Get().Namespace(id.Namespace).Resource("pods").Name(id.Name).SubResource("log").
		Param("container", container).Param("timestamps", "true").Param("tailLines", fmt.Sprint(logTail))
	if previous {
		request.Param("previous", "true")
	} else {
		request.Param("follow", "true")
	}
	body, err := request.Stream(ctx)
	if err != nil {
		return p.sentence("pods/log", id, err)
	}
	defer func() { _ = body.Close() }()
	lines := logLines{policy: p.policy}
	in := bufio.NewReaderSize(body, logLineMax)
	for {
		text, err := oneLine(in)
		if text != "" || err == nil {
			select {
			case l.lines <- lines.read(text):
			case <-ctx.Done():
				return io.EOF
			}
		}
		switch {
		case errors.Is(err, io.EOF), ctx.Err() != nil:
			return io.EOF
		case err != nil:
			return p.sentence("pods/log", id, err)
		}
	}
}

// oneLine reads a line without its end, and of a long one no more than its beginning.
func oneLine(in *bufio.Reader) (string, error) {
	part, long, err := in.ReadLine()
	text := string(part)
	for long && err == nil {
		_, long, err = in.ReadLine()
	}
	return text, err
}

// logLines reads lines with their times, and masks them. A private key goes over several.
type logLines struct {
	policy mask.Policy
	inKey  bool
}

func (l *logLines) read(line string) LogLine {
	out := LogLine{Text: line}
	if stamp, rest, ok := strings.Cut(line, " "); ok || stamp == line {
		if at, err := time.Parse(time.RFC3339Nano, stamp); err == nil {
			out.At, out.Text = at, rest
		}
	}
	if l.policy == mask.Show {
		return out
	}
	text := out.Text
	begins, ends := strings.Contains(text, "-----BEGIN") && strings.Contains(text, "PRIVATE KEY"), strings.Contains(text, "-----END")
	switch {
	case l.inKey:
		out.Text = mask.Hidden
		l.inKey = !ends
	case begins && !ends:
		out.Text, l.inKey = mask.Hidden, true
	default:
		out.Text = mask.Text(text)
	}
	return out
}

// same reports that another pod has the name, or that there is none.
func (p *Pods) same(ctx context.Context, id PodID) error {
	ctx, cancel := context.WithTimeout(ctx, pagePatience)
	defer cancel()
	var pod corev1.Pod
	err := p.client.core.Get().Namespace(id.Namespace).Resource("pods").Name(id.Name).Do(ctx).Into(&pod)
	switch {
	case err != nil:
		return p.sentence("pods", id, err)
	case string(pod.UID) != id.UID:
		return &SentenceError{Sentence: fmt.Sprintf("Pod %s was replaced by another of the same name.", id.Name)}
	}
	return nil
}

// sentence says why something of a pod cannot be read.
func (p *Pods) sentence(what string, id PodID, err error) error {
	said := p.policy.Text(err.Error())
	switch {
	case apierrors.IsForbidden(err):
		said = fmt.Sprintf("You may not read %s in namespace %s: the role needs get on it.", what, id.Namespace)
	case apierrors.IsNotFound(err):
		said = fmt.Sprintf("Pod %s is gone.", id.Name)
	case costly(err):
		said = "So much was written that no more of it is read: l reads on."
	case errors.Is(err, context.DeadlineExceeded):
		said = "The API server did not answer in time."
	}
	return &SentenceError{said, err}
}

// SentenceError is an error whose text is for the screen.
type SentenceError struct {
	Sentence string
	Cause    error
}

// Error implements error.
func (e *SentenceError) Error() string { return e.Sentence }

// Unwrap returns the cause.
func (e *SentenceError) Unwrap() error { return e.Cause }
