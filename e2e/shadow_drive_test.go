//go:build soak

package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

// opening leads to the container of a check.
type opening func(context.Context, *corev1.Pod, *prober.Check) (prober.Paths, error)

type loadAim struct {
	pod   *corev1.Pod
	check *prober.Check
}

// load runs probes, one after the other in turn, many at once.
type load struct {
	open opening
	aims []loadAim

	mu   sync.Mutex
	told *loadResult // guarded by mu
}

// loadResult is what a load came to.
type loadResult struct {
	length                   time.Duration
	runs, succeeded, lacking int
	took                     map[model.HandlerKind][]time.Duration // of those that succeeded, sorted in the end
	wrong                    map[string]int                        // what else the verdicts were
	spent                    time.Duration                         // processor time of this process
	idle                     float64                               // share of the machine's processors that nobody used
}

// drive runs probes for so long, so many a second if the machine can, and returns after the last one has ended.
func (l *load) drive(ctx context.Context, rate int, length time.Duration) *loadResult {
	told := &loadResult{took: map[model.HandlerKind][]time.Duration{}, wrong: map[string]int{}}
	l.told = told
	began, spent := time.Now(), processorTime()
	idle, all := processors()
	var next atomic.Int64
	var workers sync.WaitGroup
	for range loadInFlight {
		workers.Go(func() {
			for {
				i := int(next.Add(1) - 1)
				start := time.Duration(i) * time.Second / time.Duration(rate)
				if start >= length || time.Since(began) >= length {
					return
				}
				time.Sleep(time.Until(began.Add(start))) // the pace, not a wait for a condition
				l.run(ctx, l.aims[i%len(l.aims)])
			}
		})
	}
	workers.Wait()
	told.length, told.spent = time.Since(began), processorTime()-spent
	if idleNow, allNow := processors(); allNow > all {
		told.idle = float64(idleNow-idle) / float64(allNow-all)
	}
	for _, took := range told.took {
		slices.Sort(took)
	}
	return told
}

func (l *load) run(ctx context.Context, a loadAim) {
	began := time.Now()
	paths, err := l.open(ctx, a.pod, a.check)
	result := prober.Result{Lack: model.LackTunnel}
	if err == nil {
		result = a.check.Run(ctx, paths)
	} else {
		result.Text = err.Error()
	}
	took := time.Since(began)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.told.runs++
	if result.Verdict == model.ShadowSuccess {
		l.told.succeeded++
		l.told.took[a.check.Handler] = append(l.told.took[a.check.Handler], took)
		return
	}
	if result.Verdict == model.ShadowNone {
		l.told.lacking++
	}
	l.told.wrong[fmt.Sprintf("%s: %s %s: %s", a.check.Handler, result.Verdict, result.Lack, result.Text)]++
}

// check holds a load against what is asked of it.
func (r *loadResult) check(t *testing.T) {
	t.Helper()
	for text, n := range r.wrong {
		t.Logf("%d times %s", n, text)
	}
	if failed := r.runs - r.succeeded - r.lacking; failed > 0 {
		t.Errorf("%d probes of healthy pods have another verdict than success", failed)
	}
	if r.lacking*1000 > r.runs {
		t.Errorf("%d of %d probes have no verdict, want one in a thousand at most", r.lacking, r.runs)
	}
	want := loadRate * 98 / 100 // what was begun last ends after the time is over
	if r.idle < 0.2 {
		t.Logf("others use the processors as well, which leaves less than a fifth idle: %d a second are asked for, not %d", loadLow, want)
		want = loadLow
	}
	if rate := float64(r.runs) / r.length.Seconds(); rate < float64(want) {
		t.Errorf("%.0f probes a second, want %d", rate, want)
	}
}

// perRun is the processor time of one probe.
func (r *loadResult) perRun() time.Duration { return r.spent / time.Duration(max(r.runs, 1)) }

// String says what came of it.
func (r *loadResult) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d probes in %.0f s, %.0f a second; %d succeeded, %d without a verdict; %v of processor time each, %.0f %% idle",
		r.runs, r.length.Seconds(), float64(r.runs)/r.length.Seconds(), r.succeeded, r.lacking, r.perRun().Round(time.Microsecond), 100*r.idle)
	for _, handler := range [...]model.HandlerKind{model.HTTP, model.TCP, model.GRPC} {
		if took := r.took[handler]; len(took) > 0 {
			fmt.Fprintf(&b, "; %s p50 %v p99 %v", handler, took[len(took)/2].Round(time.Microsecond), took[len(took)*99/100].Round(time.Microsecond))
		}
	}
	return b.String()
}

// against returns how many times as long the median of each handler is.
func (r *loadResult) against(other *loadResult) string {
	var ratios []string
	for _, handler := range [...]model.HandlerKind{model.HTTP, model.TCP, model.GRPC} {
		a, b := r.took[handler], other.took[handler]
		if len(a) > 0 && len(b) > 0 {
			ratios = append(ratios, fmt.Sprintf("%s %.1f", handler, float64(a[len(a)/2])/float64(b[len(b)/2])))
		}
	}
	return strings.Join(ratios, ", ")
}

// processorTime is what this process has used.
func processorTime() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
