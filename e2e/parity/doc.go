// Package parity holds the tests that run the same probes through the kubelet's own prober and through ours, against
// the same local servers, and compare what the servers saw, the verdicts and the texts. They need no cluster.
package parity
