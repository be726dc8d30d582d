package mask

import "strings"

// Header returns the value of an HTTP header, masked. It is hidden unless the header is one that says how to ask, and not who asks.
func Header(name, value string) string {
	if !IsOpenHeader(name) && !isSwitch(value) {
		if value == "" {
			return ""
		}
		return Hidden
	}
	return Text(value)
}

// IsOpenHeader reports whether the value of a header is no secret by its name.
func IsOpenHeader(name string) bool {
	switch strings.ToLower(name) {
	case "host", "user-agent", "accept", "accept-encoding", "accept-language", "accept-charset", "content-type", "content-length", "connection",
		"cache-control", "pragma", "origin", "referer", "upgrade", "range", "te", "via", "from", "date", "expect", "keep-alive",
		"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "x-forwarded-prefix", "x-real-ip", "forwarded",
		"x-request-id", "x-correlation-id", "traceparent", "tracestate", "x-b3-traceid", "x-b3-spanid", "x-b3-sampled", "x-requested-with", "user", "x-scheme":
		return true
	}
	return false
}

// isSwitch reports whether a value turns something on or off, or counts.
func isSwitch(value string) bool {
	switch strings.ToLower(value) {
	case "", "true", "false", "yes", "no", "on", "off", "1", "0", "enabled", "disabled", "probe", "kubelet", "readiness", "liveness", "startup", "health", "healthcheck":
		return true
	}
	return false
}

// Value returns the value of a variable or a header, masked as what is assigned to that name.
func Value(name, value string) string {
	if isAuthorization(name) || isCookie(name) || Names(name) {
		if value == "" || variable(value) != "" {
			return value
		}
		return Hidden
	}
	prefix := name + "="
	return strings.TrimPrefix(Text(prefix+value), prefix)
}
