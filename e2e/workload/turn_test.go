package main

import (
	"testing"
	"time"
)

func TestParseTurn(t *testing.T) {
	open := true
	tests := map[string]struct {
		query string
		want  turn
	}{
		"status of a path":         {"handler=http&path=/livez&status=503", turn{handler: "http", key: "/livez", answer: &answer{status: "503"}}},
		"delay of everything":      {"handler=http&delay=1500ms", turn{handler: "http", answer: &answer{delay: 1500 * time.Millisecond}}},
		"serving status":           {"handler=grpc&service=db&status=NOT_SERVING", turn{handler: "grpc", key: "db", answer: &answer{status: "NOT_SERVING"}}},
		"port that opens later":    {"handler=grpc&open=true&after=20s", turn{handler: "grpc", open: &open, after: 20 * time.Second}},
		"output of several lines":  {"handler=exec&status=1&output=a%0Ab", turn{handler: "exec", answer: &answer{status: "1", output: "a\nb"}}},
		"check with a name":        {"handler=exec&check=ready&status=1", turn{handler: "exec", key: "ready", answer: &answer{status: "1"}}},
		"memory":                   {"handler=memory&eat=64", turn{handler: "memory", eat: 64}},
		"statuses in turn":         {"handler=http&status=200,503", turn{handler: "http", answer: &answer{status: "200,503"}}},
		"a reset":                  {"handler=http&breaks=reset", turn{handler: "http", answer: &answer{breaks: "reset"}}},
		"body without an end":      {"handler=http&breaks=body", turn{handler: "http", answer: &answer{breaks: "body"}}},
		"wanted header":            {"handler=http&wants=Accept:+text", turn{handler: "http", answer: &answer{wants: "Accept: text"}}},
		"who is denied":            {"handler=http&denies=others", turn{handler: "http", answer: &answer{denies: "others"}}},
		"redirect to another host": {"handler=http&status=302&location=http://x/", turn{handler: "http", answer: &answer{status: "302", location: "http://x/"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := parseTurn(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			if (got.answer == nil) != (tt.want.answer == nil) || got.answer != nil && *got.answer != *tt.want.answer {
				t.Errorf("the answer is %+v, want %+v", got.answer, tt.want.answer)
			}
			if (got.open == nil) != (tt.want.open == nil) || got.open != nil && *got.open != *tt.want.open {
				t.Errorf("open is %v, want %v", got.open, tt.want.open)
			}
			if got.handler != tt.want.handler || got.key != tt.want.key || got.after != tt.want.after || got.eat != tt.want.eat {
				t.Errorf("the turn is %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestParseTurnRefuses(t *testing.T) {
	for _, query := range []string{
		"", "handler=smtp", "handler=http&status=bad", "handler=grpc&status=BETTER", "handler=http&service=db",
		"handler=tcp&open=perhaps", "handler=exec&after=later", "handler=memory&eat=much", "handler=http&;",
		"handler=http&status=200,bad", "handler=http&breaks=all",
	} {
		if got, err := parseTurn(query); err == nil {
			t.Errorf("parseTurn(%q) is %+v, want an error", query, got)
		}
	}
}
