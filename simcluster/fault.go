package simcluster

import (
	"context"
	"slices"
	"sync"
)

// Everywhere is the namespace of requests that name none, for a Fault that is to meet only those.
const Everywhere = "*"

// Fault is a rule: what goes wrong, for whom, and how often.
type Fault struct {
	// Resource is a plural name, such as pods; empty for all requests, discovery included.
	Resource string
	// Subresource is the one that is asked for, such as portforward; empty for all requests.
	Subresource string
	// Verb is get, list, watch, patch or create; empty for all.
	Verb string
	// Namespace is the one that a request names; empty for all requests, Everywhere for those that name none.
	Namespace string
	// Skip is how many requests, or events of a watch, are let through first.
	Skip int
	// Count is how many it strikes after that; zero for all until the rule is removed.
	Count int
	// Do is what happens.
	Do Action
}

// Rule is a fault that has been installed.
type Rule struct {
	// immutable after Add
	faults *Faults
	fault  Fault
	// guarded by faults.mu
	met, hits int
}

// Faults are the rules by which things go wrong. Rules apply from the moment they are added, to open watches as
// well; several can strike the same request, in the order in which they were added.
type Faults struct {
	mu sync.Mutex
	// guarded by mu
	rules []*Rule
}

// Add installs a rule.
func (f *Faults) Add(fault Fault) *Rule {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := &Rule{faults: f, fault: fault}
	f.rules = append(f.rules, r)
	return r
}

// Clear removes all rules.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = nil
}

// Remove takes the rule away. What it is doing at the moment, it goes on with.
func (r *Rule) Remove() {
	r.faults.mu.Lock()
	defer r.faults.mu.Unlock()
	r.faults.rules = slices.DeleteFunc(r.faults.rules, func(o *Rule) bool { return o == r })
}

// Hits returns how often the rule has struck.
func (r *Rule) Hits() int {
	r.faults.mu.Lock()
	defer r.faults.mu.Unlock()
	return r.hits
}

func (f *Fault) matches(r *Request) bool {
	return (f.Resource == "" || f.Resource == r.Resource) &&
		(f.Subresource == "" || f.Subresource == r.Subresource) && (f.Verb == "" || f.Verb == r.Verb) &&
		(f.Namespace == "" || f.Namespace == r.Namespace || f.Namespace == Everywhere && r.Namespace == "")
}

// strikeLocked reports whether it is the rule's turn, and counts.
func (r *Rule) strikeLocked() bool {
	r.met++
	if r.met <= r.fault.Skip || r.fault.Count > 0 && r.hits >= r.fault.Count {
		return false
	}
	r.hits++
	return true
}

// meet lets the rules about requests have a request. It returns an error when one of them answers it.
func (f *Faults) meet(x *exchange, user string) error {
	for _, a := range f.striking(x) {
		if err := a.meet(x.r.Context(), x, user); err != nil {
			return err
		}
	}
	return nil
}

func (f *Faults) striking(x *exchange) []Action {
	f.mu.Lock()
	defer f.mu.Unlock()
	var actions []Action
	for _, r := range f.rules {
		if !r.fault.Do.kind.aboutEvents() && r.fault.matches(&x.Request) && r.fault.Do.concerns(x) && r.strikeLocked() {
			actions = append(actions, r.fault.Do)
		}
	}
	return actions
}

// event returns what is to happen to an event of a watch: that of the first rule whose turn it is.
func (f *Faults) event(x *exchange) Action {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.rules {
		if r.fault.Do.kind.aboutEvents() && r.fault.matches(&x.Request) && r.strikeLocked() {
			return r.fault.Do
		}
	}
	return Action{}
}

// forbids reports whether a request like this one would be forbidden. It counts for nothing.
func (f *Faults) forbids(req *Request) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.ContainsFunc(f.rules, func(r *Rule) bool { return r.fault.Do.kind == forbid && r.fault.matches(req) })
}

// wait returns when the channel does, or with ctx's error.
func wait[T any](ctx context.Context, c <-chan T) error {
	select {
	case <-c:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
