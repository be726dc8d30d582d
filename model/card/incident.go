package card

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/probetop/probetop/model/group"
)

// course says when the pods began to fail, whether others still do, and what comes next.
func (c *card) course(i *group.Incident) string {
	var b strings.Builder
	first := i.First()
	switch {
	case first.At.IsZero():
		b.WriteString("- **Began:** not known\n")
	default:
		words := c.moment(first.At) + " UTC"
		if first.Before {
			words = "before " + words
		}
		if last := i.Last(); last.After(first.At) {
			words += ", the last at " + c.moment(last)
		}
		b.WriteString("- **Began:** " + words + " (" + c.Now.Sub(first.At).Round(time.Second).String() + " ago)\n")
	}
	if n := i.Joined(c.Now); n > 0 {
		fmt.Fprintf(&b, "- **Spreads:** %d in the last 2 minutes\n", n)
	}
	if next, of := i.Next(c.Now); of != nil {
		fmt.Fprintf(&b, "- **Next:** %s of %s between %s and %s UTC\n", next.Kind, code(of.Pod.Name), c.moment(next.Earliest), c.moment(next.Latest))
	}
	b.WriteString("- **Certainty:** " + i.Diagnosis.Certainty.String() + "\n")
	return b.String()
}

// traits lists what the pods share, and what they do not.
func (c *card) traits(i *group.Incident) []string {
	var rows [][]string
	for k := range i.Traits {
		t := &i.Traits[k]
		var values []string
		for n, v := range t.Values {
			if n == maxValues {
				values = append(values, strconv.Itoa(len(t.Values)-n)+" more")
				break
			}
			values = append(values, fmt.Sprintf("%s (%d)", clip(said(v.Name), 120), v.Failing))
		}
		rows = append(rows, []string{string(t.By), t.Share(), strings.Join(values, ", ")})
	}
	return columns(rows)
}

// services lists how the Services are hurt.
func services(i *group.Incident) []string {
	var rows [][]string
	for k, h := range i.Services {
		if k == maxServices {
			rows = append(rows, []string{"and " + strconv.Itoa(len(i.Services)-k) + " more"})
			break
		}
		rows = append(rows, []string{said(h.Namespace + "/" + h.Name), fmt.Sprintf("%d of %d endpoints in view ready", h.Ready, h.Of)})
	}
	return columns(rows)
}

// pods lists the pods.
func (c *card) pods(i *group.Incident) []string {
	var rows [][]string
	for k, r := range i.Rows {
		if k == maxPods {
			rows = append(rows, []string{"and " + strconv.Itoa(len(i.Rows)-k) + " more"})
			break
		}
		since := c.moment(i.Onsets[k].At)
		if i.Onsets[k].Before {
			since = "before " + since
		}
		rows = append(rows, []string{said(r.Pod.Namespace + "/" + r.Pod.Name), said(r.Pod.Node), r.Severity.String(), since})
	}
	return columns(rows)
}
