package why

import (
	"strconv"
	"strings"
	"time"

	"github.com/probetop/probetop/model/fact"
	"github.com/probetop/probetop/model/infer"
)

// This file has the causes that keep a container from being made, and what holds the others back.

// imageReasons are the waiting reasons about images (pkg/kubelet/images/types.go).
var imageReasons = map[string]bool{
	"ErrImagePull": true, "ImagePullBackOff": true, "ErrImageNeverPull": true, "InvalidImageName": true,
	"ImageInspectError": true, "RegistryUnavailable": true, "SignatureValidationFailed": true,
}

// configReasons are those of a container that cannot be made or run (pkg/kubelet/kuberuntime/kuberuntime_container.go).
var configReasons = map[string]bool{
	"CreateContainerConfigError": true, "CreateContainerError": true, "RunContainerError": true,
	"PreCreateHookError": true, "PreStartHookError": true,
}

// startErrors are the termination reasons of a container whose command could not be started.
var startErrors = map[string]bool{"StartError": true, "ContainerCannotRun": true}

// noImage is a container whose image is not there.
func (x *examiner) noImage() bool {
	for i := range x.Pod.Containers {
		c := &x.Pod.Containers[i]
		if c.State != fact.Waiting || !imageReasons[c.Reason] {
			continue
		}
		x.about(c, nil)
		x.event = x.newest(c.Name, fact.ReasonFailed)
		if x.event != nil {
			x.d.Since, x.d.Times = x.event.First, x.event.Count
		}
		image := fact.Shorten(c.Image(), 48)
		switch c.Reason {
		case "ErrImageNeverPull":
			x.d.Reason = "imagePullPolicy Never"
			return x.say(ClassImage, infer.Certain, "image of "+Called(c)+" is not on the node ("+x.d.Reason+"): "+image)
		case "InvalidImageName":
			x.d.Reason = "the name is invalid"
			return x.say(ClassImage, infer.Certain, "image name of "+Called(c)+" is invalid: "+image)
		}
		x.d.Reason = pullTrouble(c.Message)
		if x.d.Reason == "" && x.event != nil {
			x.d.Reason = pullTrouble(x.event.Message)
		}
		return x.say(ClassImage, infer.Certain, "image of "+Called(c)+" cannot be pulled", because(x.d.Reason), " ("+image+")")
	}
	return false
}

// pullTroubles are read in order: the first text that a message contains decides.
var pullTroubles = [...]struct{ text, words string }{
	{"toomanyrequests", "the registry's rate limit is reached"},
	{"Too Many Requests", "the registry's rate limit is reached"},
	{"no match for platform", "it is not built for the node's platform"},
	{"no space left on device", "the node's disk is full"},
	{"unauthorized", "the registry wants credentials, or refuses those it got"},
	{"authentication required", "the registry wants credentials, or refuses those it got"},
	{"authorization failed", "the registry wants credentials, or refuses those it got"},
	{"pull access denied", "it does not exist, or needs credentials"},
	{"403 Forbidden", "the registry refuses access"},
	{"x509: ", "the registry's certificate is not trusted"},
	{"server gave HTTP response to HTTPS client", "the registry speaks plain HTTP"},
	{"no such host", "the registry's name does not resolve"},
	{"server misbehaving", "the registry's name does not resolve"},
	{"dial udp", "the registry's name does not resolve"},
	{"dial tcp: lookup", "the registry's name does not resolve"},
	{"connection refused", "the registry refuses connections"},
	{"no route to host", "there is no route to the registry"},
	{"network is unreachable", "there is no route to the registry"},
	{"i/o timeout", "the registry does not answer"},
	{"deadline exceeded", "the registry does not answer"},
	{"manifest unknown", "the registry does not have it"},
	{"not found", "the registry does not have it"},
}

// pullTrouble says in plain words why an image was not pulled; empty for a message that does not say.
func pullTrouble(message string) string {
	if rest, ok := strings.CutPrefix(message, "Back-off pulling image "); ok {
		_, message, _ = strings.Cut(strings.TrimPrefix(rest, `"`), `": `)
	}
	for _, t := range pullTroubles {
		if strings.Contains(message, t.text) {
			return t.words
		}
	}
	last, ok := afterLast(PlainError(strings.TrimPrefix(message, "ErrImagePull: ")), ": ")
	if !ok {
		return fact.Shorten(PlainError(message), reasonRoom)
	}
	return fact.Shorten(last, reasonRoom)
}

