package cluster

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"
)

// unpack maps the names in a tar to the contents of its files and the targets of its links.
func unpack(t *testing.T, content []byte) map[string]string {
	t.Helper()
	found := map[string]string{}
	r := tar.NewReader(bytes.NewReader(content))
	for {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		found[header.Name] = header.Linkname + string(body)
	}
}

func TestArchiveNamesItsParts(t *testing.T) {
	a := archive{name: "example.com/a:b", entrypoint: []string{"/run"}, files: []file{
		{name: "run", content: []byte("program")}, {name: "bin/"}, {name: "bin/sh", link: "busybox"},
	}}
	content, err := a.bytes()
	if err != nil {
		t.Fatal(err)
	}
	parts := unpack(t, content)
	var manifest []struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
	if err := json.Unmarshal([]byte(parts["manifest.json"]), &manifest); err != nil {
		t.Fatal(err)
	}
	var config struct {
		Config struct{ Entrypoint []string }
		RootFS struct {
			DiffIDs []string `json:"diff_ids"`
		}
	}
	if err := json.Unmarshal([]byte(parts[manifest[0].Config]), &config); err != nil {
		t.Fatal(err)
	}
	layer := parts[manifest[0].Layers[0]]
	if got, want := config.RootFS.DiffIDs[0], "sha256:"+digest([]byte(layer)); got != want {
		t.Errorf("the configuration names layer %s, want %s", got, want)
	}
	if got := manifest[0].RepoTags[0] + " " + config.Config.Entrypoint[0]; got != "example.com/a:b /run" {
		t.Errorf("the image is %s, want example.com/a:b /run", got)
	}
	files := unpack(t, []byte(layer))
	if files["run"] != "program" || files["bin/sh"] != "busybox" {
		t.Errorf("the layer has %q", files)
	}
	again, err := a.bytes()
	if err != nil || !bytes.Equal(content, again) {
		t.Errorf("the same image has other bytes the second time (%v)", err)
	}
}
