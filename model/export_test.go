package model

// WithoutPast returns the row without what was concluded before, which depends on when that was asked for.
func (r *Row) WithoutPast() *Row {
	n := *r
	n.past = nil
	return &n
}
