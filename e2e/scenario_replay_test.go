package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/probetop/probetop/recording"
)

// What a recording says about a moment is what "probetop get" said in that moment. Two programs do not hear of a change at
// the same time: each word about each pod must be what the recording says at the moment or, at the farthest, as much earlier
// or later as that may be apart.
func TestReplayEqualsLive(t *testing.T) {
	t.Parallel()
	const moments = 20
	ns := newNamespace(t)
	r := startRecorder(t, ns, newRecording(t))
	r.hears(t)
	churn(t, ns)
	eventually(t, patience, func() error {
		if res := probetop(t, "get", "-n", ns); !strings.Contains(res.stdout, "flapping-") {
			return fmt.Errorf("no pod flaps yet:\n%s%s", res.stdout, res.stderr)
		}
		return nil
	})
	equal := 0
	for range moments {
		time.Sleep(rand.N(1500 * time.Millisecond)) // to meet the pods at any point of their lives
		live := getDocument(t, "get", "-n", ns, "-o", "json")
		at := momentOf(t, live)
		r.reaches(t, at.Add(news))
		apart := apartAt(t, live, r.file, at)
		if len(apart) == 0 {
			equal++
		}
		for shift := newsStep; shift <= news && len(apart) > 0; shift += newsStep {
			apart = inBoth(apart, apartAt(t, live, r.file, at.Add(-shift)))
			apart = inBoth(apart, apartAt(t, live, r.file, at.Add(shift)))
		}
		for _, change := range changesAround(t, r.file, at, news) {
			if len(apart) == 0 {
				break
			}
			apart = inBoth(apart, apartAt(t, live, r.file, change)) // what was so for a few milliseconds only
		}
		explain(t, live, r.file, at, apart)
		for path, words := range apart {
			t.Errorf("at %s: %s: live says %s, and the recording at no moment within %s of it: it says %s",
				at.Format(time.RFC3339Nano), path, words.live, news, words.replayed)
		}
	}
	t.Logf("%d of %d moments are equal to the word, the others but for news that one of the two heard a little later", equal, moments)
	if equal*2 < moments {
		t.Errorf("only %d of %d moments are equal to the word, want half of them", equal, moments)
	}
}

// changesAround returns the moments at which something was recorded, no farther than that from one of them.
func changesAround(t *testing.T, file string, at time.Time, far time.Duration) (moments []time.Time) {
	t.Helper()
	r, err := recording.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	for {
		e, err := r.Next()
		if err != nil || e.At.After(at.Add(far)) { // the end of it is being written
			return slices.Compact(moments)
		}
		if !e.At.Before(at.Add(-far)) {
			moments = append(moments, e.At)
		}
	}
}

// explain shows the pods that are told differently, as both tell them.
func explain(t *testing.T, live map[string]any, file string, at time.Time, apart map[string]twoWords) {
	t.Helper()
	if len(apart) == 0 {
		return
	}
	replayed := getDocument(t, "get", "--replay", file, "--at", at.Format(time.RFC3339Nano), "-o", "json")
	for _, report := range []map[string]any{live, replayed} {
		for uid, pod := range podsOf(copied(t, report)) {
			for path := range apart {
				if strings.Contains(path, uid) {
					t.Logf("told of %s: %s", uid, inJSON(t, pod))
					break
				}
			}
		}
	}
}

const (
	// news is how much later one of two programs may hear of a change, and take silence after it for nothing.
	news = 1500 * time.Millisecond
	// newsStep is how close to each other the moments are that are looked at for it.
	newsStep = 100 * time.Millisecond
)

// momentOf returns when a report was made.
func momentOf(t *testing.T, report map[string]any) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, fmt.Sprint(report["at"]))
	if err != nil {
		t.Fatalf("the report says at %v: %v", report["at"], err)
	}
	return at
}

// twoWords is what two reports say in the same place, in JSON; empty for nothing.
type twoWords struct{ live, replayed string }

// apartAt returns where a report differs from what a recording says about a moment.
func apartAt(t *testing.T, live map[string]any, file string, at time.Time) map[string]twoWords {
	t.Helper()
	live = copied(t, live)
	replayed := getDocument(t, "get", "--replay", file, "--at", at.Format(time.RFC3339Nano), "-o", "json")
	yield(live, replayed)
	a, b := map[string]string{}, map[string]string{}
	spell(t, "", timeless(live), a)
	spell(t, "", timeless(replayed), b)
	apart := map[string]twoWords{}
	for path := range a {
		if a[path] != b[path] {
			apart[path] = twoWords{a[path], b[path]}
		}
	}
	for path := range b {
		if _, ok := a[path]; !ok {
			apart[path] = twoWords{"", b[path]}
		}
	}
	return apart
}

// inBoth returns the entries of a that have a place in b.
func inBoth(a, b map[string]twoWords) map[string]twoWords {
	both := map[string]twoWords{}
	for path, words := range a {
		if _, ok := b[path]; ok {
			both[path] = words
		}
	}
	return both
}

