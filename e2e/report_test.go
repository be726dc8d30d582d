package e2e

import (
	"testing"
	"time"
)

// report is the part of probetop's JSON that the tests read.
type report struct {
	APIVersion string
	Kind       string
	Context    string
	Sources    []struct{ Name, State, Error string }
	Pods       []reportedPod
	Groups     []reportedGroup
}

// reportedGroup is what several pods have in common.
type reportedGroup struct {
	Cause, Headline string
	Pods            []string
}

type reportedPod struct {
	Namespace, Name, UID, Node, Workload, Phase, Status string
	Severity                                            string
	Ready, Deleting, Gone                               bool
	Diagnosis                                           *reportedDiagnosis
	Conditions                                          []struct {
		Type, Status, Reason, Message string
		Since                         time.Time
	}
	Gates []struct {
		Type, Status string
		Since        time.Time
	}
	Containers []reportedContainer
	Restarts   []reportedRestart
	Traffic    []struct {
		Service                     string
		Ready, Serving, Terminating bool
	}
	Why []struct {
		Step, Text string
		OK         bool
	}
}

// reportedDiagnosis is what is wrong with a pod; there is none when nothing is.
type reportedDiagnosis struct {
	Cause, Headline, Container, Probe, Reason, Certainty string
}

type reportedRestart struct {
	Container, Cause, Certainty string
	ExitCode                    int32
}

type reportedContainer struct {
	Name, Kind, State, Reason string
	Started                   *bool
	Ready                     bool
	Restarts                  int32
	StartedAt                 time.Time
	Probes                    []reportedProbe
	Events                    []reportedEvent
}

type reportedProbe struct {
	Type, Handler, Summary, State, Certainty string
	Failures                                 struct {
		Run, Threshold int
		Bound          string
	}
	LastFailure *struct {
		At                   time.Time
		Outcome, Cause, Text string
	}
	Events []reportedEvent
}

type reportedEvent struct {
	Reason, Outcome, Text string
	Combined              bool
	Count                 int32
	First, Last           time.Time
}

// probe finds one probe in a report.
func (r report) probe(t *testing.T, pod, container, kind string) reportedProbe {
	t.Helper()
	for _, p := range r.Pods {
		for _, c := range p.Containers {
			for _, probe := range c.Probes {
				if p.Name == pod && c.Name == container && probe.Type == kind {
					return probe
				}
			}
		}
	}
	t.Fatalf("the report has no %s probe of container %s in pod %s", kind, container, pod)
	return reportedProbe{}
}
