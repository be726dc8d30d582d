package watch

import (
	"fmt"
	"strings"
	"testing"
	"unsafe"

	corev1 "k8s.io/api/core/v1"
)

func TestInternerSharesStrings(t *testing.T) {
	in := newInterner()
	a, b := in.string(strings.Clone("shop")), in.string(strings.Clone("shop"))
	if unsafe.StringData(a) != unsafe.StringData(b) {
		t.Error("equal strings are not shared")
	}
}

func TestInternerIsBounded(t *testing.T) {
	in := newInterner()
	for i := range 3 * internedStrings {
		in.string(fmt.Sprint(i))
		in.probe(&corev1.Probe{PeriodSeconds: int32(i + 1)})
	}
	if n := len(in.strings); n > internedStrings {
		t.Errorf("%d strings are kept, want at most %d", n, internedStrings)
	}
	if n := len(in.probes); n > internedStrings {
		t.Errorf("%d probes are kept, want at most %d", n, internedStrings)
	}
	before := len(in.strings)
	if in.string(strings.Repeat("x", internedLength+1)); len(in.strings) != before {
		t.Error("a long string is kept")
	}
	long := strings.Repeat("x", internedSet+1)
	in.labels(map[string]string{"a": long})
	in.readinessGates([]corev1.PodReadinessGate{{ConditionType: corev1.PodConditionType(long)}})
	before = len(in.probes)
	in.probe(&corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{long}}}})
	if len(in.sets) > 0 || len(in.gates) > 0 || len(in.probes) != before {
		t.Errorf("%d long labels and %d long gates are kept, and probes: %t", len(in.sets), len(in.gates), len(in.probes) != before)
	}
}

func TestInternerSharesGates(t *testing.T) {
	in := newInterner()
	gates := func(types ...corev1.PodConditionType) []corev1.PodReadinessGate {
		var list []corev1.PodReadinessGate
		for _, typ := range types {
			list = append(list, corev1.PodReadinessGate{ConditionType: typ})
		}
		return list
	}
	a, b, c := in.readinessGates(gates("x", "y")), in.readinessGates(gates("x", "y")), in.readinessGates(gates("xy"))
	if &a[0] != &b[0] {
		t.Error("equal gates are not shared")
	}
	if len(c) != 1 || in.readinessGates(nil) != nil {
		t.Errorf("gates are mixed up: %q", c)
	}
}
