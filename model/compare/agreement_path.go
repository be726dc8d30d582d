package compare

import (
	"cmp"
	"net/netip"
	"strings"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// cannotConnect reports whether a cause is that nothing listens. A gRPC client tries until its time is over, and does not
// say why it could not connect.
func cannotConnect(handler fact.HandlerKind, cause fact.Cause) bool {
	return cause == fact.CauseRefused || handler == fact.GRPC && cause == fact.CauseTimeout
}

// refusedThere and refusedHere report that nothing listens where one side asks, while the other succeeds.
func (c *comparison) refusedThere() bool {
	return c.better() && c.fails() && cannotConnect(c.probe.Spec.Handler, c.word.Cause)
}

func (c *comparison) refusedHere() bool {
	return c.worse() && c.word.Verdict.Succeeds() && cannotConnect(c.probe.Spec.Handler, c.cause)
}

// refusal is how sure it is that nothing listens where one side asks: as sure as can be when the pod IP was asked at the
// same time as localhost, and bears the kubelet out.
func (c *comparison) refusal() infer.Certainty {
	switch v, cause := c.vantage(); {
	case c.refusedThere() && v == fact.ShadowFailure && cause == fact.CauseRefused, c.refusedHere() && v.Succeeds():
		return infer.Certain
	}
	return c.ambiguous(c.weight())
}

// ambiguous lowers a certainty where a refusal cannot be told from a path that swallows packets.
func (c *comparison) ambiguous(certainty infer.Certainty) infer.Certainty {
	if c.probe.Spec.Handler == fact.GRPC && c.cause != fact.CauseRefused && c.word.Cause != fact.CauseRefused {
		return min(certainty, infer.CertaintyMedium)
	}
	return certainty
}

// mesh is a proxy that the kubelet's requests go through, and those from here do not.
func (c *comparison) mesh() (Agreement, bool) {
	mesh, spec := c.Pod.SettingOrNone().Mesh, c.probe.Spec
	if mesh == "" || spec.Handler == fact.Exec || c.rewritten() {
		return Agreement{}, false
	}
	certainty := min(c.weight(), infer.CertaintyMedium)
	check := "let the mesh rewrite the pod's probes, or leave port " + c.port() + " out of its interception"
	switch {
	case certainty == infer.CertaintyNone:
	case c.better() && c.fails() && !cannotConnect(fact.HTTP, c.word.Cause) && !c.nodeOnly() && c.word.Cause != "":
		return found(MeshInterception, certainty, check,
			"from here port %s %s, the kubelet %s: what comes to the pod IP goes through the proxy of %s, what comes from here does not%s",
			c.port(), c.here(), c.there(), mesh, unless(certainty))
	case c.refusedHere() && spec.Handler == fact.TCP:
		return found(MeshInterception, certainty, check,
			"nobody listens on port %s, and the kubelet succeeds all the same: it is the proxy of %s that takes its connections%s",
			c.port(), mesh, unless(certainty))
	}
	return Agreement{}, false
}

// nodeOnly reports whether the kubelet's failure is of its node or of the way, and not an answer.
func (c *comparison) nodeOnly() bool {
	switch c.word.Cause {
	case fact.CauseNoRoute, fact.CauseLocal, fact.CausePermission, fact.CauseDNS:
		return true
	}
	return false
}

// rewritten reports whether the probe asks the mesh's agent, which asks the container.
func (c *comparison) rewritten() bool {
	port := c.port()
	return port == "15020" || port == "15021" || strings.HasPrefix(c.probe.Spec.Path, "/app-health/")
}

// hostNetwork is a pod in the network of its node, where localhost and the pod IP may be two servers.
func (c *comparison) hostNetwork() (Agreement, bool) {
	certainty := c.refusal()
	if !c.Pod.SettingOrNone().HostNetwork || certainty == infer.CertaintyNone || !c.refusedThere() && !c.refusedHere() {
		return Agreement{}, false
	}
	asked, node := c.Pod.IP, c.Node.Called()
	if c.refusedHere() {
		asked = "127.0.0.1"
	}
	return found(HostNetwork, certainty, "see who listens on "+node+": ss -ltnp 'sport = :"+c.port()+"'",
		"the pod is in the network of %s: on %s nobody listens on port %s, from here the probe %s, the kubelet %s%s",
		node, cmp.Or(asked, "the pod IP"), c.port(), c.here(), c.there(), unless(certainty))
}

// vmRuntime is a container to which the localhost that a tunnel ends at is another machine.
func (c *comparison) vmRuntime() (Agreement, bool) {
	s := c.Pod.SettingOrNone()
	network := cannotConnect(c.probe.Spec.Handler, c.cause) || c.cause == fact.CauseNoRoute || c.cause == fact.CauseTimeout || c.cause == fact.CauseUnanswered
	if !s.RunsInVM() || c.weight() == infer.CertaintyNone || !c.worse() || !c.word.Verdict.Succeeds() || !network {
		return Agreement{}, false
	}
	return found(VMRuntime, c.weight(), "go by the kubelet; run the check in the container with kubectl exec",
		"runtime class %s gives the pod a machine of its own, which a tunnel may not reach: from here port %s %s, the kubelet succeeds%s",
		s.RuntimeClass, c.port(), c.here(), unless(c.weight()))
}

// ipFamily is a container that listens on IPv4 in a pod whose first IP is an IPv6 one.
func (c *comparison) ipFamily() (Agreement, bool) {
	ip, err := netip.ParseAddr(c.Pod.IP)
	certainty := min(c.refusal(), infer.CertaintyMedium) // or it listens on loopback only
	if v, _ := c.vantage(); err != nil || !ip.Is6() || !c.refusedThere() || certainty == infer.CertaintyNone || v.Succeeds() {
		return Agreement{}, false
	}
	return found(IPFamily, certainty, "ss -ltn in the pod: 0.0.0.0 or 127.0.0.1 is the reason, [::] is not; let the server listen on [::]",
		"the kubelet asks %s, an IPv6 address, and is refused on port %s; from here, where IPv4 is tried first, the probe %s%s",
		ip, c.port(), c.here(), unless(certainty))
}

// loopbackOnly is a container that does not listen on the pod IP.
func (c *comparison) loopbackOnly() (Agreement, bool) {
	if !c.refusedThere() {
		return Agreement{}, false
	}
	check := "ss -ltn in the pod: 127.0.0.1:" + c.port() + " is the reason; let the server listen on 0.0.0.0, or on [::]"
	certainty := c.refusal()
	switch v, _ := c.vantage(); {
	case certainty == infer.Certain:
		return found(LoopbackOnly, infer.Certain, check, "port %s answers on localhost in the pod, and refuses on the pod IP %s, which the kubelet asks: the server listens on loopback only",
			c.port(), c.Pod.IP)
	case v.Succeeds(), certainty == infer.CertaintyNone:
		return Agreement{}, false
	}
	text := "port %s answers on localhost in the pod, and refuses the kubelet, which asks %s: the server listens on loopback only"
	if certainty <= infer.CertaintyLow {
		text += ", or has come up since"
		check = "wait for the kubelet's next run, in " + inWords(c.row.Forecast(c.probe, c.Now).Next, c.Now) + ": if it is refused again, the server has to listen on 0.0.0.0"
	}
	return found(LoopbackOnly, certainty, check, text, c.port(), cmp.Or(c.Pod.IP, "the pod IP"))
}

// podIPOnly is a container that does not listen on localhost, which is what a tunnel reaches.
func (c *comparison) podIPOnly() (Agreement, bool) {
	if !c.refusedHere() {
		return Agreement{}, false
	}
	check := "nothing is wrong for the kubelet; to see it from here, let the server listen on 0.0.0.0, or go by the pod IP"
	certainty := c.refusal()
	switch v, cause := c.vantage(); {
	case certainty == infer.Certain:
		return found(PodIPOnly, infer.Certain, check, "port %s answers on the pod IP %s, which the kubelet asks, and refuses on localhost in the pod, where a tunnel ends: the server listens on the pod IP only",
			c.port(), c.Pod.IP)
	case v == fact.ShadowFailure && cause == fact.CauseRefused:
		return Agreement{}, false // nothing listens there either
	case certainty == infer.CertaintyNone:
		return Agreement{}, false // it did listen where a tunnel ends
	}
	if c.Node.Runtime() == "" {
		certainty = min(certainty, infer.CertaintyMedium) // some runtimes try the pod IP, too
	}
	text := "port %s refuses on localhost in the pod, where a tunnel ends, and the kubelet, which asks %s, succeeds: the server listens on the pod IP only"
	if certainty <= infer.CertaintyLow {
		text += ", or has gone down since"
		check = "run it again in " + brieflyFor(c.cycle()) + ": if the kubelet has not failed by then, nothing is wrong"
	}
	return found(PodIPOnly, certainty, check, text, c.port(), cmp.Or(c.Pod.IP, "the pod IP"))
}

// sourceIP is an answer that depends on who asks.
func (c *comparison) sourceIP() (Agreement, bool) {
	there, here := c.better() && deniesSome(c.word.Cause), c.worse() && c.word.Verdict.Succeeds() && deniesSome(c.cause)
	certainty := c.weight()
	if !there && !here || certainty == infer.CertaintyNone {
		return Agreement{}, false
	}
	if c.Node.Version() == (fact.Version{}) && !c.probe.Spec.Named("User-Agent") {
		return found(UserAgentGated, infer.CertaintyLow, "let probetop read nodes; compare the server's answers to User-Agent kube-probe/<version of the kubelet>",
			"from here the probe %s, the kubelet %s: the kubelet's version is not known, so its User-Agent may have been another", c.here(), c.there())
	}
	return found(SourceIPPolicy, certainty, "look in the server's rules and its access log: the kubelet comes from the node's address, this run from 127.0.0.1",
		"the same request gets another answer by where it comes from: from here the probe %s, the kubelet %s%s", c.here(), c.there(), unless(certainty))
}

// deniesSome reports whether a status is one that servers give to some clients only.
func deniesSome(c fact.Cause) bool {
	switch c {
	case "STATUS(401)", "STATUS(403)", "STATUS(404)", "STATUS(407)", "STATUS(429)":
		return true
	}
	return false
}
