package watch

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/probetop/probetop/model"
)

// faulty is a source that panics.
type faulty struct{}

func (faulty) Run(context.Context, func(model.Change)) error { panic("a fault") }

func TestAPanicOfASourceEndsTheFeed(t *testing.T) {
	t.Parallel()
	err := NewFeed(0).Run(t.Context(), faulty{})
	var p *Panic
	if !errors.As(err, &p) || p.Value != "a fault" || !strings.Contains(p.Stack, "faulty.Run") {
		t.Errorf("got %v", err)
	}
}
