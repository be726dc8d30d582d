package watch

import (
	"errors"
	"slices"
	"sort"
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
	"github.com/probetop/probetop/recording/mask"
)

// Tape is a recording in memory. It can be folded up to any moment. It never changes once it is read, so any
// number of goroutines may use it.
type Tape struct {
	header      recording.Header
	changes     []model.Change
	checkpoints []checkpoint
	transitions []model.Transition
	damage      error
}

// checkpoint is the fold of the first so many changes.
type checkpoint struct {
	changes int
	cluster *model.Cluster
}

const (
	// spacing is how many changes lie between two checkpoints of a small cluster, and so the most that a seek has to fold. Of a
	// large one there are as many as it has objects: a checkpoint holds all of them.
	spacing = 2000
	// glance is how far apart in the recording the looks for transitions are.
	glance = 100 * time.Millisecond
)

// OpenTape reads a recording from a file. See ReadTape. What an older program, or one that was to show secrets, has recorded in clear
// is masked by the policy.
func OpenTape(path string, policy mask.Policy) (*Tape, error) {
	r, err := recording.Open(path)
	if err != nil {
		return nil, err
	}
	t, err := tapeOf(r, policy)
	return t, errors.Join(err, r.Close())
}

// ReadTape reads a recording to its end, over what is damaged in it, which Damage then tells. It returns an error when nothing
// can be read, and one that says so when the recording holds nothing.
func ReadTape(r *recording.Reader) (*Tape, error) { return tapeOf(r, mask.Hide) }

// tapeOf is ReadTape with a policy.
func tapeOf(r *recording.Reader, policy mask.Policy) (*Tape, error) {
	t := &Tape{header: r.Header()}
	taping := newTaping(t)
	taping.facts.policy = policy
	if err := eachEntry(r, taping.hear, taping.lose); err != nil {
		taping.lose(err)
	}
	t.damage = taping.damage()
	if len(t.changes) > 0 {
		t.index()
		return t, nil
	}
	if t.damage != nil {
		return nil, t.damage
	}
	return nil, &recording.FormatError{Kind: recording.Empty}
}

// index folds the recording once, leaving checkpoints and noting transitions.
func (t *Tape) index() {
	cluster := model.NewCluster()
	cluster.Follow(func(tr model.Transition) { t.transitions = append(t.transitions, tr) })
	looked := t.changes[0].At
	t.checkpoints = append(t.checkpoints, checkpoint{0, cluster.Clone()})
	for i, ch := range t.changes {
		if ch.At.Sub(looked) >= glance {
			looked = ch.At
			pass(cluster, ch.At)
		}
		if i-t.checkpoints[len(t.checkpoints)-1].changes >= max(spacing, cluster.Size()) {
			t.checkpoints = append(t.checkpoints, checkpoint{i, cluster.Clone()})
		}
		cluster.Apply(ch)
	}
	cluster.Settle()
	complete := t.Complete()
	t.transitions = slices.DeleteFunc(t.transitions, func(tr model.Transition) bool { return tr.At.Before(complete) })
}

// pass looks at the cluster now, and at each moment up to then at which time alone may change something.
func pass(c *model.Cluster, then time.Time) {
	c.Settle()
	for due, ok := c.NextDue(); ok && due.Before(then); due, ok = c.NextDue() {
		c.Apply(model.Change{At: due})
		c.Settle()
	}
}

// Complete is when the lists that the recording begins with are complete. What is found before is no transition.
func (t *Tape) Complete() time.Time {
	pending := map[model.Stream]bool{}
	for _, ch := range t.changes {
		switch f := ch.Fact.(type) {
		case *model.Source:
			if f.State == model.SourceSyncing {
				pending[ch.Stream] = true
			} else {
				delete(pending, ch.Stream)
			}
		}
		if len(pending) == 0 {
			return ch.At
		}
	}
	return t.changes[0].At
}

// Header says what was recorded, when and by what.
func (t *Tape) Header() recording.Header { return t.header }

// Start and End are the first and the last moment of the recording.
func (t *Tape) Start() time.Time { return t.changes[0].At }

// End is the last moment of the recording.
func (t *Tape) End() time.Time { return t.changes[len(t.changes)-1].At }

// Damage says where the recording is cut off or broken; nil when it is whole.
func (t *Tape) Damage() error { return t.damage }

// Transitions returns the moments at which a pod's severity changed, in order.
func (t *Tape) Transitions() []model.Transition { return t.transitions }

// At returns everything that was known at a moment: the fold of every change up to it.
func (t *Tape) At(at time.Time) *model.Snapshot {
	c, _ := t.fold(at)
	return c.Snapshot()
}

// fold returns a cluster that knows what was known at a moment, and how many changes that are. The cluster is
// the caller's own.
func (t *Tape) fold(at time.Time) (*model.Cluster, int) {
	n := t.upTo(at)
	i := sort.Search(len(t.checkpoints), func(i int) bool { return t.checkpoints[i].changes > n }) - 1
	from := t.checkpoints[i]
	c := from.cluster.Clone()
	t.forward(c, from.changes, n, at)
	return c, n
}

// forward folds the changes from the i-th to before the n-th, and lets time pass to at. It looks at the cluster on the way: what
// was concluded then is remembered.
func (t *Tape) forward(c *model.Cluster, i, n int, at time.Time) {
	var looked time.Time
	for _, ch := range t.changes[i:n] {
		if ch.At.Sub(looked) >= glance {
			looked = ch.At
			pass(c, ch.At)
		}
		c.Apply(ch)
	}
	c.Apply(model.Change{At: at})
}

// upTo returns how many changes were heard up to a moment.
func (t *Tape) upTo(at time.Time) int {
	return sort.Search(len(t.changes), func(i int) bool { return t.changes[i].At.After(at) })
}
