package watch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/probetop/probetop/model"
)

// said is what kubelet 1.37.1 says of a pod.
const said = `# HELP prober_probe_duration_seconds [ALPHA] Duration in seconds for a probe response.
# TYPE prober_probe_duration_seconds histogram
prober_probe_duration_seconds_bucket{container="web",namespace="shop",pod="web-0",probe_type="Liveness",le="+Inf"} 2
prober_probe_duration_seconds_sum{container="web",namespace="shop",pod="web-0",probe_type="Liveness"} 0.001961973
prober_probe_duration_seconds_count{container="web",namespace="shop",pod="web-0",probe_type="Liveness"} 2
# HELP prober_probe_total [BETA] Cumulative number of a liveness, readiness or startup probe for a container by result.
# TYPE prober_probe_total counter
prober_probe_total{container="web",namespace="shop",pod="web-0",pod_uid="u1",probe_type="Liveness",result="failed"} 45
prober_probe_total{container="web",namespace="shop",pod="web-0",pod_uid="u1",probe_type="Liveness",result="successful"} 1.234567e+06
prober_probe_total{container="web",namespace="shop",pod="web-0",pod_uid="u1",probe_type="Readiness",result="successful"} 182
prober_probe_total{container="web",namespace="shop",pod="web-0",pod_uid="u1",probe_type="Startup",result="successful"} 16
# HELP process_start_time_seconds [ALPHA] Start time of the process since unix epoch in seconds.
# TYPE process_start_time_seconds gauge
process_start_time_seconds 1.79529066155e+09
`

// readMetrics returns the counters that a text has, one a line, and when it says that the kubelet started.
func readMetrics(body io.Reader) ([]string, time.Time, error) {
	var lines []string
	text := metricsText{count: func(l *metricLabels, n int32) {
		lines = append(lines, fmt.Sprintf("%q %q %q %q %d", l.pod, l.container, l.typ, l.result, n))
	}}
	err := text.read(body)
	return lines, text.started, err
}

func TestWhatAKubeletSaysIsRead(t *testing.T) {
	want := []string{
		`"u1" "web" "Liveness" "failed" 45`, `"u1" "web" "Liveness" "successful" 1234567`,
		`"u1" "web" "Readiness" "successful" 182`, `"u1" "web" "Startup" "successful" 16`,
	}
	for name, body := range map[string]io.Reader{
		"as it is":         strings.NewReader(said),
		"byte by byte":     iotest.OneByteReader(strings.NewReader(said)),
		"without newline":  strings.NewReader(strings.TrimSuffix(said, "\n")),
		"carriage returns": strings.NewReader(strings.ReplaceAll(said, "\n", "\r\n")),
		"a long line":      strings.NewReader("x{" + strings.Repeat("y", 200<<10) + "\n" + said),
		"a long comment that hides a counter": strings.NewReader(
			"#" + strings.Repeat("y", 64<<10-1) + `prober_probe_total{pod_uid="u2"} 1` + "\n" + said),
	} {
		t.Run(name, func(t *testing.T) {
			got, started, err := readMetrics(body)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("got %q, %v", got, err)
			}
			if at := time.Date(2026, 11, 21, 19, 51, 1, 550e6, time.UTC); !started.Equal(at) {
				t.Errorf("started at %v, want %v", started, at)
			}
		})
	}
}

