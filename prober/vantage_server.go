package prober

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/probetop/probetop/model"
)

// unreachable is what the API server puts before the error of a request that it could not make to a pod.
const unreachable = "error trying to reach service: "

// fromServer returns what the API server itself says; empty for an answer of the pod. A pod may answer with a Status
// too: of its errors only those are taken for its own that an API server would not return for this request, which are 403 and
// 404 that do not name a pod. Whatever else, such as 410, may be the server's.
func fromServer(r *http.Response, body []byte) string {
	s := metav1.Status{}
	if r.StatusCode < 400 || json.Unmarshal(body, &s) != nil || s.Kind != "Status" || int(s.Code) != r.StatusCode {
		return ""
	}
	aboutPods := s.Details != nil && s.Details.Kind == "pods"
	if (r.StatusCode == http.StatusForbidden || r.StatusCode == http.StatusNotFound) && !aboutPods && !strings.HasPrefix(s.Message, unreachable) {
		return ""
	}
	return cmp.Or(s.Message, r.Status)
}

// unreached is what a request comes to that the API server could not make. Only what the network said of the
// pod's own address is a verdict.
func (l *look) unreached(said string) *model.PodIPVantage {
	cause, ok := strings.CutPrefix(said, unreachable)
	own := "dial tcp " + l.probe.URL.Host + ": "
	switch {
	case ok && strings.HasPrefix(cause, own+"connect: "), ok && (cause == "EOF" || strings.HasPrefix(cause, "tls: ")):
		return &model.PodIPVantage{Verdict: model.ShadowFailure, Text: l.prefix + cause}
	case ok && cause == own+"i/o timeout":
		return &model.PodIPVantage{Verdict: model.ShadowFailure, Text: l.prefix + cause}
	}
	return &model.PodIPVantage{Text: said}
}
