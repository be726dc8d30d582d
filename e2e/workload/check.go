package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
)

// exitHeader carries the exit code of a check from the server to the program that the probe runs.
const exitHeader = "Workload-Exit-Code"

// check asks the server of this container how to behave, prints the output and returns the exit code.
func check(out io.Writer, args []string) (int, error) {
	query := url.Values{}
	if len(args) > 0 {
		query.Set("name", args[0])
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://127.0.0.1:6060/check?"+query.Encode(), nil)
	if err != nil {
		return 0, fmt.Errorf("asking the server: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, fmt.Errorf("asking the server: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.Copy(out, resp.Body); err != nil {
		return 0, fmt.Errorf("reading the server's answer: %w", err)
	}
	code, err := strconv.Atoi(resp.Header.Get(exitHeader))
	if err != nil {
		return 0, fmt.Errorf("reading the server's answer: %w", err)
	}
	return code, nil
}
