// Package prober runs a container's own probe from here, the way the kubelet runs it on the node.
//
// A [Check] is one probe of one container, ready to be run: whom to ask, for what, and for how long. NewCheck
// resolves what the kubelet resolves (ports, headers, commands), by the rules of the kubelet's version. Run makes
// the request over the [Paths] it is given and returns a [Result] in the kubelet's words. Failure is a value. A
// result without a verdict says that we could not look, and why; it is never taken for a success or a failure.
//
// The handlers (http.go, tcp.go, grpc.go, exec.go) hold what the kubelet does and know nothing of the way to the
// container: every connection comes from the [Dial] of the Paths. What goes wrong on the way is told by type: a
// [Refusal] is what the container's side said, a [Broken] way said nothing.
//
// # The way to the container
//
// A [Pool] holds one [Tunnel] for each pod: a port-forward connection, on which every probe gets a pair of streams
// of its own. [Pool.Dial] makes connections of such pairs, and nothing is ever dialled outside. [Pool.Exec] runs
// commands over pods/exec, [Vantage] makes HTTP requests over pods/proxy, and [Access] says which of these are
// allowed.
//
// What happens on the way is told apart by type: a [Refusal] is what the container's side said, a [Broken] is a way
// that ended before there was an answer. When in doubt it is a Broken.
//
// # When
//
// A [Prober] runs probes: on request ([Prober.Run], [Prober.Begin]), and by itself while [Prober.Auto] is on. It is told
// which probes there are, and what the kubelets do with them, by [Prober.Follow], and what is on the screen by [Prober.View]. A
// probe has one worker, which runs it once a period as the kubelet's does, while the kubelet does. Every run, also by
// hand, passes the same limits: so many at once, so many starts a second, one at a time for each pod. When the API server asks for a
// pause, or a pod cannot be reached, workers pause longer and longer, up to a minute. A failure during which the pod was
// deleted, or the container ended, is none. What runs come to is emitted by [Reports]. The [Ways] to containers, and whether
// they may be used, come from outside; [Remote] is those through the API server.
//
// # Goroutines
//
// Run works in the goroutine of its caller. What net/http and grpc start for an attempt ends with it: when the
// attempt is over its connections are closed, and dials that are still under way are cancelled.
//
// A Tunnel has the goroutines of its SPDY connection, and three for each open connection through it. They end with
// the connection or with the Tunnel. A Pool has one goroutine for each Tunnel, which opens and closes it. Close
// cancels all of them and returns after they have ended.
//
// A Prober has one goroutine for each worker, and one for each run that was begun. A worker ends when its probe is not to be
// run by itself any more, after the run that is under way. Close cancels all of them and returns after they have ended.
package prober
