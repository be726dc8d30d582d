package simcluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/probetop/probetop/recording"
)

// intermission is how long a cluster rests between the end of a script and its next beginning.
const intermission = 5 * time.Second

// Script is a recording that a cluster can live through.
type Script struct {
	scenes []scene
	// opening is how many scenes set the stage: what there was when the recording began.
	opening int
	opened  chan struct{}
	open    sync.Once

	// round is the one that is being played; nil before the first.
	round atomic.Pointer[Round]
}

// Round is one time that a cluster lives through a script.
type Round struct {
	// Number is 1 for the first.
	Number int
	// Began is when it began, and Ends when the next one begins, by the cluster's clock.
	Began, Ends time.Time
}

// Round returns the one that is being played; the zero value before the first. It may be called at any time.
func (s *Script) Round() Round {
	if r := s.round.Load(); r != nil {
		return *r
	}
	return Round{}
}

// Opened returns what is closed when a cluster has been brought to where the script begins.
func (s *Script) Opened() <-chan struct{} { return s.opened }

// scene is what happens to one object, or what a run of a probe came to that the recording program has made.
type scene struct {
	at     time.Time
	gone   bool
	object runtime.Object
	shadow *recording.Shadow
}

// ReadScript reads a recording to its end. It returns the reader's error, and one of its own for a recording
// in which nothing happens.
func ReadScript(r *recording.Reader) (*Script, error) {
	s := &Script{opened: make(chan struct{})}
	listed := map[uint8]bool{}
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("reading the script: %w", err)
		}
		if e.List == recording.ListEnd && !listed[e.Stream] {
			listed[e.Stream], s.opening = true, len(s.scenes)
		}
		if e.Shadow != nil {
			s.scenes = append(s.scenes, scene{at: e.At, shadow: e.Shadow})
		}
		if e.Object == nil {
			continue
		}
		o, err := e.Decode()
		if err != nil {
			return nil, fmt.Errorf("reading the script: %w", err)
		}
		s.scenes = append(s.scenes, scene{at: e.At, gone: e.Event == watch.Deleted, object: o})
	}
	if len(s.scenes) == 0 {
		return nil, errors.New("reading the script: nothing happens in it")
	}
	return s, nil
}

// start and end are the first and the last moment of the script, in its own time.
func (s *Script) start() time.Time { return s.scenes[0].at }
func (s *Script) end() time.Time   { return s.scenes[len(s.scenes)-1].at }

// Play makes the cluster live through a script again and again until ctx ends, which is no error. What the
// objects say about time is moved, so that the script begins now by the clock.
func (c *Cluster) Play(ctx context.Context, s *Script, clock *Clock) error {
	for n := 1; ; n++ {
		began := clock.Now()
		shift := began.Sub(s.start())
		s.round.Store(&Round{n, began, s.end().Add(shift + intermission)})
		for i, next := range s.scenes {
			if n > 1 && i < s.opening {
				if err := c.remove(next); err != nil {
					return err
				}
			}
			if !pause(ctx, clock.until(next.at.Add(shift))) {
				return nil
			}
			if err := c.act(next, shift); err != nil {
				return err
			}
			if i+1 >= s.opening {
				s.open.Do(func() { close(s.opened) })
			}
		}
		if !pause(ctx, clock.until(s.end().Add(shift+intermission))) {
			return nil
		}
		if err := c.strike(s); err != nil {
			return err
		}
	}
}

// act carries out one scene.
func (c *Cluster) act(s scene, shift time.Duration) error {
	if s.shadow != nil {
		if told := *s.shadow; c.opts.Shadow != nil {
			told.Began = told.Began.Add(shift)
			c.opts.Shadow(told)
		}
		return nil
	}
	o := s.object.DeepCopyObject()
	move(reflect.ValueOf(o).Elem(), shift)
	if s.gone {
		return ignoreMissing(c.Delete(o))
	}
	return c.Apply(o)
}

// strike takes away what the script has left behind, except what stands on the stage at its beginning: that is replaced one by
// one, so that there is never nothing.
func (c *Cluster) strike(s *Script) error {
	stays := map[string]bool{}
	for _, next := range s.scenes[:s.opening] {
		if _, event := next.object.(*corev1.Event); !event {
			stays[identity(next.object)] = true
		}
	}
	for _, next := range s.scenes {
		if next.object == nil || stays[identity(next.object)] {
			continue
		}
		if err := c.remove(next); err != nil {
			return err
		}
	}
	return nil
}

// remove takes away the object of a scene, whichever there is of its name.
func (c *Cluster) remove(s scene) error {
	if s.object == nil {
		return nil
	}
	o := s.object.DeepCopyObject()
	if m, err := meta.Accessor(o); err == nil {
		m.SetUID("")
	}
	return ignoreMissing(c.Delete(o))
}

// identity is the kind and the name of an object; empty for none.
func identity(o runtime.Object) string {
	m, err := meta.Accessor(o)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%T %s/%s", o, m.GetNamespace(), m.GetName())
}

func ignoreMissing(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// pause waits; it reports false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// move moves every time in v that is set.
func move(v reflect.Value, by time.Duration) {
	switch t := v.Addr().Interface().(type) {
	case *metav1.Time:
		if !t.IsZero() {
			t.Time = t.Add(by).Truncate(time.Second)
		}
		return
	case *metav1.MicroTime:
		if !t.IsZero() {
			t.Time = t.Add(by)
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			move(v.Elem(), by)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				move(v.Field(i), by)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			move(v.Index(i), by)
		}
	}
}
