// Package watch is where changes come from, and where they come together.
//
// A [Source] emits changes until its context ends. [Live] is the source that reads one cluster through its API
// server: a [Scope] says which pods, and Live opens one list-and-watch, a stream, for each selection of pods and
// for the events, EndpointSlices, Services and Nodes around them. Every object becomes a small fact as soon as
// it is decoded, and is then forgotten; nothing but the model holds a copy. How far a stream can be believed is
// a fact as well: a *model.Source. Nothing is logged and nothing is printed.
//
// [Feed] folds the changes of its sources into a model.Cluster and publishes snapshots. Any number of readers
// wait for them, each with its own cursor; a slow reader misses snapshots, never the latest one.
//
// [Resolve] turns the arguments of a command line into a Scope, and [Check] asks the API server one cheap
// question before anything is drawn.
//
// # Goroutines
//
// Feed.Run starts one goroutine for each source and folds in its own; it returns when all have ended. Live.Run
// starts one goroutine for each stream and awaits them. Within a stream client-go's Reflector decides what to
// request: it runs a list in a goroutine of its own and a watch is read by two more, the decoder and the tap
// that turns objects into facts. Lists and taps of one stream never overlap, and the stream awaits both. A timer
// tells that a watch has ended and is not open again; it is stopped when the stream ends.
//
// ReadTape reads in one goroutine, decodes in one for each processor, and returns when they have ended.
package watch
