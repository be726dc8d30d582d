package cmd

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/watch"
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

// follow writes a line for every pod that looks different from what was written of it before, until ctx ends.
func (p *printer) follow(ctx context.Context, r *watch.Reader, s *model.Snapshot) error {
	shown := make(map[model.UID]written, len(s.Rows))
	for _, row := range s.Rows {
		shown[row.Pod.UID] = p.written(row)
	}
	for {
		next, err := r.Next(ctx)
		if errors.Is(err, context.Canceled) || errors.Is(err, watch.ErrEnded) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := p.changes(shown, next); err != nil {
			return err
		}
	}
}

// changes writes the difference between what is shown and s, and notes it as shown.
func (p *printer) changes(shown map[model.UID]written, s *model.Snapshot) error {
	alive := make(map[model.UID]bool, len(s.Rows))
	var changed []*model.Row
	for _, row := range s.Rows {
		alive[row.Pod.UID] = true
		old := shown[row.Pod.UID]
		if old.row == row {
			continue
		}
		now := p.written(row)
		if old.row != nil && old.cause == now.cause && p.alike(old.row, row) {
			continue
		}
		shown[row.Pod.UID] = now
		changed = append(changed, row)
	}
	slices.SortFunc(changed, model.Compare)
	if err := p.rows(changed); err != nil {
		return err
	}
	for uid, old := range shown {
		if alive[uid] {
			continue
		}
		delete(shown, uid)
		if err := p.gone(old.row); err != nil {
			return err
		}
	}
	return nil
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
