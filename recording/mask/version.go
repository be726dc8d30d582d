package mask

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// version is a text without what may stand between a reader and its letters.
type version struct {
	text string
	// at says of each byte where in the original it comes from, and ends with the length of that.
	at []int32
}

// maxUnfolding is how often a text is unfolded that was escaped again and again.
const maxUnfolding = 3

// versions returns the texts that a text may be read as: without invisible characters, marks and control sequences; and with what is written
// by its number as characters.
func versions(s string) []version {
	first := fold(original(s))
	all := []version{first}
	for v, n := first, 0; n < maxUnfolding; n++ {
		next := unescape(v)
		if next.text == v.text {
			break
		}
		v = fold(next)
		all = append(all, v)
	}
	return slices.DeleteFunc(all, func(v version) bool { return v.text == s })
}

func original(s string) version {
	v := version{s, make([]int32, len(s)+1)}
	for i := range v.at {
		v.at[i] = int32(i)
	}
	return v
}

// back returns spans of the version as spans of the original.
func (v *version) back(spans []Span) []Span {
	out := make([]Span, 0, len(spans))
	for _, s := range spans {
		out = append(out, Span{int(v.at[s.From]), int(v.at[s.To])})
	}
	return out
}

// editor builds a version of a version.
type editor struct {
	of  version
	out []byte
	at  []int32
}

func newEditor(v version) *editor {
	return &editor{of: v, out: make([]byte, 0, len(v.text)), at: make([]int32, 0, len(v.at))}
}

// put appends a text instead of what begins at index i.
func (e *editor) put(text string, i int) {
	for j := range len(text) {
		e.out = append(e.out, text[j])
		e.at = append(e.at, e.of.at[i])
	}
}

func (e *editor) version() version {
	return version{string(e.out), append(e.at, e.of.at[len(e.of.text)])}
}

// fold takes out what is invisible, and replaces letters with accents, wide ones and those that look like Latin ones.
func fold(v version) version {
	e := newEditor(v)
	for i := 0; i < len(v.text); {
		if n := sequence(v.text[i:]); n > 0 {
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(v.text[i:])
		switch {
		case r < 0x80:
			if r >= ' ' && r != 0x7f || r == '\n' || r == '\t' || r == '\r' {
				e.put(v.text[i:i+1], i)
			}
		case r == utf8.RuneError && size == 1:
		case unicode.In(r, unicode.Cf, unicode.M, unicode.Cc, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point):
		case unicode.IsSpace(r):
			e.put(" ", i)
		default:
			if plain := latin(r); plain != 0 {
				e.put(string(plain), i)
			} else {
				e.put(v.text[i:i+size], i)
			}
		}
		i += size
	}
	return e.version()
}

// sequence returns how long the control sequence is that s begins with; 0 for none.
func sequence(s string) int {
	if s[0] != 0x1b || len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '[':
		for i := 2; i < len(s); i++ {
			if s[i] >= '@' && s[i] <= '~' {
				return i + 1
			}
		}
		return len(s)
	case ']', 'P', '_', '^':
		for i := 2; i < len(s); i++ {
			if s[i] == 0x07 {
				return i + 1
			}
			if s[i] == 0x1b && i+1 < len(s) && s[i+1] == '\\' {
				return i + 2
			}
		}
		return len(s)
	}
	return 2
}

const (
	accented = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåçèéêëìíîïñòóôõöøùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĐđĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĨĩĪīĬĭĮįİıĴĵĶķĹĺĻļĽľŁłŃńŅņŇňŌōŎŏŐőŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžƠơƯưȘșȚțẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀềỂểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹ"
	unaccent = "AAAAAACEEEEIIIINOOOOOOUUUUYsaaaaaaceeeeiiiinoooooouuuuyyAaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhIiIiIiIiIiJjKkLlLlLlLlNnNnNnOoOoOoRrRrRrSsSsSsSsTtTtUuUuUuUuUuUuWwYyYZzZzZzOoUuSsTtAaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEeEeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy"
)

// latin returns the ASCII character that a reader takes r for; 0 when there is none.
func latin(r rune) rune {
	switch {
	case r >= 0xff01 && r <= 0xff5e: // wide forms
		return r - 0xfee0
	case r >= 0x1d400 && r <= 0x1d6a3: // mathematical alphabets of 26 small and 26 capital letters
		return rune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[(r-0x1d400)%52])
	}
	switch r {
	case '“', '”', '„', '«', '»', '″':
		return '"'
	case '‘', '’', '‚', '‹', '›', '′':
		return '\''
	case '‐', '‑', '‒', '–', '—', '−':
		return '-'
	case '：', '∶', '是', 'は':
		return ':'
	case 'ό', 'ὸ':
		return 'ο'
	}
	if r > '\u1eff' {
		return 0
	}
	if i := strings.IndexRune(accented, r); i >= 0 {
		return rune(unaccent[utf8.RuneCountInString(accented[:i])])
	}
	return 0
}

// unescape replaces what is written by its number, or by a name of HTML, by the characters themselves, all but white space.
func unescape(v version) version {
	e := newEditor(v)
	for i := 0; i < len(v.text); {
		r, size := escaped(v.text[i:])
		if size == 0 {
			e.put(v.text[i:i+1], i)
			i++
			continue
		}
		e.put(string(r), i)
		i += size
	}
	return e.version()
}

// escaped returns the character that s begins with in its escaped form, and how long that is; 0 for none.
func escaped(s string) (r rune, size int) {
	switch {
	case len(s) < 3:
		return 0, 0
	case s[0] == '%':
		r, size = numbered(s, 1, 2, 16)
	case s[0] == '\\' && s[1] == 'u':
		r, size = numbered(s, 2, 4, 16)
	case s[0] == '\\' && s[1] == 'U':
		r, size = numbered(s, 2, 8, 16)
	case s[0] == '\\' && s[1] == 'x':
		r, size = numbered(s, 2, 2, 16)
	case s[0] == '&':
		end := strings.IndexByte(s[:min(len(s), 9)], ';')
		switch {
		case end < 3:
		case s[1] != '#':
			if r = unnamed(s[1:end]); r != 0 {
				size = end + 1
			}
		case s[2] == 'x' || s[2] == 'X':
			r, size = numbered(s, 3, end-3, 16)
			size++
		default:
			r, size = numbered(s, 2, end-2, 10)
			size++
		}
	}
	if size <= 1 || r <= ' ' || r >= 0x7f && s[0] == '%' || r > unicode.MaxRune {
		return 0, 0
	}
	return r, size
}

// numbered reads a number of so many digits at an index of s.
func numbered(s string, at, digits, base int) (r rune, size int) {
	if at+digits > len(s) || digits < 1 {
		return 0, 0
	}
	n, err := strconv.ParseUint(s[at:at+digits], base, 31)
	if err != nil {
		return 0, 0
	}
	return rune(n), at + digits
}

// unnamed returns the character of a name of HTML; 0 for another.
func unnamed(name string) rune {
	switch name {
	case "quot":
		return '"'
	case "apos":
		return '\''
	case "amp":
		return '&'
	case "lt":
		return '<'
	case "gt":
		return '>'
	case "equals":
		return '='
	case "colon":
		return ':'
	}
	return 0
}
