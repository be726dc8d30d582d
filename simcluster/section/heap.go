package section

import (
	"runtime"
	"runtime/metrics"
	"time"
)

// HeapPeak returns the most bytes that the heap of this process has held while f ran: what is in use, and what is not yet collected. It looks every
// millisecond. Whatever else runs meanwhile is in it.
func HeapPeak(f func()) int64 {
	runtime.GC()
	done, peak := make(chan struct{}), make(chan int64)
	go func() {
		look := time.NewTicker(time.Millisecond)
		defer look.Stop()
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		most := uint64(0)
		for {
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64())
			select {
			case <-look.C:
			case <-done:
				peak <- int64(most)
				return
			}
		}
	}()
	f()
	close(done)
	return <-peak
}
