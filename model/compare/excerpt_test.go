package compare

import (
	"strings"
	"testing"

	"github.com/probetop/probetop/model/fact"
)

func TestAnExcerptIsCutWhenItIsClean(t *testing.T) {
	text := "\x1b]0;" + strings.Repeat("x", 2*excerptLength) + "\x07the server said no" + strings.Repeat(", and no", 40)
	got := excerpt(text)
	if !strings.HasPrefix(got, "the server said no, and no") || !strings.HasSuffix(got, "…") || fact.Printable(got) != got {
		t.Errorf("%q", got)
	}
}
