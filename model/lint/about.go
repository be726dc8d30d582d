package lint

import "slices"

// Text says what a rule is about.
type Text struct {
	Rule Rule
	// Levels are those that its findings can have, worst first.
	Levels []Level
	// What is what it finds, Why what that leads to, and Fix what to do, each a sentence with a full stop.
	What, Why, Fix string
	// Live is set for a rule that needs a cluster, or a recording: it says nothing of a manifest.
	Live bool
}

// About returns the text of a rule; nil for one that does not exist.
func About(r Rule) *Text {
	if i := slices.IndexFunc(Texts[:], func(t Text) bool { return t.Rule == r }); i >= 0 {
		return &Texts[i]
	}
	return nil
}

// Texts are the rules, those of the worst findings first.
var Texts = [...]Text{
	{
		Rule: Invalid, Levels: []Level{Error},
		What: "The API server refuses the probe: no handler or two of them, a port that is none, a negative number, a `successThreshold` of liveness or startup that is not 1, a probe of an init container that runs to its end, and so on.",
		Why:  "The manifest cannot be applied.",
		Fix:  "Do what the finding says.",
	},
	{
		Rule: UnknownField, Levels: []Level{Error},
		What: "A field of a probe, or a probe of a container, that the API does not have: `timeoutSecond`, `readynessProbe`.",
		Why:  "kubectl refuses it. What applies manifests without strict validation drops it, and the default holds without a word.",
		Fix:  "Spell the field as the API does.",
	},
	{
		Rule: PortUnresolved, Levels: []Level{Error, Warning},
		What: "The probe asks a port by a name that no port of its own container has, or by a number in quotes, which kubelets from 1.37 on take for a name.",
		Why:  "The probe cannot be carried out, and that counts towards nothing: a readiness probe never succeeds, a liveness probe never restarts anything.",
		Fix:  "Name the port in `ports` of the same container, or write its number without quotes.",
	},
	{
		Rule: VariableEmpty, Levels: []Level{Error},
		What: "The command of an exec probe has `$(NAME)` in it, and `NAME` takes its value from elsewhere (`valueFrom`).",
		Why:  "The kubelet puts nothing in its place.",
		Fix:  "Let a shell in the container expand it: `sh -c 'check --token=\"$NAME\"'`.",
	},
	{
		Rule: ExecNoShell, Levels: []Level{Error},
		What: "The command of an exec probe is one word with blanks in it, or has `&&`, `|`, `$NAME` or the like, and no shell reads it.",
		Why:  "There is no program of that name, or the program gets those words as arguments. A command that cannot be started counts towards nothing.",
		Fix:  "Write `[\"sh\", \"-c\", \"…\"]`, or each argument as an element of its own.",
	},
	{
		Rule: CannotFail, Levels: []Level{Error},
		What: "The command of an exec probe succeeds whatever is wrong: `true`, `echo`, `… || true`, `…; exit 0`.",
		Why:  "The probe says nothing, and looks as if it did.",
		Fix:  "Let the command fail, or take the probe out.",
	},
	{
		Rule: CurlWithoutFail, Levels: []Level{Error},
		What: "An exec probe runs `curl` without `--fail`, and nothing looks at what it prints.",
		Why:  "`curl` ends with 0 for every answer that it gets, a 500 too.",
		Fix:  "Use `httpGet`, which starts no process, or add `--fail`.",
	},
	{
		Rule: StartupBudget, Levels: []Level{Error, Warning}, Live: true,
		What: "The startup probe has restarted the container more than once, or a start took more than four fifths of what it allows.",
		Why:  "A start that is a little slower ends in a restart, and so does the next: the container never comes up.",
		Fix:  "Raise `failureThreshold` of the startup probe until it allows twice the slowest start.",
	},
	{
		Rule: LivenessWithoutStartup, Levels: []Level{Error, Warning, Advice},
		What: "Liveness has restarted a container that was still starting, or is about to: there is no startup probe. Of a manifest: its liveness probe has a long `initialDelaySeconds`.",
		Why:  "A delay is a guess: a start that takes longer ends in a restart, and a hang in that time goes unnoticed.",
		Fix:  "Add a startup probe that asks the same and has the time of the slowest start; then set the delay to 0.",
	},
	{
		Rule: GraceBelowPreStop, Levels: []Level{Error, Warning},
		What: "The `preStop` hook sleeps as long as, or longer than, the container has to stop: the pod's `terminationGracePeriodSeconds`, or the probe's own.",
		Why:  "The hook takes all of the time: the container gets the signal when it is over, and is killed two seconds later, in the middle of requests.",
		Fix:  "Make the grace period longer than the hook and the slowest request together.",
	},
	{
		Rule: NoReadiness, Levels: []Level{Warning},
		What: "A Service sends traffic to a container that has no readiness probe.",
		Why:  "It gets requests from the moment it has started, whether it can answer or not; a rollout takes down what works for what does not.",
		Fix:  "Add a readiness probe that asks the port of the Service.",
	},
	{
		Rule: LivenessIsReadiness, Levels: []Level{Warning, Advice},
		What: "Liveness and readiness ask the same. It is advice when liveness is three times as patient.",
		Why:  "An overload, or a dependency that is away, is answered with restarts, which make it worse.",
		Fix:  "Let liveness ask for the process alone, or be much more patient than readiness.",
	},
	{
		Rule: LivenessDeep, Levels: []Level{Warning},
		What: "Liveness asks a path that answers for more than the process: one called ready, or Spring's `/actuator/health`.",
		Why:  "A dependency that is away restarts all replicas at once, and no restart brings it back.",
		Fix:  "Ask a path that needs nothing but the process: `/livez`, `/actuator/health/liveness`.",
	},
	{
		Rule: LivenessFaster, Levels: []Level{Warning},
		What: "Liveness gives up sooner than readiness.",
		Why:  "The container is restarted while it still takes traffic, instead of being left alone first.",
		Fix:  "Give liveness a higher `failureThreshold` or a longer period.",
	},
	{
		Rule: LivenessHasty, Levels: []Level{Warning},
		What: "Liveness restarts the container after a single failure, or after less than ten seconds of them.",
		Why:  "One pause of the process (a garbage collection), of its node or of the network ends in a restart.",
		Fix:  "Set `failureThreshold` to 3 and `periodSeconds` to 10, and let readiness take traffic away sooner.",
	},
	{
		Rule: TimeoutTight, Levels: []Level{Warning}, Live: true,
		What: "A run of the probe took more than four fifths of its timeout, as measured from here (`probetop shadow`).",
		Why:  "A busy node, or a slow minute, is taken for a failure.",
		Fix:  "Raise `timeoutSeconds`, or make the answer cheaper.",
	},
	{
		Rule: ExecTimeout, Levels: []Level{Warning, Advice},
		What: "An exec probe has a second or less.",
		Why:  "It takes a process to be started in the container and its end to be heard of, which takes longer on a busy node; that counts as a failure.",
		Fix:  "Set `timeoutSeconds` to 5, or use `httpGet`, `tcpSocket` or `grpc`.",
	},
	{
		Rule: KillEnds, Levels: []Level{Warning, Advice},
		What: "Liveness or startup kills a container that is not restarted (`restartPolicy: Never`), or only if it does not exit with 0 (`OnFailure`).",
		Why:  "The kill fails the pod, or, when the process ends in order, makes it look done.",
		Fix:  "Take the probe out and give the Job an `activeDeadlineSeconds`, or let containers restart.",
	},
	{
		Rule: DeadlineBelowStartup, Levels: []Level{Warning},
		What: "The startup probe of a Deployment allows as long as, or longer than, `progressDeadlineSeconds` (600 by default). Said of manifests only.",
		Why:  "The rollout counts as failed while the container still has time to start.",
		Fix:  "Raise `progressDeadlineSeconds` above what the startup probe allows.",
	},
	{
		Rule: HostSet, Levels: []Level{Warning},
		What: "The probe asks a `host` instead of the pod.",
		Why:  "The node dials that address, from its own network and with its own DNS: `localhost` is the node, and another name may be anybody.",
		Fix:  "Take `host` out; a name for the server belongs into `httpHeaders` as `Host`.",
	},
	{
		Rule: AlphaProtocol, Levels: []Level{Warning},
		What: "The probe wants `protocol: HTTP2` or gRPC with `mode: TLS`, which are alpha.",
		Why:  "A kubelet without the gate asks by HTTP/1.1, or in plain text, and does not say so.",
		Fix:  "Make sure that every node has the gate, or serve what kubelets ask by default.",
	},
	{
		Rule: SecretHeader, Levels: []Level{Warning},
		What: "The probe sends a header that is a credential: `Authorization`, `Cookie`, `X-Api-Key`.",
		Why:  "Its value is in the pod, where everybody who may read pods can read it.",
		Fix:  "Serve health on a path, or a port, that needs no credentials.",
	},
	{
		Rule: ExecRate, Levels: []Level{Warning}, Live: true,
		What: "The pods of a node have more exec probes a second than it can well start processes for.",
		Why:  "Probes time out that have nothing wrong with them when the node is busy.",
		Fix:  "Give the exec probes of the workload that is named longer periods, or use `httpGet`, `tcpSocket` or `grpc`.",
	},
	{
		Rule: Acceptance, Levels: []Level{Warning},
		What: "An annotation `lint.probetop/RULE` names no rule, no container of the pod, or gives no reason.",
		Why:  "It accepts nothing.",
		Fix:  "Name the rule as lint prints it, and write why as the value.",
	},
	{
		Rule: TimeoutOverPeriod, Levels: []Level{Advice},
		What: "The timeout is as long as, or longer than, the period.",
		Why:  "Runs that time out push the next ones back: a failure is noticed later than the settings say, and the server never gets a moment's rest.",
		Fix:  "Make `timeoutSeconds` shorter than `periodSeconds`.",
	},
	{
		Rule: DelayBesideStartup, Levels: []Level{Advice},
		What: "Readiness or liveness has an `initialDelaySeconds` beside a startup probe.",
		Why:  "It counts from the start of the container and not from the success of the startup probe: it does nothing for a slow start, and holds up a quick one.",
		Fix:  "Set it to 0.",
	},
	{
		Rule: ReadinessDelay, Levels: []Level{Advice},
		What: "Readiness waits half a minute or longer after each start.",
		Why:  "A container that is ready sooner gets no traffic; one that fails readiness loses nothing by being asked.",
		Fix:  "Set `initialDelaySeconds` to 0.",
	},
	{
		Rule: ReadinessSlow, Levels: []Level{Advice},
		What: "Readiness takes more than a minute to notice a failure, or to notice that it is over.",
		Why:  "Until then the container gets requests that it cannot answer, or none although it could.",
		Fix:  "Lower `periodSeconds` or the thresholds.",
	},
	{
		Rule: TCPLiveness, Levels: []Level{Advice},
		What: "Liveness only opens a TCP connection.",
		Why:  "The kernel takes connections for a process that hangs: a hang is noticed late or never.",
		Fix:  "Ask something that the process has to answer, by `httpGet` or `grpc`.",
	},
	{
		Rule: ExecOften, Levels: []Level{Advice},
		What: "An exec probe runs more often than every five seconds.",
		Why:  "Each run starts processes on the node, with every replica on it.",
		Fix:  "Raise `periodSeconds`, or use `httpGet`, `tcpSocket` or `grpc`.",
	},
	{
		Rule: PortUndeclared, Levels: []Level{Advice},
		What: "The container lists its ports, and the probe asks another number.",
		Why:  "Nothing has to be listed, so that it may be right; it may as well be the port of an older version.",
		Fix:  "Correct the number, or list the port and ask it by its name.",
	},
	{
		Rule: GraceDelaysRestart, Levels: []Level{Advice},
		What: "A liveness probe, without a grace period of its own, in a pod that has two minutes or longer to stop.",
		Why:  "A process that hangs does not listen to the signal either: it is restarted only when that time is over.",
		Fix:  "Set `terminationGracePeriodSeconds` of the liveness probe to a few seconds.",
	},
	{
		Rule: SidecarUnawaited, Levels: []Level{Advice},
		What: "A sidecar (an init container with `restartPolicy: Always`) has no startup probe.",
		Why:  "The containers after it start as soon as its process runs, whether it can serve them or not.",
		Fix:  "Add a startup probe that succeeds when the sidecar serves.",
	},
}
