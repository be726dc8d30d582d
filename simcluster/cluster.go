package simcluster

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"

	"github.com/probetop/probetop/recording"
)

// Options are what may differ between clusters. The zero value is fine.
type Options struct {
	// Now is the clock of creation timestamps, of the dates of answers and of the ages in tables; time.Now when nil. Timeouts and
	// certificates follow the real clock.
	Now func() time.Time
	// User is the name of the user who holds the token, as error messages say it; "probetop" when empty.
	User string
	// ServerVersion is what the server says it is; "v1.37.2" when empty.
	ServerVersion string
	// History is how many of the newest changes a watch can at least be resumed across; 32,768 when zero.
	History int
	// Bookmarks is how often a watch that allows bookmarks gets one; one minute when zero.
	Bookmarks time.Duration
	// InMemory serves on pipes instead of a port: only clients made from RESTConfig get through, and everything
	// works in a synctest bubble.
	InMemory bool
	// Behaviour says how the containers of a pod answer; nil for a pod whose containers are not there. It is called
	// for each connection. While it is nil itself, pods have no portforward, exec, proxy and log.
	Behaviour func(pod *corev1.Pod) Behaviour
	// AsRecorded makes the containers of every pod behave as its status and the newest events about it say that they
	// do, from servers in this process; no command is ever run. Behaviour is not asked then.
	AsRecorded bool
	// Shadow hears of the runs of probes in a script that is played, at their time; nil when nothing does. It must not
	// block.
	Shadow func(recording.Shadow)
}

// Cluster is a running embedded API server. Close ends it.
type Cluster struct {
	// immutable after Start
	opts   Options
	token  string
	codecs serializer.CodecFactory
	kinds  *catalogue
	store  *store
	faults *Faults
	log    *log
	front  *front
	ahead  atomic.Int64 // of Options.Now, as a time.Duration
}

// Start starts a cluster that holds nothing but the namespace "default". It returns an error when there is no
// port to listen on.
func Start(opts Options) (*Cluster, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	opts.User = cmp.Or(opts.User, "probetop")
	opts.ServerVersion = cmp.Or(opts.ServerVersion, "v1.37.2")
	opts.History = cmp.Or(opts.History, 1<<15)
	opts.Bookmarks = cmp.Or(opts.Bookmarks, time.Minute)
	kinds, err := newCatalogue()
	if err != nil {
		return nil, err
	}
	c := &Cluster{
		opts: opts, token: rand.Text(), kinds: kinds, codecs: serializer.NewCodecFactory(kinds.scheme),
		faults: &Faults{}, log: &log{},
	}
	c.store = newStore(kinds, opts.History, c.Now)
	if opts.AsRecorded {
		c.opts.Behaviour = c.behaveAsRecorded
	}
	if c.front, err = newFront(http.HandlerFunc(c.handle), opts.InMemory); err != nil {
		return nil, err
	}
	return c, c.front.up()
}

// Close ends the cluster. It cuts every connection and returns after everything the cluster started has ended.
func (c *Cluster) Close() { c.front.down() }

// Apply creates or updates objects, in this order. It keeps what they say, copies them, and adds what they lack:
// a resource version always, and a namespace, UID and creation timestamp where there is none. Every update is a
// change, also one that changes nothing. An object whose UID differs from the one of its name replaces it, which
// watches hear as DELETED and ADDED. Apply returns an error for an object of a kind that is not served, or without
// a name; the objects before it have been applied then.
func (c *Cluster) Apply(objects ...runtime.Object) error {
	entries := make([]entry, 0, len(objects))
	var err error
	for _, o := range objects {
		var e entry
		if e, err = c.kinds.entry(o); err != nil {
			break
		}
		entries = append(entries, e)
	}
	c.store.put(entries)
	return err
}

// Delete deletes objects, in this order. An object with a UID is taken for the last state of the one it names,
// which watches get to see; one without merely names it. It returns a NotFound error for an object that does
// not exist, or not with that UID; the objects before it have been deleted then.
func (c *Cluster) Delete(objects ...runtime.Object) error {
	for _, o := range objects {
		e, err := c.kinds.entry(o)
		if err != nil {
			return err
		}
		if err := c.store.remove(e); err != nil {
			return err
		}
	}
	return nil
}

// Get returns a copy of an object; nil when there is none. The namespace of a Node or Namespace is empty.
func (c *Cluster) Get(gvr schema.GroupVersionResource, namespace, name string) runtime.Object {
	if res := c.kinds.resource(gvr); res != nil {
		if o := c.store.get(res, key{namespace, name}); o != nil {
			return o.DeepCopyObject()
		}
	}
	return nil
}

// List returns copies of all objects of a resource in a namespace, or in all when it is empty, sorted by
// namespace and name.
func (c *Cluster) List(gvr schema.GroupVersionResource, namespace string) []runtime.Object {
	res := c.kinds.resource(gvr)
	if res == nil {
		return nil
	}
	var found []runtime.Object
	objects, _ := c.store.now(res)
	for _, o := range objects {
		if namespace == "" || o.GetNamespace() == namespace {
			found = append(found, o.DeepCopyObject())
		}
	}
	return found
}

// Version returns the newest resource version.
func (c *Cluster) Version() uint64 { return c.store.newest() }

// Faults returns the rules by which things go wrong; there are none at first.
func (c *Cluster) Faults() *Faults { return c.faults }

// Requests returns the requests so far, oldest first; when there are very many, the newest.
func (c *Cluster) Requests() []Request { return c.log.all() }

// Down closes the port, cuts every connection and returns after every request has ended. Clients find their
// connections refused until Up.
func (c *Cluster) Down() { c.front.down() }

// Up opens the same port again. It returns an error when another process has taken it meanwhile.
func (c *Cluster) Up() error { return c.front.up() }

// Restart is Down, a new space of resource versions, and Up. The space begins after version, and no watch or list
// can go on from before it: below the space it is too old (410 Expired), above it too large (504 Timeout).
func (c *Cluster) Restart(version uint64) error {
	c.Down()
	c.store.renumber(version)
	return c.Up()
}

// Compact forgets all changes so far: a watch or list that would go on from one of them is answered with 410.
// Open watches go on.
func (c *Cluster) Compact() { c.store.compact() }

// CutConnections closes all connections without a word, in the middle of whatever they carry. New ones are
// accepted at once.
func (c *Cluster) CutConnections() { c.front.cut() }

// EndWatches ends all open watches of a resource, or of all when it is empty, the way a server ends a watch
// whose time is over.
func (c *Cluster) EndWatches(resource string) { c.store.endWatches(resource) }

// Now returns the time by the server's clock.
func (c *Cluster) Now() time.Time { return c.opts.Now().Add(time.Duration(c.ahead.Load())) }

// Skew sets the server's clock so far ahead of Options.Now; behind it when ahead is negative.
func (c *Cluster) Skew(ahead time.Duration) { c.ahead.Store(int64(ahead)) }

// URL returns the address of the server, such as https://127.0.0.1:41873.
func (c *Cluster) URL() string { return fmt.Sprintf("https://%s", c.front.address) }
