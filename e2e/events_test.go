package e2e

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// eventLog is what a watch of a namespace's events has brought, and when.
type eventLog struct {
	mu   sync.Mutex
	seen []seenEvent // guarded by mu
}

// seenEvent is one version of an event object.
type seenEvent struct {
	at    time.Time // when the test received it
	event *corev1.Event
}

// watchEvents watches until the test ends.
func watchEvents(t *testing.T, ns string) *eventLog {
	t.Helper()
	log := &eventLog{}
	w, err := shared.client.CoreV1().Events(ns).Watch(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatalf("watching events: %v", err)
	}
	done := make(chan struct{})
	t.Cleanup(func() {
		w.Stop()
		<-done
	})
	go func() {
		defer close(done)
		for change := range w.ResultChan() {
			if event, ok := change.Object.(*corev1.Event); ok {
				log.mu.Lock()
				log.seen = append(log.seen, seenEvent{time.Now(), event})
				log.mu.Unlock()
			}
		}
	}()
	return log
}

// await returns the first version of an event about a pod with this reason and with text in its message.
func (l *eventLog) await(t *testing.T, timeout time.Duration, pod, reason, text string) seenEvent {
	t.Helper()
	var found seenEvent
	eventually(t, timeout, func() error {
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, s := range l.seen {
			if s.event.InvolvedObject.Name == pod && s.event.Reason == reason && strings.Contains(s.event.Message, text) {
				found = s
				return nil
			}
		}
		return fmt.Errorf("no event %s about pod %s with %q", reason, pod, text)
	})
	return found
}

// times counts how often the kubelet has told of a reason about a pod.
func (l *eventLog) times(pod, reason string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	counts := map[string]int32{}
	for _, s := range l.seen {
		if s.event.InvolvedObject.Name == pod && s.event.Reason == reason {
			counts[string(s.event.UID)] = max(s.event.Count, counts[string(s.event.UID)])
		}
	}
	total := 0
	for _, n := range counts {
		total += int(n)
	}
	return total
}
