package infer

import "time"

// catchUp is how long after an outage the kubelets may take to tell what happened meanwhile. They were cut off as we were, and try
// again every 10 s: with events (defaultSleepDuration of client-go tools/record/event.go), and with statuses (syncPeriod of
// pkg/kubelet/status/status_manager.go), which take a moment more.
const catchUp = 10*time.Second + 2*statusLag

// kubeletsLate reports whether the pods are heard again since so short a time that what is said of them may be from before the
// outage, and until when.
func (j *Facts) kubeletsLate(now time.Time) (time.Time, bool) {
	until := j.Again.Add(catchUp)
	return until, !j.Again.IsZero() && now.Before(until)
}

// KubeletsLate reports whether what is said of the pod may be from before an outage, and until when.
func (c *Case) KubeletsLate(now time.Time) (time.Time, bool) { return c.Facts.kubeletsLate(now) }
