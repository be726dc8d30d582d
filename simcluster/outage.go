package simcluster

import (
	"errors"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Outage is a fault that lasts, of a cluster or of the link to it.
type Outage struct {
	Name string
	// Begin makes it. What it returns ends it, and returns an error when it has happened to nothing.
	Begin func(*Link, *Cluster) (end func() error)
	// Gentle is set when a client may hear everything in time, and Slow when it hears everything, but late.
	Gentle, Slow bool
	// Requests is set when it happens to requests that are made: those that are under way, open watches among them, go on.
	Requests bool
	// Reads is set when of requests only lists and watches are concerned, and Lists when only lists are.
	Reads, Lists bool
}

// errUnmet says that an outage has happened to nothing.
var errUnmet = errors.New("the fault has struck no request")

// Outages returns everything that goes wrong for a while. Tests measure what comes of each.
func Outages() []Outage {
	return append(networkOutages(), serverOutages()...)
}

// networkOutages are those on the way to the server.
func networkOutages() []Outage {
	const hop, slowly = 1500 * time.Millisecond, 200
	return []Outage{
		{Name: "connections cut, and refused", Begin: func(_ *Link, c *Cluster) func() error { c.Down(); return c.Up }},
		{Name: "closed by the server's side alone", Begin: onLink(func(l *Link) { l.HalfClose(Down) }, func(*Link) {}), Gentle: true},
		{Name: "closed by our side alone", Begin: onLink(func(l *Link) { l.HalfClose(Up) }, func(*Link) {}), Gentle: true},
		{Name: "frozen", Begin: onLink((*Link).Freeze, (*Link).Thaw)},
		{Name: "what the server sends is lost", Begin: losing(Down)},
		{Name: "what we send is lost", Begin: losing(Up)},
		{Name: "3 s late", Begin: onLink(func(l *Link) { l.Delay(hop) }, func(l *Link) { l.Delay(0) }), Slow: true},
		{Name: "200 bytes a second", Begin: onLink(func(l *Link) { l.Drip(slowly) }, func(l *Link) { l.Drip(0) }), Slow: true},
	}
}

// serverOutages are those that a server answers with.
func serverOutages() []Outage {
	expired := apierrors.NewResourceExpired("too old resource version: 1 (2)")
	away := apierrors.NewInternalError(errors.New("etcd is away"))
	return []Outage{
		{Name: "401", Begin: answering(Unauthorize()), Requests: true},
		{Name: "403", Begin: answering(Forbid()), Requests: true},
		{Name: "410", Begin: answering(Answer(expired)), Requests: true},
		{Name: "429, Retry-After 1", Begin: answering(Throttle(time.Second)), Requests: true},
		{Name: "500", Begin: answering(Answer(away)), Requests: true},
		{Name: "no answers", Begin: silent, Requests: true},
		{Name: "redirects elsewhere", Begin: answering(Redirect("https://elsewhere.test")), Requests: true},
		{Name: "GOAWAY", Begin: answering(GoAway()), Gentle: true, Requests: true},
		{Name: "objects of another kind", Begin: answering(WrongKind()), Requests: true, Reads: true},
		{Name: "the same page again and again", Begin: answering(RepeatPages()), Requests: true, Reads: true, Lists: true},
		{Name: "pages without end", Begin: answering(EndlessPages()), Requests: true, Reads: true, Lists: true},
	}
}

// onLink is an outage of the link alone.
func onLink(begin, end func(*Link)) func(*Link, *Cluster) func() error {
	return func(l *Link, _ *Cluster) func() error {
		begin(l)
		return func() error {
			end(l)
			return nil
		}
	}
}

// losing loses what is sent one way. What was lost is lost: TCP would know, so the connections end with it.
func losing(way Way) func(*Link, *Cluster) func() error {
	return onLink(
		func(l *Link) { l.Lose(way, true) },
		func(l *Link) {
			l.Lose(way, false)
			l.Cut()
		},
	)
}

// answering lets an action happen to every request.
func answering(do Action) func(*Link, *Cluster) func() error {
	return func(_ *Link, c *Cluster) func() error {
		rule := c.Faults().Add(Fault{Do: do})
		return func() error {
			rule.Remove()
			if rule.Hits() == 0 {
				return errUnmet
			}
			return nil
		}
	}
}

// silent answers requests at its end.
func silent(l *Link, c *Cluster) func() error {
	release := make(chan struct{})
	end := answering(Hang(release))(l, c)
	return func() error {
		defer close(release)
		return end()
	}
}
