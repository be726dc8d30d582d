package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const mit = "Permission is hereby granted, free of charge, to any person"

// folder writes files and returns their folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestLicences(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  []string // none for an error
	}{
		"one":                  {map[string]string{"LICENSE": mit + "\r\n\n", "x.go": "", "licenses.json": "{}"}, []string{mit}},
		"with what goes along": {map[string]string{"COPYING.txt": mit, "NOTICE": "by us", "PATENTS": "none"}, []string{mit, "by us", "none"}},
		"none":                 {map[string]string{"README.md": mit}, nil},
		"one nobody has read":  {map[string]string{"LICENSE": "all rights reserved"}, nil},
		"code about licences":  {map[string]string{"license.go": mit}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := licences(map[string]bool{folder(t, c.files): true})
			if !slices.Equal(got, c.want) || (err == nil) != (c.want != nil) {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestATextIsWrittenOnce(t *testing.T) {
	var b bytes.Buffer
	if err := write(&b, map[string][]string{"one text": {"b v1", "a v1"}, "another": {"c v1", "c v1"}}); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); strings.Count(got, "one text") != 1 || !strings.Contains(got, "\na v1\nb v1\n\none text\n") || strings.Count(got, "c v1") != 1 {
		t.Errorf("got %s", got)
	}
}
