package tui

import (
	"fmt"

	"github.com/probetop/probetop/model"
)

// emptiness says why there is no row, and what to do about it.
func (b *Board) emptiness() []string {
	s := b.shown
	scope := model.Printable(b.options.Scope)
	switch {
	case b.scrub == nil:
	case s == nil:
		return []string{"Reading the recording" + b.theme.ellipsis}
	case len(s.Rows) == 0 && s.Source(model.Pods).State != model.SourceForbidden:
		return []string{"There is no pod in the recording at this moment.", "", "n goes to the next change, > to the end."}
	}
	if s == nil || len(s.Sources) == 0 {
		return []string{"Waiting for the first answer from the cluster" + b.theme.ellipsis}
	}
	if _, all := b.view().Counts(); len(s.Rows) > 0 && all == 0 && b.view().Empty() != "" {
		return []string{b.view().Empty()}
	}
	if len(s.Rows) > 0 {
		return b.hidden(len(s.Rows))
	}
	switch pods := s.Source(model.Pods); pods.State {
	case model.SourceForbidden:
		return []string{
			"Pods may not be listed here: " + model.Printable(pods.Error), "",
			"Ask for the permission to list and watch pods, or try a namespace with -n.",
		}
	case model.SourceSynced, model.SourceOff:
		return []string{
			"There is no pod in scope (" + scope + ").", "",
			"Try another namespace with -n, all of them with -A, or another selector with -l.",
		}
	case model.SourceStale:
		return []string{"The connection to the cluster is lost; it is being tried again.", model.Printable(pods.Error)}
	}
	return []string{"Listing the pods: " + scope + b.theme.ellipsis}
}

// hidden says why none of n pods is shown.
func (b *Board) hidden(n int) []string {
	p := &b.prompt
	if p.keep == nil && !p.faults {
		return []string{"There is no pod of " + b.within.words + " any more.", "", "esc goes back."}
	}
	if p.keep == nil && p.faults {
		return []string{
			fmt.Sprintf("No faults in %s %s.", thousands(n), plural(n, "pod", "pods")), "",
			"f shows all of them.",
		}
	}
	words := fmt.Sprintf("None of %s %s matches %q", thousands(n), plural(n, "pod", "pods"), model.Printable(p.text))
	if p.faults {
		words += " and has a fault"
	}
	return []string{words + ".", "", "esc clears the filter."}
}
