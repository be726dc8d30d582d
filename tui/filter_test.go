package tui

import (
	"slices"
	"strings"
	"testing"

	"github.com/probetop/probetop/model"
)

func TestFilter(t *testing.T) {
	tests := map[string]struct {
		filter string
		want   []string // the ends of the names, in the order of names
	}{
		"nothing keeps everything":          {"", nil},
		"a part of a name":                  {"ledger", []string{"ledger-1"}},
		"case does not matter":              {"LEDGER", []string{"ledger-1"}},
		"a namespace":                       {"monitoring", []string{"grafana-7c6b5d4f9-8m4kt", "prometheus-0"}},
		"a status":                          {"crashloop", []string{"checkout-66c9d7b5f4-kz8wd"}},
		"a node":                            {"ip-10-0-9-9", []string{"legacy-0"}},
		"a workload":                        {"deployment/web", []string{"web-6f7d4c8b9-7d2xk", "web-6f7d4c8b9-hn5zq"}},
		"a namespace and a name":            {"payments/ledger", []string{"ledger-1"}},
		"what the probe said":               {"refused", []string{"api-7d9f8b6c5d-9qk2m"}},
		"several words":                     {"shop never", []string{"web-6f7d4c8b9-hn5zq"}},
		"not a word":                        {"payments !api", []string{"ledger-1"}},
		"a column":                          {"ns:^pay name:1$", []string{"ledger-1"}},
		"a column, not":                     {"ns:payments !state:due !state:passing !name:ledger", []string{"api-7d9f8b6c5d-9qk2m"}},
		"a column by its long name":         {"namespace:kube why:^$ node:1-17 workload:deploy", []string{"coredns-76f75df574-bq8lp"}},
		"a regular expression on a status":  {"status:Crash.*off", []string{"checkout-66c9d7b5f4-kz8wd"}},
		"a lonely exclamation mark":         {"ledger !", []string{"ledger-1"}},
		"letters that are not ASCII":        {"żółć", []string{}},
		"a column that has not been filled": {"status:", nil},
	}
	rows := slices.SortedFunc(slices.Values(incident().snapshot().Rows), func(a, b *model.Row) int {
		return strings.Compare(a.Pod.Name, b.Pod.Name)
	})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			keep, err := parseFilter(tt.filter, night)
			if err != nil {
				t.Fatal(err)
			}
			got := []string{}
			for _, r := range rows {
				if keep == nil || keep(r) {
					got = append(got, r.Pod.Name)
				}
			}
			if tt.want == nil && len(got) == len(rows) {
				return
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q keeps %q, want %q", tt.filter, got, tt.want)
			}
		})
	}
}

func TestFilterThatCannotBeRead(t *testing.T) {
	tests := map[string]string{
		"status:Cr(":   `"Cr(" is no regular expression`,
		"web !why:[":   `"[" is no regular expression`,
		"sttaus:Cr":    `no column "sttaus"`,
		"!name:a{2,1}": `"a{2,1}" is no regular expression`,
	}
	for filter, want := range tests {
		if _, err := parseFilter(filter, night); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", filter, err, want)
		}
	}
}

func TestFilterIsAppliedWhileItIsTyped(t *testing.T) {
	b := boardOf(t, options(), 80, 24, incident().snapshot())
	shown := func(want int) {
		t.Helper()
		if got := len(tableOf(b).order.shown); got != want {
			t.Errorf("%d pods are shown, want %d", got, want)
		}
	}
	press(b, "/")
	typed(b, "q")
	if b.View().Content == "" {
		t.Fatal("q has ended the board")
	}
	press(b, "backspace")
	typed(b, "web !never")
	shown(1)
	press(b, "backspace", "backspace", "enter")
	shown(1)
	press(b, "f")
	shown(0)
	press(b, "f", "/")
	typed(b, " status:(")
	shown(1)
	wantOnScreen(t, b, `"(" is no regular expression`)
	press(b, "enter")
	wantOnScreen(t, b, "filter web !nev")
	press(b, "/", "esc")
	shown(16)
	press(b, "f")
	shown(10)
	press(b, "esc")
	shown(16)
}

func wantOnScreen(t *testing.T, b *Board, want string) {
	t.Helper()
	if s := plainScreen(b); !strings.Contains(s, want) {
		t.Errorf("%q is not on the screen:\n%s", want, s)
	}
}
