package card_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/card"
	"github.com/probetop/probetop/model/group"
)

var update = flag.Bool("update", false, "write the golden files")

// epoch is when every container has started.
var epoch = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return epoch.Add(time.Duration(seconds) * time.Second) }

// seen is a cluster as it is so many seconds after the epoch.
func seen(seconds int, facts ...Fact) *Snapshot {
	c := NewCluster()
	for i, kind := range SourceKinds {
		for _, f := range []Fact{&Source{Kind: kind, State: SourceSynced, Since: epoch}, &Listing{Kind: kind}, &Listing{Kind: kind, Done: true}} {
			c.Apply(Change{At: epoch, Stream: Stream(i), Fact: f})
		}
	}
	for _, f := range facts {
		heard := epoch
		if e, ok := f.(*Event); ok {
			heard = e.Last
		}
		c.Apply(Change{At: heard, Fact: f})
	}
	c.Apply(Change{At: at(seconds)})
	return c.Snapshot()
}

// hurt is a Deployment of n pods of which all but one fail; text is what their probe says, and name what things are called.
func hurt(n int, text, name string) *Snapshot {
	facts := []Fact{
		&Node{Name: "n1", Ready: True, Zone: "z1", KubeletVersion: "v1.33.4"},
		&Service{Namespace: "shop", Name: name},
	}
	slice := &EndpointSlice{Namespace: "shop", Name: name + "-1", Service: name}
	for i := range n {
		uid, sick := fmt.Sprint("u", i), i > 0
		status := TriOf(!sick)
		spec := &ProbeSpec{
			Handler: HTTP, Scheme: "http", Path: "/readyz", Port: "8080",
			Timeout: time.Second, Period: 10 * time.Second, SuccessThreshold: 1, FailureThreshold: 3,
		}
		p := &Pod{
			UID: uid, Namespace: "shop", Name: fmt.Sprintf("%s-%02d", name, i), Node: "n1", Phase: "Running", RestartPolicy: "Always", Created: epoch.Add(-time.Hour),
			GracePeriod: 30 * time.Second, Owner: Owner{Kind: "Deployment", Name: name, Revision: fmt.Sprint(name, "-", min(i, 1))},
			Conditions: []Condition{{Type: "ContainersReady", Status: status, Since: at(300 + i)}, {Type: "Ready", Status: status, Since: at(300 + i)}},
			Containers: []Container{{
				Name: name, State: Running, StartedAt: epoch.Add(-20 * time.Minute), Started: True, Ready: !sick, ID: "c" + uid,
				Probes: [3]*ProbeSpec{Readiness: spec, Liveness: spec}, Spec: &ContainerSpec{Image: "registry.example/" + name + ":1"},
			}},
		}
		if i == 1 {
			p.Containers[0].Restarts = 1
			p.Containers[0].Last = &Termination{Reason: "Error", ExitCode: 3, StartedAt: epoch.Add(-time.Hour), FinishedAt: epoch.Add(-20 * time.Minute)}
		}
		facts = append(facts, p)
		slice.Endpoints = append(slice.Endpoints, Endpoint{Pod: uid, Ready: !sick, Serving: !sick})
		if sick {
			facts = append(facts, NewEvent(Event{
				UID: "e" + uid, Namespace: "shop", Name: "e" + uid, Pod: uid, Container: name, Reason: ReasonUnhealthy,
				Message: "Readiness probe failed: " + text, Count: 3, First: at(280 + i), Last: at(300 + i),
			}))
			facts = append(facts, &Shadow{
				Probe: Key{Pod: uid, Container: name, Type: Readiness}, Instance: "c" + uid, At: at(390), Took: time.Millisecond, Attempts: 1,
				Verdict: ShadowSuccess, Text: text,
			})
		}
	}
	return seen(400, append(facts, slice)...)
}

func source(s *Snapshot) *card.Source {
	return &card.Source{Snapshot: s, Context: "prod-eu", Scope: "all namespaces", Version: "v1.2.3", Now: at(400)}
}

func pod(t *testing.T, s *Snapshot, uid UID) *Row {
	t.Helper()
	for _, r := range s.Rows {
		if r.Pod.UID == uid {
			return r
		}
	}
	t.Fatalf("no pod %s", uid)
	return nil
}

