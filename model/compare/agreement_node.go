package compare

import (
	"fmt"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// neighbours are the other pods of a node, counted by what their probes show.
type neighbours struct {
	// blocked are network probes that time out or find no route, answered those that pass, and slow the commands
	// that time out.
	blocked, answered, slow int
}

func (c *comparison) neighbours() (n neighbours) {
	for _, r := range c.all {
		if r.Pod.Node != c.Pod.Node || r.Pod.UID == c.Pod.UID || r.Pod.Terminal() {
			continue
		}
		for i := range r.Probes {
			switch p := &r.Probes[i]; {
			case p.Spec.Handler != fact.Exec && p.State == infer.StatePassing && p.Certainty >= infer.CertaintyMedium:
				n.answered++
			case p.State != infer.StateFailing && p.State != infer.StateFailed:
			case p.Spec.Handler == fact.Exec && p.Cause() == fact.CauseExecTimeout:
				n.slow++
			case p.Spec.Handler != fact.Exec && unanswered(p.Cause()):
				n.blocked++
			}
		}
	}
	return n
}

// unanswered reports whether a cause is that no answer came, of whatever kind.
func unanswered(c fact.Cause) bool {
	switch c {
	case fact.CauseTimeout, fact.CauseTLSTimeout, fact.CauseHeaders, fact.CauseUnanswered, fact.CauseRPC, fact.CauseNoRoute:
		return true
	}
	return false
}

// nodePath is a kubelet that gets no answer where there is one: its way to the pod is blocked, or the node is too busy.
func (c *comparison) nodePath() (Agreement, bool) {
	if a, ok := c.nodeLacks(); ok {
		return a, true
	}
	certainty := c.weight()
	exec := c.probe.Spec.Handler == fact.Exec
	if !c.better() || !c.fails() || certainty == infer.CertaintyNone || !unanswered(c.word.Cause) && c.word.Cause != fact.CauseExecTimeout {
		return Agreement{}, false
	}
	node, n := c.Node.Called(), c.neighbours()
	if exec || n.slow > 0 || n.blocked > 0 && n.answered > 0 && c.word.Cause != fact.CauseNoRoute {
		if exec && n.slow+n.blocked == 0 {
			certainty = min(certainty, infer.CertaintyLow) // alone, the command may as well be slow at times
		}
		return found(NodeLoad, min(certainty, infer.CertaintyMedium), "look at CPU, I/O and PLEG of "+node+" (kubectl describe node; the kubelet's log)",
			"from here the probe %s, and the kubelet gets no answer within %s: %s", c.here(), took(c.probe.Spec.Timeout), n.busy(node))
	}
	check := "from " + node + ", try port " + c.port() + " of " + c.Pod.IP + "; look at its CNI, its firewall and the pod's network policies"
	switch v, cause := c.vantage(); {
	case c.word.Cause == fact.CauseNoRoute:
	case v.Succeeds():
		certainty = min(certainty, infer.CertaintyMedium)
	case v == fact.ShadowFailure && unanswered(cause):
		check = "look at the CNI and the pod's network policies: the API server gets no answer on the pod IP either"
	case n.blocked == 0:
		certainty = infer.CertaintyLow // or the server is slow at times
	default:
		certainty = min(certainty, infer.CertaintyMedium)
	}
	return found(NodePathBlocked, certainty, check, "the kubelet gets no answer on %s port %s (%s), from here the probe %s: the way from %s to the pod is blocked%s",
		c.Pod.IP, c.port(), phraseOf(c.word.Cause, c.word.Text), c.here(), node, n.alsoBlocked(c.word.Cause))
}

// nodeLacks is a kubelet whose own operating system does not let it connect.
func (c *comparison) nodeLacks() (Agreement, bool) {
	if !c.better() || !c.fails() {
		return Agreement{}, false
	}
	node := c.Node.Called()
	switch c.word.Cause {
	case fact.CauseLocal:
		return found(NodeLoad, infer.CertaintyMedium, "look at the sockets, open files and memory of "+node+" (ss -s on it; the kubelet's log)",
			"from here the probe %s, and %s has nothing left to connect with: %s", c.here(), node, excerpt(c.word.Text))
	case fact.CausePermission:
		return found(NodePathBlocked, infer.CertaintyMedium, "look at the firewall of "+node+", and at what its CNI puts there",
			"from here the probe %s, and %s does not let the kubelet connect: %s", c.here(), node, excerpt(c.word.Text))
	}
	return Agreement{}, false
}

// busy says what of the node's pods speaks for a node that is too busy.
func (n neighbours) busy(node string) string {
	if n.slow+n.blocked == 0 {
		return node + " may be too busy, or the server slow at times"
	}
	return fmt.Sprintf("%s is too busy, as %d more of its probes time out", node, n.slow+n.blocked)
}

// alsoBlocked says how many others have the same trouble.
func (n neighbours) alsoBlocked(cause fact.Cause) string {
	switch {
	case n.blocked == 0 && cause == fact.CauseNoRoute:
		return ""
	case n.blocked == 0:
		return ", or the server is slow at times"
	}
	return fmt.Sprintf(", as it is for %d more of its probes", n.blocked)
}
