package main

import (
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// turn is one change of behaviour: the package documentation says how it is spelled.
type turn struct {
	handler string
	key     string        // the path, service or check that it is about; empty is all others
	answer  *answer       // nil: the answers stay
	open    *bool         // nil: the port stays as it is
	eat     int           // MiB of memory to take
	after   time.Duration // when it takes effect
}

// answer is what a handler says when it is asked.
type answer struct {
	status   string // an HTTP status, a gRPC serving status or code, an exit code; empty is healthy
	delay    time.Duration
	output   string // the body, or what the check prints
	location string // of a redirect
}

// keyOf is the parameter that names what a handler is asked about; TCP and the memory are asked about nothing.
func keyOf(handler string) (parameter string, ok bool) {
	parameter, ok = map[string]string{"http": "path", "grpc": "service", "exec": "check", "tcp": "", "memory": ""}[handler]
	return parameter, ok
}

func parseTurn(query string) (turn, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return turn{}, fmt.Errorf("parsing the turn %q: %w", query, err)
	}
	t, a := turn{handler: values.Get("handler")}, answer{}
	key, ok := keyOf(t.handler)
	if !ok {
		return turn{}, fmt.Errorf("parsing the turn %q: handler %q, want http, grpc, tcp, exec or memory", query, t.handler)
	}
	for name := range values {
		value := values.Get(name)
		switch name {
		case "handler":
		case key:
			t.key = value
		case "after":
			t.after, err = time.ParseDuration(value)
		case "open":
			open, parseErr := strconv.ParseBool(value)
			t.open, err = &open, parseErr
		case "eat":
			t.eat, err = strconv.Atoi(value)
		case "delay":
			t.answer = &a
			a.delay, err = time.ParseDuration(value)
		case "status":
			t.answer, a.status = &a, value
			err = checkStatus(t.handler, value)
		case "output":
			t.answer, a.output = &a, value
		case "location":
			t.answer, a.location = &a, value
		default:
			err = fmt.Errorf("handler %s has no parameter %q", t.handler, name)
		}
		if err != nil {
			return turn{}, fmt.Errorf("parsing the turn %q: %w", query, err)
		}
	}
	return t, nil
}

// checkStatus refuses a status that the handler could not answer.
func checkStatus(handler, status string) (err error) {
	switch handler {
	case "grpc":
		_, err = parseServing(status)
	default:
		_, err = strconv.Atoi(status)
	}
	return err
}
