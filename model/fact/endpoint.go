package fact

import "time"

// EndpointSlice is one slice of a Service's endpoints.
type EndpointSlice struct {
	Namespace, Name string
	// Service is the Service the slice belongs to; empty for a slice without the label.
	Service   string
	Endpoints []Endpoint
	// Loose are the endpoints that do not give the UID of their pod; nil for most slices.
	Loose []LooseEndpoint
}

// Endpoint is one pod in a slice. Conditions that the API leaves nil are already read as its documentation
// says: ready and serving as true, terminating as false.
type Endpoint struct {
	Pod                         UID
	Ready, Serving, Terminating bool
}

// Merge returns what two endpoints for the same pod in one slice say together.
func (e Endpoint) Merge(other Endpoint) Endpoint {
	e.Ready, e.Serving, e.Terminating = e.Ready || other.Ready, e.Serving || other.Serving, e.Terminating || other.Terminating
	return e
}

// Traffic is what one Service thinks of one pod.
type Traffic struct {
	Service string
	// Slice names the EndpointSlice that said so.
	Slice                       string
	Ready, Serving, Terminating bool
	// PublishNotReady is set when the Service sends traffic to pods that are not ready
	// (publishNotReadyAddresses), so that Ready says nothing about health.
	PublishNotReady bool
	// Since is when we saw the endpoint change; zero when it was so before we looked.
	Since time.Time
}

// Service is the part of a Service that traffic depends on.
type Service struct {
	Namespace, Name string
	// PublishNotReady is spec.publishNotReadyAddresses.
	PublishNotReady bool
	// Selector says which pods are the Service's; empty for one that has none of its own.
	Selector Labels
	// Ports are the Service's target ports, sorted, each a number or a name and separated by commas; a list in
	// a string compares.
	Ports string
	// Sliced is set when there is an EndpointSlice of the Service: a controller writes them.
	Sliced bool
}

// Node is the part of a Node that the kubelet's word depends on.
type Node struct {
	Name string
	// Ready is the node's Ready condition; Unknown when its kubelet stopped reporting.
	Ready Tri
	// Reason and Message are the Ready condition's.
	Reason, Message string
	// Since is when Ready changed.
	Since time.Time
	// KubeletVersion is status.nodeInfo.kubeletVersion.
	KubeletVersion string
	// RuntimeVersion is status.nodeInfo.containerRuntimeVersion, as in "containerd://2.1.4".
	RuntimeVersion string
	// OS is status.nodeInfo.operatingSystem: linux or windows.
	OS string
	// Virtual is set for a virtual kubelet, which runs no probes itself and tells of no failures.
	Virtual bool
	// Zone is the label topology.kubernetes.io/zone.
	Zone string
}

// LooseEndpoint is an endpoint that does not give the UID of its pod, as people and operators write them.
type LooseEndpoint struct {
	// Name is the name of the pod in the slice's namespace; empty when only the address is given.
	Name    string
	Address string
	// Endpoint has no Pod.
	Endpoint Endpoint
}

// Called names a node.
func (n *Node) Called() string {
	if n == nil {
		return "the node"
	}
	return n.Name
}
