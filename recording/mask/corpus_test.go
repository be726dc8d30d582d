package mask

import (
	"os"
	"testing"

	"github.com/probetop/probetop/recording/mask/corpus"
)

// samples reads the corpus.
func samples(t testing.TB) []corpus.Sample {
	t.Helper()
	file, err := os.ReadFile("testdata/corpus.txt")
	if err != nil {
		t.Fatal(err)
	}
	all, err := corpus.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// leaks reports whether a part of a secret stays in the text.
func leaks(s *corpus.Sample, spans []Span) bool {
	for _, secret := range s.Secrets {
		at := secret.From
		for _, span := range spans {
			if span.From <= at && at < span.To {
				at = span.To
			}
		}
		if at < secret.To {
			return true
		}
	}
	return false
}

// The figures of the masker that was replaced by this one, on the same corpus.
const (
	leakedBefore, hiddenBefore = 203, 50
)

// TestCorpus holds the masker against the samples: none of the secrets may leak, and hardly a harmless text may be touched.
func TestCorpus(t *testing.T) {
	var secrets, leaked, first, firstLeaked, texts, touched int
	for _, s := range samples(t) {
		spans := Find(s.Text)
		if len(s.Secrets) == 0 {
			if texts++; len(spans) > 0 {
				touched++
				t.Logf("corpus.txt:%d: hidden without need: %s", s.Line, Replace(s.Text, spans))
			}
			continue
		}
		secrets++
		leak := leaks(&s, spans)
		if secrets <= 200 {
			first++
		}
		if leak {
			leaked++
			if secrets <= 200 {
				firstLeaked++
			}
			t.Errorf("corpus.txt:%d: leaks: %q from %q", s.Line, Replace(s.Text, spans), s.Text)
		}
	}
	t.Logf("secrets: %d of %d leak (before: %d); of the first %d: %d", leaked, secrets, leakedBefore, first, firstLeaked)
	t.Logf("harmless texts: %d of %d are touched, %.1f %% (before: %d)", touched, texts, 100*float64(touched)/float64(texts), hiddenBefore)
	if touched*50 > texts {
		t.Errorf("%d of %d harmless texts are touched, want at most 2 %%", touched, texts)
	}
	if secrets+texts < 400 {
		t.Errorf("there are %d samples", secrets+texts)
	}
}

// TestMaskedTextsStayAsTheyAre masks the samples twice.
func TestMaskedTextsStayAsTheyAre(t *testing.T) {
	for _, s := range samples(t) {
		once := Text(s.Text)
		if twice := Text(once); twice != once {
			t.Errorf("corpus.txt:%d: %q became %q", s.Line, once, twice)
		}
	}
}