// newest returns the newest event of a reason about a container; nil for none.
func (x *examiner) newest(container, reason string) *fact.Event {
	for i := len(x.Events) - 1; i >= 0; i-- {
		if e := x.Events[i]; e.Reason == reason && e.Container == container {
			return e
		}
	}
	return nil
}

// badConfig is a container that cannot be made as its spec says, or whose command cannot be started.
func (x *examiner) badConfig() bool {
	for i := range x.Pod.Containers {
		c := &x.Pod.Containers[i]
		how, ended := c.Ended()
		switch {
		case c.State == fact.Waiting && configReasons[c.Reason]:
			return x.unmade(c, c.Message)
		case ended && c.State != fact.Running && startErrors[how.Reason]:
			x.d.Times = c.Instances()
			return x.unmade(c, how.Message)
		}
	}
	return false
}

// unmade words why a container cannot be made or started.
func (x *examiner) unmade(c *fact.Container, message string) bool {
	x.about(c, nil)
	x.event = x.newest(c.Name, fact.ReasonFailed)
	if x.event != nil {
		x.d.Since = x.event.First
	}
	if command, why := startTrouble(message); command != "" {
		x.d.Reason = why
		often := ""
		if x.d.Times > 1 {
			often = ", " + times(x.d.Times)
		}
		return x.say(ClassConfig, infer.Certain, "command of "+Called(c)+" cannot start"+often+": "+fact.Shorten(command, 32)+" "+why, x.startsAgain(c))
	}
	x.d.Reason = fact.Shorten(configTrouble(message), 2*reasonRoom)
	x.object = x.d.Reason
	return x.say(ClassConfig, infer.Certain, "config of "+Called(c)+because(x.d.Reason), "it cannot be created")
}

// startTrouble names the command that the runtime could not start, and says why; empty for another trouble.
func startTrouble(message string) (command, why string) {
	_, rest, ok := strings.Cut(message, `exec: "`)
	if !ok {
		return "", ""
	}
	command, _, _ = strings.Cut(rest, `"`)
	switch {
	case strings.Contains(rest, "not found in $PATH"), strings.Contains(rest, "no such file or directory"):
		return command, "is not in the image"
	case strings.Contains(rest, "permission denied"):
		return command, "is not executable"
	case strings.Contains(rest, "exec format error"):
		return command, "is not built for the node's platform"
	}
	return command, "cannot be executed"
}

// configTrouble words the kubelet's error about a container's config.
func configTrouble(message string) string {
	text := PlainError(message)
	if rest, ok := strings.CutPrefix(text, "couldn't find key "); ok {
		if key, in, ok := strings.Cut(rest, " in "); ok {
			return "no key " + key + " in " + in
		}
	}
	if kind, _, ok := strings.Cut(text, " not found"); ok && (strings.HasPrefix(kind, "secret ") || strings.HasPrefix(kind, "configmap ")) {
		return kind + " does not exist"
	}
	return text
}

// initHolds is an init container that is not done.
func (x *examiner) initHolds() bool {
	if x.Pod.ConditionStatus("Initialized") == fact.True {
		return false
	}
	for i := range x.Pod.Containers {
		c := &x.Pod.Containers[i]
		how, ended := c.Ended()
		switch {
		case c.Kind != fact.Init || c.State == fact.Terminated && c.ExitCode == 0:
			continue
		case ended && (c.State == fact.Running || c.State == fact.Terminated || c.Reason == fact.ReasonCrashLoop):
			return x.tellInit(c, how)
		case c.State == fact.Running:
			x.about(c, nil)
			x.d.Since = c.StartedAt
			return x.say(ClassInit, infer.Certain, Called(c)+" still runs"+x.lasted(c.StartedAt), "the other containers wait for it")
		}
		return false
	}
	return false
}