// spell notes every value that is neither an object nor an array, by the path to it.
func spell(t *testing.T, path string, value any, into map[string]string) {
	t.Helper()
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			spell(t, path+"."+name, member, into)
		}
	case map[string]map[string]any:
		for name, member := range v {
			spell(t, path+"."+name, member, into)
		}
	case []any:
		for i, element := range v {
			spell(t, fmt.Sprintf("%s[%d]", path, i), element, into)
		}
	default:
		into[path] = inJSON(t, value)
	}
}

func inJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func copied(t *testing.T, report map[string]any) (c map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(inJSON(t, report)), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// yield takes out of both reports what is said of a probe that the one who has just come is not sure of: who has watched for
// longer may know better. Whoever is sure must say the same.
func yield(late, early map[string]any) {
	known := podsOf(early)
	for _, report := range []map[string]any{late, early} {
		delete(report, "groups") // which follow from the diagnoses
	}
	for uid, pod := range podsOf(late) {
		for _, p := range []map[string]any{pod, known[uid]} {
			if d, ok := p["diagnosis"].(map[string]any); ok { // what it rests on grows with the time that was watched
				for _, member := range []string{"headline", "times", "since", "next", "evidence", "actions", "certainty"} {
					delete(d, member)
				}
			}
		}
		if other, ok := known[uid]; ok && (lags(pod) || lags(other)) { // by milliseconds: the two are told by streams of their own
			for _, p := range []map[string]any{pod, other} {
				delete(p, "traffic")
				steps, _ := p["why"].([]any)
				p["why"] = slices.DeleteFunc(steps, func(s any) bool { return s.(map[string]any)["step"] == "endpoints" })
			}
		}
		if other, ok := known[uid]; ok && yieldPod(pod, other) {
			for _, member := range []string{"severity", "diagnosis", "since"} { // which follow from the states of its probes
				delete(pod, member)
				delete(other, member)
			}
		}
	}
	late["pods"], early["pods"] = podsOf(late), known
}

// lags reports whether the EndpointSlices have not followed a pod yet.
func lags(pod map[string]any) bool {
	steps, _ := pod["why"].([]any)
	return slices.ContainsFunc(steps, func(s any) bool {
		step := s.(map[string]any)
		return step["step"] == "endpoints" && strings.Contains(fmt.Sprint(step["text"]), "not followed")
	})
}

// podsOf returns the pods of a report by their UIDs.
func podsOf(report map[string]any) map[string]map[string]any {
	if pods, done := report["pods"].(map[string]map[string]any); done {
		return pods
	}
	pods := map[string]map[string]any{}
	for _, pod := range report["pods"].([]any) {
		pods[fmt.Sprint(pod.(map[string]any)["uid"])] = pod.(map[string]any)
	}
	return pods
}

// yieldPod does it for the probes of one pod, and reports whether there was one.
func yieldPod(late, early map[string]any) (yielded bool) {
	others := map[string]map[string]any{}
	eachProbe(early, func(name string, p map[string]any) { others[name] = p })
	eachProbe(late, func(name string, p map[string]any) {
		sure := p["certainty"] == "certain" || p["certainty"] == "high"
		if other := others[name]; other != nil && !sure && !gocmp.Equal(p["state"], other["state"]) {
			yielded = true
			clear(p)
			clear(other)
		} else if other != nil && !sure {
			for _, member := range []string{"certainty", "evidence"} {
				delete(p, member)
				delete(other, member)
			}
		}
	})
	return yielded
}

// eachProbe visits the probes of a pod.
func eachProbe(pod map[string]any, visit func(name string, p map[string]any)) {
	for _, c := range pod["containers"].([]any) {
		for _, p := range c.(map[string]any)["probes"].([]any) {
			visit(fmt.Sprint(c.(map[string]any)["name"], " ", p.(map[string]any)["type"]), p.(map[string]any))
		}
	}
}

// getDocument runs a command that prints JSON.
func getDocument(t *testing.T, args ...string) map[string]any {
	t.Helper()
	res := probetop(t, args...)
	var document map[string]any
	if err := json.Unmarshal([]byte(res.stdout), &document); err != nil || res.code != 0 {
		t.Fatalf("probetop %q: exit code %d, %v\n%s", args, res.code, err, res.stderr)
	}
	return document
}

// timeless takes out of a report what depends on who looked and since when.
func timeless(report map[string]any) map[string]any {
	delete(report, "at")
	delete(report, "sources")
	forget(report)
	return report
}

// forget takes out, on every level, when traffic was heard of, and what is only bounded: who has listened for longer has
// counted more failures in a row, and knows the kubelet's beat better.
func forget(value any) {
	switch v := value.(type) {
	case map[string]any:
		if v["service"] != nil || v["step"] == "endpoints" {
			delete(v, "since")
		}
		for _, bounded := range []string{"run", "bound", "earliest", "latest"} {
			delete(v, bounded)
		}
		for _, member := range v {
			forget(member)
		}
	case map[string]map[string]any:
		for _, member := range v {
			forget(member)
		}
	case []any:
		for _, element := range v {
			forget(element)
		}
	}
}
