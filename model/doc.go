// Package model is what probetop knows about a cluster and what follows from it.
//
// A cluster is a stream of changes. Each [Change] carries one [Fact]: something the API server, the kubelet
// or our own prober said, with the time we heard it. [Cluster] folds the changes; [Cluster.Snapshot] publishes
// an immutable [Snapshot] whose rows join the facts about one pod with the conclusions drawn from them.
//
// Facts are never altered by conclusions, and a conclusion always carries its [Certainty] and the evidence it
// rests on. What was not said is unknown, never zero.
//
// The package is pure: no clock, no goroutine, no network. Time is an argument, and passing time is a change
// like any other (a Change without a fact). A Cluster belongs to one goroutine; a Snapshot and everything
// reachable from it may be read by any number of them.
package model
