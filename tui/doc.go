// Package tui draws snapshots on a terminal and turns keys into what is drawn next. What it draws comes from its
// [Source]. On a recording keys also move the [Tape], one starts and stops a [Recorder], and two make a [Shadow] run
// probes; it changes nothing else outside the terminal.
//
// [Board] is the one Bubble Tea model. Its children (header, views, pod page, help, scrub) are plain structs with a
// size, keys and lines; they know each other only through the Board. A command blocks in [Source.Next] and
// brings one snapshot back, and its handler asks for the next: beside the one that a pane in
// sight has asked for ([Logs], [Manifests]), there is no other goroutine, no lock, and one
// tick a second that makes ages grow, which a tape that stands still does not need. Work is done when its input changes, per change where there are many
// rows; drawing costs what is visible.
//
// Text from a cluster goes through model.Printable before it gets near the terminal.
package tui
