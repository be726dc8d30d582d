package watch

import (
	"context"
	"reflect"
	"testing"
	"time"

	apiwatch "k8s.io/apimachinery/pkg/watch"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
)

// prober is a source that emits these facts, a second apart.
type prober []model.Fact

func (p prober) Run(_ context.Context, emit func(model.Change)) error {
	for i, f := range p {
		emit(model.Change{At: moment(10 + i), Fact: f})
	}
	return nil
}

// TestShadowsPlayBack records runs of probes and compares what a tape of them holds with what was emitted.
func TestShadowsPlayBack(t *testing.T) {
	key := model.Key{Pod: "uid-a", Container: "web", Type: model.Readiness}
	facts := prober{
		&model.Shadow{
			Probe: key, Instance: "c0", At: moment(9).Add(123456789), Took: 1234567, RoundTrip: 20 * time.Millisecond, Attempts: 1,
			Verdict: model.ShadowSuccess, Protocol: "HTTP/1.1", PodIP: &model.PodIPVantage{Verdict: model.ShadowFailure, Text: "connection refused"},
		},
		&model.Shadow{Probe: key, Instance: "c0", At: moment(10), Attempts: 3, Verdict: model.ShadowErrored, Text: "no such file"},
		&model.Shadow{Probe: key, Instance: "c0", At: moment(11), Lack: model.LackTunnel, Text: "stream reset"},
	}
	var heard []model.Change
	tape := taped(t, func(w *recording.Writer) {
		w.Object(moment(1), 0, apiwatch.Added, "pods", running("a", true, 0))
		s := NewShadows(facts)
		s.Record(w)
		if err := s.Run(t.Context(), func(ch model.Change) { heard = append(heard, ch) }); err != nil {
			t.Error(err)
		}
		s.Record(nil)
		if err := NewShadows(facts).Run(t.Context(), func(model.Change) {}); err != nil {
			t.Error(err)
		}
	})
	if got := tape.changes[1:]; !reflect.DeepEqual(got, heard) || len(got) != len(facts) {
		t.Errorf("got %+v\nwant %+v", got, heard)
	}
	row := tape.At(tape.End()).Rows[0]
	for i := range row.Probes {
		if s := row.Probes[i].Shadow; (s != nil) != (row.Probes[i].Type == model.Readiness) || s != nil && s.Count != 3 {
			t.Errorf("%v shows %+v", row.Probes[i].Type, s)
		}
	}
}

func TestShadowOfAnotherVersion(t *testing.T) {
	if got := shadowFact(newInterner(), &recording.Shadow{Type: "sleepiness"}); got != nil {
		t.Errorf("got %+v", got)
	}
	if got := shadowFact(newInterner(), &recording.Shadow{Type: "liveness", Outcome: "moot", Took: -1}); got.Verdict != model.ShadowNone || got.Took != 0 {
		t.Errorf("got %+v", got)
	}
}
