package mask

import "strings"

// need is what it takes to find the secrets of a text.
type need uint8

const (
	// harmless is a text that nothing of what the masker looks for is in.
	harmless need = iota
	// written is a text that must be scanned.
	written
	// disguised is a text that must also be scanned without what may stand between a reader and its letters.
	disguised
)

// triggers are three letters of each name or word that a secret may follow, the rarest of them. A dot is the edge of a word.
const triggers = "pas pwd psw .pw pw. ecr ede tok key uth sig ses sid coo cod otp pin jwt psk bea bas neg tif cen hma srf mne etu dsn " +
	"nwo ras enh lav htw asl esl lsz eno gsk eor asa aro lap ifr ozi apo mdp kha san fja oku nyk ubs ndb rco umo"

const (
	// longRun is from what length on a run of letters and digits may be a key, longWord that of one with dashes in it, and longLetters
	// that of one of letters alone.
	longRun, longWord, longLetters = 16, 20, 30
)

// sieve is a set of three letters.
type sieve [1 << 15 / 64]uint64

func (s *sieve) add(n uint16)      { s[n>>6] |= 1 << (n & 63) }
func (s *sieve) has(n uint16) bool { return s[n>>6]&(1<<(n&63)) != 0 }

var letters = newSieve(triggers)

func newSieve(list string) *sieve {
	s := &sieve{}
	for three := range strings.FieldsSeq(list) {
		n := uint16(0)
		for i := range len(three) {
			n = n<<5 | uint16(order(three[i]))
		}
		s.add(n)
	}
	return s
}

// order numbers the letters from 1 on, whatever their case; everything else is 0.
func order(c byte) byte {
	if isLetter(c) {
		return c & 0x1f
	}
	return 0
}

// The kinds of a byte: in five bits which letter it is, and what it may mean.
const (
	isSmall   = 1 << (iota + 5) // a small letter
	isCapital                   // a capital
	isNumeral                   // a digit
	isGlue                      // what stands between the letters and digits of a key
	isMark                      // an @ or a dash, which may begin something
	isOdd                       // what may hide a letter
)

// kinds says what each byte is.
type kinds [256]uint16

var bytesAre = newKinds()

func newKinds() *kinds {
	k := &kinds{}
	for i := range k {
		switch c := byte(i); {
		case isLetter(c) && c >= 'a':
			k[i] = uint16(c&0x1f) | isSmall
		case isLetter(c):
			k[i] = uint16(c&0x1f) | isCapital
		case isDigit(c):
			k[i] = isNumeral
		case c == '-':
			k[i] = isGlue | isMark
		case c == '@':
			k[i] = isMark
		case c == '_' || c == '+' || c == '=':
			k[i] = isGlue
		case c >= 0x7f, c < ' ' && c != '\n' && c != '\t' && c != '\r', c == '%', c == '\\', c == '&':
			k[i] = isOdd
		}
	}
	return k
}

// length is how long a run is, and how many of its characters are digits and capitals.
type length struct{ all, digits, capitals int }

// maybeKey reports whether a run of letters and digits may be a key.
func (l length) maybeKey() bool {
	return l.all >= longRun && (l.digits > 0 && l.digits < l.all || l.capitals >= longRun-2) || l.all >= longLetters
}

// sift says in one pass whether a text may have secrets in it.
func sift(s string) need {
	var last uint16      // the last three letters
	var run, word length // of letters and digits, and of what else keys are made of
	known, threes := bytesAre, letters
	for i := range len(s) {
		k := known[s[i]]
		last = (last<<5 | k&0x1f) & 0x7fff
		if threes.has(last) {
			return siftOdd(s[i:])
		}
		switch {
		case k&isSmall != 0:
			run.all++
			continue
		case k&isCapital != 0:
			run.all++
			run.capitals++
			continue
		case k&isNumeral != 0:
			run.all++
			run.digits++
			continue
		}
		if k&isOdd != 0 && odd(s[i:]) {
			return disguised
		}
		if run.all > 0 {
			word.all, word.digits, word.capitals = word.all+run.all, word.digits+run.digits, word.capitals+run.capitals
			if run.maybeKey() || word.all >= longWord && word.digits > 0 && word.capitals > 0 {
				return siftOdd(s[i:])
			}
			run = length{}
		}
		if k&isGlue == 0 {
			word = length{}
		}
		if k&isMark != 0 && begins(s, i) {
			return siftOdd(s[i:])
		}
	}
	word.all, word.digits, word.capitals = word.all+run.all, word.digits+run.digits, word.capitals+run.capitals
	if letters.has(last<<5&0x7fff) || run.maybeKey() || word.all >= longWord && word.digits > 0 && word.capitals > 0 {
		return written
	}
	return harmless
}

// siftOdd says of the rest of a text that must be scanned whether that is enough.
func siftOdd(s string) need {
	for i := 0; i < len(s); i++ {
		if bytesAre[s[i]]&isOdd != 0 && odd(s[i:]) {
			return disguised
		}
	}
	return written
}

// odd reports whether s begins with what may hide a letter.
func odd(s string) bool {
	switch s[0] {
	case '%', '\\':
		return escapes(s)
	case '&':
		return entity(s)
	}
	return true
}

// begins reports whether the @ or the dash at i may end an account or begin a flag.
func begins(s string, i int) bool {
	if s[i] == '@' {
		return i > 0
	}
	return i+1 < len(s) && (i == 0 || isBreak(s[i-1])) && (isLetter(s[i+1]) || s[i+1] == '-')
}

// escapes reports whether s begins with a character that is written by its number.
func escapes(s string) bool {
	switch {
	case len(s) < 3:
		return false
	case s[0] == '%':
		return isHexDigit(s[1]) && isHexDigit(s[2])
	}
	return (s[1] == 'u' || s[1] == 'x' || s[1] == 'U') && isHexDigit(s[2])
}

// entity reports whether s begins with a character reference of HTML.
func entity(s string) bool {
	end := strings.IndexByte(s[:min(len(s), 8)], ';')
	return end > 2 && (s[1] == '#' || unnamed(s[1:end]) != 0)
}
