package why

import (
	"strconv"
	"strings"
	"time"

	"github.com/probetop/probetop/model/fact"
)

// maxServices is how many Services the text of a link names.
const maxServices = 3

// endpoints says whether the pod's Services send traffic to it. Those that do not come first.
func (r subject) endpoints() link {
	var in, out []link
	add := func(l link) {
		if l.OK {
			in = append(in, l)
		} else {
			out = append(out, l)
		}
	}
	for i := range r.Traffic {
		add(r.reached(&r.Traffic[i]))
	}
	for _, s := range r.Services {
		if !r.listed(s.Name) {
			add(r.unlisted(s))
		}
	}
	links := append(out, in...)
	switch {
	case len(links) > 0:
		return summed(links)
	case !r.SlicesSeen || !r.ServicesSeen:
		return untold(StepEndpoints, "not known: Services and EndpointSlices are not read")
	}
	return intact(StepEndpoints, time.Time{}, "no Service selects the pod")
}

// summed joins what several Services say. The first speaks for all.
func summed(links []link) link {
	l := links[0]
	for i := 1; i < min(len(links), maxServices); i++ {
		l.Text += "; " + links[i].Text
		l.Unknown = l.Unknown && links[i].Unknown
	}
	if more := len(links) - maxServices; more > 0 {
		l.Text += "; and " + strconv.Itoa(more) + " more"
	}
	return l
}

// listed reports whether a Service has an endpoint for the pod.
func (r subject) listed(service string) bool {
	for i := range r.Traffic {
		if r.Traffic[i].Service == service {
			return true
		}
	}
	return false
}

// reached says what a Service that has an endpoint for the pod does with it, and whether that follows from what
// the pod says. It mirrors podToEndpoint of staging/src/k8s.io/endpointslice/utils.go.
func (r subject) reached(t *fact.Traffic) link {
	ready := r.Pod.Condition("Ready")
	switch {
	case t.Ready && t.PublishNotReady:
		return intact(StepEndpoints, t.Since, t.Service+": in, as it is for pods that are not ready too")
	case t.Ready && r.Pod.Deleting():
		return intact(StepEndpoints, r.Pod.Deleted.Add(-r.Pod.GracePeriod), t.Service+": still in, its EndpointSlice has not followed the deletion yet")
	case t.Ready && !r.Pod.Ready():
		return intact(StepEndpoints, since(ready), t.Service+": still in, its EndpointSlice has not followed the pod yet")
	case t.Ready:
		return r.ported(t)
	case t.Serving && t.Terminating:
		return breaks(StepEndpoints, t.Since, t.Service+": drains, because the pod was deleted")
	case t.Terminating || r.Pod.Deleting():
		return breaks(StepEndpoints, t.Since, t.Service+": out, because the pod was deleted")
	case r.Pod.Ready():
		return breaks(StepEndpoints, since(ready), t.Service+": out, its EndpointSlice has not followed the pod yet")
	}
	return breaks(StepEndpoints, t.Since, t.Service+": out, because the pod is not ready")
}

// ported is the link of a pod that takes traffic, if a port is there to take it: a target port that is named like
// no port of the pod is left out of the pod's slice without a word.
func (r subject) ported(t *fact.Traffic) link {
	for _, s := range r.Services {
		if s.Name != t.Service || s.Ports == "" {
			continue
		}
		missing := ""
		for target := range strings.SplitSeq(s.Ports, ",") {
			if r.Pod.HasPort(target) {
				return intact(StepEndpoints, t.Since, t.Service+": in")
			}
			missing = target
		}
		return breaks(StepEndpoints, t.Since, t.Service+": in, but without a port: no container names one "+strconv.Quote(missing))
	}
	return intact(StepEndpoints, t.Since, t.Service+": in")
}

// unlisted says why a Service that selects the pod has no endpoint for it.
func (r subject) unlisted(s *fact.Service) link {
	ready := r.Pod.Condition("Ready")
	switch {
	case !r.SlicesSeen:
		return untold(StepEndpoints, s.Name+": not known, EndpointSlices are not read")
	case r.Pod.IP == "":
		return breaks(StepEndpoints, time.Time{}, s.Name+": out, because the pod has no address")
	case r.Pod.Ready() || s.PublishNotReady:
		return breaks(StepEndpoints, since(ready), s.Name+": selects the pod, but none of its EndpointSlices has it")
	}
	return breaks(StepEndpoints, since(ready), s.Name+": out, because the pod is not ready")
}
