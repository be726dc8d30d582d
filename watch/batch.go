package watch

import (
	"errors"
	"io"
	goruntime "runtime"
	"sync"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
)

// batchSize is how many entries are decoded together: enough that handing them around costs nothing. When their
// objects are batchBytes large the batch is closed as well: several batches are in memory, decoded.
const (
	batchSize  = 64
	batchBytes = 1 << 20
)

// batch is a few entries of a recording, one after another.
type batch struct {
	entries []recording.Entry
	// objects has what each entry is about; nil for an entry that is about none.
	objects []runtime.Object
	// err is why there is nothing after the last entry; nil when there is.
	err  error
	done chan struct{} // closed when the objects are decoded
}

// eachEntry calls f for every entry of a recording, in order, with its object decoded. It returns nil at the end
// of the recording, and the error of the reader or of decoding where it cannot go on. Objects are decoded a few
// batches ahead, by a goroutine for each processor; none is left when it returns.
func eachEntry(r *recording.Reader, f func(*recording.Entry, runtime.Object)) error {
	decoders := goruntime.GOMAXPROCS(0)
	work, ahead := make(chan *batch), make(chan *batch, 2*decoders)
	var group sync.WaitGroup
	defer group.Wait()
	quit := make(chan struct{})
	defer close(quit)
	group.Go(func() { readBatches(r, work, ahead, quit) })
	for range decoders {
		group.Go(func() {
			for b := range work {
				b.decode()
			}
		})
	}
	for b := range ahead {
		<-b.done
		for i := range b.objects {
			f(&b.entries[i], b.objects[i])
		}
		if b.err != nil && !errors.Is(b.err, io.EOF) {
			return b.err
		}
	}
	return nil
}

// readBatches reads batches until there are no more, or quit is closed. Each goes to whoever wants to know their
// order, and to a decoder.
func readBatches(r *recording.Reader, work, ahead chan<- *batch, quit <-chan struct{}) {
	defer close(work)
	defer close(ahead)
	for last := false; !last; {
		b := readBatch(r)
		last = b.err != nil
		for _, to := range []chan<- *batch{ahead, work} {
			select {
			case to <- b:
			case <-quit:
				return
			}
		}
	}
}

func readBatch(r *recording.Reader) *batch {
	b := &batch{entries: make([]recording.Entry, 0, batchSize), done: make(chan struct{})}
	for bytes := 0; len(b.entries) < batchSize && bytes < batchBytes && b.err == nil; {
		var e recording.Entry
		if e, b.err = r.Next(); b.err == nil {
			b.entries = append(b.entries, e)
			bytes += len(e.Object)
		}
	}
	return b
}

// decode decodes the objects, up to one that cannot be.
func (b *batch) decode() {
	defer close(b.done)
	b.objects = make([]runtime.Object, 0, len(b.entries))
	for i := range b.entries {
		e := &b.entries[i]
		var o runtime.Object
		if e.Object != nil && e.Stream < model.MaxStreams {
			var err error
			if o, err = e.Decode(); err != nil {
				b.err = err
				return
			}
		}
		b.objects = append(b.objects, o)
	}
}
