package prober

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"k8s.io/apimachinery/pkg/util/remotecommand"

	"github.com/probetop/probetop/model"
)

// settlingOutput is how long the output of a command may end after its status.
const settlingOutput = 2 * time.Second

// outputMost is how much a command may write: as much as the kubelet's runtimes take of one.
const outputMost = 16 << 20

// errEndless is why a command is not listened to any more.
var errEndless = &Broken{Err: fmt.Errorf("the command has written more than %d MiB", outputMost>>20), Lack: model.LackEndless}

// Exec returns an Exec for one probe of a container of a pod. While a command of the same probe may still run in the
// container it refuses to run another: nothing ends a command that took too long. Its error is a *Broken.
func (p *Pool) Exec(target Target, probe model.Key) Exec {
	return func(ctx context.Context, argv []string, timeout time.Duration) (ExecResult, error) {
		done, err := p.unfinished.begin(probe)
		if err != nil {
			return ExecResult{}, err
		}
		r, asked, err := p.start(ctx, target, probe.Container, argv)
		if err != nil {
			became := neverBegan
			if asked {
				became = lost // it may have reached the container before it failed for us
			}
			done(became)
			err = fmt.Errorf("running a command in %s/%s: %w", target.Namespace, target.Name, err)
			return ExecResult{}, &Broken{Err: err, Lack: lack(err)}
		}
		return p.await(ctx, r, timeout, done)
	}
}

// Unfinished reports whether an earlier command of a probe may still run in its container.
func (p *Pool) Unfinished(probe model.Key) bool { return p.unfinished.is(probe) }

// remote is a command under way.
type remote interface {
	// over is closed when there is nothing more to come.
	over() <-chan struct{}
	// result returns how the command ended, after over.
	result() (ExecResult, error)
	// alive asks the other side for a sign of life, and takes two seconds without one for the end. ask waits as long as
	// ctx lets it.
	alive(ctx context.Context) error
	ask(ctx context.Context) error
	// close ends the connection, and returns after all that belongs to it has ended.
	close()
}

// start asks for a command to be run, and reports whether it may run when that failed. SPDY comes first here: where the
// API server translates between a WebSocket and the kubelet, it takes a connection to the kubelet that was lost for a
// success of the command. And a runtime that was asked over SPDY waits for the streams before it begins.
func (p *Pool) start(ctx context.Context, target Target, container string, argv []string) (r remote, asked bool, err error) {
	u := p.upgrader.pod(target, target.Name, "exec")
	u.RawQuery = url.Values{"container": {container}, "command": argv, "stdout": {"true"}, "stderr": {"true"}}.Encode()
	opening, cancel := context.WithTimeout(ctx, p.opts.Opening)
	defer cancel()
	opening, answered := p.upgrader.pulse.during(opening)
	defer answered()
	c, err := p.upgrader.spdy(opening, u, remotecommand.StreamProtocolV4Name)
	if err == nil {
		r, err = newSPDYCommand(c)
		return r, true, err
	}
	if !otherUpgrade(err) {
		return nil, false, err
	}
	ws, otherwise := p.upgrader.webSocket(opening, u, remotecommand.StreamProtocolV5Name)
	if otherwise != nil {
		return nil, !unheard(otherwise), errors.Join(err, otherwise)
	}
	return newWebSocketCommand(ws), true, nil
}

// tripsExec is how often a command takes the way in which it may be held up: the request, and the answer.
const tripsExec = 2

// unheard reports whether a request for a WebSocket was refused before it can have reached a container.
func unheard(err error) bool {
	var answered *notUpgraded
	var dial *net.OpError
	return errors.As(err, &answered) || errors.As(err, &dial) && dial.Op == "dial"
}

// await waits for a command to end, but not longer than the timeout and what the way takes. A command that goes on is
// watched until it ends, and done is called then.
func (p *Pool) await(ctx context.Context, r remote, timeout time.Duration, done func(fate)) (ExecResult, error) {
	began := time.Now()
	way := watchWay(ctx, r.ask)
	defer way.stop()
	timer := time.NewTimer(timeout + slack)
	defer timer.Stop()
	cause := error(nil)
	for cause == nil {
		select {
		case <-r.over():
			took := time.Since(began)
			way.stop()
			result, err := r.result()
			r.close()
			done(fateOf(err))
			result.Began, result.RoundTrip = began, way.length()
			if b := way.explains(took-way.length()-timeout, way.length(), tripsExec); err == nil && b != nil {
				return ExecResult{}, b
			}
			return result, err
		case <-timer.C:
			worst := way.worst()
			if left := time.Until(began.Add(timeout + worst*3/2 + slack)); left > 0 && worst < silence {
				timer.Reset(left)
				continue
			}
			way.stop()
			if cause = r.alive(ctx); cause == nil && worst < silence {
				p.follow(r, done)
				return ExecResult{TimedOut: true, Began: began, RoundTrip: way.length()}, nil
			}
			cause = cmp.Or(cause, heldUp(worst))
		case <-p.ctx.Done():
			cause = errRetired
		case <-ctx.Done():
			cause = ctx.Err()
		}
	}
	way.stop()
	p.follow(r, done)
	return ExecResult{}, &Broken{Err: fmt.Errorf("waiting for a command: %w", cause)}
}

// follow waits in the background until a command has ended, or there was no sign of life for so long that it cannot be known any
// more. It asks for signs meanwhile, for what stands between may close a connection that is silent.
func (p *Pool) follow(r remote, done func(fate)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		r.close()
		done(lost)
		return
	}
	p.running.Go(func() {
		beat := time.NewTicker(p.opts.Beat)
		defer beat.Stop()
		sign := time.Now()
		for going := true; going; {
			select {
			case <-beat.C:
				within, cancel := context.WithTimeout(p.ctx, p.opts.Beat)
				if r.ask(within) == nil {
					sign = time.Now()
				}
				cancel()
				going = time.Since(sign) < lostCommandTTL
			case <-r.over():
				going = false
			case <-p.ctx.Done():
				going = false
			}
		}
		r.close()
		_, err := r.result()
		done(fateOf(err))
	})
}
