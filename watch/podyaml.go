package watch

import (
	"context"
	"encoding/json"
	"fmt"

	"sigs.k8s.io/yaml"

	"github.com/probetop/probetop/recording/mask"
)

// YAML returns a pod as the API server has it now, as YAML: managed fields left out, secrets masked. Its errors are sentences for
// the screen.
func (p *Pods) YAML(id PodID) (string, error) {
	ctx, cancel := context.WithTimeout(p.ctx, pagePatience)
	defer cancel()
	raw, err := p.client.core.Get().Namespace(id.Namespace).Resource("pods").Name(id.Name).
		SetHeader("Accept", "application/json").Do(ctx).Raw()
	if err != nil {
		return "", p.sentence("pods", id, err)
	}
	var pod map[string]any
	if err := json.Unmarshal(raw, &pod); err != nil {
		return "", &SentenceError{"The API server's answer is no pod.", err}
	}
	meta, _ := pod["metadata"].(map[string]any)
	if uid, _ := meta["uid"].(string); uid != id.UID {
		return "", &SentenceError{Sentence: fmt.Sprintf("Pod %s was replaced by another of the same name.", id.Name)}
	}
	delete(meta, "managedFields")
	if notes, ok := meta["annotations"].(map[string]any); ok {
		delete(notes, "kubectl.kubernetes.io/last-applied-configuration")
	}
	if p.policy == mask.Hide {
		maskMap(pod)
	}
	text, err := yaml.Marshal(pod)
	if err != nil {
		return "", &SentenceError{"The pod cannot be written as YAML.", err}
	}
	return string(text), nil
}

// maskMap hides secrets in an object: in its texts, in what its names call one, in pairs of a name and a value, and in commands.
func maskMap(object map[string]any) {
	if name, ok := object["name"].(string); ok {
		if value, ok := object["value"].(string); ok {
			object["value"] = mask.Value(name, value)
		}
	}
	for name, value := range object {
		switch value := value.(type) {
		case string:
			if name != "value" {
				object[name] = mask.Text(value)
			}
		case []any:
			if words, ok := stringsOf(value); ok && (name == "command" || name == "args") {
				object[name], _ = mask.Command(words)
				continue
			}
			maskList(value)
		case map[string]any:
			if name == "annotations" || name == "labels" {
				maskNamed(value)
				continue
			}
			maskMap(value)
		}
	}
}

// maskNamed hides the values whose names call them secrets.
func maskNamed(values map[string]any) {
	for name, value := range values {
		if text, ok := value.(string); ok {
			values[name] = mask.Value(name, text)
		}
	}
}

func maskList(list []any) {
	for i, value := range list {
		switch value := value.(type) {
		case string:
			list[i] = mask.Text(value)
		case []any:
			maskList(value)
		case map[string]any:
			maskMap(value)
		}
	}
}

// stringsOf returns a list of strings as such.
func stringsOf(list []any) ([]string, bool) {
	words := make([]string, len(list))
	for i, v := range list {
		word, ok := v.(string)
		if !ok {
			return nil, false
		}
		words[i] = word
	}
	return words, true
}
