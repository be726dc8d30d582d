package mask

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

// sample is a text of the corpus.
type sample struct {
	line    int
	text    string
	secrets []Span
	keep    bool
}

// corpus reads testdata/corpus.txt.
func corpus(t testing.TB) (samples []sample) {
	t.Helper()
	data, err := os.ReadFile("testdata/corpus.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		kind, text, ok := strings.Cut(lines.Text(), " ")
		switch {
		case lines.Text() == "" || strings.HasPrefix(kind, "#"):
		case ok && (kind == "hide" || kind == "keep"):
			s := sample{line: n, keep: kind == "keep"}
			s.text, s.secrets = marked(expand(text, n))
			if s.keep != (len(s.secrets) == 0) {
				t.Fatalf("corpus.txt:%d: %s with %d secrets", n, kind, len(s.secrets))
			}
			samples = append(samples, s)
		default:
			t.Fatalf("corpus.txt:%d: %s", n, lines.Text())
		}
	}
	return samples
}

// marked takes the marks out of a text and returns what they enclose.
func marked(text string) (plain string, secrets []Span) {
	for {
		before, rest, ok := strings.Cut(text, "⟦")
		plain += before
		if !ok {
			return plain, secrets
		}
		secret, after, _ := strings.Cut(rest, "⟧")
		secrets = append(secrets, Span{len(plain), len(plain) + len(secret)})
		plain += secret
		text = after
	}
}

// alphabets are what the random characters of a sample are made of.
var alphabets = map[byte]string{
	'a': "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 'l': "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
	'L': "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 'd': "0123456789", 'h': "0123456789abcdef", 'A': "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
	'z': "abcdefghijklmnopqrstuvwxyz0123456789", 'b': "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
}

// expand writes out the escapes and the random characters of a sample, the same for the same line.
func expand(text string, line int) string {
	random := rand.New(rand.NewPCG(uint64(line), 1))
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		rest := text[i:]
		end := strings.IndexByte(rest, '}')
		switch {
		case strings.HasPrefix(rest, "{u}"):
			i += len("u}")
			for n, length := range [...]int{8, 4, 4, 4, 12} {
				if n > 0 {
					b.WriteByte('-')
				}
				fill(&b, random, alphabets['h'], length)
			}
		case rest[0] == '{' && end > 2 && end < 6 && alphabets[rest[1]] != "" && strings.Trim(rest[2:end], "0123456789") == "":
			length, _ := strconv.Atoi(rest[2:end])
			fill(&b, random, alphabets[rest[1]], length)
			i += end
		case rest[0] == '\\' && len(rest) > 5 && rest[1] == 'u':
			r, _ := strconv.ParseUint(rest[2:6], 16, 32)
			b.WriteRune(rune(r))
			i += 5
		case rest[0] == '\\' && len(rest) > 1 && strings.IndexByte(`nte0\`, rest[1]) >= 0:
			b.WriteByte("\n\t\x1b\x00\\"[strings.IndexByte(`nte0\`, rest[1])])
			i++
		default:
			b.WriteByte(rest[0])
		}
	}
	return b.String()
}

func fill(b *strings.Builder, random *rand.Rand, alphabet string, n int) {
	for range n {
		b.WriteByte(alphabet[random.IntN(len(alphabet))])
	}
}

// leaks reports whether a part of a secret stays in the text.
func (s *sample) leaks(spans []Span) bool {
	for _, secret := range s.secrets {
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
	leakedBefore, hiddenBefore = 194, 47
)

// TestCorpus holds the masker against the samples: none of the secrets may leak, and hardly a harmless text may be touched.
func TestCorpus(t *testing.T) {
	var secrets, leaked, first, firstLeaked, texts, touched int
	for _, s := range corpus(t) {
		spans := Find(s.text)
		if s.keep {
			if texts++; len(spans) > 0 {
				touched++
				t.Logf("corpus.txt:%d: hidden without need: %s", s.line, Replace(s.text, spans))
			}
			continue
		}
		secrets++
		leak := s.leaks(spans)
		if secrets <= 200 {
			first++
		}
		if leak {
			leaked++
			if secrets <= 200 {
				firstLeaked++
			}
			t.Errorf("corpus.txt:%d: leaks: %q from %q", s.line, Replace(s.text, spans), s.text)
		}
	}
	t.Log(fmt.Sprintf("secrets: %d of %d leak (before: %d); of the first %d: %d", leaked, secrets, leakedBefore, first, firstLeaked))
	t.Log(fmt.Sprintf("harmless texts: %d of %d are touched, %.1f %% (before: %d)", touched, texts, 100*float64(touched)/float64(texts), hiddenBefore))
	if touched*50 > texts {
		t.Errorf("%d of %d harmless texts are touched, want at most 2 %%", touched, texts)
	}
	if secrets+texts < 400 {
		t.Errorf("there are %d samples", secrets+texts)
	}
}

// TestMaskedTextsStayAsTheyAre masks the samples twice.
func TestMaskedTextsStayAsTheyAre(t *testing.T) {
	for _, s := range corpus(t) {
		once := Text(s.text)
		if twice := Text(once); twice != once {
			t.Errorf("corpus.txt:%d: %q became %q", s.line, once, twice)
		}
	}
}
