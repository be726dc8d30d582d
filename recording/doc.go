// Package recording is the file format of the flight recorder: what a Kubernetes API server said, when we heard
// it. Nothing in a file is a conclusion, so an old recording is worth more with every better reader of it.
//
// # The file
//
// A recording is text, one JSON object a line, in zstd frames (RFC 8878), so that
//
//	zstd -dc FILE | jq
//
// shows all of it. Frames follow one another and are only ever appended. Each one
//
//   - holds whole lines: every line ends with a newline, and none goes on in the next frame;
//   - has a content checksum, which a reader verifies before it believes any of the frame's lines;
//   - is at most 5 MiB large, compressed or not, and no line is longer than 4 MiB or has more than 65,536 commas;
//   - uses no dictionary. Skippable frames may stand between the others and are skipped.
//
// All frames together unfold to at most 16 MiB, or to 250 times their size where that is more, and never to more than 4 GiB.
// Recordings of real clusters unfold to between 5 and 60 times their size. A writer leaves out an entry that is longer
// than a line may be, and counts it.
//
// A frame that is damaged costs what is in it, and an entry that cannot be read costs that entry: a reader says so, and goes on
// with the next frame that is whole, or the next entry. Only where a recording unfolds to too much, or is damaged in more than a
// thousand places, is the rest not read. If the first frame is the damaged one, the header is lost with it.
//
// A writer closes a frame when it has 1 MiB of lines, and at least once a second when there are any. A process
// that is killed leaves at most a frame that is not complete at the end; everything before it is intact.
//
// # The header
//
// The first line says what the file is:
//
//	{"kind":"ProbetopRecording","version":1,"context":"prod","serverVersion":"v1.37.2",
//	 "scope":"namespace shop","start":"2026-08-11T12:00:00Z","build":"v0.1.0"}
//
// A reader refuses a file that does not begin with this kind, and one whose version is higher than the one
// it knows. The version is raised only for what an older reader would get wrong; members that it does not know
// are no reason to refuse anything.
//
// # The entries
//
// Every other line is an entry. It has the time at which we heard it ("at", RFC 3339 with up to nine decimals, in
// UTC), the number of the list-and-watch that said it ("stream", 0 to 255, 0 when absent), and one of these:
//
//	{"at":…,"stream":1,"event":"ADDED","resource":"pods","object":{…}}
//	{"at":…,"stream":1,"resource":"pods","list":"begin"}
//	{"at":…,"stream":1,"source":{"kind":"pods","namespace":"shop","state":"synced","since":…,"error":"…"}}
//	{"at":…,"stream":63,"counters":{"node":"n1","asked":…,"started":…,"pods":[{"uid":"…","probes":[
//	 {"container":"web","type":"liveness","successes":9,"failures":1}]}]}}
//	{"at":…,"stream":62,"shadow":{"uid":"…","container":"web","containerID":"…","type":"liveness","began":…,
//	 "took":12000000,"roundTrip":20000000,"attempts":1,"outcome":"failure","text":"…"}}
//
// An object was ADDED, MODIFIED or DELETED; the objects of a list are ADDED. The resources are pods, events,
// endpointslices, services and nodes; an object is one of v1, or discovery.k8s.io/v1, in Kubernetes' own JSON,
// without apiVersion and kind. What a stream has not named between the "begin" and the "end" of a list does not
// exist. A source is syncing, synced, stale or forbidden; it has no namespace when it reads all of them.
//
// Counters are what one kubelet's probe counters said, if they were asked for: at says when it answered, asked
// when it was asked, and started when its process began. A pod of the scope that had no counters is there
// without probes. Counters with "gone":true say that those of the node are not read any more.
//
// A shadow is a run of a container's own probe by the program that recorded: what was heard of the container, and not
// of the API server. It began at began, and took so many nanoseconds, without the roundTrip nanoseconds of the way.
// Its outcome is success, warning, failure, errored, or none, for which lack says why.
//
// A reader skips an entry that is none of these, or whose event, resource or list it does not know, and ignores
// members that it does not know beside those that it does. That is the room for what else will be
// recorded. Members may come in any order; this package writes "object" last, which it reads fastest.
//
// # What is left out
//
// [Trim] keeps the fields of an object that are read, or that tell a story, of the managed fields of an event only when they
// were written; env, volumes, annotations and all
// the rest are not in the file. In texts, reasons, commands, hosts and paths, and in the values of HTTP probe
// headers if they are kept at all, what looks like a secret is replaced by *** ([github.com/probetop/probetop/recording/mask]). That is
// a net, not a wall: a secret that looks like a word, in the output of a probe, gets through.
//
// # Goroutines
//
// A [Writer] has one goroutine, which compresses, writes and syncs; Close ends it and waits. The methods that
// record may be called by any goroutine: they trim and encode, put the line in a queue in memory, and return. A
// [Reader] has none and belongs to one goroutine at a time.
package recording
