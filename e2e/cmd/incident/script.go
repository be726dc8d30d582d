package main

import "time"

const (
	// length is how long is recorded.
	length = 10 * time.Minute
	// settling is how long everything has been as it is when the recording begins.
	settling = 90 * time.Second
)

// step is one thing that happens, at a time after the recording has begun.
type step struct {
	at   time.Duration
	what string
	do   action
}

// standing are the faults that are there from the beginning: how many pods of which workload are not ready.
func standing() map[string]int32 {
	return map[string]int32{
		"payments/statement-export": 1, // its health check is not in the image
		"payments/webhooks":         2, // nobody sets their readiness gate
		"search/suggest":            2, // they listen on loopback only
	}
}

// script is the incident. In the first forty seconds nothing happens; at the end, most of it is over.
func script() []step {
	const gate = "target-health.example.com/webhooks"
	return []step{
		{at(0, 40), "a release of web never gets ready", rollOut("shop", "web", "-turn", "handler=http&path=/readyz&status=503")},
		{at(1, 10), "a release of crawler works for five seconds", rollOut("search", "crawler", "-turn", "handler=http&path=/livez&status=500&after=5s")},
		{at(1, 40), "recommender is scaled up, and starts slowly", scale("shop", "recommender", 3)},
		{at(2, 0), "the log shipper's queue is full", turn("monitoring", "log-shipper", 0, "handler=exec&check=queue&status=1")},
		{at(2, 15), "the bank is slow", slowBank(0, "/readyz", 8*time.Second)},
		{at(2, 40), "the bank is slow again", slowBank(1, "/readyz", 8*time.Second)},
		{at(3, 0), "an indexer runs out of memory", eat("search", "indexer", 0, 128)},
		{at(3, 5), "the bank is slow for too long", both(
			slowBank(0, "/livez", 20*time.Second),
			slowBank(0, "/readyz", 20*time.Second))},
		{at(3, 35), "the indexer runs out of memory again", eat("search", "indexer", 0, 128)},
		{at(3, 50), "the bank is slow, on the liveness probe this time", slowBank(2, "/livez", 8*time.Second)},
		{at(4, 0), "what checkout depends on is down", turn("shop", "checkout", everyPod, "handler=http&path=/readyz&status=503")},
		{at(4, 30), "two sidecars lose their control plane", both(
			turn("shop", "api", 0, "handler=http&path=/ready&status=503"),
			turn("shop", "api", 1, "handler=http&path=/ready&status=503"))},
		{at(4, 40), "the bank is slow for too long again", slowBank(1, "/livez", 20*time.Second)},
		{at(5, 0), "what checkout depends on is back", turn("shop", "checkout", everyPod, "handler=http&path=/readyz&status=200")},
		{at(5, 20), "a pod of fraud-check is drained for a long time", remove("payments", "fraud-check", 0)},
		{at(5, 40), "the indexer runs out of memory once more", eat("search", "indexer", 0, 128)},
		{at(6, 0), "somebody opens the gate of one pod of webhooks", openGate("payments", "webhooks", 0, gate)},
		{at(6, 20), "the bank is slow for the last time", slowBank(2, "/readyz", 8*time.Second)},
		{at(6, 30), "the sidecars find their control plane", turn("shop", "api", everyPod, "handler=http&path=/ready&status=200")},
		{at(7, 0), "the release of web is rolled back", rollOut("shop", "web")},
		{at(7, 40), "the log shipper's queue is empty", turn("monitoring", "log-shipper", 0, "handler=exec&check=queue&status=0")},
		{at(8, 30), "suggest listens where it can be reached", rollOut("search", "suggest")},
		{at(9, 15), "the release of crawler is rolled back", rollOut("search", "crawler")},
	}
}

// slowBank makes a pod of psp-gateway answer one of its paths after a second and a half, for a while.
func slowBank(number int, path string, d time.Duration) action {
	query := "handler=http&path=" + path
	return turn("payments", "psp-gateway", number, query+"&delay=1500ms", query+"&status=200&after="+d.String())
}

// at is a time after the recording has begun.
func at(minutes, seconds int) time.Duration {
	return time.Duration(minutes)*time.Minute + time.Duration(seconds)*time.Second
}
