package recording

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/recording/mask"
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
		Env: used.trim(c.Env, t.policy),
	}
}

func (t trimmer) probe(p *corev1.Probe, used variables) *corev1.Probe {
	if p == nil {
		return nil
	}
	kept := *p
	kept.HTTPGet = t.httpGet(p.HTTPGet)
	if p.Exec != nil {
		masked, variables := mask.Command(p.Exec.Command)
		used.find(masked, variables)
		if t.policy == mask.Show {
			masked = p.Exec.Command
		}
		kept.Exec = &corev1.ExecAction{Command: masked}
	}
	if p.TCPSocket != nil {
		kept.TCPSocket = t.tcpSocket(p.TCPSocket)
	}
	if g := p.GRPC; g != nil {
		kept.GRPC = &corev1.GRPCAction{Port: g.Port, Service: g.Service, Mode: g.Mode}
		if g.Service != nil {
			service := t.policy.Text(*g.Service)
			kept.GRPC.Service = &service
		}
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
		kept.Exec = &corev1.ExecAction{Command: t.policy.Command(h.Exec.Command)}
	}
	if h.TCPSocket != nil {
		kept.TCPSocket = t.tcpSocket(h.TCPSocket)
	}
	return &kept
}

func (t trimmer) httpGet(get *corev1.HTTPGetAction) *corev1.HTTPGetAction {
	if get == nil {
		return nil
	}
	kept := *get
	kept.Path, kept.Host = t.policy.Text(get.Path), t.policy.Text(get.Host)
	kept.HTTPHeaders = slices.Clone(get.HTTPHeaders)
	for i := range kept.HTTPHeaders {
		h := &kept.HTTPHeaders[i]
		h.Name, h.Value = t.policy.Text(h.Name), t.headerValue(h.Name, h.Value)
	}
	return &kept
}

// headerValue keeps the value of a header when that is wanted, and even then no secret.
func (t trimmer) headerValue(name, value string) string {
	switch {
	case t.policy == mask.Show:
		return value
	case !t.headers:
		return mask.Hidden
	}
	return mask.Value(name, value)
}

func (t trimmer) tcpSocket(s *corev1.TCPSocketAction) *corev1.TCPSocketAction {
	return &corev1.TCPSocketAction{Port: s.Port, Host: t.policy.Text(s.Host)}
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
func (v variables) trim(env []corev1.EnvVar, policy mask.Policy) (kept []corev1.EnvVar) {
	for i := range env {
		e := &env[i]
		secret, used := v[e.Name]
		switch {
		case !used:
		case e.ValueFrom != nil:
			kept = append(kept, corev1.EnvVar{Name: e.Name, ValueFrom: originOf(e.ValueFrom)})
		case policy == mask.Show:
			kept = append(kept, corev1.EnvVar{Name: e.Name, Value: e.Value})
		case secret:
			kept = append(kept, corev1.EnvVar{Name: e.Name, Value: mask.Hidden})
		default:
			kept = append(kept, corev1.EnvVar{Name: e.Name, Value: mask.Value(e.Name, e.Value)})
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
