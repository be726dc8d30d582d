package cmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"

	"sigs.k8s.io/yaml"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
)

// spoiler puts a text and a time into facts, in half of the places that have one.
type spoiler struct {
	rng  *rand.Rand
	text string
	at   time.Time
}

// spoil changes what v has of texts and times. Identities stay, for facts are to be about each other.
func (s spoiler) spoil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			s.spoil(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			s.spoil(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "UID" && f.Name != "Pod" && f.Name != "Kind" {
				s.spoilField(v.Field(i))
			}
		}
	case reflect.String:
		if s.rng.IntN(2) == 0 {
			v.SetString(s.text)
		}
	}
}

func (s spoiler) spoilField(v reflect.Value) {
	if _, ok := v.Interface().(time.Time); !ok {
		s.spoil(v)
	} else if s.rng.IntN(2) == 0 {
		v.Set(reflect.ValueOf(s.at))
	}
}

// victims are facts about one pod that everything is said of.
func victims(now time.Time) []model.Fact {
	probe := &model.ProbeSpec{Handler: model.HTTP, Scheme: "HTTP", Path: "/livez", Port: "8080", Timeout: time.Second, Period: 10 * time.Second, SuccessThreshold: 1, FailureThreshold: 3, Headers: []model.Header{{Name: "Host", Value: "here"}}}
	command := &model.ProbeSpec{Handler: model.Exec, Command: []string{"check", "it"}, Timeout: time.Second, Period: 10 * time.Second, SuccessThreshold: 1, FailureThreshold: 3}
	running := model.Container{Name: "web", State: model.Running, StartedAt: now.Add(-time.Hour), ID: "c1", Restarts: 3, Last: &model.Termination{Reason: "Error", ExitCode: 1, StartedAt: now.Add(-2 * time.Hour), FinishedAt: now.Add(-time.Hour)}}
	running.Probes[model.Liveness], running.Probes[model.Readiness] = probe, command
	waiting := model.Container{Name: "proxy", State: model.Waiting, Reason: "CrashLoopBackOff", Message: "back-off 5m0s restarting failed container", StatusIndex: 1, Restarts: 9, Last: running.Last}
	facts := []model.Fact{
		&model.Source{Kind: model.Pods, State: model.SourceSynced, Since: now},
		&model.Source{Kind: model.Events, State: model.SourceStale, Since: now, Error: "the connection was cut off"},
		&model.Node{Name: "n1", Ready: model.False, Reason: "NodeStatusUnknown", Message: "silent", Since: now, KubeletVersion: "v1.37.0"},
		&model.Service{Namespace: "shop", Name: "web"},
		&model.Pod{
			UID: "u", Namespace: "shop", Name: "web-0", Node: "n1", Owner: model.Owner{Kind: "Deployment", Name: "web"}, Phase: "Running", Created: now.Add(-time.Hour),
			Deleted: now.Add(time.Minute), GracePeriod: 30 * time.Second, Gates: []string{"gate"}, Containers: []model.Container{running, waiting},
			Conditions: []model.Condition{{Type: "Ready", Status: model.False, Reason: "ContainersNotReady", Message: "web", Since: now}, {Type: "PodScheduled", Status: model.True}},
		},
		&model.EndpointSlice{Namespace: "shop", Name: "web-x", Service: "web", Endpoints: []model.Endpoint{{Pod: "u"}}},
		&model.Shadow{Probe: model.Key{Pod: "u", Container: "web", Type: model.Liveness}, Instance: "c1", At: now, Verdict: model.ShadowFailure, Text: "no"},
	}
	for _, e := range []model.Event{
		{Name: "a", Reason: model.ReasonUnhealthy, Message: "Liveness probe failed: HTTP probe failed with statuscode: 503", Container: "web"},
		{Name: "b", Reason: model.ReasonUnhealthy, Message: "Readiness probe failed: exit status 1", Container: "web"},
		{Name: "c", Reason: "Killing", Message: "Container web failed liveness probe, will be restarted", Container: "web"},
		{Name: "d", Reason: "BackOff", Message: "Back-off restarting failed container", Container: "proxy"},
	} {
		e.UID, e.Namespace, e.Pod, e.Count, e.First, e.Last = e.Name, "shop", "u", 3, now.Add(-time.Minute), now
		facts = append(facts, &e)
	}
	return facts
}

