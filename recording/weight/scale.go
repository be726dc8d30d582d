package weight

// scale adds up what an object takes, up to a limit.
type scale struct{ left int64 }

func (w *scale) add(n int64) { w.left -= n }

// over reports whether the object takes more than the limit.
func (w *scale) over() bool { return w.left < 0 }
