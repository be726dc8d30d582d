package cmd_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/probetop/probetop/simcluster"
)

// gathering is a crowd, the processes that look at it over a link, and what goes wrong on the way.
type gathering struct {
	*ordeal
	t       *testing.T
	cluster *simcluster.Cluster
	link    *simcluster.Link
	rng     *rand.Rand
	crowd   *crowd
	all     []*endurer
	board   *window
	screen  *tail
	resizes uint16
	lines   *picture
	file    string         // that is recorded to
	happens map[string]int // how often each fault has happened
	unmet   int            // faults that have struck no request

	mu sync.Mutex
	// guarded by mu
	faulty bool
	since  time.Time
}

// gather starts all of it.
func gather(t *testing.T, o *ordeal) *gathering {
	t.Helper()
	c, err := simcluster.Start(simcluster.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	g := &gathering{ordeal: o, t: t, cluster: c, rng: rand.New(rand.NewPCG(o.seed, 2)), lines: &picture{}, happens: map[string]int{}}
	g.crowd = newCrowd(t, c, o.pods, o.seed)
	kubeconfig := g.connect()
	g.file = filepath.Join(t.TempDir(), "incident.zst")
	g.board = openWindow(t, true, "--kubeconfig", kubeconfig, "-A")
	g.resize(40, 120)
	board := newEndurer(t, "board", g.board.proc, syscall.SIGTERM)
	g.screen = board.last
	get := newEndurer(t, "get -w -o jsonl", newProc(t, "get", "-w", "-o", "jsonl", "-A", "--kubeconfig", kubeconfig), syscall.SIGINT)
	get.Stdout, get.Stderr = g.lines, get.last
	record := newEndurer(t, "record", newProc(t, "record", g.file, "-A", "--kubeconfig", kubeconfig), syscall.SIGTERM)
	record.Stdout, record.Stderr = record.last, record.last
	g.all = []*endurer{board, get, record}
	for _, e := range g.all {
		e.begin()
	}
	go func() { _, _ = io.Copy(g.screen, g.board.user) }()
	for _, e := range g.all {
		e.until(e.name+" says how it is", func() bool { _, ok := readVitals(e.dir); return ok })
	}
	return g
}

// connect opens a way to the cluster on which things go wrong, and returns a kubeconfig for it.
func (g *gathering) connect() string {
	g.link = simcluster.NewLink((&net.Dialer{}).DialContext)
	gateway, err := g.link.Listen(strings.TrimPrefix(g.cluster.URL(), "https://"))
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(gateway.Close)
	config, err := g.cluster.Kubeconfig()
	if err != nil {
		g.t.Fatal(err)
	}
	path := filepath.Join(g.t.TempDir(), "config")
	config = bytes.ReplaceAll(config, []byte(g.cluster.URL()), []byte("https://"+gateway.Address()))
	if err := os.WriteFile(path, config, 0o600); err != nil {
		g.t.Fatal(err)
	}
	return path
}

// resize makes the board draw all of its screen anew.
func (g *gathering) resize(lines, columns uint16) {
	size := [4]uint16{lines, columns}
	control(g.t, g.board.screen, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
}

// quiet reports whether no fault has been on for a while.
func (g *gathering) quiet() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return !g.faulty && time.Since(g.since) >= g.calm
}

// weather notes that a fault begins or ends.
func (g *gathering) weather(faulty bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faulty, g.since = faulty, time.Now()
}

// look takes samples of all processes.
func (g *gathering) look() {
	quiet := g.quiet()
	for _, e := range g.all {
		e.look(quiet)
	}
}

// observe takes samples until ctx ends.
func (g *gathering) observe(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			g.look()
		case <-ctx.Done():
			return
		}
	}
}

// rest waits. It fails when a process ends meanwhile.
func (g *gathering) rest(until time.Time) {
	g.t.Helper()
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-timer.C:
		return
	case <-g.all[0].end:
	case <-g.all[1].end:
	case <-g.all[2].end:
	}
	for _, e := range g.all {
		select {
		case <-e.end:
			g.t.Errorf("%s has ended with exit code %d; it says %q", e.name, e.ProcessState.ExitCode(), e.last.text())
		default:
		}
	}
	g.t.FailNow()
}

// endure lets faults happen, every kind as often as every other, in an order of chance. It returns when it began.
func (g *gathering) endure() time.Time {
	begun := time.Now()
	g.weather(false)
	var order []simcluster.Outage
	for n := range int(g.lasts / g.every) {
		if len(order) == 0 {
			order = simcluster.Outages()
			g.rng.Shuffle(len(order), func(i, k int) { order[i], order[k] = order[k], order[i] })
		}
		if n == int(g.lasts/3/g.every) {
			g.profiles()
		}
		g.strike(&order[0])
		order = order[1:]
		g.rest(begun.Add(time.Duration(n+1) * g.every))
		g.look()
	}
	return begun
}

// strike lets a fault happen for a while: half of the time the server has forgotten what happened before, so that all has to be listed.
func (g *gathering) strike(o *simcluster.Outage) {
	lasts := g.shortest
	if g.longest > g.shortest {
		lasts += time.Duration(g.rng.Int64N(int64(g.longest - g.shortest)))
	}
	list := g.rng.IntN(2) == 0 || o.Lists
	g.t.Logf("%s  %s, for %.1f s, lists %v", time.Now().Format(time.TimeOnly), o.Name, lasts.Seconds(), list)
	g.weather(true)
	old := func() {}
	if list {
		old = g.cluster.Faults().Add(simcluster.Fault{Do: simcluster.RefuseStreaming()}).Remove
		g.cluster.Compact()
	}
	end := o.Begin(g.link, g.cluster)
	switch {
	case o.Requests && g.rng.IntN(2) == 0:
		g.cluster.CutConnections()
	case o.Requests || list:
		g.cluster.EndWatches("")
	}
	g.rest(time.Now().Add(lasts))
	err := end()
	old()
	g.weather(false)
	g.happens[o.Name]++
	if err != nil {
		g.unmet++
		g.t.Logf("%s: %v", o.Name, err)
	}
}
