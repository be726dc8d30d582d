package cmd

import (
	"bytes"
	"context"
	"time"

	"github.com/probetop/probetop/model"
)

// written is a row as a line of it was written, with the cause that it gave: a cause may become another by time alone.
type written struct {
	row   *model.Row
	cause model.CauseClass
}

// written returns what a line of a row says now.
func (p *printer) written(row *model.Row) written {
	w := written{row: row}
	if d := row.Diagnosis(p.now()); d != nil {
		w.cause = d.Cause
	}
	return w
}

// follow writes a line for every change after s of a pod that looks different from what was written of it before, until ctx
// ends. Changes that come in a burst are written one by one.
func (p *printer) follow(ctx context.Context, log *rowLog, s *model.Snapshot) error {
	shown := make(map[model.UID]written, len(s.Rows))
	for _, row := range s.Rows {
		shown[row.Pod.UID] = p.written(row)
	}
	for {
		changes, err := log.take(ctx)
		if err != nil {
			return nil
		}
		for i, ch := range changes {
			changes[i] = model.RowChange{} // or a burst stays in memory until all of it is written
			if ch.Turn <= s.Turn {
				continue
			}
			if err := p.change(shown, ch); err != nil {
				return err
			}
		}
	}
}

// change writes a change of a row, if it can be seen, and notes it as shown.
func (p *printer) change(shown map[model.UID]written, ch model.RowChange) error {
	if ch.Is == nil {
		uid := ch.Was.Pod.UID
		defer delete(shown, uid)
		return p.gone(shown[uid].row)
	}
	uid := ch.Is.Pod.UID
	old, now := shown[uid], p.written(ch.Is)
	text, alike, err := p.compare(old.row, ch.Is)
	if err != nil || alike && old.cause == now.cause {
		return err
	}
	shown[uid] = now
	if p.format == formatLines {
		return p.write(text)
	}
	return p.rows([]*model.Row{ch.Is})
}

// compare returns a row as it is printed, and whether another looks the same at this moment. There is none like nil. A row of a table
// is not as wide as it will be.
func (p *printer) compare(old, row *model.Row) (text []byte, alike bool, err error) {
	now := p.now()
	if text, err = p.sketch(row, now); err != nil || old == nil {
		return text, false, err
	}
	was, err := p.sketch(old, now)
	return text, bytes.Equal(was, text), err
}

// sketch returns a row as it is printed at a moment, in a table in which it is alone.
func (p *printer) sketch(row *model.Row, now time.Time) ([]byte, error) {
	var text bytes.Buffer
	silent := *p
	silent.out, silent.now = &text, nil
	if p.table != nil {
		silent.table = &table{columns: p.table.columns, widths: make([]int, len(p.table.columns)), whyWidth: p.table.whyWidth}
	}
	err := silent.rowsAt([]*model.Row{row}, now)
	return text.Bytes(), err
}
