package watch

import "github.com/probetop/probetop/model"

// Named returns what tells the pods that an argument TYPE/NAME means from others by what is known of them, without a cluster. It
// returns an *ArgumentError for an argument that is none.
func Named(arg string) (func(*model.Row) bool, error) {
	t, name, err := nameOf(arg)
	if err != nil {
		return nil, err
	}
	return func(r *model.Row) bool { return t.has(name, r) }, nil
}
