package compare

import (
	"slices"
	"strings"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// agreement says how two verdicts agree that are the same.
func (c *comparison) agreement() Agreement {
	switch {
	case c.run.Verdict.Succeeds():
		return c.bothPass()
	case c.run.Verdict == fact.ShadowErrored:
		return c.bothErrored()
	}
	return c.bothFail()
}

func (c *comparison) bothPass() Agreement {
	if c.tight(c.run) {
		a, _ := c.tooTight("both succeed so far")
		a.Certainty = min(a.Certainty, c.word.Certainty)
		return a
	}
	certainty := min(infer.CertaintyHigh, c.word.Certainty)
	if c.probe.Shadow.Age(c.Now) > 5*c.cycle() {
		certainty = min(certainty, infer.CertaintyMedium)
	}
	a, _ := found(AgreePass, certainty, "nothing: all is well", "both succeed: from here in %s of %s", took(c.run.Took), took(c.probe.Spec.Timeout))
	if !c.run.Timed(c.probe.Spec.Handler) {
		a.Text = "both succeed; how long it takes from here is not known"
	}
	if c.run.Verdict == fact.ShadowWarning || c.word.Verdict == fact.ShadowWarning {
		a.Text, a.Check = "both succeed, with a redirect to another host, which neither follows", "let the probe ask what it is redirected to, if that is what counts"
	}
	return a
}

func (c *comparison) bothFail() Agreement {
	certainty := min(infer.CertaintyHigh, c.word.Certainty)
	if c.dominated() && timedOut(c.cause) {
		certainty = min(certainty, infer.CertaintyLow)
	}
	name, empty := c.emptyVariable()
	same := sameCause(c.cause, c.word.Cause)
	check := "look at the container: its log, its port, what it waits for"
	switch {
	case empty:
		a, _ := found(ExecEnvironment, min(certainty, infer.CertaintyMedium), "run the command in a shell (sh -c '…$"+name+"…'), which sees the variable",
			"both fail (%s), and the command has $(%s) in it, which the kubelet replaces by nothing, because its value comes from elsewhere: %s",
			phraseOf(c.cause, c.run.Text), name, c.counted())
		return a
	case c.word.Cause == "":
		a, _ := found(AgreeSameCause, min(certainty, infer.CertaintyLow), check,
			"both fail, from here: %s; what the kubelet met is not known: %s", phraseOf(c.cause, c.run.Text), c.counted())
		return a
	case same && c.cause == fact.CauseExecTimeout && c.run.Text != c.word.Text:
		a, _ := found(ExecWording, certainty, check, "both end the command after %s, and only the runtimes' words differ: %s", took(c.probe.Spec.Timeout), c.counted())
		return a
	case same:
		a, _ := found(AgreeSameCause, certainty, check, "both fail (%s)%s: %s", phraseOf(c.cause, c.run.Text), c.onPort(), c.counted())
		return a
	case c.cause == fact.CauseExecTimeout:
		a, _ := c.execOrphan()
		return c.capped(a)
	}
	a, _ := found(AgreeOtherCause, certainty, "look at both: the probe fails either way", "both fail, of different causes: from here %s, the kubelet: %s; %s",
		phraseOf(c.cause, c.run.Text), phraseOf(c.word.Cause, c.word.Text), c.counted())
	return a
}

// sameCause reports whether two causes are one. Some Go versions do not tell the timeout of a connection from that
// of an answer, nor does gRPC from kubelet 1.38 on, and a tunnel may end a connection in another way than a reset.
func sameCause(a, b fact.Cause) bool {
	kind := func(c fact.Cause) fact.Cause {
		switch c {
		case fact.CauseHeaders, fact.CauseTLSTimeout, fact.CauseUnanswered:
			return fact.CauseTimeout
		case fact.CauseReset:
			return fact.CauseEOF
		}
		return c
	}
	rpc := a == fact.CauseRPC && b == fact.CauseUnanswered || a == fact.CauseUnanswered && b == fact.CauseRPC
	return rpc || kind(a) == kind(b)
}

func (c *comparison) bothErrored() Agreement {
	certainty := min(infer.CertaintyHigh, c.word.Certainty)
	if a, ok := c.portByDigits(); ok {
		return a
	}
	if a, ok := c.bodyStall(); ok {
		return a
	}
	name, empty := c.emptyVariable()
	switch {
	case empty:
		a, _ := found(ExecEnvironment, min(certainty, infer.CertaintyMedium), "run the command in a shell (sh -c '…$"+name+"…'), which sees the variable",
			"neither can run the command (%s), and it has $(%s) in it, which the kubelet replaces by nothing, because its value comes from elsewhere",
			excerpt(c.run.Text), name)
		return a
	case c.probe.Spec.Handler == fact.Exec:
		a, _ := found(ExecCannotStart, certainty, "put the command into the image, or probe something else", "the command cannot be started (%s): %s", excerpt(c.run.Text), c.never())
		return a
	}
	a, _ := found(AgreeErrored, certainty, "correct the probe", "neither can carry the probe out (%s): %s", excerpt(c.run.Text), c.never())
	return a
}

// never says what a probe does not do that cannot be carried out.
func (c *comparison) never() string {
	switch c.probe.Type {
	case fact.Liveness:
		return "that counts as nothing, so liveness can never restart the container"
	case fact.Startup:
		return "that counts as nothing, so startup never ends, and never restarts the container"
	}
	return "that counts as nothing, so readiness stays what it was"
}

// portByDigits is a port whose name is a number.
func (c *comparison) portByDigits() (Agreement, bool) {
	here := c.run.Verdict == fact.ShadowErrored && noPort(c.run.Text)
	there := c.word.Verdict == fact.ShadowErrored && noPort(c.word.Text)
	if !c.probe.Spec.DigitName || !here && !there {
		return Agreement{}, false
	}
	v := c.Node.Version()
	certainty := min(infer.CertaintyHigh, c.word.Certainty)
	if !v.Known() {
		certainty = min(certainty, infer.CertaintyMedium)
	}
	return found(PortByDigits, certainty, "write the port as a number, without quotes",
		"port %q is a name made of digits: kubelets up to 1.36 take it for the number, later ones cannot run the probe (this one is %v)", c.probe.Spec.Port, v)
}

// noPort reports whether an error is that a port was not found (pkg/probe/util.go, ResolveContainerPort).
func noPort(text string) bool {
	return strings.HasPrefix(text, "port ") && strings.HasSuffix(text, " not found") || strings.HasPrefix(text, "strconv.Atoi: ")
}

// bodyStall is an answer that does not end.
func (c *comparison) bodyStall() (Agreement, bool) {
	here := c.run.Verdict == fact.ShadowErrored && stalls(c.run.Text)
	there := c.word.Verdict == fact.ShadowErrored && stalls(c.word.Text)
	if c.probe.Spec.Handler != fact.HTTP || !here && !there {
		return Agreement{}, false
	}
	certainty := min(infer.CertaintyHigh, c.word.Certainty)
	if here != there {
		certainty = min(certainty, infer.CertaintyMedium)
	}
	check := "let " + c.probe.Spec.Path + " end its answer, or probe a path that does"
	if !there {
		return found(BodyStall, certainty, check, "from here the answer begins and does not end within %s, and the kubelet %s", took(c.probe.Spec.Timeout), c.there())
	}
	also := "from here it is the same"
	if !here {
		also = "from here the probe " + c.here()
	}
	return found(BodyStall, certainty, check, "the kubelet gets an answer that begins and does not end within %s, %s: %s", took(c.probe.Spec.Timeout), also, c.never())
}

// stalls reports whether an error is that time was over while a body was read.
func stalls(text string) bool { return strings.Contains(text, "while reading body") }

// protocol is a server that speaks another protocol to one of the two.
func (c *comparison) protocol() (Agreement, bool) {
	spec, v := c.probe.Spec, c.Node.Version()
	certainty := min(c.weight(), infer.CertaintyMedium)
	special := spec.Protocol == "HTTP2" || spec.Handler == fact.GRPC && spec.Protocol == "TLS"
	switch {
	case certainty == infer.CertaintyNone:
	case special && (c.better() || c.worse()):
		return found(ProtocolChoice, certainty, "see whether the kubelet's feature gates H2CContainerProbe and GRPCContainerProbeTLS are on",
			"the probe asks for %s, which kubelet %v may not speak: from here it %s, the kubelet %s", spec.Protocol, v, c.here(), c.there())
	case c.better() && c.fails() && spec.Handler == fact.HTTP && mismatched(c.word.Cause):
		return found(ProtocolChoice, min(certainty, infer.CertaintyLow), "ask the server with curl --http1.1 and with --http2; look for DISABLE_HTTP2 and proxies on the node",
			"from here the server speaks %s and the probe %s, to the kubelet it does not: %s", c.spoken(), c.here(), c.there())
	}
	return Agreement{}, false
}

func (c *comparison) spoken() string {
	if c.run.Protocol == "" {
		return "the protocol"
	}
	return c.run.Protocol
}

// mismatched reports whether a cause is that the two ends spoke different protocols.
func mismatched(c fact.Cause) bool {
	return slices.Contains([]fact.Cause{fact.CausePlainServer, fact.CauseTLSServer, fact.CauseTLS, fact.CauseProtocol}, c)
}

// execOrphan is a command that was given up from here, and goes on in the container.
func (c *comparison) execOrphan() (Agreement, bool) {
	if c.probe.Spec.Handler != fact.Exec || c.run.Verdict != fact.ShadowFailure || c.cause != fact.CauseExecTimeout {
		return Agreement{}, false
	}
	certainty := max(c.weight(), infer.CertaintyMedium) // what happened here is known; not what would have
	return found(ExecOrphan, certainty, "look for the command in the container (ps) before it is run again, and see how long it takes there",
		"the command did not end within %s from here, and may run on, as nobody ends it: what it would come to is not known; the kubelet %s",
		took(c.probe.Spec.Timeout), c.there())
}

// emptyVariable returns a variable of the command that the kubelet replaces by nothing.
func (c *comparison) emptyVariable() (string, bool) {
	if c.probe.Spec.Handler != fact.Exec || c.probe.Container.Spec == nil {
		return "", false
	}
	for _, name := range c.probe.Container.Spec.ValueFrom {
		for _, word := range c.probe.Spec.Command {
			if strings.Contains(strings.ReplaceAll(word, "$$", ""), "$("+name+")") {
				return name, true
			}
		}
	}
	return "", false
}
