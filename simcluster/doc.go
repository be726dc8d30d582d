// Package simcluster is an embedded Kubernetes API server: as much of one as client-go and stock kubectl need
// to read a cluster, and no more.
//
// [Start] serves HTTPS on a random port of the loopback interface, with a certificate authority and a bearer
// token of its own. A [Cluster] holds what its owner puts in with Apply and takes out with Delete; nothing in it
// lives by itself. Clients read it the way they read any cluster: discovery, get, list with limit and continue,
// watch with resource versions, bookmarks and streaming lists, selectors, tables, in JSON and in protobuf. They
// can change one thing: the status of a pod, by PATCH. Every other write is refused.
//
// # What is served
//
// Pods, Services, Nodes, Namespaces and Events of the core group, EndpointSlices, the workloads of the apps
// group, Jobs, and SelfSubjectAccessReviews. A Namespace exists as long as an object is in it; "default" always
// does. Formats, selectors, list options and patches are those of Kubernetes' own libraries; messages are the
// real API server's wherever a client or a reader may know them.
//
// With Options.Behaviour pods also have containers: portforward (SPDY, and SPDY in a WebSocket), exec (SPDY and
// WebSocket), proxy and log, over Kubernetes' own streaming libraries. A [Behaviour] says how they answer, a [Local] is
// one made of servers in this process. With Options.AsRecorded the containers behave as the status of their pod and the
// newest events about it say that they do, from servers on pipes that last for one connection. When the pod goes, so do
// the connections to it.
//
// A watch resumes from a bounded window of the newest changes (Options.History); from before it, it is answered
// with 410. The same window makes the pages of a list agree with each other.
//
// # Faults
//
// [Cluster.Faults] holds rules that make requests or watches go wrong: by resource, verb and namespace, for the
// next so many times or until taken away. [Cluster.Down], [Cluster.Up], [Cluster.Restart], [Cluster.Compact] and
// [Cluster.CutConnections] are what happens to the server as a whole. [Cluster.Requests] says what clients asked.
//
// # Goroutines
//
// While the cluster is up there is one goroutine that accepts connections, and those net/http starts for each
// connection and each request. Down and Close cancel them and return after they have ended. A watch is served by
// its request's goroutine, which reads the store at its own pace: a slow client delays no other, and a client
// that is slower than the window is answered with 410. All methods may be called from any goroutine.
package simcluster
