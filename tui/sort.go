package tui

import (
	"cmp"
	"strings"

	"github.com/probetop/probetop/model"
)

// sorting is one way to order pods. Its order is total.
type sorting struct {
	// words say it in the header; column is the one whose title is marked.
	words   string
	column  columnID
	compare func(a, b *model.Row) int
}

// sortings lists the ways in the order in which the key goes through them. The first is the default.
var sortings = [...]sorting{
	{"worst first", colState, model.Compare},
	{"by name", colName, model.CompareNames},
	{"most restarts first", colRestarts, func(a, b *model.Row) int {
		return cmp.Or(cmp.Compare(b.Summary.Restarts, a.Summary.Restarts), model.Compare(a, b))
	}},
	{"youngest first", colAge, func(a, b *model.Row) int {
		return cmp.Or(b.Pod.Created.Compare(a.Pod.Created), model.Compare(a, b))
	}},
	{"latest change first", colSince, func(a, b *model.Row) int {
		return cmp.Or(since(b).Compare(since(a)), model.Compare(a, b))
	}},
	{"by status", colStatus, func(a, b *model.Row) int {
		return cmp.Or(strings.Compare(a.Summary.Status, b.Summary.Status), model.Compare(a, b))
	}},
	{"by node", colNode, func(a, b *model.Row) int {
		return cmp.Or(strings.Compare(a.Pod.Node, b.Pod.Node), model.Compare(a, b))
	}},
}
