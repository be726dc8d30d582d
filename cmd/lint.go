package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/model/lint"
	"github.com/probetop/probetop/watch"
	"github.com/probetop/probetop/watch/manifest"
)

// lintFormats are the values of lint -o.
var lintFormats = [...]string{"table", "json", "sarif", "github"}

// never is the value of --fail-on that finds nothing bad enough.
const never = "never"

// lintOptions is probetop lint.
type lintOptions struct {
	*global
	scopeOptions

	files    []string
	replay   string
	at       string
	format   string
	failOn   string
	disabled []string
	rules    bool
	settings []string
}

func newLintCommand(g *global) *cobra.Command {
	o := &lintOptions{global: g}
	cmd := &cobra.Command{
		Use:   "lint [TYPE/NAME ...]",
		Short: "Name probe settings that will hurt, in a cluster or in manifests",
		Long: `Name settings of probes that will hurt, and why, in a cluster, in manifests (-f) or in a recording (--replay). Below them stands how
many containers have which probes, how long a failure takes until the kubelet acts on it, and how much of its time a start takes.

Of manifests it reads pods, everything that has a template of them, lists, Services, and what helm template prints. --rules lists the rules;
docs/lint.md explains each. An annotation of the pod accepts a finding: lint.probetop/RULE, or lint.probetop/RULE.CONTAINER, with the
reason as its value.

With --replay and --set it says what would have been different with other settings, how sure that is, and prints the patch.

Exit codes: 0 fine, 1 there are findings at or above --fail-on, 2 usage or a file that cannot be read, others as for the other commands.`,
		Example: `  probetop lint -A
  probetop lint deploy/web -n shop
  probetop lint -f deploy.yaml
  helm template chart | probetop lint -f - -o sarif
  probetop lint -f manifests -o github --fail-on error --disable tcp-liveness
  probetop lint --replay incident.zst --set readiness.timeoutSeconds=3`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			return o.run(cmd.Context())
		},
	}
	fs := cmd.Flags()
	o.addScopeFlags(fs)
	fs.StringSliceVarP(&o.files, "filename", "f", nil, "Manifests to look at instead of the cluster: a file, a directory or - for standard input; may be repeated")
	fs.StringVar(&o.replay, "replay", "", "Look at a moment of this recording instead of the cluster")
	fs.StringVar(&o.at, "at", "", "With --replay: "+strings.ToLower(atUsage[:1])+atUsage[1:]+"; its end when not given")
	fs.StringVarP(&o.format, "output", "o", lintFormats[0], "Format: "+strings.Join(lintFormats[:], "|"))
	fs.StringVar(&o.failOn, "fail-on", string(lint.Warning), "The least level of a finding that makes the exit code 1: error, warning, advice, or never")
	fs.StringSliceVar(&o.disabled, "disable", nil, "Rules to leave out; may be repeated, or a comma-separated list")
	fs.BoolVar(&o.rules, "rules", false, "List the rules")
	fs.StringSliceVar(&o.settings, "set", nil, "With --replay: what would have been with this setting, such as readiness.timeoutSeconds=3 or web:liveness.failureThreshold=5")
	return cmd
}

// validate checks the flags.
func (o *lintOptions) validate() error {
	levels := append(slices.Clone(lint.Levels[:]), never)
	switch {
	case !slices.Contains(lintFormats[:], o.format):
		return usage("-o %s is not a format. Choose one of %s.", o.format, strings.Join(lintFormats[:], "|"))
	case !slices.Contains(levels, lint.Level(o.failOn)):
		return usage("--fail-on is error, warning, advice or never, not %q.", o.failOn)
	case len(o.files) > 0 && o.replay != "":
		return usage("-f and --replay cannot be used together: look at manifests, or at a recording.")
	case o.replay == "" && o.at != "":
		return usage("--at is a moment of a recording: name one with --replay FILE.")
	case o.replay == "" && len(o.settings) > 0:
		return usage("--set asks a recording what would have been: name one with --replay FILE.")
	}
	for _, rule := range o.disabled {
		if lint.About(lint.Rule(rule)) == nil {
			return usage("--disable %s names no rule. List them with: probetop lint --rules", rule)
		}
	}
	return o.scopeOptions.validate()
}

func (o *lintOptions) run(ctx context.Context) error {
	if err := o.validate(); err != nil {
		return err
	}
	if o.rules {
		return o.writeRules()
	}
	if len(o.settings) > 0 {
		return o.whatIf()
	}
	report, err := o.look(ctx)
	if err != nil {
		return err
	}
	if err := o.write(report); err != nil {
		return err
	}
	for i := range report.Findings {
		if o.failOn != never && lint.Level(report.Findings[i].Level).AtLeast(lint.Level(o.failOn)) {
			return &failure{code: exitFailing}
		}
	}
	return nil
}

