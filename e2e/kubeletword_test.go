package e2e

import (
	"regexp"
	"strings"

	"github.com/probetop/probetop/model"
)

// kubeletWord is what the kubelet has written of results of a probe, without its prefix, and how often.
type kubeletWord struct {
	outcome, text string
	count         int
}

// wordPrefix is what the kubelet begins with when it writes of a probe (pkg/kubelet/prober/prober.go).
var wordPrefix = regexp.MustCompile(`^(Startup|Readiness|Liveness) probe (failed|warning|errored and resulted in [a-z]+ state|errored): `)

// words returns what the kubelet has written of a probe of a pod with one container.
func (l *eventLog) words(pod, kind string) []kubeletWord {
	l.mu.Lock()
	defer l.mu.Unlock()
	newest := map[string]kubeletWord{}
	for _, s := range l.seen {
		prefix := wordPrefix.FindStringSubmatch(s.event.Message)
		if s.event.InvolvedObject.Name != pod || prefix == nil || strings.ToLower(prefix[1]) != kind {
			continue
		}
		outcome := map[string]string{"failed": "failure", "warning": "warning"}[prefix[2]]
		if outcome == "" {
			outcome = "errored"
		}
		newest[string(s.event.UID)] = kubeletWord{outcome, s.event.Message[len(prefix[0]):], int(max(s.event.Count, 1))}
	}
	var words []kubeletWord
	for _, w := range newest {
		words = append(words, w)
	}
	return words
}

// causeOf returns the cause that a text names.
func causeOf(handler, outcome, text string) model.Cause {
	kind := map[string]model.Outcome{"failure": model.Failed, "errored": model.Errored, "warning": model.Warned}[outcome]
	return model.CauseOf(model.HandlerKind(handler), kind, text)
}
