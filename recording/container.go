package recording

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

func (t trimmer) containers(containers []corev1.Container) []corev1.Container {
	if containers == nil {
		return nil
	}
	out := make([]corev1.Container, len(containers))
	for i := range containers {
		out[i] = t.container(&containers[i])
	}
	return out
}

func (t trimmer) container(c *corev1.Container) corev1.Container {
	used := variables{}
	return corev1.Container{
		Name: c.Name, Image: c.Image, Ports: c.Ports,
		RestartPolicy: c.RestartPolicy, RestartPolicyRules: c.RestartPolicyRules,
		StartupProbe:   t.probe(c.StartupProbe, used),
		ReadinessProbe: t.probe(c.ReadinessProbe, used),
		LivenessProbe:  t.probe(c.LivenessProbe, used),
		Lifecycle:      t.lifecycle(c.Lifecycle),
		Resources: corev1.ResourceRequirements{
			Limits: trimResources(c.Resources.Limits), Requests: trimResources(c.Resources.Requests),
		},
		Env: used.trim(c.Env),
	}
}

func (t trimmer) probe(p *corev1.Probe, used variables) *corev1.Probe {
	if p == nil {
		return nil
	}
	kept := *p
	kept.HTTPGet = t.httpGet(p.HTTPGet)
	if p.Exec != nil {
		m := new(masker)
		kept.Exec = &corev1.ExecAction{Command: m.arguments(p.Exec.Command)}
		used.find(kept.Exec.Command, m.variables)
	}
	return &kept
}

// lifecycle keeps hooks, which delay what probes are about: the start of a container and its end.
func (t trimmer) lifecycle(l *corev1.Lifecycle) *corev1.Lifecycle {
	if l == nil {
		return nil
	}
	return &corev1.Lifecycle{PostStart: t.hook(l.PostStart), PreStop: t.hook(l.PreStop), StopSignal: l.StopSignal}
}

func (t trimmer) hook(h *corev1.LifecycleHandler) *corev1.LifecycleHandler {
	if h == nil {
		return nil
	}
	kept := *h
	kept.HTTPGet = t.httpGet(h.HTTPGet)
	if h.Exec != nil {
		kept.Exec = &corev1.ExecAction{Command: new(masker).arguments(h.Exec.Command)}
	}
	return &kept
}

func (t trimmer) httpGet(get *corev1.HTTPGetAction) *corev1.HTTPGetAction {
	if get == nil {
		return nil
	}
	kept := *get
	kept.Path = mask(get.Path)
	kept.HTTPHeaders = slices.Clone(get.HTTPHeaders)
	for i := range kept.HTTPHeaders {
		if !t.headers {
			kept.HTTPHeaders[i].Value = hidden
		}
	}
	return &kept
}

// trimResources keeps what explains a slow probe and a killed container.
func trimResources(all corev1.ResourceList) (kept corev1.ResourceList) {
	for _, name := range [...]corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		if q, ok := all[name]; ok {
			if kept == nil {
				kept = corev1.ResourceList{}
			}
			kept[name] = q
		}
	}
	return kept
}

// variables are the $(NAME)s in the commands of a container's probes; the value is set for those that stand
// in the place of a credential.
type variables map[string]bool

// find adds the variables of a command, masked already.
func (v variables) find(command, secret []string) {
	for _, arg := range command {
		arg = strings.ReplaceAll(arg, "$$", "") // a dollar sign
		for {
			_, after, found := strings.Cut(arg, "$(")
			name, rest, closed := strings.Cut(after, ")")
			if !found || !closed {
				break
			}
			v[name] = v[name] || slices.Contains(secret, name)
			arg = rest
		}
	}
}

// trim keeps the variables that were found: the kubelet looks them up here. Where a value comes from
// elsewhere, only that it does is kept; it is empty in the command then.
func (v variables) trim(env []corev1.EnvVar) (kept []corev1.EnvVar) {
	for i := range env {
		e := &env[i]
		secret, used := v[e.Name]
		switch {
		case !used:
		case e.ValueFrom != nil:
			kept = append(kept, corev1.EnvVar{Name: e.Name, ValueFrom: originOf(e.ValueFrom)})
		case secret || namesCredential(e.Name) || namesAuth(e.Name):
			kept = append(kept, corev1.EnvVar{Name: e.Name, Value: hidden})
		default:
			kept = append(kept, corev1.EnvVar{Name: e.Name, Value: mask(e.Value)})
		}
	}
	return kept
}

// originOf keeps which kind of source it is, and nothing of what it says.
func originOf(s *corev1.EnvVarSource) *corev1.EnvVarSource {
	switch {
	case s.FieldRef != nil:
		return &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{}}
	case s.ResourceFieldRef != nil:
		return &corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{}}
	case s.ConfigMapKeyRef != nil:
		return &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{}}
	case s.SecretKeyRef != nil:
		return &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{}}
	case s.FileKeyRef != nil:
		return &corev1.EnvVarSource{FileKeyRef: &corev1.FileKeySelector{}}
	}
	return &corev1.EnvVarSource{}
}
