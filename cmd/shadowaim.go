package cmd

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/prober"
)

// aim is a probe that is to be run.
type aim struct {
	row     *model.Row
	probe   *model.Probe
	subject prober.Subject
}

// aims returns the probes of a snapshot that the flags select, worst pod first.
func (o *shadowOptions) aims(s *model.Snapshot) ([]aim, error) {
	if len(s.Rows) == 0 {
		return nil, usage("%s has no pods. Look elsewhere with -n NAMESPACE, or at another workload.", sentence(o.args[0]))
	}
	var aims []aim
	pods := 0
	for _, row := range worstFirst(s) {
		of := o.aimsOf(row)
		if len(of) == 0 {
			continue
		}
		if pods++; pods == 1 || o.allPods {
			aims = append(aims, of...)
		}
	}
	if pods == 0 {
		return nil, o.nothingToRun(s)
	}
	if pods > 1 && !o.allPods {
		fmt.Fprintf(o.streams.Err, "Found %d pods with such probes; running those of pod/%s, the worst. All of them with --all.\n",
			pods, model.Printable(aims[0].row.Pod.Name))
	}
	return aims, nil
}

// aimsOf returns the probes of a pod that the flags select.
func (o *shadowOptions) aimsOf(r *model.Row) []aim {
	var aims []aim
	for i := range r.Probes {
		p := &r.Probes[i]
		if o.container != "" && p.Container.Name != o.container || len(o.types) > 0 && !slices.Contains(o.types, p.Type.String()) {
			continue
		}
		aims = append(aims, aim{r, p, prober.SubjectOf(r, p)})
	}
	return aims
}

// nothingToRun says why no probe is selected.
func (o *shadowOptions) nothingToRun(s *model.Snapshot) error {
	containers, probes := map[string]bool{}, map[string]bool{}
	for _, r := range s.Rows {
		for i := range r.Pod.Containers {
			containers[model.Printable(r.Pod.Containers[i].Name)] = true
		}
		for i := range r.Probes {
			probes[model.Printable(r.Probes[i].Container.Name)+"/"+r.Probes[i].Type.String()] = true
		}
	}
	switch {
	case o.container != "" && !containers[o.container]:
		return usage("%s has no container %q. Choose one of: %s.", o.args[0], o.container, nameList(containers))
	case len(probes) > 0:
		return usage("%s has no such probe. There are: %s.", o.args[0], nameList(probes))
	}
	return usage("%s has no probes. See what it has with: %s", o.args[0], model.ShellLine([]string{"probetop", "get", o.args[0], "-o", "wide"}))
}

// agreed returns the probes that may be run: exec probes only when somebody has said so.
func (o *shadowOptions) agreed(ctx context.Context, aims []aim) ([]aim, error) {
	var kept []aim
	answers := bufio.NewReader(o.streams.In)
	for _, a := range aims {
		ok := a.probe.Spec.Handler != model.Exec || o.allowExec
		if !ok && o.streams.Terminal {
			var err error
			if ok, err = o.ask(ctx, answers, a); err != nil {
				return nil, err
			}
		} else if !ok {
			fmt.Fprintf(o.streams.Err, "Not run: %s, which runs a command in the container: %s. Allow it with --allow-exec.\n", a, a.command())
		}
		if ok {
			kept = append(kept, a)
		}
	}
	if len(kept) == 0 {
		return nil, usage("There is nothing to run without a command in a container. Allow that with --allow-exec.")
	}
	return kept, nil
}

// ask asks whether a command may be run in a container. No answer is a no.
func (o *shadowOptions) ask(ctx context.Context, answers *bufio.Reader, a aim) (bool, error) {
	fmt.Fprintf(o.streams.Err, "%s runs a command in the container:\n  %s\nRun it? [y/N] ", sentence(a.String()), a.command())
	heard := make(chan string, 1)
	go func() { // a read of a terminal cannot be interrupted: the process ends without it
		line, _ := answers.ReadString('\n')
		heard <- line
	}()
	select {
	case line := <-heard:
		line = strings.ToLower(strings.TrimSpace(line))
		return line == "y" || line == "yes", nil
	case <-ctx.Done():
		fmt.Fprintln(o.streams.Err)
		return false, interrupted(ctx.Err())
	}
}

// String names the probe for a person.
func (a aim) String() string {
	return fmt.Sprintf("the %s probe of %s in %s/%s", a.probe.Type, model.Printable(a.probe.Container.Name),
		model.Printable(a.row.Pod.Namespace), model.Printable(a.row.Pod.Name))
}

// command is the command of an exec probe, before expansion, as a person may read it.
func (a aim) command() string {
	return model.Printable(fmt.Sprintf("%q", a.probe.Spec.Command))
}
