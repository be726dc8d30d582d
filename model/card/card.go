package card

import (
	"fmt"
	"strings"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/group"
)

// Limit is how many bytes a card has at most: terminals refuse to copy much more than a few times as many.
const Limit = 16 << 10

// Limits of the parts of a card.
const (
	maxText     = 600 // bytes of one text of the cluster
	maxRestarts = 10
	maxPods     = 25
	maxValues   = 4
	maxServices = 10
)

// Source is what cards are written from.
type Source struct {
	Snapshot *model.Snapshot
	// Context names the cluster, and Scope says in words which pods are listed.
	Context, Scope string
	// Version is that of probetop; empty for not known.
	Version string
	// Now is the moment that is told of.
	Now time.Time
}

// card is one being written.
type card struct {
	Source
	b strings.Builder
	// room is what is left for sections, and left out counts those that had none.
	room, leftOut int
}

func (s *Source) card() *card {
	c := &card{Source: *s, room: Limit}
	c.Now = c.Now.UTC()
	c.room -= len(c.footer(99)) + 1
	return c
}

// Pod returns the card of a pod.
func (s *Source) Pod(r *model.Row) string {
	c := s.card()
	c.add("### probetop: pod " + code(r.Pod.Name) + " in " + code(r.Pod.Namespace) + "\n")
	headline := r.Headline(c.Now)
	if headline == "" {
		headline = "nothing is known to be wrong"
	}
	c.fenced("", "text", []string{headline})
	c.add("\n" + c.facts(r))
	c.pod(r)
	return c.end()
}

// Incident returns the card of an incident.
func (s *Source) Incident(i *group.Incident) string {
	c := s.card()
	where := ""
	if i.ID.Namespace != "" {
		where = " in " + code(i.ID.Namespace)
	}
	c.add(fmt.Sprintf("### probetop incident: %s%s, %d of %d pods\n", code(i.Name()), where, len(i.Rows), i.Of))
	c.fenced("", "text", []string{i.Headline(c.Now)})
	c.add("\n" + c.course(i))
	c.fenced("What the pods share, and what they do not", "text", c.traits(i))
	c.fenced("Services", "text", services(i))
	c.fenced("Pods, those that failed first first", "text", c.pods(i))
	c.add("\n**One of them:** " + code(i.Sample.Pod.Name) + "\n\n" + c.facts(i.Sample))
	c.pod(i.Sample)
	return c.end()
}

// pod writes the sections about one pod.
func (c *card) pod(r *model.Row) {
	d := r.Diagnosis(c.Now)
	c.fenced("Probes", "text", c.probes(r))
	if d != nil {
		c.fenced("Evidence, newest first", "text", c.evidence(d))
	}
	c.fenced("Restarts, newest first", "text", c.restarts(r))
	c.fenced("Kubelet against here", "text", c.agreements(r))
	c.fenced("To look again", "sh", c.commands(r, d))
}

// add writes a text if there is room for it.
func (c *card) add(text string) {
	if len(text) > c.room {
		c.leftOut++
		return
	}
	c.room -= len(text)
	c.b.WriteString(text)
}

// fenced writes a section of lines that others wrote; none when there are none.
func (c *card) fenced(title, language string, lines []string) {
	if len(lines) == 0 {
		return
	}
	if title != "" {
		title = "\n**" + title + "**\n"
	}
	c.add(title + "\n" + fence(language, lines))
}

// end writes where this is from, and returns the card.
func (c *card) end() string {
	c.b.WriteString(c.footer(c.leftOut))
	return c.b.String()
}

// footer says what looked at what, and when, and how far it can be believed.
func (c *card) footer(leftOut int) string {
	words := []string{strings.TrimSpace("probetop " + code(c.Version))}
	if c.Context != "" {
		words = append(words, "context "+code(c.Context))
	}
	words = append(words, code(c.Scope), "as of "+c.Now.Format(time.DateTime)+" UTC")
	if c.Snapshot != nil {
		for _, s := range c.Snapshot.Sources {
			if s.State != model.SourceSynced && s.State != model.SourceOff {
				words = append(words, string(s.Kind)+" "+string(s.State))
			}
		}
	}
	if leftOut > 0 {
		words = append(words, fmt.Sprintf("%d sections left out, too long", leftOut))
	}
	return "\n" + strings.Join(words, " · ") + "\n"
}
