package simcluster

import (
	"cmp"
	"slices"
	"strconv"
)

// happenings are what an open watch hears when it asks.
type happenings struct {
	changes []change
	// version is up to where they go, also when there are none.
	version uint64
	// news is closed when there is more.
	news <-chan struct{}
	// ended grows when the watches are ended of the resource.
	ended uint64
	// expired says that some changes are forgotten already, up to oldest.
	expired bool
	oldest  uint64
}

// since returns the changes of a resource after a version.
func (s *store) since(r *resource, version uint64) happenings {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := happenings{
		version: s.version, news: s.news, ended: s.ended[""] + s.ended[r.Resource],
		expired: version < s.forgotten, oldest: s.forgotten,
	}
	if h.expired {
		return h
	}
	from, _ := slices.BinarySearchFunc(s.history, version+1, func(c change, v uint64) int { return cmp.Compare(c.version, v) })
	for _, c := range s.history[from:] {
		if c.resource == r {
			h.changes = append(h.changes, c)
		}
	}
	return h
}

// bounds returns the oldest version from which on a client can go on, and the newest.
func (s *store) bounds() (oldest, newest uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.compacted, s.version
}

// compact forgets the history. Who is reading it is done with all of it, or ends.
func (s *store) compact() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.compactLocked()
}

// compactLocked takes a version that no client has seen, so that none can go on from the newest one either.
func (s *store) compactLocked() {
	s.forgotten = s.version
	s.version++
	s.compacted, s.history = s.version, nil
	s.announceLocked()
}

// renumber gives all objects new versions, which begin after version, and forgets the history.
func (s *store) renumber(version uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version = version
	for _, r := range s.kinds.resources {
		for _, o := range s.sortedLocked(r) {
			s.version++
			o = o.DeepCopyObject().(object)
			o.SetResourceVersion(strconv.FormatUint(s.version, 10))
			s.objects[r][keyOf(o)] = o
		}
	}
	s.compactLocked()
}

// endWatches ends the watches of a resource, or all when it is empty.
func (s *store) endWatches(resource string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended[resource]++
	s.announceLocked()
}
