package group

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
)

// What says why the pods fail, in words for a line: that of the pod that fails alone, and what the pods have in common otherwise.
func (i *Incident) What(now time.Time) string {
	if len(i.Rows) == 1 {
		if said := i.Sample.Headline(now); said != "" {
			return said
		}
		return i.Diagnosis.Headline
	}
	if by := i.byProbes(); by != "" && i.ID.Cause != "" && i.Diagnosis.Reason != "" {
		return i.Diagnosis.Reason + " (" + by + ")"
	}
	return i.Diagnosis.Gist()
}

// byProbes counts the pods by the probes that fail; empty when they are of one type.
func (i *Incident) byProbes() string {
	var words []string
	for _, typ := range [...]model.ProbeType{model.Readiness, model.Liveness, model.Startup} {
		if n := i.Probes[typ]; n > 0 {
			words = append(words, typ.String()+" "+strconv.Itoa(n))
		}
	}
	if len(words) < 2 {
		return ""
	}
	return strings.Join(words, ", ")
}

// Headline says it all in a sentence: how many of how many, since when, why, whom it hurts, and what the pods share.
func (i *Incident) Headline(now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d pods of %s ", len(i.Rows), i.Of, i.where())
	switch {
	case i.Unready == len(i.Rows):
		b.WriteString("unready")
	case len(i.Rows) == 1:
		b.WriteString("fails")
	default:
		b.WriteString("fail alike")
	}
	if since := i.Since(now); since != "" {
		b.WriteString(" " + since)
	}
	b.WriteString(": " + i.What(now))
	for _, h := range i.Services {
		if h.Hurt() {
			b.WriteString("; " + h.Words())
		}
	}
	for k := range i.Traits {
		if t := &i.Traits[k]; t.tells(i) {
			b.WriteString("; all " + t.place())
		}
	}
	return model.Printable(b.String())
}

// where names what fails, with its kind and its namespace.
func (i *Incident) where() string {
	switch {
	case i.ID.Node != "":
		return "node " + i.ID.Node
	case i.ID.Pod != "":
		return i.ID.Namespace + "/" + i.Sample.Pod.Name
	}
	return i.ID.Workload + " in " + i.ID.Namespace
}

// tells reports whether a trait is worth a word in a sentence: a node that all share, and what sets them apart.
func (t *Trait) tells(i *Incident) bool {
	switch {
	case len(i.Rows) < 2 || !t.shared:
		return false
	case t.By == Node:
		return i.ID.Node == ""
	}
	return t.Apart() && (t.By == Revision || t.By == Zone)
}

// Since says when the pods began to fail, within which time, and whether others still do; empty when that is not known.
func (i *Incident) Since(now time.Time) string {
	first := i.First()
	if first.At.IsZero() {
		return ""
	}
	words := "since "
	if first.Before {
		words = "since before "
	}
	words += first.At.In(now.Location()).Format(time.TimeOnly)
	spread, known := i.Spread()
	switch joined := i.Joined(now); {
	case joined > 0:
		words += ", " + strconv.Itoa(joined) + " of them in the last 2m"
	case known && len(i.Rows) > 1 && spread <= together:
		words += ", all within " + max(spread, time.Second).Round(time.Second).String()
	}
	return words
}

// Words says how a Service is hurt.
func (h Harm) Words() string {
	if h.Dead() {
		return "Service " + h.Name + " has no ready endpoint (0 of " + strconv.Itoa(h.Of) + ")"
	}
	return fmt.Sprintf("Service %s has %d of %d endpoints ready", h.Name, h.Ready, h.Of)
}

// place words where all pods are, as in "on node n2".
func (t *Trait) place() string {
	name := t.Values[0].Name
	switch t.By {
	case Node:
		return "on node " + name
	case Zone:
		return "in zone " + name
	case Revision:
		return "of revision " + name
	}
	return "share " + string(t.By) + " " + name
}

// Share says in a few words how many have what: all pods that fail, and how many of those that are well; or that they differ.
func (t *Trait) Share() string {
	switch {
	case !t.shared:
		return "differs"
	case t.Well == 0:
		return "all " + strconv.Itoa(t.Values[0].Failing)
	}
	return fmt.Sprintf("all %d, well %d of %d", t.Values[0].Failing, t.Values[0].Well, t.Well)
}
