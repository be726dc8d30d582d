// Package e2e tests the probetop binary against a real Kubernetes: what it prints must agree, field by field, with what
// the API server holds, and its board must show a failing pod at once.
//
// The cluster is this machine's own (package cluster): the tests use it if it is up, and otherwise start it and take it
// down again. The environment changes that:
//
//	E2E_KUBECONFIG  use the cluster of this file's current context, and start nothing
//	E2E_IMAGE       the test image there (workload and a busybox), pulled if it is not present
//	E2E_KEEP        leave a cluster up that the tests have started
//	E2E_STATE       the state directory of the tests' cluster
//	E2E_CACHE       the directory of its built binaries
//	E2E_PROBETOP    test this binary instead of building one
//	E2E_INCIDENTS   the incidents to play and to look at after 1, 3 and 6 minutes: a regular expression of their names, or all,
//	                which writes docs/incidents.md too (make incidents); without it the core ones are looked at after a minute
//	E2E_EVIDENCE    the directory to write into what the API and probetop said of every incident at every look
//	E2E_OUTAGES     the outages to make: a regular expression of their names, or all, which writes docs/faults.md too (make outages);
//	                without it none, because every other test needs the API server
//	E2E_SOAK        with -tags soak: how long to flip the health of sixty pods at random, such as 15m (make soak), after
//	                five hundred probes a second were run from here for two thirds of that
//
// The tests wait much and compute little; run them with -parallel 16.
package e2e
