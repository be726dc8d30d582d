package cluster

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
)

// archive is a container image of one layer, in the format of "docker save". The same content gives the same bytes.
type archive struct {
	name       string
	entrypoint []string
	files      []file
}

// file is a directory if its name ends in a slash, a symbolic link if link is set, else an executable.
type file struct {
	name    string
	link    string
	content []byte
}

// bytes is the archive as a tar: the layer, the configuration that names it, and the manifest that names both.
func (a archive) bytes() ([]byte, error) {
	layer, err := pack(a.files)
	if err != nil {
		return nil, err
	}
	type object = map[string]any
	config, err := json.Marshal(object{
		"architecture": runtime.GOARCH,
		"os":           "linux",
		"config":       object{"Entrypoint": a.entrypoint, "Env": []string{"PATH=/bin:/"}},
		"rootfs":       object{"type": "layers", "diff_ids": []string{"sha256:" + digest(layer)}},
	})
	if err != nil {
		return nil, fmt.Errorf("encoding the configuration: %w", err)
	}
	configName, layerName := digest(config)+".json", "layer.tar"
	manifest, err := json.Marshal([]object{{"Config": configName, "RepoTags": []string{a.name}, "Layers": []string{layerName}}})
	if err != nil {
		return nil, fmt.Errorf("encoding the manifest: %w", err)
	}
	return pack([]file{
		{name: layerName, content: layer},
		{name: configName, content: config},
		{name: "manifest.json", content: manifest},
	})
}

// pack writes a tar without times and owners.
func pack(files []file) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		header := &tar.Header{Name: f.name, Mode: 0o755, Size: int64(len(f.content)), Typeflag: tar.TypeReg}
		switch {
		case strings.HasSuffix(f.name, "/"):
			header.Typeflag = tar.TypeDir
			header.Mode = 0o777
		case f.link != "":
			header.Typeflag, header.Linkname = tar.TypeSymlink, f.link
		}
		if err := w.WriteHeader(header); err != nil {
			return nil, fmt.Errorf("packing %s: %w", f.name, err)
		}
		if _, err := w.Write(f.content); err != nil {
			return nil, fmt.Errorf("packing %s: %w", f.name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("packing: %w", err)
	}
	return b.Bytes(), nil
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
