package watch

import (
	"context"
	"errors"
	"fmt"
	"io"
	goruntime "runtime"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording"
)

// batchSize is how many entries are decoded together: enough that handing them around costs nothing. When they weigh
// batchWeight the batch is closed as well. All batches that are in memory, decoded, weigh no more than aheadWeight, and are
// decoded by no more than decodersMost.
const (
	batchSize    = 64
	batchWeight  = 2 << 20
	aheadWeight  = 40 << 20
	decodersMost = 8
)

// batch is a few entries of a recording, one after another.
type batch struct {
	entries []recording.Entry
	// objects has what each entry is about; nil for an entry that is about none, and for one whose object cannot be decoded, of
	// which errs says why.
	objects []runtime.Object
	errs    map[int]error
	weight  int64
	// offset is how far the reader was behind the last entry.
	offset int64
	// err is why there is nothing after the last entry, or what is damaged there; nil when there is no reason.
	err  error
	done chan struct{} // closed when the objects are decoded
}

// told is an entry of a recording with its object, nil for none, and how far the reader was in the file.
type told struct {
	entry  *recording.Entry
	object runtime.Object
	offset int64
}

// eachEntry calls f for every entry of a recording, in order, with its object decoded, and lost for each place that is damaged
// and each object that cannot be decoded. It returns nil at the end of the recording, and f's error at once. Objects are
// decoded a few batches ahead, by a goroutine for each processor; none is left when it returns.
func eachEntry(r *recording.Reader, f func(told) error, lost func(error)) error {
	decoders := min(goruntime.GOMAXPROCS(0), decodersMost)
	work, ahead := make(chan *batch), make(chan *batch, 2*decoders)
	var group sync.WaitGroup
	defer group.Wait()
	ctx, quit := context.WithCancel(context.Background())
	defer quit()
	room := semaphore.NewWeighted(aheadWeight)
	group.Go(func() { readBatches(ctx, r, room, work, ahead) })
	for range decoders {
		group.Go(func() {
			for b := range work {
				b.decode()
			}
		})
	}
	for b := range ahead {
		<-b.done
		if err := b.each(f, lost); err != nil {
			return err
		}
		room.Release(b.weight)
	}
	return nil
}

// each tells what is in a batch.
func (b *batch) each(f func(told) error, lost func(error)) error {
	for i := range b.entries {
		if err := b.errs[i]; err != nil {
			lost(err)
			continue
		}
		if err := f(told{&b.entries[i], b.objects[i], b.offset}); err != nil {
			return err
		}
	}
	if b.err != nil && !errors.Is(b.err, io.EOF) {
		lost(b.err)
	}
	return nil
}

// readBatches reads batches until there are no more, or ctx ends. Each goes to the reader that wants their
// order, and to a decoder, when there is room for it.
func readBatches(ctx context.Context, r *recording.Reader, room *semaphore.Weighted, work, ahead chan<- *batch) {
	defer close(work)
	defer close(ahead)
	for last := false; !last; {
		b := readBatch(r)
		last = errors.Is(b.err, io.EOF)
		if room.Acquire(ctx, b.weight) != nil {
			return
		}
		for _, to := range []chan<- *batch{ahead, work} {
			select {
			case to <- b:
			case <-ctx.Done():
				return
			}
		}
	}
}

func readBatch(r *recording.Reader) *batch {
	b := &batch{entries: make([]recording.Entry, 0, batchSize), done: make(chan struct{})}
	for len(b.entries) < batchSize && b.weight < batchWeight && b.err == nil {
		var e recording.Entry
		if e, b.err = r.Next(); b.err == nil {
			b.entries = append(b.entries, e)
			b.weight += int64(e.Weight())
		}
	}
	b.weight, b.offset = min(b.weight, aheadWeight), r.Offset()
	return b
}

// decode decodes the objects.
func (b *batch) decode() {
	defer close(b.done)
	b.objects = make([]runtime.Object, len(b.entries))
	for i := range b.entries {
		e := &b.entries[i]
		if e.Object == nil || e.Stream >= model.MaxStreams {
			continue
		}
		o, err := e.Decode()
		if err == nil {
			b.objects[i] = o
			continue
		}
		if b.errs == nil {
			b.errs = map[int]error{}
		}
		b.errs[i] = fmt.Errorf("one of the %s cannot be read that was heard at %s: %w", e.Resource, e.At.Format(time.RFC3339), err)
	}
}
