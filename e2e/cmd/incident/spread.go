package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

// The cluster has one kubelet. So that there is something to see of nodes and zones, the recording shows its pods on three
// nodes in two zones, evenly, as a scheduler would have placed them. Nothing else of what was recorded is changed: what
// happens, and when, is what that one kubelet did.
const recordedOn = "worker-1"

// place is a node that the recording shows.
type place struct{ node, zone, uid string }

func places() []place {
	return []place{
		{recordedOn, "zone-a", ""}, // the UID it has
		{"worker-2", "zone-b", "5a1e4d1c-0b5f-4c0e-8a50-3f1f2f2e7b02"},
		{"worker-3", "zone-b", "c7b2f0a6-9d43-4d0b-b0f5-61a3a6de5c03"},
	}
}

// spread returns the lines of a recording with its pods on several nodes; as they are when they are there already.
func spread(lines []byte) ([]byte, error) {
	if bytes.Contains(lines, []byte(`"name":"`+places()[1].node+`"`)) {
		return lines, nil
	}
	s := spreader{places: places(), nodes: map[string]int{}, used: map[string]int{}}
	var out bytes.Buffer
	for line := range bytes.Lines(lines) {
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber() // times and resource versions as they are
		var entry map[string]any
		if err := d.Decode(&entry); err != nil {
			return nil, fmt.Errorf("reading a line of the recording: %w", err)
		}
		for _, e := range s.entries(entry) {
			text, err := json.Marshal(e)
			if err != nil {
				return nil, fmt.Errorf("writing a line of the recording: %w", err)
			}
			out.Write(append(text, '\n'))
		}
	}
	return out.Bytes(), nil
}

// spreader remembers where pods are.
type spreader struct {
	places []place
	nodes  map[string]int // the place of a pod, by namespace and name
	used   map[string]int // how many pods of a workload have a place
}

// entries returns what stands for an entry: itself with other nodes, and for a node one for each place.
func (s *spreader) entries(entry map[string]any) []map[string]any {
	o, _ := entry["object"].(map[string]any)
	switch entry["resource"] {
	case "nodes":
		if o == nil {
			break
		}
		var all []map[string]any
		for _, p := range s.places {
			all = append(all, p.stand(entry))
		}
		return all
	case "pods":
		if spec, ok := o["spec"].(map[string]any); ok && spec["nodeName"] != nil {
			spec["nodeName"] = s.at(o["metadata"]).node
		}
	case "events":
		node := s.at(o["involvedObject"]).node
		if source, ok := o["source"].(map[string]any); ok && source["host"] == recordedOn {
			source["host"] = node
		}
		if o["reportingInstance"] == recordedOn {
			o["reportingInstance"] = node
		}
	case "endpointslices":
		endpoints, _ := o["endpoints"].([]any)
		for _, e := range endpoints {
			if e, ok := e.(map[string]any); ok && e["nodeName"] == recordedOn {
				p := s.at(e["targetRef"])
				e["nodeName"] = p.node
				if e["zone"] != nil {
					e["zone"] = p.zone
				}
			}
		}
	}
	return []map[string]any{entry}
}

// at is the place of a pod, by what names it. The pods of a workload go round, beginning somewhere.
func (s *spreader) at(reference any) place {
	m, _ := reference.(map[string]any)
	namespace, _ := m["namespace"].(string)
	name, _ := m["name"].(string)
	if kind, ok := m["kind"].(string); ok && kind != "Pod" {
		return s.places[0]
	}
	pod := namespace + "/" + name
	i, known := s.nodes[pod]
	if !known {
		workload := pod[:max(strings.LastIndexByte(pod, '-'), 0)]
		h := fnv.New32a()
		_, _ = h.Write([]byte(workload))
		i = (int(h.Sum32()%uint32(len(s.places))) + s.used[workload]) % len(s.places)
		s.nodes[pod] = i
		s.used[workload]++
	}
	return s.places[i]
}

// stand is the entry of the node with the name and the zone of the place.
func (p place) stand(entry map[string]any) map[string]any {
	e := deep(entry).(map[string]any)
	o := e["object"].(map[string]any)
	metadata := o["metadata"].(map[string]any)
	if metadata["name"] != recordedOn || p.node == recordedOn {
		return e
	}
	metadata["name"], metadata["uid"] = p.node, p.uid
	if labels, ok := metadata["labels"].(map[string]any); ok {
		labels["topology.kubernetes.io/zone"] = p.zone
	}
	return e
}

// deep copies what JSON has been read into.
func deep(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := map[string]any{}
		for k, e := range v {
			m[k] = deep(e)
		}
		return m
	case []any:
		l := slices.Clone(v)
		for i := range l {
			l[i] = deep(l[i])
		}
		return l
	}
	return v
}
