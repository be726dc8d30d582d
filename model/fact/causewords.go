package fact

import "strings"

var causeWords = map[Cause]string{
	CauseRefused:      "connection refused",
	CauseNoRoute:      "no route",
	CauseTimeout:      "no connection in time",
	CauseTLSTimeout:   "no TLS handshake in time",
	CauseHeaders:      "no answer in time",
	CauseUnanswered:   "no connection or no answer in time",
	CauseBody:         "the answer did not end in time",
	CauseRPC:          "no answer to the health RPC in time",
	CauseExecTimeout:  "the command did not end in time",
	CauseEOF:          "closed without an answer",
	CauseReset:        "connection reset",
	CauseLocal:        "the node has nothing left to connect with",
	CausePermission:   "the node does not let the kubelet connect",
	CausePlainServer:  "no TLS on a TLS probe",
	CauseTLSServer:    "TLS on a probe without TLS",
	CauseTLS:          "TLS handshake failed",
	CauseProtocol:     "the server speaks another protocol",
	CauseRedirects:    "too many redirects",
	CauseDNS:          "name does not resolve",
	CauseNoGRPCHealth: "no gRPC health service",
	CauseExit:         "exit code not 0",
	CauseInvalid:      "the request cannot be made",
	CauseCanceled:     "given up by the kubelet",
	CauseErrored:      "cannot be carried out",
	CauseRedirected:   "redirected to another host",
	CauseOther:        "failed",
}

// Words says the cause in a few plain words: "connection refused", "HTTP 503", "NOT_SERVING". They are empty for no cause.
func (c Cause) Words() string {
	if words, ok := causeWords[c]; ok {
		return words
	}
	kind, detail, _ := strings.Cut(strings.TrimSuffix(string(c), ")"), "(")
	switch kind {
	case "STATUS":
		return "HTTP " + detail
	case "GRPC_STATUS":
		return detail
	case "GRPC_CODE":
		return "gRPC " + detail
	}
	return string(c)
}
