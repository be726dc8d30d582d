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
// # Goroutines
//
// Run works in the goroutine of its caller. What net/http and grpc start for an attempt ends with it: when the
// attempt is over its connections are closed, and dials that are still under way are cancelled.
package prober
