package watch

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/simcluster"
)

var podResource = corev1.Resource("pods")

// beginning is how a fault begins. It returns what ends it.
type beginning = func(c *cluster) (end func())

// striking installs a rule; its end fails when nothing was struck.
func striking(f simcluster.Fault) beginning {
	return func(c *cluster) func() {
		rule := c.Faults().Add(f)
		return func() {
			if rule.Hits() == 0 {
				c.t.Error("the fault has struck nobody")
			}
			rule.Remove()
		}
	}
}

// always strikes every time.
func always(resource, verb string, do simcluster.Action) beginning {
	return striking(simcluster.Fault{Resource: resource, Verb: verb, Do: do})
}

// once strikes once, on pods.
func once(verb string, do simcluster.Action) beginning {
	return striking(simcluster.Fault{Resource: "pods", Verb: verb, Count: 1, Do: do})
}

// hanging leaves requests without an answer, until its end answers all of them.
func hanging(resource, verb string) beginning {
	return func(c *cluster) func() {
		answer := make(chan struct{})
		end := always(resource, verb, simcluster.Hang(answer))(c)
		return func() { end(); close(answer) }
	}
}

// resuming ends the watches, so that they have to be opened again.
func resuming(begin beginning) beginning {
	return func(c *cluster) func() {
		end := begin(c)
		c.EndWatches("")
		return end
	}
}

// severed cuts the connections.
func severed(begin beginning) beginning {
	return func(c *cluster) func() {
		end := begin(c)
		c.CutConnections()
		return end
	}
}

// relisting makes it necessary to list again.
func relisting(begin beginning) beginning {
	return func(c *cluster) func() {
		c.Compact()
		return resuming(begin)(c)
	}
}

// paged makes it necessary to list again, page by page.
func paged(begin beginning) beginning {
	return relisting(func(c *cluster) func() {
		c.fault("", "", simcluster.RefuseStreaming())
		return begin(c)
	})
}
