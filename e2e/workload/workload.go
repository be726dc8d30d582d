package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// workload is the server. Its answers and ports may be turned at any time.
type workload struct {
	// immutable after newWorkload
	ports map[string]*port

	mu      sync.Mutex
	answers map[[2]string]answer // by handler and key; guarded by mu
	memory  memory               // guarded by mu
	started bool                 // the ports follow their turns; guarded by mu
}

func newWorkload(bind string) *workload {
	w := &workload{answers: map[[2]string]answer{}}
	w.ports = map[string]*port{
		"http": {address: net.JoinHostPort(bind, "8080"), serve: w.serveHTTP, wanted: true},
		"tls":  {address: net.JoinHostPort(bind, "8443"), serve: w.serveTLS, wanted: true},
		"grpc": {address: net.JoinHostPort(bind, "9090"), serve: w.serveGRPC, wanted: true},
		"tcp":  {address: net.JoinHostPort(bind, "7070"), serve: serveTCP, wanted: true},
	}
	return w
}

// start opens the control port and all ports that are not turned closed.
func (w *workload) start() error {
	l, err := listen(":6060")
	if err != nil {
		return err
	}
	go func() { fmt.Println(http.Serve(l, w.control())) }()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.started = true
	for _, p := range w.ports {
		if err := p.follow(); err != nil {
			return err
		}
	}
	return nil
}

// turn changes the workload now, or after the turn's time.
func (w *workload) turn(t turn) error {
	if t.after > 0 {
		after := t.after
		t.after = 0
		time.AfterFunc(after, func() {
			if err := w.turn(t); err != nil {
				fmt.Println(err)
			}
		})
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	fmt.Printf("%s turn %+v\n", time.Now().UTC().Format(time.RFC3339), t)
	if t.answer != nil {
		w.answers[[2]string{t.handler, t.key}] = *t.answer
	}
	w.memory.eat(t.eat)
	p := w.ports[t.handler]
	if t.open == nil || p == nil {
		return nil
	}
	p.wanted = *t.open
	if !w.started {
		return nil
	}
	return p.follow()
}

// ask returns the answer of a handler, after its delay.
func (w *workload) ask(ctx context.Context, handler, key string) answer {
	w.mu.Lock()
	about := [2]string{handler, key}
	if _, ok := w.answers[about]; !ok {
		about[1] = ""
	}
	a, then := w.answers[about].next()
	w.answers[about] = then
	w.mu.Unlock()
	select {
	case <-time.After(a.delay):
	case <-ctx.Done():
	}
	return a
}

// control serves the turns, and the answers of exec checks.
func (w *workload) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /turn", func(rw http.ResponseWriter, r *http.Request) {
		t, err := parseTurn(r.URL.RawQuery)
		if err == nil {
			err = w.turn(t)
		}
		if err != nil {
			http.Error(rw, err.Error(), http.StatusBadRequest)
		}
	})
	mux.HandleFunc("GET /check", func(rw http.ResponseWriter, r *http.Request) {
		a := w.ask(r.Context(), "exec", r.URL.Query().Get("name"))
		code, _ := strconv.Atoi(a.status) // parseTurn has seen it
		rw.Header().Set(exitHeader, strconv.Itoa(code))
		fmt.Fprint(rw, a.output)
	})
	return mux
}
