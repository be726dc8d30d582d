package watch

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
)

// telling reports whether events of that reason say something about a container's health, or why it has none.
func telling(reason string) bool {
	switch reason {
	case model.ReasonUnhealthy, model.ReasonProbeWarning, model.ReasonProbeFailureIgnored, model.ReasonKilling, model.ReasonBackOff, model.ReasonFailed:
		return true
	}
	return model.TellsOfSandbox(reason)
}

// reasonStarting is that of an event in which a kubelet says that its process has started (pkg/kubelet/events/event.go).
const reasonStarting = "Starting"

// saidBy returns what an event says; nil when that is nothing of interest.
func saidBy(in *interner, e *corev1.Event) model.Fact {
	switch {
	case e.InvolvedObject.Kind == "Node":
		if e.Reason != reasonStarting || e.Source.Component != "kubelet" {
			return nil
		}
		return startFact(in, e)
	case telling(e.Reason):
		return eventFact(in, e)
	}
	return nil
}

// startFact converts the event of a kubelet that has started.
func startFact(in *interner, e *corev1.Event) *model.KubeletStart {
	at := later(utc(e.LastTimestamp), e.EventTime.UTC())
	return &model.KubeletStart{Node: in.string(e.InvolvedObject.Name), At: at.Truncate(time.Second), Written: written(e.ManagedFields)}
}

// eventFact converts an event. The kubelet fills in the old fields (count, firstTimestamp, lastTimestamp); the
// newer ones are read as well, for recorders that use them.
func eventFact(in *interner, e *corev1.Event) *model.Event {
	first, last, count := utc(e.FirstTimestamp), utc(e.LastTimestamp), max(e.Count, 1)
	occurred := e.EventTime.UTC()
	if first.IsZero() {
		first = occurred
	}
	last = later(last, occurred)
	if s := e.Series; s != nil {
		last, count = later(last, s.LastObservedTime.UTC()), max(count, s.Count)
	}
	return model.NewEvent(model.Event{
		UID:       string(e.UID),
		Namespace: in.string(e.Namespace),
		Name:      e.Name,
		Pod:       string(e.InvolvedObject.UID),
		Container: in.string(model.ContainerOf(e.InvolvedObject.FieldPath)),
		Reason:    in.text(e.Reason),
		Message:   in.policy.Text(e.Message),
		Count:     count,
		First:     first,
		Last:      last,
		Written:   written(e.ManagedFields),
	})
}

// written is when the API server carried out the newest of the writes of an event; zero when it does not say.
func written(writes []metav1.ManagedFieldsEntry) (newest time.Time) {
	for i := range writes {
		if t := writes[i].Time; t != nil && recording.SaysOccurred(&writes[i]) {
			newest = later(newest, t.UTC())
		}
	}
	return newest
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