func incident(t *testing.T, s *Snapshot) *group.Incident {
	t.Helper()
	var f group.Finder
	list := f.Find(s.Rows, at(400))
	if len(list) == 0 {
		t.Fatal("no incident")
	}
	return list[0]
}

const status503 = "HTTP probe failed with statuscode: 503"

func TestCards(t *testing.T) {
	s := hurt(4, status503, "web")
	for name, got := range map[string]string{
		"pod": source(s).Pod(pod(t, s, "u1")), "a pod that is well": source(s).Pod(pod(t, s, "u0")),
		"incident": source(s).Incident(incident(t, s)),
	} {
		t.Run(name, func(t *testing.T) { golden(t, got) })
	}
}

func golden(t *testing.T, got string) {
	t.Helper()
	path := filepath.Join("testdata", t.Name()+".golden")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test ./model/card -update writes it)", err)
	}
	if got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestACardIsNotTooLarge(t *testing.T) {
	s := hurt(200, strings.Repeat("x``` ", 2000), strings.Repeat("web", 80))
	for _, got := range []string{source(s).Pod(pod(t, s, "u1")), source(s).Incident(incident(t, s))} {
		if len(got) > card.Limit || !strings.Contains(got, "as of 2026-11-21 03:06:40 UTC") {
			t.Errorf("%d bytes, want %d at most, with an end:\n%s", len(got), card.Limit, got[max(len(got)-300, 0):])
		}
	}
}

var (
	fenceLine = regexp.MustCompile("^(`{3,})[a-z]*$")
	// span is a code span: what is between runs of backticks of one length.
	span = regexp.MustCompile("`+")
)

// skeleton returns a card without what is in fences and code spans.
func skeleton(t *testing.T, text string) string {
	t.Helper()
	var out []string
	open := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		m := fenceLine.FindStringSubmatch(line)
		switch {
		case open == "" && m != nil:
			open = m[1]
			out = append(out, "fence")
		case open != "" && strings.TrimSpace(line) == open:
			open = ""
		case open != "" && strings.HasPrefix(strings.TrimLeft(line, " "), open):
			t.Errorf("a line ends the fence of %d: %q", len(open), line)
		case open == "":
			out = append(out, unspanned(line))
		}
	}
	if open != "" {
		t.Errorf("a fence is open:\n%s", text)
	}
	return strings.Join(out, "\n")
}

// unspanned takes the code spans out of a line.
func unspanned(line string) string {
	var b strings.Builder
	for {
		begin := span.FindStringIndex(line)
		if begin == nil {
			return b.String() + line
		}
		marks, rest := line[begin[0]:begin[1]], line[begin[1]:]
		end := -1
		for _, at := range span.FindAllStringIndex(rest, -1) {
			if rest[at[0]:at[1]] == marks {
				end = at[1]
				break
			}
		}
		if end < 0 {
			return b.String() + line
		}
		b.WriteString(line[:begin[0]] + "[code]")
		line = rest[end:]
	}
}

// FuzzCard lets the cluster say anything: the Markdown outside of fences and code spans must not change, and nothing that steers a
// terminal is in it.
func FuzzCard(f *testing.F) {
	for _, text := range []string{
		"```", "````\n# big\n", "`", " `a` ", "[link](http://x) ![i](y) @all <b> **x** | a | b", "\x1b]52;c;aGk=\a", "\u202eevil", "a\r\n```sh\nrm -rf /\n```", "~~~", "",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		plain, hostile := hurt(3, "said", "web"), hurt(3, text, "web"+text)
		for uid := range 2 {
			u := fmt.Sprint("u", uid)
			got := source(hostile).Pod(pod(t, hostile, u))
			check(t, got, source(plain).Pod(pod(t, plain, u)))
		}
		check(t, source(hostile).Incident(incident(t, hostile)), source(plain).Incident(incident(t, plain)))
	})
}

// check compares the Markdown of two cards. The commands are left out for names that no shell takes as they are.
func check(t *testing.T, got, plain string) {
	t.Helper()
	const commands = "\n\n**To look again**\n\nfence"
	a, b := strings.Replace(skeleton(t, got), commands, "", 1), strings.Replace(skeleton(t, plain), commands, "", 1)
	if a != b {
		t.Errorf("the Markdown is\n%s\nwant\n%s\nof\n%s", a, b, got)
	}
	for _, r := range got {
		if r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0 || Invisible(r)) {
			t.Errorf("%q is in the card", r)
		}
	}
}
