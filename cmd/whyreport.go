package cmd

import (
	"time"

	"github.com/probetop/probetop/model"
)

// WhyReport is what why -o json prints: the report of the pods that were asked about, and what is wrong with each subject.
type WhyReport struct {
	Report
	// Broken is set when something is wrong with one of the subjects.
	Broken   bool            `json:"broken"`
	Subjects []SubjectReport `json:"subjects"`
}

// SubjectReport is what one of the arguments is about, or all that was selected.
type SubjectReport struct {
	Name   string `json:"name"`
	Broken bool   `json:"broken"`
	// Headline is the sentence that says what is wrong; empty when nothing is.
	Headline string `json:"headline"`
	// Pods and Faulty name its pods, and those of them that something is wrong with, worst first, as namespace/name.
	Pods   []string `json:"pods"`
	Faulty []string `json:"faulty"`
}

// encode prints the subjects as JSON.
func (o *whyOptions) encode(s *model.Snapshot, context string, subjects []subject, at time.Time) error {
	part := *s
	part.Rows = nil
	seen := map[model.UID]bool{}
	r := WhyReport{Subjects: []SubjectReport{}}
	for _, sub := range subjects {
		faults := model.Faults(sub.rows, at)
		report := SubjectReport{Name: sub.name, Broken: len(faults) > 0, Headline: sub.headline(faults, at), Pods: []string{}, Faulty: []string{}}
		for _, row := range worstFirst(&model.Snapshot{Rows: sub.rows}) {
			report.Pods = append(report.Pods, row.Pod.Namespace+"/"+row.Pod.Name)
			if !seen[row.Pod.UID] {
				seen[row.Pod.UID] = true
				part.Rows = append(part.Rows, row)
			}
		}
		for _, row := range faults {
			report.Faulty = append(report.Faulty, row.Pod.Namespace+"/"+row.Pod.Name)
		}
		r.Subjects = append(r.Subjects, report)
		r.Broken = r.Broken || report.Broken
	}
	r.Report = reportOf(&part, context, at)
	r.Kind = "WhyReport"
	data, err := encode(&r, "  ")
	if err != nil {
		return err
	}
	if _, err := (escaper{o.streams.Out}).Write(append(data, '\n')); err != nil {
		return unwritten(err)
	}
	return nil
}
