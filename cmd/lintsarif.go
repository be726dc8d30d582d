package cmd

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/probetop/probetop/model/lint"
)

// sarif is a log of the Static Analysis Results Interchange Format 2.1.0, as far as lint has something to say in it.
type sarif struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool    sarifTool     `json:"tool"`
	Results []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version,omitempty"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string             `json:"id"`
	ShortDescription sarifText          `json:"shortDescription"`
	FullDescription  sarifText          `json:"fullDescription"`
	Help             sarifText          `json:"help"`
	HelpURI          string             `json:"helpUri"`
	Default          sarifConfiguration `json:"defaultConfiguration"`
}

type sarifConfiguration struct {
	Level string `json:"level"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
}

type sarifLocation struct {
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine int `json:"startLine"`
}

type sarifLogical struct {
	Name string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

const homepage = "https://github.com/probetop/probetop"

// sarifLevels are the levels in the words of SARIF.
var sarifLevels = map[string]string{string(lint.Error): "error", string(lint.Warning): "warning", string(lint.Advice): "note"}

// sarifOf returns a report in SARIF. What is accepted is in it as suppressed.
func sarifOf(r *LintReport) sarif {
	driver := sarifDriver{Name: "probetop", Version: buildVersion(), InformationURI: homepage}
	index := map[string]int{}
	for i, t := range lint.Texts {
		index[string(t.Rule)] = i
		driver.Rules = append(driver.Rules, sarifRule{
			ID: string(t.Rule), ShortDescription: sarifText{t.What}, FullDescription: sarifText{t.What + " " + t.Why}, Help: sarifText{t.Fix},
			HelpURI: homepage + "/blob/main/docs/lint.md#" + string(t.Rule), Default: sarifConfiguration{sarifLevels[string(t.Levels[0])]},
		})
	}
	run := sarifRun{Tool: sarifTool{driver}, Results: []sarifResult{}}
	for _, list := range [...][]LintFinding{r.Findings, r.Accepted} {
		for i := range list {
			run.Results = append(run.Results, sarifResultOf(&list[i], index[list[i].Rule]))
		}
	}
	return sarif{
		Schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	}
}

func sarifResultOf(f *LintFinding, rule int) sarifResult {
	result := sarifResult{
		RuleID: f.Rule, RuleIndex: rule, Level: sarifLevels[f.Level],
		Message: sarifText{sentence(f.Evidence) + ": " + f.Consequence + ". " + f.Fix},
	}
	var location sarifLocation
	if f.File != "" {
		location.Physical = &sarifPhysical{sarifArtifact{filepath.ToSlash(f.File)}, sarifRegion{max(f.Line, 1)}}
	}
	switch name := strings.TrimPrefix(f.Namespace+"/"+f.Workload, "/"); {
	case f.Node != "":
		location.Logical = []sarifLogical{{"node/" + f.Node, "resource"}}
	case name != "":
		location.Logical = []sarifLogical{{name, "resource"}}
	}
	result.Locations = []sarifLocation{location}
	if f.Reason != "" {
		result.Suppressions = []sarifSuppression{{"inSource", f.Reason}}
	}
	return result
}

// githubLines writes the findings as workflow commands, which GitHub shows beside the lines of a pull request.
func githubLines(r *LintReport) string {
	words := map[string]string{string(lint.Error): "error", string(lint.Warning): "warning", string(lint.Advice): "notice"}
	message := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	var b strings.Builder
	for i := range r.Findings {
		f := &r.Findings[i]
		place, text := "", sentence(f.Evidence)+": "+f.Consequence+". "+f.Fix
		if f.File != "" {
			place = fmt.Sprintf("file=%s,line=%d,", property.Replace(filepath.ToSlash(f.File)), f.Line)
		} else {
			text = f.where() + ": " + text
		}
		fmt.Fprintf(&b, "::%s %stitle=%s::%s\n", words[f.Level], place, property.Replace(f.Rule), message.Replace(text))
	}
	return b.String()
}
