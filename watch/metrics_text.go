package watch

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/probetop/probetop/model"
)

// maxMetrics is the size of an answer from which on it is not read.
const maxMetrics = 16 << 20

var (
	errMetricsSize  = errors.New("the kubelet's counters are more than 16 MiB")
	errMetricsStart = errors.New("the kubelet does not say when it started, so its counters mean nothing")
)

// The metrics that are read. They are those of pkg/kubelet/prober/prober_manager.go and component-base.
const (
	probeTotal   = "prober_probe_total{"
	processStart = "process_start_time_seconds "
)

// metricsText reads what a kubelet says in the Prometheus text format.
type metricsText struct {
	// started is when the kubelet process started.
	started time.Time
	// count is called for each counter that is not malformed; its arguments are only valid during the call.
	count func(l *metricLabels, n int32)

	labels metricLabels
}

// metricLabels are the labels of a probe counter.
type metricLabels struct{ container, pod, typ, result []byte }

// read reads an answer to its end. Lines that are malformed, or too long, are passed over.
func (m *metricsText) read(body io.Reader) error {
	limited := &io.LimitedReader{R: body, N: maxMetrics + 1}
	lines := bufio.NewReaderSize(limited, 64<<10)
	whole := true // what was read last ended a line
	for {
		line, err := lines.ReadSlice('\n')
		if whole && !errors.Is(err, bufio.ErrBufferFull) {
			m.line(bytes.TrimRight(line, "\r\n"))
		}
		whole = err == nil
		switch {
		case limited.N == 0:
			return errMetricsSize
		case errors.Is(err, io.EOF) && m.started.IsZero():
			return errMetricsStart
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
	}
}

func (m *metricsText) line(line []byte) {
	if rest, ok := bytes.CutPrefix(line, []byte(probeTotal)); ok {
		if rest, ok = m.labels.parse(rest); !ok {
			return
		}
		if n, ok := metricValue(rest); ok && n >= 0 {
			m.count(&m.labels, int32(min(n, math.MaxInt32)))
		}
		return
	}
	if rest, ok := bytes.CutPrefix(line, []byte(processStart)); ok {
		if s, ok := metricValue(rest); ok && s > 0 && s < math.MaxInt32*1e3 {
			m.started = time.UnixMilli(int64(math.Round(s * 1e3))).UTC()
		}
	}
}

// metricValue reads the number at the beginning of b, which a timestamp may follow.
func metricValue(b []byte) (float64, bool) {
	b = bytes.TrimLeft(b, " \t")
	if i := bytes.IndexAny(b, " \t"); i >= 0 {
		b = b[:i]
	}
	v, err := strconv.ParseFloat(string(b), 64)
	return v, err == nil && !math.IsNaN(v)
}

// parse reads labels up to their closing brace, and returns what comes after it.
func (l *metricLabels) parse(b []byte) (rest []byte, ok bool) {
	*l = metricLabels{}
	for {
		b = bytes.TrimLeft(b, " \t,")
		if rest, ok = bytes.CutPrefix(b, []byte("}")); ok {
			return rest, true
		}
		i := bytes.IndexByte(b, '=')
		if i < 0 {
			return nil, false
		}
		name := bytes.TrimRight(b[:i], " \t")
		b = bytes.TrimLeft(b[i+1:], " \t")
		if len(b) == 0 || b[0] != '"' {
			return nil, false
		}
		var value []byte
		if value, b, ok = labelValue(b[1:]); !ok {
			return nil, false
		}
		l.set(name, value)
	}
}

func (l *metricLabels) set(name, value []byte) {
	switch string(name) {
	case "container":
		l.container = value
	case "pod_uid":
		l.pod = value
	case "probe_type":
		l.typ = value
	case "result":
		l.result = value
	}
}

// labelValue reads a label's value up to its closing quote, and returns what comes after it. It copies values
// that have escapes, which those of a kubelet never have.
func labelValue(b []byte) (value, rest []byte, ok bool) {
	end := bytes.IndexByte(b, '"')
	if end < 0 {
		return nil, nil, false
	}
	if bytes.IndexByte(b[:end], '\\') < 0 {
		return b[:end], b[end+1:], true
	}
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return value, b[i+1:], true
		case c != '\\':
			value = append(value, c)
		case i+1 == len(b):
			return nil, nil, false
		default:
			i++
			if b[i] == 'n' {
				value = append(value, '\n')
			} else {
				value = append(value, b[i])
			}
		}
	}
	return nil, nil, false
}

// probeType returns the type that a label names, as the kubelet spells it.
func (l *metricLabels) probeType() (model.ProbeType, bool) {
	switch string(l.typ) {
	case "Startup":
		return model.Startup, true
	case "Readiness":
		return model.Readiness, true
	case "Liveness":
		return model.Liveness, true
	}
	return 0, false
}
