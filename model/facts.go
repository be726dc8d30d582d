package model

import (
	"net/url"

	"github.com/probetop/probetop/model/fact"
)

// What other packages know by the names of this one.
type (
	Acceptance     = fact.Acceptance
	Bound          = fact.Bound
	Cause          = fact.Cause
	Change         = fact.Change
	Condition      = fact.Condition
	Container      = fact.Container
	ContainerKind  = fact.ContainerKind
	ContainerPort  = fact.ContainerPort
	ContainerSpec  = fact.ContainerSpec
	ContainerState = fact.ContainerState
	Counter        = fact.Counter
	Counters       = fact.Counters
	Counts         = fact.Counts
	Durations      = fact.Durations
	Endpoint       = fact.Endpoint
	EndpointSlice  = fact.EndpointSlice
	Event          = fact.Event
	Fact           = fact.Fact
	Failures       = fact.Failures
	Gate           = fact.Gate
	HandlerKind    = fact.HandlerKind
	Header         = fact.Header
	Key            = fact.Key
	KillCause      = fact.KillCause
	KubeletStart   = fact.KubeletStart
	Labels         = fact.Labels
	Listing        = fact.Listing
	LooseEndpoint  = fact.LooseEndpoint
	Node           = fact.Node
	Outcome        = fact.Outcome
	Owner          = fact.Owner
	Pod            = fact.Pod
	PodCounters    = fact.PodCounters
	PodIPVantage   = fact.PodIPVantage
	ProbeSpec      = fact.ProbeSpec
	ProbeType      = fact.ProbeType
	Redirect       = fact.Redirect
	RestartRule    = fact.RestartRule
	Service        = fact.Service
	Setting        = fact.Setting
	Shadow         = fact.Shadow
	ShadowLack     = fact.ShadowLack
	ShadowVerdict  = fact.ShadowVerdict
	ShellPart      = fact.ShellPart
	Source         = fact.Source
	SourceKind     = fact.SourceKind
	SourceState    = fact.SourceState
	Span           = fact.Span
	Stream         = fact.Stream
	Stretch        = fact.Stretch
	Summary        = fact.Summary
	Termination    = fact.Termination
	Traffic        = fact.Traffic
	Tri            = fact.Tri
	UID            = fact.UID
	Version        = fact.Version
	Window         = fact.Window
)

