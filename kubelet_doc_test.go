package main

import (
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// kubeletDoc is the specification of the kubelet that code and tests cite by section and id.
const kubeletDoc = "docs/kubelet.md"

// fewestCited is less than the tests cite: a walk that finds fewer ids has missed files.
const fewestCited = 150

var (
	// anID is a scenario ("W08") or a class of agreement ("N4").
	anID = regexp.MustCompile(`\b(?:[A-Z]\d\d|[ABDENPTX]\d)\b`)
	// aSection is the number of a section, in a comment that cites sections.
	aSection = regexp.MustCompile(`\b\d{1,2}\.\d{1,2}\b`)
	// aStory is the section that a scenario without an id begins its name with: "1.6 the count survives a crash".
	aStory = regexp.MustCompile("^[\"`](\\d\\.\\d{1,2}) [a-z]")
	// citesSections is a comment that names sections of the specification.
	citesSections = regexp.MustCompile(`\bsections? \d`)

	definesID      = regexp.MustCompile(`(?m)^\| ([A-Z]\d{1,2}) \|`)
	definesSection = regexp.MustCompile(`(?m)^#{2,4} (\d{1,2}(?:\.\d{1,2})?) `)
)

// TestKubeletDocDefinesWhatIsCited collects the ids and sections that Go files cite, and looks each up in the document.
func TestKubeletDocDefinesWhatIsCited(t *testing.T) {
	text, err := os.ReadFile(kubeletDoc)
	if err != nil {
		t.Fatal(err)
	}
	defined := definitions(t, string(text))
	cited := map[string]string{}
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != ".":
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go"):
			return collectCited(path, cited)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(cited) < fewestCited {
		t.Errorf("%d ids and sections are cited, want %d or more", len(cited), fewestCited)
	}
	for id, where := range cited {
		if !defined[id] {
			t.Errorf("%s cites %s, which %s does not define", where, id, kubeletDoc)
		}
	}
}

// definitions returns the ids of the document's tables and the numbers of its headings. Each may stand there once.
func definitions(t *testing.T, text string) map[string]bool {
	t.Helper()
	defined := map[string]bool{}
	for _, m := range slices.Concat(definesID.FindAllStringSubmatch(text, -1), definesSection.FindAllStringSubmatch(text, -1)) {
		if defined[m[1]] {
			t.Errorf("%s defines %s twice", kubeletDoc, m[1])
		}
		defined[m[1]] = true
	}
	return defined
}

// collectCited adds what the comments and strings of a Go file cite, with the place where it does.
func collectCited(path string, cited map[string]string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	fset := token.NewFileSet()
	file := fset.AddFile(path, -1, len(src))
	var s scanner.Scanner
	s.Init(file, src, nil, scanner.ScanComments)
	before := token.ILLEGAL
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return nil
		}
		for _, id := range citations(before, tok, lit) {
			cited[id] = fset.Position(pos).String()
		}
		before = tok
	}
}

// citations returns the ids and sections that a comment or a string cites, given the token before it. The sections of an
// RFC are not ours, and a string names a scenario where it is a key or an element of a literal.
func citations(before, tok token.Token, lit string) []string {
	if tok != token.STRING && tok != token.COMMENT {
		return nil
	}
	found := anID.FindAllString(lit, -1)
	if tok == token.COMMENT && citesSections.MatchString(lit) && !strings.Contains(lit, "RFC") {
		found = append(found, aSection.FindAllString(lit, -1)...)
	}
	if m := aStory.FindStringSubmatch(lit); m != nil && (before == token.LBRACE || before == token.COMMA) {
		found = append(found, m[1])
	}
	return found
}
