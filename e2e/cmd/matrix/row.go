package main

import (
	"fmt"
	"strings"

	"github.com/probetop/probetop/e2e/figures"
)

const header = "| kubelet | scenarios right | shadow as the kubelet | events, late | sure claims, wrong | exact counts, wrong | " +
	"restarts, cause named, wrong | forecasts, missed |\n|---|---|---|---|---|---|---|---|\n"

// row is what came of one kubelet.
type row struct {
	kubelet         string
	scenarios, soak outcome
	figures         []figures.Figures
}

func (r *row) String() string {
	var p figures.Parity
	var s figures.Soak
	for _, f := range r.figures {
		if f.Parity != nil {
			p = *f.Parity
		}
		if f.Soak != nil {
			s = sum(s, *f.Soak)
		}
	}
	cells := []string{
		r.kubelet,
		fmt.Sprintf("%d of %d", r.scenarios.passed, r.scenarios.passed+len(r.scenarios.failed)),
		fmt.Sprintf("%d of %d", p.Equal, p.Compared),
		fmt.Sprintf("%d, %d", s.Events, s.Late),
		fmt.Sprintf("%d, %d", s.Sure, s.WrongSure),
		fmt.Sprintf("%d, %d", s.Exact, s.WrongExact),
		fmt.Sprintf("%d, %d, %d", s.Restarts, s.Known, s.Misled),
		fmt.Sprintf("%d, %d", s.Held+s.Missed, s.Missed),
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}

// sum adds what two probetops have said during the same soak.
func sum(a, b figures.Soak) figures.Soak {
	return figures.Soak{
		Events: max(a.Events, b.Events), Late: max(a.Late, b.Late), // which are the same events
		Sure: a.Sure + b.Sure, WrongSure: a.WrongSure + b.WrongSure,
		Exact: a.Exact + b.Exact, WrongExact: a.WrongExact + b.WrongExact,
		Restarts: a.Restarts + b.Restarts, Known: a.Known + b.Known, Misled: a.Misled + b.Misled,
		Held: a.Held + b.Held, Missed: a.Missed + b.Missed,
	}
}

// failed are the tests that failed, with the kubelet before each.
func (r *row) failed() []string {
	var failed []string
	for _, test := range append(r.scenarios.failed, r.soak.failed...) {
		failed = append(failed, r.kubelet+" "+test)
	}
	return failed
}
