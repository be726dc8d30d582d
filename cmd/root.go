package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording/mask"
	"github.com/probetop/probetop/tui"
	"github.com/probetop/probetop/watch"
)

// Main runs probetop with the arguments and streams of the process and returns its exit code.
func Main() int {
	s := processStreams()
	ctx, stop := untilTold(s.Log)
	defer stop()
	quiet(s.Log)
	defer adopt()()
	return Execute(ctx, filepath.Base(os.Args[0]), os.Args[1:], s)
}

// Execute runs probetop, called by that name, and returns its exit code. It never ends the process.
func Execute(ctx context.Context, name string, args []string, s Streams) int {
	g := newGlobal(s)
	s = g.streams
	root := newRootCommand(name, g)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitFine
	}
	s.Log.logger().Error("ended with an error", "chain", withoutUsers(chain(err)))
	var f *failure
	var fault *watch.Panic
	switch {
	case errors.As(err, &fault), errors.Is(err, tui.ErrPanic):
		f = &failure{sentence: "probetop has a fault of its own and had to end. Run it again with --debug-log FILE, and report what is in that.", code: exitFailing}
	case !errors.As(err, &f):
		f = usage("%s.", sentence(err.Error()))
	}
	if f.sentence != "" {
		fmt.Fprintln(s.Err, model.Printable(withoutUsers(f.sentence)))
	}
	return f.code
}

// misused says that a command was called with what it does not take.
func misused(cmd *cobra.Command, err error) error {
	return because(usage("%s. Run %q to see how it is used.", sentence(err.Error()), cmd.CommandPath()+" --help"), err)
}

// noArgs takes no arguments.
func noArgs(cmd *cobra.Command, args []string) error {
	if err := cobra.NoArgs(cmd, args); err != nil {
		return misused(cmd, err)
	}
	return nil
}

// chain writes out what an error consists of.
func chain(err error) string {
	var parts []string
	for ; err != nil; err = errors.Unwrap(err) {
		parts = append(parts, err.Error())
	}
	return strings.Join(parts, " <- ")
}

// sentence makes the first letter of s a capital, and takes a full stop off its end.
func sentence(s string) string {
	s = strings.TrimRight(s, ". \n")
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// global holds what every command shares.
type global struct {
	streams    Streams
	connection *connection
	color      string
	debugLog   string
	// readOnly switches off whatever would ask containers something.
	readOnly bool
	// showSecrets switches off masking.
	showSecrets bool
}

// newGlobal returns what every command shares. What is written to the streams for people, and to the debug log, is masked.
func newGlobal(s Streams) *global {
	g := &global{connection: newConnection()}
	s.Err = mask.Writer(s.Err, g.policy)
	g.streams = s
	return g
}

// policy says whether secrets are hidden.
func (g *global) policy() mask.Policy {
	if g.showSecrets {
		return mask.Show
	}
	return mask.Hide
}

const description = `probetop is top(1) for Kubernetes probes: a live board that says for every container what the kubelet
thinks of its startup, readiness and liveness probes, why, since when, and who still gets traffic.

What looks like a password, a token or a key is shown as ***, wherever it comes from; --show-secrets shows it.

It reads and never writes: nothing it does changes the cluster. When asked to it runs the containers' own probes from here, which asks
the containers what the kubelet asks them; --read-only switches that off. TYPE is pod, deployment, replicaset, statefulset,
daemonset, job, service, node or namespace, or kubectl's short name for it. Selectors are about pods.

Exit codes: 0 fine, 1 something is failing (commands that ask that) or the disk is, 2 usage, 3 the cluster is unreachable,
unauthorised or forbidden, 4 timed out, 130 interrupted.`

func newRootCommand(name string, g *global) *cobra.Command {
	s := g.streams
	board := &boardOptions{global: g}
	root := &cobra.Command{
		Use:   "probetop [TYPE/NAME ...]",
		Short: "top(1) for Kubernetes probes",
		Long:  description,
		Example: `  probetop                              the pods of the current namespace, worst first
  probetop -A                           those of all namespaces
  probetop deploy/web -n shop           those of one workload
  probetop get -A -o json               the same conclusions for a script
  probetop why deploy/web               what is wrong with it, why, and what to run
  probetop wait deploy/web              until it is ready; fails at once when it cannot become so
  probetop shadow pod/web-0             what its probes come to when they are run from here
  probetop lint -f deploy.yaml          probe settings that will hurt`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			return g.prepare()
		},
		RunE: func(cmd *cobra.Command, args []string) error { return board.run(cmd, args) },
	}
	if strings.HasPrefix(name, "kubectl-") {
		root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl probetop"}
	}
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	root.SetIn(s.In)
	flags := root.PersistentFlags()
	g.connection.addFlags(flags)
	flags.StringVar(&g.color, "color", "auto", "When to use colour: auto, always or never")
	flags.StringVar(&g.debugLog, "debug-log", "", "File to append to what goes on behind the scenes")
	flags.BoolVar(&g.readOnly, "read-only", false, "Run no probes, and nothing else in or through containers")
	flags.BoolVar(&g.showSecrets, "show-secrets", false, "Show what looks like a secret, which is *** otherwise; in recordings and the debug log, too")
	board.addFlags(root.Flags())
	root.AddCommand(newGetCommand(g), newWhyCommand(g), newWaitCommand(g), newShadowCommand(g), newLintCommand(g), newRecordCommand(g), newReplayCommand(g), newDemoCommand(g), newVersionCommand(s))
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return misused(cmd, err) })
	root.SetHelpCommand(&cobra.Command{Hidden: true})
	return root
}

// prepare checks the shared flags and opens the debug log.
func (g *global) prepare() error {
	switch g.color {
	case "auto", "always", "never":
	default:
		return usage("--color is auto, always or never, not %q.", g.color)
	}
	g.streams.Log.mask(g.policy())
	if g.debugLog != "" {
		return g.streams.Log.open(g.debugLog)
	}
	return nil
}

// colorless reports whether no colour may be used: https://no-color.org says any non-empty value of NO_COLOR.
func (g *global) colorless() bool {
	switch g.color {
	case "always":
		return false
	case "never":
		return true
	}
	return os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb"
}