// tellInit makes the sentence about an init container that ended, and is started again perhaps.
func (x *examiner) tellInit(c *fact.Container, how fact.Termination) bool {
	x.about(c, nil)
	x.d.Times, x.d.Since = c.Instances(), how.FinishedAt
	what, _ := ending(how)
	x.d.Reason = what
	next := x.startsAgain(c)
	switch {
	case x.Pod.Terminal():
		next = "it is not started again"
	case c.State == fact.Running:
		next = "runs again" + strings.TrimPrefix(x.lasted(c.StartedAt), ",")
	}
	return x.say(ClassInit, infer.Certain, what+" ended "+Called(c)+x.often(how), next)
}

// often is how long the last instance lived, and how many have ended like it.
func (x *examiner) often(how fact.Termination) string {
	s := ""
	if lived := infer.Lasted(how.StartedAt, how.FinishedAt); !how.StartedAt.IsZero() && !how.FinishedAt.IsZero() {
		s = " after " + Lasting(lived)
	}
	if x.d.Times > 1 {
		s += ", " + times(x.d.Times)
	}
	return s
}

// startsAgain is when the kubelet starts a container again, as in "; starts again in 28–62s".
func (x *examiner) startsAgain(c *fact.Container) string {
	w := x.StartsAgain(c)
	if w.IsZero() {
		return ""
	}
	x.d.Next = Next{NextStart, w}
	return "starts again " + within(w, x.now)
}

// ending words how an instance ended, and says of which class that is.
func ending(how fact.Termination) (words string, class CauseClass) {
	code := strconv.Itoa(int(how.ExitCode))
	switch {
	case how.Reason == "OOMKilled":
		return how.Reason, ClassOOM
	case how.Signal != 0:
		return "signal " + strconv.Itoa(int(how.Signal)), ClassSignal
	case signals[how.ExitCode-128] != "":
		return signals[how.ExitCode-128] + " (exit code " + code + ")", ClassSignal
	case how.ExitCode == 0:
		return "exit code 0", ClassCompleted
	case how.Reason == "ContainerStatusUnknown":
		return "an end that no runtime saw", ClassUnknown
	}
	return "exit code " + code, ClassExit
}

// signals names the signals that end a process, by number.
var signals = map[int32]string{
	1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL",
	11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM",
}

// sidecarHolds is a sidecar whose startup probe has not succeeded: the containers after it are not made.
func (x *examiner) sidecarHolds() bool {
	if x.Pod.ConditionStatus("Initialized") == fact.True {
		return false
	}
	for i := range x.Pod.Containers {
		c := &x.Pod.Containers[i]
		k := x.index(c, fact.Startup)
		if c.Kind != fact.Sidecar || c.State != fact.Running || c.HasStarted() || k < 0 {
			continue
		}
		p := &x.Probes[k]
		if x.story(c) != nil || p.State == infer.StateErroring || x.reason(p) == "" || !p.FailedLate() {
			return false
		}
		x.about(c, p)
		x.d.Since, x.d.Reason = c.StartedAt, x.reason(p)
		return x.say(ClassSidecar, infer.CertaintyHigh, Called(c)+" has not started"+because(x.d.Reason)+" (startup)"+x.lasted(c.StartedAt), x.follows(p))
	}
	return false
}

// hookPatience is how long a container may be in the making before its postStart hook is named.
const hookPatience = 10 * time.Second

// postStartHolds is a container whose postStart hook runs on: the status calls it waiting until the hook has ended.
func (x *examiner) postStartHolds() bool {
	if !x.sandbox().OK || x.Pod.Terminal() {
		return false
	}
	for i := range x.Pod.Containers {
		c := &x.Pod.Containers[i]
		if c.State != fact.Waiting || !fact.Beginning[c.Reason] || c.Spec == nil {
			continue
		}
		since := x.Pod.MadeSince(c)
		if c.Spec.PostStartHook == "" || since.IsZero() || x.now.Sub(since) < hookPatience {
			return false
		}
		x.about(c, nil)
		x.d.Since, x.d.Reason = since, fact.Shorten(c.Spec.PostStartHook, 40)
		return x.say(ClassPostStart, infer.CertaintyMedium, "postStart of "+Called(c)+" seems to run still: "+x.d.Reason+x.lasted(since))
	}
	return false
}