func TestLinesOfMetrics(t *testing.T) {
	for line, want := range map[string]string{
		`prober_probe_total{pod_uid="u",container="c",probe_type="Liveness",result="failed"} 3`: `"u" "c" "Liveness" "failed" 3`,
		`prober_probe_total{ pod_uid = "u" , container="c", } 3 1795290661550`:                  `"u" "c" "" "" 3`,
		`prober_probe_total{pod_uid="a\"b\\c\nd",container="}"} 1`:                              `"a\"b\\c\nd" "}" "" "" 1`,
		`prober_probe_total{container="x\"",pod_uid="u"} 1`:                                     `"u" "x\"" "" "" 1`,
		`prober_probe_total{} 1e+99`:                                                            `"" "" "" "" 2147483647`,
		`prober_probe_total{} +Inf`:                                                             `"" "" "" "" 2147483647`,
		`prober_probe_total{} -1`:                                                               "",
		`prober_probe_total{} NaN`:                                                              "",
		`prober_probe_total{}`:                                                                  "",
		`prober_probe_total{pod_uid="u"`:                                                        "",
		`prober_probe_total{pod_uid="u`:                                                         "",
		`prober_probe_total{pod_uid="u\`:                                                        "",
		`prober_probe_total{pod_uid=u} 1`:                                                       "",
		`prober_probe_total{pod_uid} 1`:                                                         "",
		`prober_probe_total 1`:                                                                  "",
		`prober_probe_totals{pod_uid="u"} 1`:                                                    "",
	} {
		got, _, err := readMetrics(strings.NewReader(line + "\nprocess_start_time_seconds 1\n"))
		if err != nil || strings.Join(got, "|") != want {
			t.Errorf("%s: got %q, %v, want %q", line, got, err, want)
		}
	}
}

func TestMetricsThatCannotBeTrusted(t *testing.T) {
	long := strings.NewReader(strings.Repeat("# "+strings.Repeat("x", 1022)+"\n", maxMetrics>>10) + said)
	for name, c := range map[string]struct {
		body io.Reader
		want error
	}{
		"no start":        {strings.NewReader(strings.ReplaceAll(said, "process_start", "process_stop")), errMetricsStart},
		"a start of NaN":  {strings.NewReader("process_start_time_seconds NaN\n"), errMetricsStart},
		"a start of zero": {strings.NewReader("process_start_time_seconds 0\n"), errMetricsStart},
		"nothing":         {strings.NewReader(""), errMetricsStart},
		"a web page":      {strings.NewReader("<html>\n"), errMetricsStart},
		"too much":        {long, errMetricsSize},
		"cut off":         {iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(said))), iotest.ErrTimeout},
	} {
		if _, _, err := readMetrics(c.body); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func FuzzMetricsText(f *testing.F) {
	f.Add([]byte(said))
	f.Add([]byte(`prober_probe_total{pod_uid="a\"b\\c\nd",container="}"} 1`))
	f.Add([]byte("process_start_time_seconds -1e300\nprober_probe_total{,,,} 0x1p10"))
	f.Fuzz(func(t *testing.T, body []byte) {
		lines, started, err := readMetrics(bytes.NewReader(body))
		if again, _, _ := readMetrics(iotest.HalfReader(bytes.NewReader(body))); !slices.Equal(lines, again) {
			t.Errorf("%q in one piece, %q in several", lines, again)
		}
		if err == nil && started.IsZero() {
			t.Error("no error and no start")
		}
		if len(lines) > bytes.Count(body, []byte("prober_probe_total{")) {
			t.Errorf("%d counters from nowhere", len(lines))
		}
	})
}

// crowdOf returns a roll of n pods with three probes each, and what their kubelet says: their histograms, too.
func crowdOf(n int) (*roll, []byte) {
	r := &roll{node: "n1", period: 10 * time.Second}
	var b bytes.Buffer
	for i := range n {
		uid := fmt.Sprintf("00000000-0000-0000-0000-%012d", i)
		r.pods = append(r.pods, &model.Pod{UID: uid, Containers: []model.Container{{Name: "web"}}})
		for _, typ := range []string{"Liveness", "Readiness", "Startup"} {
			for _, of := range []string{"bucket", "sum", "count"} {
				fmt.Fprintf(&b, "prober_probe_duration_seconds_%s{container=\"web\",namespace=\"shop\",pod=\"web-%d\",probe_type=%q} 0.1\n", of, i, typ)
			}
			for _, result := range []string{"failed", "successful"} {
				fmt.Fprintf(&b, "prober_probe_total{container=\"web\",namespace=\"shop\",pod=\"web-%d\",pod_uid=%q,probe_type=%q,result=%q} %d\n", i, uid, typ, result, i)
			}
		}
	}
	b.WriteString("process_start_time_seconds 1.79529066155e+09\n")
	return r, b.Bytes()
}

// BenchmarkMetricsText is an answer with 10,000 probe counters and their histograms. Budget: 10 ms.
func BenchmarkMetricsText(b *testing.B) {
	r, body := crowdOf(1667)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		tally := r.tally()
		text := metricsText{count: tally.count}
		if err := text.read(bytes.NewReader(body)); err != nil || tally.pods[1000].Probes[0].Failures != 1000 {
			b.Fatal(err, tally.pods[1000])
		}
	}
}
