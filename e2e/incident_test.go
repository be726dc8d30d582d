package e2e

import (
	"slices"
	"strings"
	"testing"
)

// incident is one thing that goes wrong with a pod on the real kubelet, or one pod with which nothing is wrong, and the
// headline that probetop has to give it.
type incident struct {
	// name is the name of the pod, and the value of its label incident.
	name string
	// core incidents are played by make e2e, too.
	core bool
	// turns are what the workload of the container app begins with, and app is what its container has besides, in YAML.
	// Without app there is no container app.
	turns []string
	app   string
	// spec is what the pod's spec has besides, and meta what its metadata has, in YAML.
	spec, meta string
	// owner is a Job or Deployment in YAML, without its pod template; empty for a pod of its own.
	owner string
	// with are objects that are made before the pod, in YAML. They, spec, meta and owner are templates: see stand.
	with string
	// first is done before the pod is made, and then after.
	first, then act
	// proof is what the pod's status or events must contain when the incident has happened: words between commas, each of
	// which may be several with | between them.
	proof string
	// want is what the headline must be like, and at what it must be like at the look after so many minutes instead.
	want expectation
	at   map[int]expectation
	// happens is after how many minutes the proof must be there at the latest; zero for the first look.
	happens int
	// group is a headline that the pods of an owner must have in common: words as in proof.
	group string
}

// expectation is what a diagnosis has to be like. Lists are words between commas; a word may be several with | between
// them, one of which will do.
type expectation struct {
	// cause are classes; none stands for no diagnosis.
	cause string
	// blame is the container, and after a slash the probe, that the diagnosis names in its fields.
	blame string
	// words must be in the headline.
	words string
	// early is a word that must be in its first 30 columns; empty for that of the cause.
	early string
	// never are words that must not be in it.
	never string
}

// fine is what is expected of a pod with which nothing is wrong.
var fine = expectation{cause: "none"}

// headlines expects a headline that names the container and the probe of blame, and the words.
func headlines(cause, blame, words string) expectation {
	container, probe, _ := strings.Cut(blame, "/")
	named := slices.DeleteFunc([]string{container, probe, words}, func(s string) bool { return s == "" })
	return expectation{cause: cause, blame: blame, words: strings.Join(named, ", ")}
}

// hints expects a headline that has the words, and fields that name the container and the probe of blame.
func hints(cause, blame, words, early string) expectation {
	return expectation{cause: cause, blame: blame, words: words, early: early}
}

// but returns the expectation with words that must not be in the headline.
func (e expectation) but(never string) expectation {
	e.never = never
	return e
}

// anyProbe are the words of blame for a probe.
const anyProbe = "liveness killed, startup gave up, readiness of, failed liveness, failed startup"

// earlyWords are the words that name a cause at the beginning of a headline.
var earlyWords = map[string]string{
	"evicted": "evicted", "deadline": "deadline", "preempted": "preempted", "admission": "admitted|admission|refused|rejected|OutOf|node",
	"node": "node", "unscheduled": "schedul|no node", "gatedScheduling": "gate|schedul", "sandbox": "sandbox", "volume": "volume|mount",
	"image": "image", "config": "config|cannot be created|cannot start|secret|configmap|key", "init": "init", "sidecar": "sidecar",
	"postStart": "postStart", "liveness": "liveness", "startup": "startup", "oom": "OOMKilled", "exit": "exit", "signal": "SIG|signal|exit",
	"completed": "exit|completed|done|finished", "resize": "resize|resized", "rule": "rule|liveness", "restartAll": "restart|RestartAllContainers",
	"wedged": "liveness|wedged|stuck|never", "readiness": "readiness", "erroring": "probe|cannot be carried out", "failing": "liveness|readiness|startup",
	"gate": "gate", "starting": "start", "terminating": "terminating|deleted|being deleted", "jobDone": "work|done|job", "endpoints": "service|endpoints|target",
	"failed": "fail|exit",
}

// expects returns what is expected in a namespace at the look after so many minutes.
func (i *incident) expects(minutes int, ns string) expectation {
	e, ok := i.at[minutes]
	if !ok {
		e = i.want
	}
	e.words = strings.ReplaceAll(e.words, "{{.Namespace}}", ns)
	if e.early == "" {
		var words []string
		for cause := range strings.SplitSeq(e.cause, "|") {
			words = append(words, earlyWords[cause])
		}
		e.early = strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), "|")
	}
	return e
}

// incidents is the whole battery.
func incidents() []incident {
	return slices.Concat(
		livenessIncidents, startupIncidents, readinessIncidents, erroringIncidents, endedIncidents, unmadeIncidents,
		placeIncidents, sequenceIncidents, deletedIncidents, workloadIncidents, ruleIncidents, healthyIncidents,
	)
}

// Every incident can be decoded, says what proves it, and expects something that a headline can have.
func TestIncidentsAreWritten(t *testing.T) {
	if n := len(incidents()); n < 60 {
		t.Errorf("there are %d incidents, want 60", n)
	}
	for _, i := range incidents() {
		words := stand{Name: i.name, Namespace: "ns", Node: "node", Image: "image"}
		pod, err := i.template(words)
		if err != nil {
			t.Fatal(err)
		}
		if len(pod.Spec.Containers) == 0 || i.proof == "" || i.want.cause == "" {
			t.Errorf("%s has %d containers, the proof %q and the cause %q; want all of them", i.name, len(pod.Spec.Containers), i.proof, i.want.cause)
		}
		if e := i.expects(1, "ns"); e.early == "" && e.cause != "none" && !isOneOf(e.cause, "none") {
			t.Errorf("%s does not say what its headline begins with", i.name)
		}
		for _, text := range []string{i.with, i.owner} {
			filled, err := words.fill(text)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := decode(filled); err != nil {
				t.Errorf("decoding the objects of %s: %v", i.name, err)
			}
		}
	}
}
