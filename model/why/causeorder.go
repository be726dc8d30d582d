package why

import "time"

// causes finds the root cause: the first that applies is the answer. docs/causes.md lists them in this order, with the
// reasons for it. classes are those that it can give.
var causes = [...]struct {
	applies func(*examiner) bool
	classes []CauseClass
}{
	{(*examiner).endedByOthers, []CauseClass{ClassEvicted, ClassDeadline, ClassPreempted, ClassShutdown, ClassAdmission, ClassLost}},
	{(*examiner).onLostNode, []CauseClass{ClassNode}},
	{(*examiner).terminates, []CauseClass{ClassTerminating, ClassEvicted, ClassPreempted, ClassLost}},
	{(*examiner).notScheduled, []CauseClass{ClassGated, ClassUnscheduled}},
	{(*examiner).wedged, []CauseClass{ClassWedged}},
	{(*examiner).noSandbox, []CauseClass{ClassSandbox, ClassVolume}},
	{(*examiner).noImage, []CauseClass{ClassImage}},
	{(*examiner).badConfig, []CauseClass{ClassConfig}},
	{(*examiner).initHolds, []CauseClass{ClassInit}},
	{(*examiner).sidecarHolds, []CauseClass{ClassSidecar}},
	{(*examiner).postStartHolds, []CauseClass{ClassPostStart}},
	{(*examiner).workDone, []CauseClass{ClassJobDone}},
	{(*examiner).ended, []CauseClass{
		ClassLiveness, ClassStartup, ClassPostStart, ClassOOM, ClassExit, ClassSignal, ClassCompleted,
		ClassResize, ClassRestartAll, ClassDefinition, ClassSandbox, ClassNode, ClassUnknown,
	}},
	{(*examiner).cannotProbe, []CauseClass{ClassErroring}},
	{(*examiner).notStarted, []CauseClass{ClassStartup, ClassStarting}},
	{(*examiner).notReady, []CauseClass{ClassReadiness}},
	{(*examiner).gated, []CauseClass{ClassGate}},
	{(*examiner).takenOutOfTraffic, []CauseClass{ClassNode}},
	{(*examiner).failing, []CauseClass{ClassLiveness, ClassStartup, ClassFailing, ClassErroring}},
	{(*examiner).noTraffic, []CauseClass{ClassEndpoints}},
	{(*examiner).restartedLately, []CauseClass{
		ClassLiveness, ClassStartup, ClassPostStart, ClassOOM, ClassExit, ClassSignal, ClassCompleted,
		ClassResize, ClassRestartAll, ClassSandbox, ClassNode, ClassUnknown,
	}},
	{(*examiner).resizes, []CauseClass{ClassResize}},
	{(*examiner).begins, []CauseClass{ClassUnscheduled, ClassStarting, ClassUnknown}},
}

// CauseOrder returns the classes that each step of the search for a cause can give, in the order of the steps.
func CauseOrder() [][]CauseClass {
	order := make([][]CauseClass, len(causes))
	for i, c := range causes {
		order[i] = c.classes
	}
	return order
}

// examine looks for the first cause that applies; nil when none does.
func (r subject) examine(now time.Time) *examiner {
	x := &examiner{subject: r, now: now}
	if r.Pod.Phase == "Succeeded" && !r.Pod.Deleting() {
		if x.succeededByKill() {
			return x
		}
		return nil
	}
	for _, c := range causes {
		if c.applies(x) {
			return x
		}
	}
	return nil
}
