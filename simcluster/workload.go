package simcluster

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/duration"
)

// wanted is how many replicas a workload asks for; unset means one.
func wanted(n *int32) int {
	if n == nil {
		return 1
	}
	return int(*n)
}

func deploymentColumns() []column {
	return []column{
		nameColumn(),
		cell("Ready", func(d *appsv1.Deployment) any { return of(int(d.Status.ReadyReplicas), wanted(d.Spec.Replicas)) }),
		cell("Up-to-date", func(d *appsv1.Deployment) any { return int64(d.Status.UpdatedReplicas) }),
		cell("Available", func(d *appsv1.Deployment) any { return int64(d.Status.AvailableReplicas) }),
		ageColumn(),
	}
}

func replicaSetColumns() []column {
	return []column{
		nameColumn(),
		cell("Desired", func(r *appsv1.ReplicaSet) any { return int64(wanted(r.Spec.Replicas)) }),
		cell("Current", func(r *appsv1.ReplicaSet) any { return int64(r.Status.Replicas) }),
		cell("Ready", func(r *appsv1.ReplicaSet) any { return int64(r.Status.ReadyReplicas) }),
		ageColumn(),
	}
}

func statefulSetColumns() []column {
	return []column{
		nameColumn(),
		cell("Ready", func(s *appsv1.StatefulSet) any { return of(int(s.Status.ReadyReplicas), wanted(s.Spec.Replicas)) }),
		ageColumn(),
	}
}

func daemonSetColumns() []column {
	return []column{
		nameColumn(),
		cell("Desired", func(d *appsv1.DaemonSet) any { return int64(d.Status.DesiredNumberScheduled) }),
		cell("Current", func(d *appsv1.DaemonSet) any { return int64(d.Status.CurrentNumberScheduled) }),
		cell("Ready", func(d *appsv1.DaemonSet) any { return int64(d.Status.NumberReady) }),
		cell("Up-to-date", func(d *appsv1.DaemonSet) any { return int64(d.Status.UpdatedNumberScheduled) }),
		cell("Available", func(d *appsv1.DaemonSet) any { return int64(d.Status.NumberAvailable) }),
		cell("Node Selector", func(d *appsv1.DaemonSet) any { return labels.FormatLabels(d.Spec.Template.Spec.NodeSelector) }),
		ageColumn(),
	}
}

func jobColumns() []column {
	return []column{
		nameColumn(),
		cell("Status", func(j *batchv1.Job) any { return jobStatus(j) }),
		cell("Completions", func(j *batchv1.Job) any { return of(int(j.Status.Succeeded), wanted(j.Spec.Completions)) }),
		timeCell("Duration", func(j *batchv1.Job, now time.Time) any { return jobDuration(j, now) }),
		ageColumn(),
	}
}

func jobStatus(j *batchv1.Job) string {
	for _, typ := range []batchv1.JobConditionType{batchv1.JobComplete, batchv1.JobFailed, batchv1.JobSuspended} {
		for _, c := range j.Status.Conditions {
			if c.Type == typ && c.Status == corev1.ConditionTrue {
				return string(typ)
			}
		}
	}
	return "Running"
}

func jobDuration(j *batchv1.Job, now time.Time) string {
	switch {
	case j.Status.StartTime == nil:
		return ""
	case j.Status.CompletionTime != nil:
		now = j.Status.CompletionTime.Time
	}
	return duration.HumanDuration(now.Sub(j.Status.StartTime.Time))
}