// The values of these types.
const (
	AtLeast                   = fact.AtLeast
	CauseBody                 = fact.CauseBody
	CauseCanceled             = fact.CauseCanceled
	CauseDNS                  = fact.CauseDNS
	CauseEOF                  = fact.CauseEOF
	CauseErrored              = fact.CauseErrored
	CauseExecTimeout          = fact.CauseExecTimeout
	CauseExit                 = fact.CauseExit
	CauseHeaders              = fact.CauseHeaders
	CauseInvalid              = fact.CauseInvalid
	CauseLocal                = fact.CauseLocal
	CauseNoGRPCHealth         = fact.CauseNoGRPCHealth
	CauseNoRoute              = fact.CauseNoRoute
	CauseOther                = fact.CauseOther
	CausePermission           = fact.CausePermission
	CausePlainServer          = fact.CausePlainServer
	CauseProtocol             = fact.CauseProtocol
	CauseRPC                  = fact.CauseRPC
	CauseRedirected           = fact.CauseRedirected
	CauseRedirects            = fact.CauseRedirects
	CauseRefused              = fact.CauseRefused
	CauseReset                = fact.CauseReset
	CauseTLS                  = fact.CauseTLS
	CauseTLSServer            = fact.CauseTLSServer
	CauseTLSTimeout           = fact.CauseTLSTimeout
	CauseTimeout              = fact.CauseTimeout
	CauseUnanswered           = fact.CauseUnanswered
	EndpointSlices            = fact.EndpointSlices
	Errored                   = fact.Errored
	Events                    = fact.Events
	Exact                     = fact.Exact
	Exec                      = fact.Exec
	Failed                    = fact.Failed
	False                     = fact.False
	GRPC                      = fact.GRPC
	HTTP                      = fact.HTTP
	Init                      = fact.Init
	KilledByDefinition        = fact.KilledByDefinition
	KilledByLiveness          = fact.KilledByLiveness
	KilledByOther             = fact.KilledByOther
	KilledByPostStart         = fact.KilledByPostStart
	KilledByResize            = fact.KilledByResize
	KilledByRestartAll        = fact.KilledByRestartAll
	KilledByStartup           = fact.KilledByStartup
	KilledByStop              = fact.KilledByStop
	KubeletMetrics            = fact.KubeletMetrics
	LackEndless               = fact.LackEndless
	LackForbidden             = fact.LackForbidden
	LackGone                  = fact.LackGone
	LackHost                  = fact.LackHost
	LackTunnel                = fact.LackTunnel
	LackUnfinished            = fact.LackUnfinished
	LackUnsupported           = fact.LackUnsupported
	Liveness                  = fact.Liveness
	Main                      = fact.Main
	NodeEvents                = fact.NodeEvents
	MaxStreams                = fact.MaxStreams
	NoOutcome                 = fact.NoOutcome
	NoStatus                  = fact.NoStatus
	Nodes                     = fact.Nodes
	NotKilled                 = fact.NotKilled
	Pods                      = fact.Pods
	Readiness                 = fact.Readiness
	ReasonBackOff             = fact.ReasonBackOff
	ReasonFailed              = fact.ReasonFailed
	ReasonKilling             = fact.ReasonKilling
	ReasonProbeFailureIgnored = fact.ReasonProbeFailureIgnored
	ReasonProbeWarning        = fact.ReasonProbeWarning
	ReasonUnhealthy           = fact.ReasonUnhealthy
	Running                   = fact.Running
	Services                  = fact.Services
	ShadowErrored             = fact.ShadowErrored
	ShadowFailure             = fact.ShadowFailure
	ShadowNone                = fact.ShadowNone
	ShadowSuccess             = fact.ShadowSuccess
	ShadowWarning             = fact.ShadowWarning
	Sidecar                   = fact.Sidecar
	SourceForbidden           = fact.SourceForbidden
	SourceOff                 = fact.SourceOff
	SourceStale               = fact.SourceStale
	SourceSynced              = fact.SourceSynced
	SourceSyncing             = fact.SourceSyncing
	Startup                   = fact.Startup
	TCP                       = fact.TCP
	Terminated                = fact.Terminated
	True                      = fact.True
	Unknown                   = fact.Unknown
	UnknownHandler            = fact.UnknownHandler
	Waiting                   = fact.Waiting
	Warned                    = fact.Warned
)

// ProbeTypes is that of package fact.
var ProbeTypes = fact.ProbeTypes

// SourceKinds is that of package fact.
var SourceKinds = fact.SourceKinds

// CauseOf is that of package fact.
func CauseOf(handler HandlerKind, outcome Outcome, text string) Cause {
	return fact.CauseOf(handler, outcome, text)
}

// ContainerOf is that of package fact.
func ContainerOf(fieldPath string) string { return fact.ContainerOf(fieldPath) }

// ErrorCause is that of package fact.
func ErrorCause(handler HandlerKind, text string) Cause { return fact.ErrorCause(handler, text) }

// GateOwner is that of package fact.
func GateOwner(gate string) string { return fact.GateOwner(gate) }

// Invisible is that of package fact.
func Invisible(r rune) bool { return fact.Invisible(r) }

// NewEvent is that of package fact.
func NewEvent(e Event) *Event { return fact.NewEvent(e) }

// NewRedirect is that of package fact.
func NewRedirect(asked *url.URL, status int, location string) *Redirect {
	return fact.NewRedirect(asked, status, location)
}

// ParseVersion is that of package fact.
func ParseVersion(s string) Version { return fact.ParseVersion(s) }

// Printable is that of package fact.
func Printable(s string) string { return fact.Printable(s) }

// PrintableLines is that of package fact.
func PrintableLines(s string) []string { return fact.PrintableLines(s) }

// ShellLine is that of package fact.
func ShellLine(words []string) string { return fact.ShellLine(words) }

// ShellLineOf is that of package fact.
func ShellLineOf(words [][]ShellPart) string { return fact.ShellLineOf(words) }

// TellsOfSandbox is that of package fact.
func TellsOfSandbox(reason string) bool { return fact.TellsOfSandbox(reason) }

// TriOf is that of package fact.
func TriOf(b bool) Tri { return fact.TriOf(b) }
