package main

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
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
	status   string // an HTTP status, a gRPC serving status or code, an exit code, or some of them; empty is healthy
	delay    time.Duration
	output   string // the body, or what the check prints
	location string // of a redirect
	breaks   string // headers, reset or body: how an HTTP answer never comes to an end
	wants    string // a header that an HTTP request has to have, and how its value begins
	denies   string // loopback or others: from where an HTTP request must not come
}

// keyOf is the parameter that names what a handler is asked about; TCP, TLS and the memory are asked about nothing.
func keyOf(handler string) (parameter string, ok bool) {
	parameter, ok = map[string]string{"http": "path", "grpc": "service", "exec": "check", "tcp": "", "tls": "", "memory": ""}[handler]
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
		return turn{}, fmt.Errorf("parsing the turn %q: handler %q, want http, tls, grpc, tcp, exec or memory", query, t.handler)
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
			err = checkStatuses(t.handler, value)
		case "output":
			t.answer, a.output = &a, value
		case "location":
			t.answer, a.location = &a, value
		case "breaks":
			t.answer, a.breaks = &a, value
			err = checkOneOf(value, "headers", "reset", "body")
		case "wants":
			t.answer, a.wants = &a, value
		case "denies":
			t.answer, a.denies = &a, value
			err = checkOneOf(value, "loopback", "others")
		default:
			err = fmt.Errorf("handler %s has no parameter %q", t.handler, name)
		}
		if err != nil {
			return turn{}, fmt.Errorf("parsing the turn %q: %w", query, err)
		}
	}
	return t, nil
}

func checkOneOf(value string, words ...string) error {
	if !slices.Contains(words, value) {
		return fmt.Errorf("%q is none of %q", value, words)
	}
	return nil
}

// checkStatuses refuses what the handler could not answer.
func checkStatuses(handler, statuses string) error {
	for status := range strings.SplitSeq(statuses, ",") {
		var err error
		if handler == "grpc" {
			_, err = parseServing(status)
		} else {
			_, err = strconv.Atoi(status)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// next returns the answer to give now, and the one to give from then on.
func (a answer) next() (now, then answer) {
	first, rest, more := strings.Cut(a.status, ",")
	now, then = a, a
	if more {
		now.status, then.status = first, rest
	}
	return now, then
}
