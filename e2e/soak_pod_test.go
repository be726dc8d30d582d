//go:build soak

package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// soakPod is one pod of the soak as it was made at random: what its probes ask, and what makes them fail.
type soakPod struct {
	name     string
	probes   map[string]*corev1.Probe // by the report's word for the type
	ills     map[string]soakIll       // by the same
	crashing time.Duration            // its process exits with crashCode so long after its start; zero for never
	warm     time.Duration            // its startup probe begins to succeed so long after a start
	lives    time.Duration            // it is deleted so long after it was made
}

// crashCode is what a process of the soak exits with that nobody has killed.
const crashCode = 3

// soakIll are the turns that make one probe fail, and the one that makes it well.
type soakIll struct {
	sick []url.Values
	well url.Values
}

// newSoakPod makes a pod at random.
func newSoakPod(rng *rand.Rand, name string, long time.Duration) *soakPod {
	p := &soakPod{
		name: name, probes: map[string]*corev1.Probe{}, ills: map[string]soakIll{},
		lives: long + time.Duration(rng.Int64N(int64(long))),
	}
	if rng.IntN(6) == 0 {
		p.crashing = time.Duration(15+rng.IntN(45)) * time.Second
	}
	tcp := rng.IntN(3) // one TCP probe at most: they share the port
	for i, kind := range []string{"readiness", "liveness", "startup"} {
		if rng.IntN(10) < []int{1, 2, 6}[i] {
			continue
		}
		p.add(rng, kind, i == tcp)
	}
	if len(p.probes) == 0 {
		p.add(rng, "liveness", false)
	}
	return p
}

// add gives the pod a probe of a kind.
func (p *soakPod) add(rng *rand.Rand, kind string, tcp bool) {
	periods := []int32{1, 2, 3, 5, 10}
	probe := &corev1.Probe{TimeoutSeconds: 1, FailureThreshold: int32(1 + rng.IntN(5)), SuccessThreshold: 1}
	if kind == "readiness" && rng.IntN(4) == 0 {
		probe.SuccessThreshold = 2
	}
	if rng.IntN(4) == 0 {
		probe.InitialDelaySeconds = 4
	}
	late := turnOf("delay", "1600ms") // longer than the timeout
	ill := soakIll{sick: []url.Values{late}}
	switch handler := rng.IntN(3); {
	case tcp:
		probe.TCPSocket = &corev1.TCPSocketAction{Port: intstr.FromInt32(7070)}
		ill = soakIll{[]url.Values{turnOf("handler", "tcp", "open", "false")}, turnOf("handler", "tcp", "open", "true")}
	case handler == 0:
		probe.HTTPGet = &corev1.HTTPGetAction{Path: "/" + kind, Port: intstr.FromInt32(8080)}
		ill.sick = append(ill.sick, turnOf("status", "503"), turnOf("status", "500"))
		ill.aim("http", "path", "/"+kind, "200")
	case handler == 1:
		probe.GRPC = &corev1.GRPCAction{Port: 9090, Service: new(kind)}
		ill.sick = append(ill.sick, turnOf("status", "NOT_SERVING"), turnOf("status", "UNAVAILABLE"))
		ill.aim("grpc", "service", kind, "SERVING")
	default:
		periods = periods[2:] // a process for every probe: two cores do not do more
		probe.Exec = &corev1.ExecAction{Command: []string{"/workload", "check", kind}}
		ill.sick = append(ill.sick, turnOf("status", "1", "output", "broken"), turnOf("status", "2", "output", fmt.Sprint("broken ", rng.Uint32())))
		ill.aim("exec", "check", kind, "0")
	}
	probe.PeriodSeconds = periods[rng.IntN(len(periods))]
	if kind != "readiness" && rng.IntN(3) == 0 {
		probe.TerminationGracePeriodSeconds = new(int64(1 + rng.IntN(4)))
	}
	if kind == "startup" {
		p.warm = time.Duration(rng.IntN(12)) * time.Second
		if rng.IntN(5) > 0 { // most have the time to start
			probe.FailureThreshold = max(probe.FailureThreshold, int32(p.warm/time.Second)/probe.PeriodSeconds+2)
		}
	}
	p.probes[kind], p.ills[kind] = probe, ill
}

// aim makes all turns of an ill about one key of a handler.
func (i *soakIll) aim(handler, parameter, key, healthy string) {
	i.well = turnOf("status", healthy)
	for _, turn := range append(i.sick, i.well) {
		turn.Set("handler", handler)
		turn.Set(parameter, key)
	}
}

// args are the workload's: the startup probe fails until the process is warm.
func (p *soakPod) args() []string {
	ill, ok := p.ills["startup"]
	if !ok || p.warm == 0 {
		return nil
	}
	later := url.Values{"after": {p.warm.String()}}
	for name, values := range ill.well {
		later[name] = values
	}
	return []string{"-turn", ill.sick[len(ill.sick)-1].Encode(), "-turn", later.Encode()}
}

// spec is the pod as the API takes it.
func (p *soakPod) spec() *corev1.Pod {
	c := corev1.Container{
		Name: "main", Image: shared.image, ImagePullPolicy: shared.pull, Args: p.args(),
		LivenessProbe: p.probes["liveness"], ReadinessProbe: p.probes["readiness"], StartupProbe: p.probes["startup"],
	}
	if p.crashing > 0 {
		script := fmt.Sprintf(`/workload "$@" & trap 'exit 143' TERM; sleep %d & wait $!; exit %d`, p.crashing/time.Second, crashCode)
		c.Command = []string{"sh", "-c", script, "sh"}
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: p.name},
		Spec: corev1.PodSpec{
			TerminationGracePeriodSeconds: new(int64(2)), EnableServiceLinks: new(false),
			AutomountServiceAccountToken: new(false), Containers: []corev1.Container{c},
		},
	}
}
