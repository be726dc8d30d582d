package model_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// shares are a part of a whole, kubelet by kubelet: what is claimed of one at two moments is nearly the same claim.
type shares []share

type share struct{ part, whole int }

// add counts one more of the kubelet that plays.
func (s shares) add(part bool) {
	if s[len(s)-1].whole++; part {
		s[len(s)-1].part++
	}
}

// sum is all of them together.
func (s shares) sum() (sum share) {
	for _, k := range s {
		sum.part, sum.whole = sum.part+k.part, sum.whole+k.whole
	}
	return sum
}

// of returns the share and its standard error: kubelets are independent of each other, and their claims are not.
func (s shares) of() (ratio, deviation float64) {
	sum, n := s.sum(), float64(len(s))
	if sum.whole == 0 || n < 2 {
		return 0, 0
	}
	ratio = float64(sum.part) / float64(sum.whole)
	var squares float64
	for _, k := range s {
		squares += math.Pow(float64(k.part)-ratio*float64(k.whole), 2)
	}
	return ratio, math.Sqrt(squares*n/(n-1)) / float64(sum.whole)
}

// figure is a share of what is claimed, and the least that it must be for usual kubelets.
type figure struct {
	what string
	of   func(*claims) shares
	// any was measured with 10,000 kubelets (without errors: 1,000), and first with the 150 from seed 0 that every go test plays.
	any, first float64
}

// Windows of forecasts were that wide when the figures were measured: half of them at most, and nearly nine in ten.
const (
	medianWidth = 12 * time.Second
	wideWidth   = 38 * time.Second
)

// figures are the rows of the table. Their floors were measured while nothing that was claimed for sure was wrong. A change that
// claims less on purpose, or plays kubelets otherwise, has to measure them again.
var figures = []figure{
	{"resolved states", func(c *claims) shares { return c.resolved }, 0.9999, 0.9998},
	{"sure states", func(c *claims) shares { return c.sure }, 0.609, 0.613},
	{"exact counts", func(c *claims) shares { return c.exact }, 0.517, 0.523},
	{"forecasts held", func(c *claims) shares { return c.held }, 0.972, 0.974},
	{"forecasts of sure states held", func(c *claims) shares { return c.sureHeld }, 0.973, 0.975},
	{"these without errors meanwhile", func(c *claims) shares { return c.plainHeld }, 0.991, 0.994},
	{"their windows up to 12 s wide", func(c *claims) shares { return c.within(medianWidth) }, 0.508, 0.509},
	{"their windows up to 38 s wide", func(c *claims) shares { return c.within(wideWidth) }, 0.882, 0.867},
	{"causes of restarts known", func(c *claims) shares { return c.known }, 0.9991, 0.9992},
	{"causes never wrong for sure", func(c *claims) shares { return c.neverMisled }, 0.9996, 0.9997},
}

// leeway is by how many standard errors kubelets that were not played before may be below the floor: chance alone does that
// less than once in 10,000 hunts. Fewer than enough kubelets say too little.
const (
	leeway = 4
	enough = 100
)

// least is the floor of a figure for the kubelets that were played.
func (f *figure) least(kubelets int, deviation float64) float64 {
	switch {
	case *firstSeed == 0 && kubelets == 150:
		return f.first
	case kubelets < enough:
		return 0
	}
	return f.any - leeway*deviation
}

// meetFloors fails where less is claimed than was when the floors were measured.
func (c *claims) meetFloors(t *testing.T) {
	t.Helper()
	for _, f := range figures {
		ratio, deviation := f.of(c).of()
		if least := f.least(len(c.cells), deviation); ratio < least {
			t.Errorf("%s: %.2f %%, want %.2f %% at least", f.what, 100*ratio, 100*least)
		}
	}
}

// String is the table.
func (c *claims) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d kubelets, %d cells\n", len(c.cells), c.cells.sum().whole)
	for _, f := range figures {
		s := f.of(c)
		ratio, deviation := s.of()
		sum := s.sum()
		fmt.Fprintf(&b, "%-31s %6.2f %% ± %.2f   %d of %d\n", f.what, 100*ratio, 100*deviation, sum.part, sum.whole)
	}
	fmt.Fprintf(&b, "%-31s %v in the median, %v at 90 %%\n", "windows", c.quantile(0.5).Round(time.Millisecond), c.quantile(0.9).Round(time.Millisecond))
	b.WriteString("wrong:")
	for _, what := range []string{wrongState, wrongExact, wrongBound, noLine, wrongCause, onceWrong} {
		fmt.Fprintf(&b, " %d %s,", c.wrong[what], what)
	}
	return strings.TrimSuffix(b.String(), ",")
}
