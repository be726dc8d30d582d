// Package corpus reads the samples that tests hold the masking against. Their file says how they are written.
package corpus

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Sample is a text, and what is secret in it.
type Sample struct {
	// Line is where it stands in the file.
	Line int
	Text string
	// Secrets are the parts that must be hidden; none in a text that must come through as it is.
	Secrets []Part
}

// Part is a part of a text: from the byte at From to before the one at To.
type Part struct{ From, To int }

// Read reads a file of samples.
func Read(file []byte) (samples []Sample, err error) {
	lines := bufio.NewScanner(bytes.NewReader(file))
	for n := 1; lines.Scan(); n++ {
		kind, text, ok := strings.Cut(lines.Text(), " ")
		switch {
		case lines.Text() == "" || strings.HasPrefix(kind, "#"):
		case ok && (kind == "hide" || kind == "keep"):
			s := Sample{Line: n}
			s.Text, s.Secrets = marked(expand(text, n))
			if (kind == "keep") != (len(s.Secrets) == 0) {
				return nil, fmt.Errorf("reading line %d: %s with %d secrets", n, kind, len(s.Secrets))
			}
			samples = append(samples, s)
		default:
			return nil, fmt.Errorf("reading line %d: %q, want hide or keep", n, lines.Text())
		}
	}
	return samples, lines.Err()
}

// marked takes the marks out of a text and returns what they enclose.
func marked(text string) (plain string, secrets []Part) {
	for {
		before, rest, ok := strings.Cut(text, "⟦")
		plain += before
		if !ok {
			return plain, secrets
		}
		secret, after, _ := strings.Cut(rest, "⟧")
		secrets = append(secrets, Part{len(plain), len(plain) + len(secret)})
		plain += secret
		text = after
	}
}

// alphabet returns what the random characters are made of that a letter stands for; empty for another letter.
func alphabet(letter byte) string {
	const capitals, small, digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"
	switch letter {
	case 'a', 'b':
		return capitals + small + digits
	case 'l':
		return capitals + small
	case 'L':
		return capitals
	case 'd':
		return digits
	case 'h':
		return digits + small[:6]
	case 'A':
		return capitals + digits[2:8]
	case 'z':
		return small + digits
	}
	return ""
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
				fill(&b, random, 'h', length)
			}
		case rest[0] == '{' && end > 2 && end < 6 && alphabet(rest[1]) != "" && strings.Trim(rest[2:end], "0123456789") == "":
			length, _ := strconv.Atoi(rest[2:end])
			fill(&b, random, rest[1], length)
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

func fill(b *strings.Builder, random *rand.Rand, letter byte, n int) {
	from := alphabet(letter)
	for range n {
		b.WriteByte(from[random.IntN(len(from))])
	}
}
