// Command notices writes the licences of everything that is linked into probetop, on any platform that it is built for: the
// modules of the packages, and Go's own library. It fails when one of them has no licence, or one that it does not know, for
// then somebody has to read it first.
//
//	go run -C tools ./notices -C .. > THIRD_PARTY_NOTICES
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// platforms are those of the release, and of make cross.
var platforms = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}

func main() {
	dir := flag.String("C", ".", "The folder of the main package")
	flag.Parse()
	if err := run(context.Background(), *dir, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir string, out io.Writer) error {
	parts, err := linked(ctx, dir)
	if err != nil {
		return err
	}
	goroot, err := goCommand(ctx, dir, nil, "env", "GOROOT")
	if err != nil {
		return err
	}
	root := strings.TrimSpace(goroot)
	parts["Go "+strings.TrimPrefix(runtime.Version(), "go")] = map[string]bool{root: true}
	holders := map[string][]string{} // by text
	for name, folders := range parts {
		texts, err := licences(folders)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, text := range texts {
			holders[text] = append(holders[text], name)
		}
	}
	return write(out, holders)
}

// linked returns the folders that may hold licences of each module that is linked: those of its packages, and all above
// them.
func linked(ctx context.Context, dir string) (map[string]map[string]bool, error) {
	parts := map[string]map[string]bool{}
	for _, p := range platforms {
		system, arch, _ := strings.Cut(p, "/")
		list, err := goCommand(ctx, dir, []string{"GOOS=" + system, "GOARCH=" + arch, "CGO_ENABLED=0"},
			"list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}\t{{$.Dir}}{{end}}{{end}}", ".")
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(list) {
			fields := strings.Split(strings.TrimSpace(line), "\t")
			if len(fields) != 3 {
				continue
			}
			name, root, folder := fields[0], fields[1], fields[2]
			if parts[name] == nil {
				parts[name] = map[string]bool{root: true}
			}
			for ; len(folder) > len(root); folder = filepath.Dir(folder) {
				parts[name][folder] = true
			}
		}
	}
	return parts, nil
}

// goCommand runs the go command and returns what it prints.
func goCommand(ctx context.Context, dir string, env []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env, cmd.Stderr = dir, append(os.Environ(), env...), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("running go %s: %w", args[0], err)
	}
	return string(out), nil
}

var (
	// licence are the names of files that hold a licence, or what it asks to pass on.
	licence = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents|copyright)([.-].*)?$`)
	// known are words of the licences that allow to pass a program on in binary form when they are passed on with it.
	known = regexp.MustCompile(`Apache License\s+Version 2\.0|Permission is hereby granted, free of charge|Redistribution and use in source and binary forms|Permission to use, copy, modify, and(/or)? distribute`)
)

// licences returns the texts in the folders of one module.
func licences(folders map[string]bool) ([]string, error) {
	var texts []string
	allowed := false
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		files, err := os.ReadDir(folder)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if f.IsDir() || !licence.MatchString(f.Name()) || strings.HasSuffix(f.Name(), ".go") {
				continue
			}
			text, err := os.ReadFile(filepath.Join(folder, f.Name()))
			if err != nil {
				return nil, err
			}
			allowed = allowed || known.Match(text)
			texts = append(texts, string(bytes.TrimSpace(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))))
		}
	}
	if !allowed {
		return nil, fmt.Errorf("there is no licence in %s that is known", slices.Sorted(maps.Keys(folders))[0])
	}
	return texts, nil
}

// write writes each text once, after those whose it is.
func write(out io.Writer, holders map[string][]string) error {
	for _, names := range holders {
		slices.Sort(names)
	}
	texts := slices.SortedFunc(maps.Keys(holders), func(a, b string) int {
		if c := slices.Compare(holders[a], holders[b]); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	var b bytes.Buffer
	b.WriteString("probetop is built from the following, each under the licence below its name.\n")
	for _, text := range texts {
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 78), strings.Join(slices.Compact(holders[text]), "\n"), text)
	}
	_, err := out.Write(b.Bytes())
	return err
}
