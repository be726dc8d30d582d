package cmd

import (
	"bytes"
	"context"

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
	if old.row != nil && old.cause == now.cause && p.alike(old.row, ch.Is) {
		return nil
	}
	shown[uid] = now
	return p.rows([]*model.Row{ch.Is})
}

// alike reports whether two rows look the same when they are printed at the same moment.
func (p *printer) alike(a, b *model.Row) bool {
	now := p.now()
	var texts [2]bytes.Buffer
	for i, row := range []*model.Row{a, b} {
		silent := *p
		silent.out, silent.now = &texts[i], nil
		if p.table != nil {
			silent.table = &table{columns: p.table.columns, widths: make([]int, len(p.table.columns)), whyWidth: p.table.whyWidth}
		}
		if err := silent.rowsAt([]*model.Row{row}, now); err != nil {
			return false
		}
	}
	return bytes.Equal(texts[0].Bytes(), texts[1].Bytes())
}
