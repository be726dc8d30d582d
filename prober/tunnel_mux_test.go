package prober_test

import (
	"net"
	"testing"
	"time"

	"github.com/moby/spdystream/spdy"

	"github.com/probetop/probetop/prober"
)

// TestABusyWayIsNotSilent: what the other side still has to send stands in front of its answer to a ping.
func TestABusyWayIsNotSilent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		talks, answers, gone bool
	}{
		"quick": {answers: true},
		"busy":  {talks: true, answers: true},
		"mute":  {gone: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ours, theirs := net.Pipe()
			defer func() { _ = theirs.Close() }()
			go answerPings(theirs, c.talks, c.answers)
			err := prober.AliveOn(soon(t), ours)
			if gone := err != nil; gone != c.gone {
				t.Errorf("got %v", err)
			}
		})
	}
}

// answerPings is the other side of a connection: it answers pings, at once or after it has talked of other things for longer
// than a silence, or never.
func answerPings(c net.Conn, talks, answers bool) {
	framer, err := spdy.NewFramer(c, c)
	if err != nil {
		return
	}
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			return
		}
		for range 25 {
			if !talks {
				break
			}
			time.Sleep(100 * time.Millisecond) // the way is slow, and full
			if framer.WriteFrame(&spdy.SettingsFrame{}) != nil {
				return
			}
		}
		if ping, ok := frame.(*spdy.PingFrame); ok && answers && framer.WriteFrame(ping) != nil {
			return
		}
	}
}
