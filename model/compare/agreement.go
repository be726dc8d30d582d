package compare

import (
	"time"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// AgreementClass says how what a probe comes to from here compares with what the kubelet finds, and why. It is empty
// while there is nothing to compare, or not enough of it to tell.
type AgreementClass string

// The classes, in groups: agreement, time, the network, durations, protocols, commands, no verdict, the kubelet.
const (
	AgreePass         AgreementClass = "A0"
	AgreeSameCause    AgreementClass = "A1"
	AgreeOtherCause   AgreementClass = "A2"
	AgreeErrored      AgreementClass = "A3"
	BelowTheThreshold AgreementClass = "T1"
	Recovering        AgreementClass = "T2"
	NotProbedYet      AgreementClass = "T3"
	KubeletStale      AgreementClass = "T4"
	FlappingVerdicts  AgreementClass = "T5"
	LoopbackOnly      AgreementClass = "N1"
	PodIPOnly         AgreementClass = "N2"
	HostField         AgreementClass = "N3"
	HostNetwork       AgreementClass = "N4"
	NodePathBlocked   AgreementClass = "N5"
	SourceIPPolicy    AgreementClass = "N6"
	MeshInterception  AgreementClass = "N7"
	IPFamily          AgreementClass = "N8"
	VMRuntime         AgreementClass = "N9"
	HostResolver      AgreementClass = "N10"
	TimeoutMargin     AgreementClass = "D1"
	TunnelOverhead    AgreementClass = "D2"
	NodeLoad          AgreementClass = "D3"
	ProtocolChoice    AgreementClass = "P1"
	UserAgentGated    AgreementClass = "P2"
	PortByDigits      AgreementClass = "P3"
	BodyStall         AgreementClass = "P4"
	ExecOrphan        AgreementClass = "E1"
	ExecWording       AgreementClass = "E2"
	ExecEnvironment   AgreementClass = "E3"
	ExecCannotStart   AgreementClass = "E4"
	ExecUnsteady      AgreementClass = "E5"
	ShadowForbidden   AgreementClass = "X1"
	TunnelBroke       AgreementClass = "X2"
	ShadowUnsupported AgreementClass = "X3"
	EndlessOutput     AgreementClass = "X4"
	KubeletBug        AgreementClass = "B1"
	Unexplained       AgreementClass = "U"
)

var classNames = map[AgreementClass]string{
	"": "undecided", AgreePass: "both pass", AgreeSameCause: "both fail, same cause", AgreeOtherCause: "both fail, other cause",
	AgreeErrored: "neither can run it", BelowTheThreshold: "below threshold", Recovering: "recovering", NotProbedYet: "not probed yet",
	KubeletStale: "kubelet stale", FlappingVerdicts: "flapping", LoopbackOnly: "loopback-only listener", PodIPOnly: "pod-IP-only listener",
	HostField: "host field", HostNetwork: "host network", NodePathBlocked: "node path blocked", SourceIPPolicy: "source-IP policy",
	MeshInterception: "mesh interception", IPFamily: "IP family", VMRuntime: "VM runtime", HostResolver: "host resolver",
	TimeoutMargin: "timeout margin", TunnelOverhead: "tunnel overhead", NodeLoad: "node load", ProtocolChoice: "protocol",
	UserAgentGated: "User-Agent", PortByDigits: "port name of digits", BodyStall: "body stall", ExecOrphan: "exec orphan",
	ExecWording: "exec wording", ExecEnvironment: "exec environment", ExecCannotStart: "exec cannot start",
	ExecUnsteady: "unsteady command", ShadowForbidden: "forbidden", TunnelBroke: "tunnel broke", ShadowUnsupported: "unsupported",
	EndlessOutput: "endless output",
	KubeletBug:    "kubelet bug", Unexplained: "unexplained",
}

// Name returns the class in words, "undecided" for the empty one.
func (c AgreementClass) Name() string { return classNames[c] }

// Agreement is how what a probe comes to from here compares with what the kubelet finds.
type Agreement struct {
	Class     AgreementClass
	Certainty infer.Certainty
	// Text says it in a sentence, and Check what to look at next; both are empty for a probe that was not run. They
	// quote what others wrote as it is.
	Text, Check string
	// Kubelet is what the newest run is compared with.
	Kubelet infer.LastWord
}

// AgreementOf compares what a probe of a row has come to from here with what the kubelet finds, as seen at that moment.
// It is the zero Agreement for a probe that was not run. The other rows of the snapshot tell whether a node has trouble
// with many pods; a snapshot without any knows nothing of that.
func AgreementOf(s *model.Snapshot, r *model.Row, p *infer.Probe, now time.Time) Agreement {
	if p.Shadow == nil {
		return Agreement{}
	}
	c := newComparison(s, r, p, now)
	a := c.resolve()
	a.Kubelet = c.word
	return a
}

// rule explains a comparison; it reports false when it does not apply.
type rule func(*comparison) (Agreement, bool)

// resolve finds the first explanation, in the order of what makes the others meaningless.
func (c *comparison) resolve() Agreement {
	before := [...]rule{
		(*comparison).lacking, (*comparison).replaced, (*comparison).frozenBug, (*comparison).stale, (*comparison).idle,
		(*comparison).otherHost, (*comparison).gatingBug, (*comparison).unheard, (*comparison).outdated,
	}
	for _, explain := range before {
		if a, ok := explain(c); ok {
			return a
		}
	}
	if c.agrees() {
		return c.agreement()
	}
	return c.difference()
}

// difference explains why the verdicts differ.
func (c *comparison) difference() Agreement {
	causes := [...]rule{
		(*comparison).workerBug, (*comparison).tunnelOverhead, (*comparison).timeoutMargin, (*comparison).portByDigits,
		(*comparison).bodyStall, (*comparison).unsteady,
		(*comparison).mesh, (*comparison).hostNetwork, (*comparison).vmRuntime, (*comparison).ipFamily,
		(*comparison).loopbackOnly, (*comparison).podIPOnly, (*comparison).nodePath, (*comparison).sourceIP, (*comparison).protocol,
		(*comparison).execOrphan, (*comparison).belowThreshold, (*comparison).recovering, (*comparison).unexplained,
	}
	for _, explain := range causes {
		if a, ok := explain(c); ok {
			return c.capped(a)
		}
	}
	return c.undecided("from here the probe "+c.here()+", the kubelet "+c.there()+": what is known does not tell why",
		"run it again, twice: what differs every time has a reason")
}

// capped returns an explanation of a difference with no more certainty than its two sides have.
func (c *comparison) capped(a Agreement) Agreement {
	a.Certainty = min(a.Certainty, c.word.Certainty)
	if c.word.Verdict == fact.ShadowNone { // it is the absence of a result that is known
		a.Certainty = min(a.Certainty, infer.CertaintyMedium)
	}
	if c.dominated() {
		a.Certainty = min(a.Certainty, infer.CertaintyLow)
	}
	return a
}
