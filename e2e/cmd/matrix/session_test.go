package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/probetop/probetop/e2e/figures"
)

func TestReadCountsTestsWithoutTestsInside(t *testing.T) {
	out := `{"Action":"run","Test":"TestA"}
{"Action":"output","Test":"TestA/one","Output":"said\n"}
{"Action":"pass","Test":"TestA/one"}
{"Action":"fail","Test":"TestA/two"}
{"Action":"fail","Test":"TestA"}
{"Action":"pass","Test":"TestB"}
{"Action":"pass","Test":"TestC/one"}
{"Action":"fail","Test":"TestC"}
{"Action":"fail"}
`
	o, log, err := read([]byte(out))
	if err != nil {
		t.Fatal(err)
	}
	want := outcome{passed: 3, failed: []string{"TestA/two", "TestC"}}
	if diff := cmp.Diff(want, o, cmp.AllowUnexported(outcome{})); diff != "" {
		t.Errorf("outcome (-want +got):\n%s", diff)
	}
	if string(log) != "said\n" {
		t.Errorf("log %q, want what the tests printed", log)
	}
}

func TestRowAddsWhatBothProbetopsSaid(t *testing.T) {
	r := row{
		kubelet: "v1.31.14", scenarios: outcome{passed: 9, failed: []string{"TestA"}},
		figures: []figures.Figures{
			{Parity: &figures.Parity{Compared: 63, Equal: 62}},
			{Soak: &figures.Soak{Events: 100, Late: 1, Sure: 10, Exact: 5, WrongExact: 1, Restarts: 3, Known: 3, Held: 7, Missed: 1}},
			{Soak: &figures.Soak{Events: 100, Late: 1, Sure: 20, WrongSure: 2, Exact: 6, Restarts: 3, Known: 2, Misled: 1, Held: 8}},
		},
	}
	want := "| v1.31.14 | 9 of 10 | 62 of 63 | 100, 1 | 30, 2 | 11, 1 | 6, 5, 1 | 16, 1 |\n"
	if got := r.String(); got != want {
		t.Errorf("row\n%swant\n%s", got, want)
	}
	if got := strings.Count(header, "|"); got != 2*strings.Count(want, "|") {
		t.Errorf("the header has %d bars, want two lines of them", got)
	}
}
