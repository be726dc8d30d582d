package simcluster

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/uuid"
)

// key names an object of a resource.
type key struct{ namespace, name string }

func keyOf(o object) key { return key{o.GetNamespace(), o.GetName()} }

// compare orders keys the way etcd does.
func (k key) compare(other key) int {
	if c := strings.Compare(k.namespace, other.namespace); c != 0 {
		return c
	}
	return strings.Compare(k.name, other.name)
}

// entry is an object on its way into the store, or out of it.
type entry struct {
	resource *resource
	object   object
}

// change is one step of an object's life: old is nil at its beginning, and now at its end, when last is how it
// was last seen.
type change struct {
	version        uint64
	resource       *resource
	old, now, last object
}

// store holds the objects and the newest changes.
type store struct {
	// immutable after newStore
	kinds  *catalogue
	window int
	clock  func() time.Time

	mu sync.Mutex
	// guarded by mu
	version uint64
	// forgotten is up to where changes are no longer in the history; a watch cannot begin before compacted, which
	// is the same unless the store was compacted.
	forgotten  uint64
	compacted  uint64
	objects    map[*resource]map[key]object
	sorted     map[*resource][]key // of resources whose keys have not changed since they were sorted
	history    []change
	news       chan struct{}       // closed when there is news
	ended      map[string]uint64   // how often watches have been ended, by resource; "" is all
	population map[string]int      // objects in each namespace
	derived    map[string]struct{} // namespaces that are there because something is in them
}

func newStore(kinds *catalogue, window int, clock func() time.Time) *store {
	s := &store{
		kinds: kinds, window: window, clock: clock, version: 1, forgotten: 1, compacted: 1,
		objects: map[*resource]map[key]object{}, sorted: map[*resource][]key{}, news: make(chan struct{}),
		ended: map[string]uint64{}, population: map[string]int{}, derived: map[string]struct{}{},
	}
	for _, r := range kinds.resources {
		s.objects[r] = map[key]object{}
	}
	s.ensureNamespaceLocked(metav1.NamespaceDefault)
	return s
}

// put creates or updates the objects, which belong to the store from now on.
func (s *store) put(entries []entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range entries {
		s.putLocked(e)
	}
	s.announceLocked()
}

func (s *store) putLocked(e entry) {
	o, k := e.object, keyOf(e.object)
	old := s.objects[e.resource][k]
	if old != nil && o.GetUID() != "" && o.GetUID() != old.GetUID() {
		s.population[k.namespace]++ // the namespace does not go in between
		s.dropLocked(e.resource, old, old)
		s.population[k.namespace]--
		old = nil
	}
	if old == nil {
		s.ensureNamespaceLocked(k.namespace)
		s.population[k.namespace]++
		delete(s.sorted, e.resource)
	}
	s.completeLocked(o, old)
	s.objects[e.resource][k] = o
	s.recordLocked(change{version: s.version, resource: e.resource, old: old, now: o})
	if e.resource.kind == "Namespace" {
		delete(s.derived, k.name)
	}
}

// completeLocked takes the next version for an object and gives it what it lacks.
func (s *store) completeLocked(o, old object) {
	s.version++
	o.SetResourceVersion(strconv.FormatUint(s.version, 10))
	if o.GetUID() == "" {
		if o.SetUID(uuid.NewUUID()); old != nil {
			o.SetUID(old.GetUID())
		}
	}
	if t := o.GetCreationTimestamp(); t.IsZero() {
		if o.SetCreationTimestamp(metav1.NewTime(s.clock())); old != nil {
			o.SetCreationTimestamp(old.GetCreationTimestamp())
		}
	}
}

// update replaces an object by what f makes of it; f must not change it. Nothing is stored when f returns an
// error or when keep is false.
func (s *store) update(r *resource, k key, keep bool, f func(object) (object, error)) (object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.objects[r][k]
	if old == nil {
		return nil, apierrors.NewNotFound(r.GroupResource(), k.name)
	}
	o, err := f(old)
	if err != nil || !keep {
		return o, err
	}
	s.putLocked(entry{r, o})
	s.announceLocked()
	return o, nil
}

// remove takes an object out. With a UID, e's object is its last state.
func (s *store) remove(e entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, last := s.objects[e.resource][keyOf(e.object)], e.object
	switch {
	case old == nil || last.GetUID() != "" && last.GetUID() != old.GetUID():
		return apierrors.NewNotFound(e.resource.GroupResource(), e.object.GetName())
	case last.GetUID() == "":
		last = old
	}
	s.dropLocked(e.resource, old, last)
	s.announceLocked()
	return nil
}

func (s *store) dropLocked(r *resource, old, last object) {
	k := keyOf(old)
	s.version++
	delete(s.objects[r], k)
	delete(s.sorted, r)
	s.recordLocked(change{version: s.version, resource: r, old: old, last: last})
	if s.population[k.namespace]--; s.population[k.namespace] == 0 && k.namespace != metav1.NamespaceDefault {
		s.deleteEmptyNamespaceLocked(k.namespace)
	}
}

func (s *store) recordLocked(c change) {
	if s.history = append(s.history, c); len(s.history) > 2*s.window {
		s.forgotten = s.history[len(s.history)-s.window-1].version
		s.compacted = max(s.compacted, s.forgotten)
		s.history = slices.Clone(s.history[len(s.history)-s.window:])
	}
}

func (s *store) announceLocked() {
	close(s.news)
	s.news = make(chan struct{})
}

// get returns nil when there is no such object.
func (s *store) get(r *resource, k key) object {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.objects[r][k]
}

func (s *store) newest() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.version
}

// now returns all objects of a resource, sorted, and the version at which they are these.
func (s *store) now(r *resource) ([]object, uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sortedLocked(r), s.version
}

func (s *store) sortedLocked(r *resource) []object {
	keys, ok := s.sorted[r]
	if !ok {
		keys = slices.SortedFunc(maps.Keys(s.objects[r]), key.compare)
		s.sorted[r] = keys
	}
	objects := make([]object, len(keys))
	for i, k := range keys {
		objects[i] = s.objects[r][k]
	}
	return objects
}

// at returns what now has returned when version was the newest; false when that is forgotten, or not yet.
func (s *store) at(r *resource, version uint64) ([]object, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if version < s.compacted || version > s.version {
		return nil, false
	}
	then := map[key]object{}
	for _, c := range slices.Backward(s.history) {
		switch {
		case c.version <= version:
			return s.mergedLocked(r, then), true
		case c.resource != r:
		case c.old == nil:
			then[keyOf(c.now)] = nil
		default:
			then[keyOf(c.old)] = c.old
		}
	}
	return s.mergedLocked(r, then), true
}

// mergedLocked returns the objects of a resource with the ones in then in their place; nil takes one out.
func (s *store) mergedLocked(r *resource, then map[key]object) []object {
	if len(then) == 0 {
		return s.sortedLocked(r)
	}
	all := maps.Clone(s.objects[r])
	for k, o := range then {
		if all[k] = o; o == nil {
			delete(all, k)
		}
	}
	return slices.SortedFunc(maps.Values(all), func(a, b object) int { return keyOf(a).compare(keyOf(b)) })
}
