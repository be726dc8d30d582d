package lint_test

import (
	"strings"
	"testing"
	"time"

	. "github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/lint"
)

func set(t *testing.T, texts ...string) []lint.Setting {
	t.Helper()
	var settings []lint.Setting
	for _, text := range texts {
		s, err := lint.ParseSetting(text)
		if err != nil {
			t.Fatal(err)
		}
		settings = append(settings, s)
	}
	return settings
}

// series of a readiness probe with three failures every ten seconds to be unready, edited.
func failing(runs int32, edit ...func(*lint.Series)) *lint.Series {
	s := &lint.Series{
		Subject: lint.Subject{Container: "web"}, Probe: Readiness, Spec: probe(), Runs: runs, Exact: true, Others: true, Recovered: true,
		First: epoch, Last: epoch.Add(time.Duration(runs-1) * 10 * time.Second),
	}
	for _, e := range edit {
		e(s)
	}
	return s
}

// unready makes a series one that the kubelet acted on.
func unready(s *lint.Series) { s.Acted, s.Unready, s.Out = true, time.Minute, time.Minute }

func slain(s *lint.Series)    { s.Acted, s.Killed, s.Recovered, s.Probe = true, true, false, Liveness }
func living(s *lint.Series)   { s.Probe = Liveness }
func vague(s *lint.Series)    { s.Exact = false }
func timeouts(s *lint.Series) { s.Timeouts, s.Others = true, false }

func from(took time.Duration) func(*lint.Series) {
	return func(s *lint.Series) { s.ShadowTook = took }
}

func TestWhatIf(t *testing.T) {
	for name, c := range map[string]struct {
		series *lint.Series
		set    string
		effect lint.Effect // empty for a setting that is not about it
		sure   Certainty
	}{
		"another probe":                           {failing(3), "liveness.failureThreshold=5", "", 0},
		"another container":                       {failing(3), "api:readiness.failureThreshold=5", "", 0},
		"the setting that it has":                 {failing(3), "readiness.failureThreshold=3", "", 0},
		"its own container":                       {failing(4, unready), "web:readiness.failureThreshold=5", lint.Avoided, CertaintyHigh},
		"threshold above the failures":            {failing(4, unready), "readiness.failureThreshold=5", lint.Avoided, CertaintyHigh},
		"threshold above failures that were lost": {failing(4, unready, vague), "readiness.failureThreshold=5", lint.Unsettled, CertaintyNone},
		"threshold within the failures":           {failing(9, unready), "readiness.failureThreshold=5", lint.Later, CertaintyMedium},
		"threshold below":                         {failing(4, unready), "readiness.failureThreshold=2", lint.Sooner, CertaintyHigh},
		"threshold that would have been reached":  {failing(2), "readiness.failureThreshold=2", lint.Added, CertaintyHigh},
		"threshold that is reached, at least":     {failing(2, vague), "readiness.failureThreshold=2", lint.Added, CertaintyHigh},
		"threshold that is not reached":           {failing(1), "readiness.failureThreshold=2", lint.Same, CertaintyHigh},
		"threshold that may be reached":           {failing(1, vague), "readiness.failureThreshold=2", lint.Unsettled, CertaintyNone},
		"a kill that comes later":                 {failing(3, slain), "liveness.failureThreshold=5", lint.Unsettled, CertaintyNone},
		"a kill that comes sooner":                {failing(3, slain), "liveness.failureThreshold=2", lint.Sooner, CertaintyHigh},
		"a kill that was not":                     {failing(2, living), "liveness.failureThreshold=2", lint.Added, CertaintyHigh},
		"more time for runs that were refused":    {failing(4, unready), "readiness.timeoutSeconds=3", lint.Same, CertaintyHigh},
		"more time for runs that timed out":       {failing(4, unready, timeouts), "readiness.timeoutSeconds=3", lint.Unsettled, CertaintyNone},
		"more time, seen from here":               {failing(4, unready, timeouts, from(2*time.Second)), "readiness.timeoutSeconds=3", lint.Avoided, CertaintyLow},
		"more time, not enough from here":         {failing(4, unready, timeouts, from(4*time.Second)), "readiness.timeoutSeconds=3", lint.Same, CertaintyLow},
		"more time, other failures, too":          {failing(4, unready, timeouts, func(s *lint.Series) { s.Others = true }), "readiness.timeoutSeconds=3", lint.Unsettled, CertaintyNone},
		"more time, no text":                      {failing(4, unready, func(s *lint.Series) { s.Others = false }), "readiness.timeoutSeconds=3", lint.Unsettled, CertaintyNone},
		"less time":                               {failing(4, unready, timeouts, func(s *lint.Series) { s.Spec = probe(timeout(5)) }), "readiness.timeoutSeconds=3", lint.Same, CertaintyHigh},
		"a shorter period":                        {failing(2), "readiness.periodSeconds=2", lint.Added, CertaintyMedium},
		"a shorter period, sooner":                {failing(4, unready), "readiness.periodSeconds=5", lint.Sooner, CertaintyMedium},
		"a longer period":                         {failing(3, unready), "readiness.periodSeconds=60", lint.Avoided, CertaintyMedium},
		"a period that may matter":                {failing(2), "readiness.periodSeconds=5", lint.Unsettled, CertaintyNone},
		"a longer period of a kill":               {failing(3, slain), "liveness.periodSeconds=60", lint.Unsettled, CertaintyNone},
		"more successes":                          {failing(4, unready), "readiness.successThreshold=3", lint.Later, CertaintyMedium},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := lint.WhatIf(c.series, set(t, c.set))
			if ok != (c.effect != "") || got.Effect != c.effect || ok && got.Certainty != c.sure || ok && got.Why == "" {
				t.Errorf("got %+v, %v; want %s, %s", got, ok, c.effect, c.sure)
			}
			if got.Certainty == Certain {
				t.Error("what would have been is never certain")
			}
		})
	}
}

func TestParseSetting(t *testing.T) {
	for _, text := range []string{"readiness.timeoutSeconds=3", "web:liveness.failureThreshold=5"} {
		if got := set(t, text)[0].String(); got != text {
			t.Errorf("%s is read as %s", text, got)
		}
	}
	for text, want := range map[string]string{
		"": "is not PROBE.FIELD=VALUE", "readiness=3": "is not PROBE.FIELD=VALUE", "ready.periodSeconds=3": `"ready" is not startup`,
		"liveness.initialDelaySeconds=3": "cannot be tried out", "liveness.periodSeconds=0": "whole number", "liveness.periodSeconds=x": "whole number",
		"liveness.successThreshold=2": "must be 1",
	} {
		if _, err := lint.ParseSetting(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
