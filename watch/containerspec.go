package watch

import (
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
)

// containerSpec returns the one fact about all containers whose spec says what c's says, its probes left out.
func (in *interner) containerSpec(c *corev1.Container) *model.ContainerSpec {
	in.names = emptyVariables(in.names[:0], c)
	sleep := preStopOf(c)
	in.key = append(append(in.key[:0], c.Image...), 0)
	for i := range c.Ports {
		p := &c.Ports[i]
		in.key = append(append(in.key, p.Name...), 0)
		in.key = append(strconv.AppendInt(in.key, int64(p.ContainerPort), 10), 0)
	}
	in.key = append(in.key, 1)
	for _, name := range in.names {
		in.key = append(append(in.key, name...), 0)
	}
	in.key = strconv.AppendInt(append(in.key, 1), int64(sleep), 10)
	postStart, preStop := hooksOf(in.policy, c)
	limit := memoryLimit(c)
	for _, text := range [...]string{postStart, preStop, limit} {
		in.key = append(append(in.key, 0), text...)
	}
	for i := range c.RestartPolicyRules {
		in.key = appendRule(append(in.key, 2), &c.RestartPolicyRules[i])
	}
	if shared, ok := in.specs[string(in.key)]; ok {
		return shared
	}
	if len(in.specs) >= internedStrings {
		clear(in.specs)
	}
	spec := &model.ContainerSpec{
		Image: in.string(c.Image), PreStop: sleep, PostStartHook: in.string(postStart), PreStopHook: in.string(preStop), MemoryLimit: in.string(limit),
	}
	for i := range c.RestartPolicyRules {
		spec.RestartRules = append(spec.RestartRules, ruleOf(in, &c.RestartPolicyRules[i]))
	}
	for i := range c.Ports {
		spec.Ports = append(spec.Ports, model.ContainerPort{Name: in.string(c.Ports[i].Name), Number: c.Ports[i].ContainerPort})
	}
	for _, name := range in.names {
		spec.ValueFrom = append(spec.ValueFrom, in.string(name))
	}
	in.specs[string(in.key)] = spec
	return spec
}

// emptyVariables appends the variables that the exec probes of c refer to and that have no value of their own:
// the kubelet expands commands with env alone, where a valueFrom has an empty value
// (pkg/kubelet/container/helpers.go, ExpandContainerCommandOnlyStatic).
func emptyVariables(names []string, c *corev1.Container) []string {
	for _, p := range [...]*corev1.Probe{c.StartupProbe, c.ReadinessProbe, c.LivenessProbe} {
		if p == nil || p.Exec == nil {
			continue
		}
		for i := range c.Env {
			name := c.Env[i].Name
			if !empty(c.Env, name) || slices.Contains(names, name) {
				continue
			}
			if slices.ContainsFunc(p.Exec.Command, func(word string) bool { return refers(word, name) }) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// empty reports whether the last variable of that name takes its value from elsewhere.
func empty(env []corev1.EnvVar, name string) bool {
	for i := range slices.Backward(env) {
		if env[i].Name == name {
			return env[i].ValueFrom != nil
		}
	}
	return false
}

// refers reports whether a word of a command has $(name) in it, and not the $$(name) that stands for itself.
func refers(word, name string) bool {
	for {
		before, rest, ok := strings.Cut(word, "$("+name+")")
		if !ok {
			return false
		}
		if dollars := len(before) - len(strings.TrimRight(before, "$")); dollars%2 == 0 {
			return true
		}
		word = rest
	}
}

// preStopOf returns how long the preStop hook of c sleeps; zero when that cannot be told.
func preStopOf(c *corev1.Container) time.Duration {
	if c.Lifecycle == nil || c.Lifecycle.PreStop == nil {
		return 0
	}
	switch hook := c.Lifecycle.PreStop; {
	case hook.Sleep != nil:
		return seconds(hook.Sleep.Seconds)
	case hook.Exec != nil:
		return sleepOf(hook.Exec.Command)
	}
	return 0
}

// sleepOf returns how long a command sleeps that is, or begins with, a sleep: alone or in a shell.
func sleepOf(command []string) time.Duration {
	words := command
	if len(command) == 3 && strings.HasSuffix(command[0], "sh") && strings.HasSuffix(command[1], "c") {
		words = strings.FieldsFunc(command[2], func(r rune) bool { return strings.ContainsRune(" \t\n;&|", r) })
	}
	if len(words) < 2 || words[0] != "sleep" && !strings.HasSuffix(words[0], "/sleep") {
		return 0
	}
	if n, err := strconv.ParseUint(words[1], 10, 32); err == nil {
		return seconds(int64(n))
	}
	if d, err := time.ParseDuration(words[1]); err == nil && d > 0 { // 5s, 1m
		return d
	}
	return 0
}
