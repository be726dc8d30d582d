package why

import (
	"regexp"
	"strings"
)

// momentary is what a headline says of one pod and one moment.
var momentary = regexp.MustCompile(`, for [0-9dhms]+|,? [0-9dhms]+ ago|,? (once|≥?[0-9]+( of [0-9]+)? times)`)

// Gist is the Headline without what is true of one pod or one moment only.
func (d *Diagnosis) Gist() string {
	switch d.Cause {
	case ClassLiveness:
		return "liveness kills " + d.Container + because(d.Reason)
	case ClassStartup:
		return "startup gives up on " + d.Container + because(d.Reason)
	case ClassFailing:
		return d.Probe.String() + " of " + d.Container + because(d.Reason)
	}
	what, _, _ := strings.Cut(d.Headline, "; ")
	return momentary.ReplaceAllString(what, "")
}
