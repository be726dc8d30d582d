package cmd

import (
	"context"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/tui"
	"github.com/probetop/probetop/watch"
)

// boardPods reads pods, and what their containers write, for the board.
type boardPods struct{ *watch.Pods }

// newPods returns what reads pods for the board. Its owner closes it.
func (g *global) newPods(ctx context.Context, t *target) (*boardPods, error) {
	p, err := watch.NewPods(ctx, t.config, g.policy())
	if err != nil {
		return nil, err
	}
	return &boardPods{p}, nil
}

func idOf(r *model.Row) watch.PodID {
	return watch.PodID{Namespace: r.Pod.Namespace, Name: r.Pod.Name, UID: r.Pod.UID}
}

// Open implements tui.Logs.
func (b *boardPods) Open(r *model.Row, container string, previous bool) tui.LogStream {
	return boardLog{b.Log(idOf(r), container, previous)}
}

// Read implements tui.Manifests.
func (b *boardPods) Read(r *model.Row) (string, error) { return b.YAML(idOf(r)) }

// boardLog is a log for the board.
type boardLog struct{ log *watch.Log }

// Next implements tui.LogStream.
func (l boardLog) Next() ([]tui.LogLine, error) {
	lines, err := l.log.Next()
	told := make([]tui.LogLine, len(lines))
	for i, line := range lines {
		told[i] = tui.LogLine(line)
	}
	return told, err
}

// Close implements tui.LogStream.
func (l boardLog) Close() { l.log.Close() }
