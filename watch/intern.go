package watch

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
	"github.com/probetop/probetop/recording/mask"
)

const (
	// internedStrings bounds the interner: beyond it, it forgets everything and begins anew, which costs
	// nothing but some sharing.
	internedStrings = 1 << 15
	// internedLength is the length from which on a string is hardly shared by accident.
	internedLength = 256
	// internedSet is the same for labels, probes and gates, as long as they are together.
	internedSet = 4 << 10
)

// interner shares what many objects have in common. It belongs to one goroutine at a time.
type interner struct {
	strings map[string]string
	probes  map[string]*model.ProbeSpec
	gates   map[string][]string
	sets    map[string]model.Labels
	specs   map[string]*model.ContainerSpec
	// settings are few: what they are made of is a word or two.
	settings map[model.Setting]*model.Setting
	key      []byte
	names    []string
	// policy says how what the cluster says is masked.
	policy mask.Policy
}

// text returns the one copy of a text that others wrote, masked.
func (in *interner) text(s string) string { return in.string(in.policy.Text(s)) }

func newInterner() *interner {
	return &interner{
		strings: map[string]string{}, probes: map[string]*model.ProbeSpec{}, gates: map[string][]string{},
		sets: map[string]model.Labels{}, specs: map[string]*model.ContainerSpec{},
		settings: map[model.Setting]*model.Setting{},
	}
}

// string returns the one copy of s. The copy pins no larger string that s was cut from.
func (in *interner) string(s string) string {
	if s == "" {
		return ""
	}
	if shared, ok := in.strings[s]; ok {
		return shared
	}
	s = strings.Clone(s)
	if len(s) > internedLength {
		return s
	}
	if len(in.strings) >= internedStrings {
		clear(in.strings)
	}
	in.strings[s] = s
	return s
}

// probe returns the one fact about all probes equal to p; nil for nil.
func (in *interner) probe(p *corev1.Probe) *model.ProbeSpec {
	if p == nil {
		return nil
	}
	size := p.Size()
	if cap(in.key) < size {
		in.key = make([]byte, 2*size)
	}
	n, err := p.MarshalTo(in.key[:size])
	if err != nil || n > internedSet {
		return probeFact(in.policy, p)
	}
	if shared, ok := in.probes[string(in.key[:n])]; ok {
		return shared
	}
	if len(in.probes) >= internedStrings {
		clear(in.probes)
	}
	spec := probeFact(in.policy, p)
	in.probes[string(in.key[:n])] = spec
	return spec
}

// labels returns the one copy of all labels equal to m.
func (in *interner) labels(m map[string]string) model.Labels {
	if len(m) == 0 {
		return ""
	}
	in.names = in.names[:0]
	for k := range m {
		in.names = append(in.names, k)
	}
	slices.Sort(in.names)
	in.key = in.key[:0]
	for i, k := range in.names {
		if i > 0 {
			in.key = append(in.key, ',')
		}
		in.key = append(append(append(in.key, k...), '='), m[k]...)
	}
	if shared, ok := in.sets[string(in.key)]; ok {
		return shared
	}
	if len(in.sets) >= internedStrings {
		clear(in.sets)
	}
	labels := model.Labels(in.key)
	if len(labels) > internedSet {
		return labels
	}
	in.sets[string(labels)] = labels
	return labels
}

// readinessGates returns the one list of all lists equal to gates; nil for none.
func (in *interner) readinessGates(gates []corev1.PodReadinessGate) []string {
	if len(gates) == 0 {
		return nil
	}
	in.key = in.key[:0]
	for _, g := range gates {
		in.key = append(append(in.key, g.ConditionType...), 0)
	}
	if shared, ok := in.gates[string(in.key)]; ok {
		return shared
	}
	if len(in.gates) >= internedStrings {
		clear(in.gates)
	}
	types := make([]string, len(gates))
	for i, g := range gates {
		types[i] = in.string(string(g.ConditionType))
	}
	if len(in.key) <= internedSet {
		in.gates[string(in.key)] = types
	}
	return types
}