// look finds what there is to say about what the flags select.
func (o *lintOptions) look(ctx context.Context) (*LintReport, error) {
	switch {
	case len(o.files) > 0:
		return o.lookAtManifests()
	case o.replay != "":
		return o.lookAtRecording()
	}
	t, s, err := o.glance(ctx)
	if err != nil {
		return nil, err
	}
	if len(s.Rows) == 0 {
		fmt.Fprintf(o.streams.Err, "No pod matches. Look elsewhere with -n NAMESPACE or -A, or with another selector.\n")
	}
	report := o.report(s.Rows, nil)
	report.Context, report.At = t.context, s.At.UTC()
	return report, nil
}

// glance reads the cluster until it is complete.
func (o *lintOptions) glance(ctx context.Context) (*target, *model.Snapshot, error) {
	t, scope, err := o.reach(ctx, &o.scopeOptions)
	if err != nil {
		return nil, nil, err
	}
	feed := watch.NewFeed(settling)
	s, err := (&sourceOptions{}).open(t, scope, feed)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return feed.Run(ctx, s.all()...) })
	snapshot, err := complete(ctx, feed.Reader(), t)
	cancel()
	if ended := group.Wait(); err == nil && ended != nil && !errors.Is(ended, context.Canceled) {
		err = t.explain(ended)
	}
	if err != nil {
		return nil, nil, err
	}
	remarkOn(o.streams.Err, snapshot)
	return t, snapshot, nil
}

// lookAtRecording looks at a moment of a recording.
func (o *lintOptions) lookAtRecording() (*LintReport, error) {
	tape, err := o.openTape(o.replay)
	if err != nil {
		return nil, err
	}
	at, err := moment(o.at, tape, tape.End())
	if err != nil {
		return nil, err
	}
	s, err := o.narrow(tape.At(at))
	if err != nil {
		return nil, err
	}
	damaged(o.streams, tape)
	report := o.report(s.Rows, nil)
	report.Context, report.At = tape.Header().Context, at.UTC()
	return report, nil
}

// lookAtManifests looks at files.
func (o *lintOptions) lookAtManifests() (*LintReport, error) {
	var objects []manifest.Object
	for _, file := range o.files {
		found, err := o.openManifests(file)
		var bad *manifest.Error
		if errors.As(err, &bad) {
			return nil, because(usage("%s.", strings.TrimRight(bad.Error(), ".")), err)
		} else if err != nil {
			return nil, err
		}
		objects = append(objects, found...)
	}
	if !slices.ContainsFunc(objects, func(m manifest.Object) bool { return m.Service == nil }) {
		return nil, usage("%s: no pod is in there, and nothing that makes pods. Name manifests of Kubernetes.", strings.Join(o.files, ", "))
	}
	s, err := o.narrow(watch.OfManifests(objects, o.policy()))
	if err != nil {
		return nil, err
	}
	return o.report(s.Rows, objects), nil
}

func (o *lintOptions) openManifests(file string) ([]manifest.Object, error) {
	if file == "-" {
		return manifest.Read("stdin", o.streams.In)
	}
	return manifest.Open(file)
}

// measures are what is known about a pod beside what its row says. What was measured of one replica holds for all.
func measures(row *model.Row, o *manifest.Object, longest map[measured]time.Duration) lint.Measures {
	m := lint.Measures{Duration: map[model.Key]time.Duration{}}
	for i := range row.Probes {
		p := &row.Probes[i]
		m.Duration[model.Key{Pod: row.Pod.UID, Container: p.Container.Name, Type: p.Type}] = longest[measuredOf(row.Pod, p)]
	}
	if o != nil && o.Kind == "Deployment" {
		m.ProgressDeadline = 600 * time.Second // apps/v1 SetDefaults_Deployment
		if n := o.ProgressDeadlineSeconds; n != nil {
			m.ProgressDeadline = time.Duration(*n) * time.Second
		}
	}
	return m
}

// measured names a probe of a workload.
type measured struct {
	namespace, workload, container string
	probe                          model.ProbeType
}

func measuredOf(pod *model.Pod, p *model.Probe) measured {
	return measured{pod.Namespace, cmp.Or(pod.Owner.String(), pod.Name), p.Container.Name, p.Type}
}

// longestRuns returns how long runs of the probes of each workload took at most, from here.
func longestRuns(rows []*model.Row) map[measured]time.Duration {
	longest := map[measured]time.Duration{}
	for _, row := range rows {
		for i := range row.Probes {
			if p := &row.Probes[i]; p.Shadow != nil && p.Shadow.Durations.Count > 0 {
				key := measuredOf(row.Pod, p)
				longest[key] = max(longest[key], p.Shadow.Durations.Max)
			}
		}
	}
	return longest
}
