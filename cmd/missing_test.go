package cmd_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// without serves h, and a kubelet's counters, but for what may not be read.
func without(h http.Handler, resources []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		if name == "probes" { // of the node proxy
			name = "kubeletMetrics"
		}
		if slices.Contains(resources, name) {
			refusing(http.StatusForbidden, "Forbidden", name+" is forbidden").ServeHTTP(w, r)
			return
		}
		if name == "kubeletMetrics" {
			w.Header().Set("Content-Type", "text/plain")
			fmt.Fprintln(w, "process_start_time_seconds 1.79e9")
			fmt.Fprint(w, `prober_probe_total{container="cart",namespace="shop",pod="cart-0",pod_uid="u1",probe_type="Readiness",result="failed"} 5`+"\n")
			return
		}
		h.ServeHTTP(w, r)
	})
}

// subset returns those of names whose bit is set.
func subset(names []string, bits int) []string {
	var some []string
	for i, name := range names {
		if bits&(1<<i) != 0 {
			some = append(some, name)
		}
	}
	return some
}

// Whatever may not be read, the rest works; what is missing is named in words and in the JSON, and nothing that rests on it is
// certain or high.
func TestMissingSources(t *testing.T) {
	names := []string{"pods", "events", "endpointslices", "services", "nodes", "kubeletMetrics"}
	for bits := range 1 << len(names) {
		missing := subset(names, bits)
		t.Run(fmt.Sprint(missing), func(t *testing.T) {
			t.Parallel()
			lacks := func(name string) bool { return slices.Contains(missing, name) }
			config := serve(t, without(shop, missing))
			args := []string{"--kubeconfig", config, "--request-timeout", "5s", "--kubelet-metrics"}
			if got := run(t, t.Context(), append([]string{"get"}, args...)...); lacks("pods") {
				if got.code != 3 || !strings.Contains(got.err, "Not allowed (403)") {
					t.Fatalf("without pods: %+v", got)
				}
				return
			} else if traffic := strings.Contains(got.out, " ? "); traffic != (lacks("endpointslices") || lacks("services")) {
				t.Errorf("the traffic of a pod without endpoints is not as unknown as it is:\n%s", got.out)
			}
			got := run(t, t.Context(), append([]string{"get", "-o", "json"}, args...)...)
			if got.code != 0 {
				t.Fatalf("%+v", got)
			}
			var report struct {
				Sources []struct{ Name, State string }
				Pods    []struct {
					Name       string
					Diagnosis  *struct{ Certainty string }
					Containers []struct {
						Probes []struct {
							Type, State, Certainty string
							Failures               struct{ Bound string }
						}
					}
				}
			}
			if err := json.Unmarshal([]byte(got.out), &report); err != nil {
				t.Fatal(err)
			}
			for _, s := range report.Sources {
				if said := strings.Contains(got.err, "Without "+s.Name+" (forbidden)"); said != lacks(s.Name) || (s.State == "forbidden") != lacks(s.Name) {
					t.Errorf("%s is %s, and what is said is %q", s.Name, s.State, got.err)
				}
			}
			for _, pod := range report.Pods {
				for _, c := range pod.Containers {
					for _, p := range c.Probes {
						sure := p.Certainty == "high" || p.Certainty == "certain"
						if sure && lacks("nodes") {
							t.Errorf("without nodes %s of %s is %s, %s", p.Type, pod.Name, p.State, p.Certainty)
						}
						if sure && p.State == "passing" && lacks("events") {
							t.Errorf("without events %s of %s is %s, %s", p.Type, pod.Name, p.State, p.Certainty)
						}
						if lacks("events") && p.Failures.Bound == "exact" && p.State != "passing" {
							t.Errorf("without events the failures of %s of %s are %s", p.Type, pod.Name, p.Failures.Bound)
						}
					}
				}
			}
		})
	}
}
