// Package infer says what the kubelet does with the probes of a pod: the state of each, how often it failed in a row, what comes
// next, and why containers were restarted, with the certainty and the evidence of each.
//
// It reads facts and the kubelet's rules, and is pure: time is an argument.
package infer
