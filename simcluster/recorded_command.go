package simcluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// run answers for a command; none is ever run. Those of the exec probes are known, no other is in the container.
func (r *recorded) run(ctx context.Context, container string, argv []string, stdout, _ io.Writer) (int, error) {
	pod, events := r.now()
	if pod == nil {
		return 0, fmt.Errorf("container not found (%q)", container)
	}
	found := conduct{unstarted: StartFailure(argv[0])}
	for _, p := range probesOf(pod) {
		if p.container.Name != container || p.spec.Exec == nil || !slices.Equal(p.spec.Exec.Command, argv) {
			continue
		}
		if found = p.plays(events, r.cluster.Now()); (found != conduct{}) {
			break
		}
	}
	switch {
	case found.unstarted != nil:
		return 0, found.unstarted
	case found.manner == stalls:
		<-ctx.Done()
		return 0, ctx.Err()
	case found.manner == refuses: // not yet
		return 1, nil
	}
	_, err := io.WriteString(stdout, found.output)
	return found.exit, err
}

// output makes up what a container, or the one before it, has written: what the events say that happened to it.
func (r *recorded) output(_ context.Context, container string, previous bool) (io.ReadCloser, error) {
	pod, events := r.now()
	if pod == nil {
		return nil, errors.New("the pod is gone")
	}
	statuses := slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses)
	at := slices.IndexFunc(statuses, func(s corev1.ContainerStatus) bool { return s.Name == container })
	if at < 0 {
		return nil, fmt.Errorf("container %q in pod %q is waiting to start", container, pod.Name)
	}
	s := &statuses[at]
	state := s.State
	if previous || state.Running == nil && state.Terminated == nil {
		state = s.LastTerminationState
	}
	var lines []line
	switch {
	case state.Running != nil:
		lines = append(lines, line{state.Running.StartedAt.Time, "started"})
		lines = append(lines, told(events, container, state.Running.StartedAt.Time, r.cluster.Now())...)
	case state.Terminated != nil:
		t := state.Terminated
		lines = append(lines, line{t.StartedAt.Time, "started"})
		lines = append(lines, told(events, container, t.StartedAt.Time, t.FinishedAt.Time)...)
		lines = append(lines, line{t.FinishedAt.Time, fmt.Sprintf("ended with exit code %d (%s)", t.ExitCode, cmp.Or(t.Reason, "no reason"))})
	case previous:
		return nil, fmt.Errorf("previous terminated container %q in pod %q not found", container, pod.Name)
	default:
		return nil, fmt.Errorf("container %q in pod %q is waiting to start", container, pod.Name)
	}
	return io.NopCloser(strings.NewReader(written(lines))), nil
}

// line is one that a container writes.
type line struct {
	at   time.Time
	text string
}

// told returns a line for each event about a container in a time.
func told(events []*corev1.Event, container string, from, to time.Time) []line {
	var lines []line
	for _, e := range events {
		kind, said, ok := remarkOf(e)
		if ok && strings.HasSuffix(e.InvolvedObject.FieldPath, "{"+container+"}") && !said.at.Before(from) && !said.at.After(to) {
			lines = append(lines, line{said.at, fmt.Sprintf("%s probe %s: %s", strings.ToLower(kind), said.outcome, strings.TrimSpace(said.text))})
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
	return lines
}

func written(lines []line) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%s %s\n", l.at.UTC().Format(time.RFC3339), l.text)
	}
	return b.String()
}
