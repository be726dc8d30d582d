package watch

import (
	"reflect"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	quantity "k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording/mask"
)

func execProbe(command ...string) *corev1.Probe {
	return &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: command}}}
}

func TestContainerSpec(t *testing.T) {
	elsewhere := &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{Key: "k"}}
	c := &corev1.Container{
		Image: "registry.test/web:1", Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}, {ContainerPort: 9090}},
		Env: []corev1.EnvVar{
			{Name: "TOKEN", ValueFrom: elsewhere},
			{Name: "UNUSED", ValueFrom: elsewhere},
			{Name: "PLAIN", Value: "x"},
			{Name: "QUOTED", ValueFrom: elsewhere},
			{Name: "LATER", ValueFrom: elsewhere},
			{Name: "LATER", Value: "y"},
		},
		LivenessProbe:  execProbe("check", "--token=$(TOKEN)", "$(PLAIN)", "$$(QUOTED)", "$(LATER)"),
		ReadinessProbe: execProbe("check", "$(TOKEN)"),
		Lifecycle: &corev1.Lifecycle{
			PostStart: &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: []string{"warm", "up"}}},
			PreStop:   &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: 15}},
		},
		Resources:          corev1.ResourceRequirements{Limits: corev1.ResourceList{corev1.ResourceMemory: quantity.MustParse("24Mi")}},
		RestartPolicyRules: []corev1.ContainerRestartRule{{Action: "Restart", ExitCodes: &corev1.ContainerRestartRuleOnExitCodes{Operator: "In", Values: []int32{42}}}},
	}
	in := newInterner()
	got := in.containerSpec(c)
	want := &model.ContainerSpec{
		Image: "registry.test/web:1", Ports: []model.ContainerPort{{Name: "http", Number: 8080}, {Number: 9090}},
		ValueFrom: []string{"TOKEN"}, PreStop: 15 * time.Second,
		PostStartHook: "exec warm up", PreStopHook: "sleep 15s", MemoryLimit: "24Mi",
		RestartRules: []model.RestartRule{{Action: "Restart", Codes: []int32{42}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if in.containerSpec(c.DeepCopy()) != got {
		t.Error("the same spec is not shared")
	}
	for what, change := range map[string]func(c *corev1.Container){
		"port":      func(c *corev1.Container) { c.Ports[1].ContainerPort++ },
		"hook":      func(c *corev1.Container) { c.Lifecycle.PostStart.Exec.Command[1] = "down" },
		"limit":     func(c *corev1.Container) { c.Resources.Limits[corev1.ResourceMemory] = quantity.MustParse("32Mi") },
		"exit code": func(c *corev1.Container) { c.RestartPolicyRules[0].ExitCodes.Values[0]++ },
	} {
		other := c.DeepCopy()
		if change(other); in.containerSpec(other) == got {
			t.Errorf("another %s is the same spec", what)
		}
	}
}

func TestSleepOfAPreStopHook(t *testing.T) {
	for _, c := range []struct {
		command []string
		want    time.Duration
	}{
		{[]string{"sleep", "20"}, 20 * time.Second},
		{[]string{"/bin/sleep", "1m"}, time.Minute},
		{[]string{"sh", "-c", "sleep 5; nginx -s quit"}, 5 * time.Second},
		{[]string{"/bin/bash", "-ec", "sleep 7"}, 7 * time.Second},
		{[]string{"sh", "-c", "nginx -s quit; sleep 5"}, 0},
		{[]string{"sleep"}, 0},
		{[]string{"sleep", "$N"}, 0},
		{nil, 0},
	} {
		if got := sleepOf(c.command); got != c.want {
			t.Errorf("%q sleeps %v, want %v", c.command, got, c.want)
		}
	}
}

func TestLabelsAreSharedAndSorted(t *testing.T) {
	in := newInterner()
	got := in.labels(map[string]string{"tier": "front", "app": "web", "app-x": ""})
	if got != "app=web,app-x=,tier=front" {
		t.Errorf("got %q", got)
	}
	if in.labels(nil) != "" {
		t.Error("no labels are some")
	}
}

func TestPortThatIsANameOfDigits(t *testing.T) {
	for _, c := range []struct {
		port intstr.IntOrString
		want bool
	}{{intstr.FromInt32(8080), false}, {intstr.FromString("8080"), true}, {intstr.FromString("http"), false}} {
		got := probeFact(mask.Hide, &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: c.port}}})
		if got.DigitName != c.want || got.Port != c.port.String() {
			t.Errorf("port %v: %q, made of digits %v, want %v", c.port, got.Port, got.DigitName, c.want)
		}
	}
}
