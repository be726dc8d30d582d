package watch

import (
	"context"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	utilnet "k8s.io/apimachinery/pkg/util/net"
)

// reconnect is how long after a connection has broken a request is sent again.
const reconnect = 300 * time.Millisecond

// insist sends a request until it is answered, until it fails for another reason than that the server, or the connection, could
// not carry it out just now, or until ctx ends. Then it returns the last reason, and not that time ran out.
func insist(ctx context.Context, request func(context.Context) error) error {
	var last error
	for {
		err := request(ctx)
		if err != nil && ctx.Err() != nil && last != nil {
			return last
		}
		pause, again := pauseAfter(err)
		if !again || !fits(ctx, pause) {
			return err
		}
		last = err
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
	}
}

// fits reports whether there is time for a pause, and for a request after it.
func fits(ctx context.Context, pause time.Duration) bool {
	end, limited := ctx.Deadline()
	return !limited || time.Until(end) > pause+reconnect
}

// pauseAfter returns after which pause a request is sent again that failed; false for one that is not. Like client-go it
// repeats what the server wants to be asked again, and what a broken connection has swallowed.
func pauseAfter(err error) (time.Duration, bool) {
	if seconds, ok := apierrors.SuggestsClientDelay(err); ok {
		return max(time.Duration(seconds)*time.Second, reconnect), true
	}
	if err != nil && (utilnet.IsConnectionReset(err) || utilnet.IsProbableEOF(err)) {
		return reconnect, true
	}
	return 0, false
}