// FuzzFormats writes what a cluster with such texts and times is like in every format: whatever a container, a node or a
// server says, each is written, and is what its name says.
func FuzzFormats(f *testing.F) {
	for _, text := range []string{
		"", "\uffff", "\ufffe", "\ufeff", "\xff\xfe", "\x00", "\u0085\u2028\u2029", "\x1b[2J\x9b\u202e", "'\"\\{}[]&*!|>%@`- :#", "\n---\n...\n", "yes", "1e3", "0x1f", "~", "=", "<<",
		"\U000e0001\U0010ffff", strings.Repeat("long ", 500), strings.Repeat("x", 5000), "\t tab\r\n", "\u0e33\u1100\u200d", "a\ud7ffb\ue000",
	} {
		for i := range formats {
			f.Add(text, int64(1_800_000_000), uint64(i))
		}
	}
	for _, seconds := range []int64{0, -62135596800, -62135596801, -1 << 62, 253402300799, 253402300800, 1 << 62, 1 << 40} {
		for i := range formats {
			f.Add("\uffff", seconds, uint64(i))
		}
	}
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string, seconds int64, seed uint64) {
		s := spoiler{rand.New(rand.NewPCG(seed, 1)), text, time.Unix(seconds, 0)}
		cluster := model.NewCluster()
		for i, fact := range victims(now) {
			s.spoil(reflect.ValueOf(fact))
			cluster.Apply(model.Change{At: now, Stream: model.Stream(i % 2), Fact: fact})
		}
		snapshot := cluster.Snapshot()
		at := now
		if seed/uint64(len(formats))%2 == 1 {
			at = s.at
		}
		checkFormat(t, formats[seed%uint64(len(formats))], snapshot, at)
	})
}

// checkFormat writes a snapshot in a format and reads it again.
func checkFormat(t *testing.T, as format, s *model.Snapshot, at time.Time) {
	t.Helper()
	var out bytes.Buffer
	p := &printer{out: &out, format: as, now: func() time.Time { return at }, table: newTable(as == formatWide, true, true, nil)}
	if err := p.snapshot(s, at); err != nil {
		t.Fatalf("%s: %v", as, err)
	}
	for _, r := range out.String() {
		if r != '\n' && r != '\t' && unicode.IsControl(r) || recording.Hostile(r) {
			t.Fatalf("%s: %U is in\n%s", as, r, out.String())
		}
	}
	var err error
	switch lines := bytes.Split(bytes.TrimSuffix(out.Bytes(), []byte("\n")), []byte("\n")); as {
	case formatJSON:
		err = json.Unmarshal(out.Bytes(), &Report{})
	case formatYAML:
		err = yaml.Unmarshal(out.Bytes(), &Report{})
	case formatLines:
		for _, line := range lines {
			err = errors.Join(err, json.Unmarshal(line, &PodReport{}))
		}
	case formatName:
		if len(lines) != len(s.Rows) {
			t.Fatalf("%s: %d lines of %d pods", as, len(lines), len(s.Rows))
		}
	}
	if err != nil {
		t.Fatalf("%s: %v in\n%s", as, err, out.String())
	}
}

// full is what a full disk is to a program.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// Output that cannot be written is no mistake of the user's.
func TestAFullDiskIsNoUsageError(t *testing.T) {
	for _, as := range formats {
		cluster := model.NewCluster()
		cluster.Apply(model.Change{Fact: &model.Pod{UID: "u", Name: "web"}})
		p := &printer{out: full{}, format: as, now: time.Now, table: newTable(false, true, true, nil)}
		var f *failure
		if err := p.snapshot(cluster.Snapshot(), time.Now()); !errors.As(err, &f) || f.code != exitFailing || !strings.Contains(f.sentence, "Make room") {
			t.Errorf("%s: %v", as, err)
		}
	}
}
