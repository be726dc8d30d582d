// Package cluster runs a real one-node Kubernetes on a plain Linux machine: etcd, the API server, the controller manager,
// the scheduler, containerd and a kubelet, built from source where this module's go.mod requires them. No Docker, no
// registry and no network is needed once the binaries are built.
//
// Everything a cluster owns lies below its state directory, or carries a name derived from it (the cgroup, the bridge),
// so that [Cluster.Stop] finds it again from another process, even when half of it has died. The components are
// processes of their own sessions: they outlive the program that started them.
//
// The package keeps no goroutine once a call has returned, except one per component that collects its exit status.
package cluster
