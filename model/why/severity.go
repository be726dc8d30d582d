package why

// Severity ranks how urgently a pod needs attention, worst first.
type Severity uint8

// The severities, worst first.
const (
	// RestartDue has a liveness or startup probe that reached its threshold.
	RestartDue Severity = iota
	// Unready should be ready and is not.
	Unready
	// BelowThreshold is ready, with a probe that fails less often in a row than it takes.
	BelowThreshold
	// Unprobeable looks healthy, with a probe that cannot be carried out.
	Unprobeable
	// Flapping is well at the moment and was restarted again and again a short time ago.
	Flapping
	// Starting is not ready because it has just begun.
	Starting
	// Terminating has been deleted and is still there.
	Terminating
	// Healthy is ready, and nothing says otherwise.
	Healthy
	// Unprobed is ready and has no probe.
	Unprobed
	// Finished has run to its end.
	Finished

	Severities = int(Finished) + 1
)

// String returns a word for the severity.
func (s Severity) String() string {
	return [...]string{
		"restart due", "unready", "failing", "erroring", "flapping", "starting", "terminating",
		"passing", "no probes", "finished",
	}[s]
}

// Fault reports whether the pod needs attention.
func (s Severity) Fault() bool { return s <= Flapping }
