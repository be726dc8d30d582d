package watch

import (
	"errors"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
)

const (
	// mostPages is how many pages a list may have: two million objects.
	mostPages = 4000
	// mostEmpty is how many pages in a row may have nothing on them.
	mostEmpty = 10
)

var (
	errRepeats = errors.New("the server sends the same page of the list again and again")
	errEndless = errors.New("the server's list does not end")
)

// pages is how far a list that is read page by page has come. It finds out when the server sends it round in circles.
type pages struct {
	tokens, firsts map[string]struct{}
	count, empty   int
	// small is set when the last page had little on it, and there are more.
	small bool
}

// next takes note of a page that was to have so many objects. It returns an error when the list would not end.
func (p *pages) next(page runtime.Object, token string, limit int) error {
	if p.tokens == nil {
		p.tokens, p.firsts = map[string]struct{}{}, map[string]struct{}{}
	}
	p.count++
	items := meta.LenList(page)
	if p.empty++; items > 0 {
		p.empty = 0
	}
	p.small = token != "" && items < limit/2
	if token == "" {
		return nil
	}
	if !fresh(p.tokens, token) || items > 0 && !fresh(p.firsts, firstOf(page)) {
		return errRepeats
	}
	if p.count >= mostPages || p.empty >= mostEmpty {
		return errEndless
	}
	return nil
}

// fresh adds a key, and reports whether it is new.
func fresh(seen map[string]struct{}, key string) bool {
	_, old := seen[key]
	seen[key] = struct{}{}
	return !old
}

var errFound = errors.New("found")

// firstOf names the first object of a page.
func firstOf(page runtime.Object) (name string) {
	_ = meta.EachListItem(page, func(o runtime.Object) error {
		if m, err := meta.Accessor(o); err == nil {
			name = m.GetNamespace() + "/" + m.GetName()
		}
		return errFound
	})
	return name
}
