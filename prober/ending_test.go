package prober_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

// ending is a fleet whose pods are another way from when they are read the second time.
type ending struct {
	*fleet
	then func(*corev1.Pod) error
}

func (e *ending) Pod(ctx context.Context, namespace, name string) (*corev1.Pod, error) {
	pod, err := e.fleet.Pod(ctx, namespace, name)
	if err == nil && e.number(&e.reads) > 1 {
		err = e.then(pod)
	}
	return pod, err
}

// TestAFailureThatIsTheEnd is none: the pod was deleted, or its container ended, while the probe was run.
func TestAFailureThatIsTheEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		then func(*corev1.Pod) error
		lack model.ShadowLack
	}{
		"the pod is being deleted": {lack: model.LackGone, then: func(p *corev1.Pod) error {
			p.DeletionTimestamp = &metav1.Time{Time: time.Now()}
			return nil
		}},
		"the pod is gone": {lack: model.LackGone, then: func(p *corev1.Pod) error {
			return apierrors.NewNotFound(schema.GroupResource{Resource: "pods"}, p.Name)
		}},
		"the pod is another": {lack: model.LackGone, then: func(p *corev1.Pod) error {
			p.UID = "uid-other"
			return nil
		}},
		"the container is another": {lack: model.LackGone, then: func(p *corev1.Pod) error {
			p.Status.ContainerStatuses[0].ContainerID = "containerd://2"
			return nil
		}},
		"the container has ended": {lack: model.LackGone, then: func(p *corev1.Pod) error {
			p.Status.ContainerStatuses[0].State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{}}
			return nil
		}},
		"all is as it was":   {then: func(*corev1.Pod) error { return nil }},
		"nobody can be read": {then: func(*corev1.Pod) error { return errors.New("no answer") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(tcpSocket())
			f.dial = func(string) error { return &prober.Refusal{Reason: prober.ReasonRefused} }
			p := prober.New(&ending{fleet: f, then: c.then}, prober.Options{})
			defer p.Close()
			transcript, shadow := p.Run(t.Context(), subject("a", "app"), false)
			if failed := shadow.Verdict == model.ShadowFailure; shadow.Lack != c.lack || failed != (c.lack == "") || f.number(&f.reads) != 2 {
				t.Errorf("after %d reads it is %s (%s): %s", f.number(&f.reads), shadow.Verdict, shadow.Lack, shadow.Text)
			}
			if len(transcript.Result.Attempts) != 1 {
				t.Errorf("%d attempts are told", len(transcript.Result.Attempts))
			}
		})
	}
}

// TestASuccessIsNotDoubted: it costs no second read.
func TestASuccessIsNotDoubted(t *testing.T) {
	t.Parallel()
	f := newFleet(tcpSocket())
	p := prober.New(f, prober.Options{})
	defer p.Close()
	if _, shadow := p.Run(t.Context(), subject("a", "app"), false); shadow.Verdict != model.ShadowSuccess || f.number(&f.reads) != 1 {
		t.Errorf("%s after %d reads", shadow.Verdict, f.number(&f.reads))
	}
}

// TestACommandSucceedsInThePodThatWasMeant: it is asked for by name, which another pod may have by then.
func TestACommandSucceedsInThePodThatWasMeant(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		then func(*corev1.Pod) error
		want model.ShadowVerdict
	}{
		"the pod is another": {want: model.ShadowNone, then: func(p *corev1.Pod) error { p.UID = "uid-other"; return nil }},
		"it is being deleted": {want: model.ShadowSuccess, then: func(p *corev1.Pod) error {
			p.DeletionTimestamp = &metav1.Time{Time: time.Now()}
			return nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(execute("true"))
			p := prober.New(&ending{fleet: f, then: c.then}, prober.Options{AllowExec: true})
			defer p.Close()
			if _, shadow := p.Run(t.Context(), subject("a", "app"), false); shadow.Verdict != c.want || f.number(&f.reads) != 2 {
				t.Errorf("after %d reads it is %s (%s): %s", f.number(&f.reads), shadow.Verdict, shadow.Lack, shadow.Text)
			}
		})
	}
}

// TestTimesAreTheClusters: who reads them knows no other clock, and the pause until the next run has none.
func TestTimesAreTheClusters(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ahead := time.Hour
		f := newFleet(tcpSocket())
		p, end := started(t, f, prober.Options{Clock: func(t time.Time) time.Time { return t.Add(ahead) }})
		began := time.Now()
		transcript, _ := p.Run(t.Context(), subject("a", "app"), false)
		ahead = 2 * time.Hour
		time.Sleep(3 * time.Second)
		r := &transcript.Result
		if at := r.At.Sub(began); at < time.Hour || at > time.Hour+time.Minute || r.Began().Before(r.At) {
			t.Errorf("it ran %v later, and asked at %v", at, r.Began())
		}
		if since := r.Since(); since < 3*time.Second || since > time.Minute {
			t.Errorf("that was %v ago", since)
		}
		if told := end(); len(told) != 1 || !told[0].At.Equal(r.At) {
			t.Errorf("told %v of a run at %v", told, r.At)
		}
	})
}
