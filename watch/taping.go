package watch

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	apiwatch "k8s.io/apimachinery/pkg/watch"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
)

// tapeFreely is what the facts of every recording may take of the memory, and tapeLeeway how many times its size those of a
// large one may. Those of 5,000 pods that differ in little but their names take 70 times its size. What a single entry says may take no more
// than factMost, and the labels of a pod no more than labelsMost: real ones take a kilobyte, and those of a recording that is made for
// it pack so well that its size bounds nothing.
const (
	tapeFreely = 16 << 20
	tapeLeeway = 150
	factMost   = 1 << 20
	labelsMost = 16 << 10
)

// taping turns the entries of a recording into the changes of a tape.
type taping struct {
	tape  *Tape
	facts *interner
	kinds map[string]resource
	last  time.Time
	// entries counts those that were heard, and weight is about how much memory their facts take.
	entries int
	weight  int64
	// sources are the newest states of the streams. They are deaf when something is missing since the last entry.
	sources map[model.Stream]*model.Source
	deaf    bool
	// first is what was lost first, losses how often something was, and after whether anything came after that.
	first  error
	losses int
	after  bool
}

func newTaping(t *Tape) *taping {
	g := &taping{tape: t, facts: newInterner(), kinds: map[string]resource{}, sources: map[model.Stream]*model.Source{}}
	for _, k := range []resource{pods(), events(), endpointSlices(), services(), nodes()} {
		g.kinds[k.name] = k
	}
	return g
}

// hear takes an entry. Its error says that the recording takes more memory than its size allows.
func (g *taping) hear(what told) error {
	e := what.entry
	// A clock that was set back does not make what follows older, here as in Cluster.Apply: a moment is looked
	// for as in a sorted list.
	if e.At.After(g.last) {
		g.last = e.At
	}
	g.entries, g.after = g.entries+1, g.losses > 0
	if g.deaf {
		g.deafen()
	}
	fact := factOf(g.facts, g.kinds, e, what.object)
	if fact == nil {
		return nil
	}
	if err := tooHeavy(e, fact); err != nil {
		g.lose(err)
		return nil
	}
	stream := model.Stream(e.Stream)
	if l, ok := fact.(*model.Listing); ok && l.Kind == model.Events && g.sources[stream] != nil {
		l.Kind = g.sources[stream].Kind // of pods, or of nodes
	}
	if s, ok := fact.(*model.Source); ok {
		g.sources[stream] = s
	}
	gone := e.Event == apiwatch.Deleted || e.Counters != nil && e.Counters.Gone
	g.add(model.Change{At: g.last, Stream: stream, Gone: gone, Fact: fact})
	if g.weight > tapeFreely && g.weight > tapeLeeway*what.offset {
		return &recording.DamageError{Entries: g.entries, At: g.last, Offset: what.offset, Err: recording.ErrUnfolds}
	}
	return nil
}

// tooHeavy returns an error for an entry that says more than the model is to hold of one.
func tooHeavy(e *recording.Entry, fact model.Fact) error {
	if p, ok := fact.(*model.Pod); ok && len(p.Labels) > labelsMost {
		return fmt.Errorf("one of the %s is left out that was heard at %s: its labels take %d KiB, and no more than %d are read",
			e.Resource, e.At.Format(time.RFC3339), len(p.Labels)>>10, labelsMost>>10)
	}
	if n := weightOf(fact); n > factMost {
		return fmt.Errorf("an entry is left out that was heard at %s: it would take %d KiB of memory, and no more than %d are read",
			e.At.Format(time.RFC3339), n>>10, factMost>>10)
	}
	return nil
}

func (g *taping) add(ch model.Change) {
	g.tape.changes = append(g.tape.changes, ch)
	g.weight += weightOf(ch.Fact)
}

// lose notes that something is missing.
func (g *taping) lose(err error) {
	if g.losses++; g.first == nil {
		g.first = err
	}
	g.deaf = true
}

// deafen tells that something may have been missed on every stream: until its next list it is stale.
func (g *taping) deafen() {
	g.deaf = false
	for stream, s := range g.sources {
		if s.State != model.SourceSynced {
			continue
		}
		stale := *s
		stale.State, stale.Since, stale.Error = model.SourceStale, g.last, "the recording is damaged here, and something may be missing"
		g.sources[stream] = &stale
		g.add(model.Change{At: g.last, Stream: stream, Fact: &stale})
	}
}

// damage says what was lost; nil for nothing.
func (g *taping) damage() error {
	switch {
	case g.losses == 0:
		return nil
	case g.losses > 1:
		return fmt.Errorf("%w, and in %d more places", g.first, g.losses-1)
	case g.after:
		return fmt.Errorf("%w; what comes after it is shown", g.first)
	}
	return g.first
}

// factOf turns an entry and its object into a fact; nil for one that says nothing of interest.
func factOf(facts *interner, kinds map[string]resource, e *recording.Entry, o runtime.Object) model.Fact {
	switch {
	case e.Stream >= model.MaxStreams:
		return nil
	case e.Counters != nil:
		return countersFact(facts, e.At, e.Counters)
	case e.Shadow != nil:
		if f := shadowFact(facts, e.Shadow); f != nil {
			return f
		}
		return nil
	case e.Source != nil:
		s := e.Source
		if !model.SourceState(s.State).Known() {
			return nil
		}
		return &model.Source{
			Kind: model.SourceKind(s.Kind), Namespace: s.Namespace, State: model.SourceState(s.State), Since: s.Since, Error: facts.text(s.Error),
			Silent: s.Silent, Missed: model.Span{From: s.MissedFrom, To: s.MissedTo},
		}
	case e.List != "":
		return &model.Listing{Kind: kinds[e.Resource].source, Done: e.List == recording.ListEnd}
	}
	return kinds[e.Resource].fact(facts, o)
}
