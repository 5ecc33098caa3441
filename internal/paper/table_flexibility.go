package paper

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/quantity"
)

// notRecovered marks what the transcription of 2014 has lost.
const notRecovered = "not recovered"

// flexibilityTable judges how the technologies measured here are operated, by the
// criteria of 2014 and, where they were measured, some more: a rating and its evidence
// a cell. Under it stand the rubric and what is left of the ratings of 2014.
func (v *view) flexibilityTable() *document.Table {
	if !slices.ContainsFunc(v.set.Testbeds(), v.judged) {
		return nil
	}
	criteria := slices.DeleteFunc(slices.Clone(v.sources.criteria), func(c criterion) bool {
		return strings.HasPrefix(c.Finding, finding.Operation+"/") && !v.operated()
	})
	t := &document.Table{Wide: true, Columns: []document.Column{{Wrap: true}}}
	head := document.Row{Cells: []document.Cell{text("Criterion")}}
	verdicts := v.verdicts(criteria)
	for _, column := range verdicts {
		t.Columns = append(t.Columns, document.Column{Wrap: true})
		head.Cells = append(head.Cells, text(strings.Join(column.names, ", ")))
	}
	t.Head = []document.Row{head}
	t.Notes = []document.Inline{&document.Emphasis{Text: []document.Inline{document.Text("Rubric.")}}, document.Text(" ")}
	end := ""
	var then []string
	for i, c := range criteria {
		row := document.Row{Cells: []document.Cell{text(c.Title)}}
		for _, column := range verdicts {
			row.Cells = append(row.Cells, column.cells[i])
		}
		t.Body = append(t.Body, row)
		if r := v.judged2014(c); r != "" {
			then = append(then, r)
		}
		rubric := strings.ReplaceAll(strings.ReplaceAll(signs(c.Text), "; ", ", "), ", ++", ": ++")
		t.Notes = append(t.Notes, document.Text(end), &document.Emphasis{Text: []document.Inline{document.Text(c.Title)}}, document.Text(" – "+rubric))
		end = "; "
	}
	left := notRecovered
	if len(then) > 0 {
		left += " but for " + list(then)
	}
	t.Notes = append(t.Notes, document.Text(". "), &document.Emphasis{Text: []document.Inline{document.Text("Ratings of 2014")}},
		document.Text(" for CoreOS, XenServer and EC2: "+left+"."))
	return t
}

// verdict is what is thought of a testbed, or of several of one technology that nothing
// sets apart: a cell a criterion.
type verdict struct {
	technology string
	names      []string
	cells      []document.Cell
}

// verdicts returns those of all testbeds.
func (v *view) verdicts(criteria []criterion) []*verdict {
	var all []*verdict
	for _, b := range v.set.Testbeds() {
		one := &verdict{technology: v.sources.technologyOf(v.set, b).ID}
		for _, c := range criteria {
			one.cells = append(one.cells, v.judge(c, b))
		}
		same := slices.IndexFunc(all, func(other *verdict) bool {
			return other.technology == one.technology && reflect.DeepEqual(other.cells, one.cells)
		})
		if same < 0 {
			same, all = len(all), append(all, one)
		}
		all[same].names = append(all[same].names, v.names[b])
	}
	return all
}

// judged reports whether anything is known, or was measured, of how the testbed is operated.
func (v *view) judged(testbed string) bool {
	id := v.sources.technologyOf(v.set, testbed).ID
	return slices.ContainsFunc(v.sources.judgements, func(j judgement) bool { return j.Technology == id }) ||
		slices.ContainsFunc(v.sources.criteria, func(c criterion) bool { return v.ofRuns(c.Finding, testbed) != "" })
}

// signs writes ratings with true minus signs, and apostrophes as such.
func signs(s string) string {
	return strings.NewReplacer("--", "−−", " - ", " − ", "'", "’").Replace(s)
}

// judge rates a testbed by a criterion.
func (v *view) judge(c criterion, testbed string) document.Cell {
	id := v.sources.technologyOf(v.set, testbed).ID
	var known judgement
	for _, j := range v.sources.judgements {
		if j.Criterion == c.ID && j.Technology == id {
			known = j
		}
	}
	rating, evidence := known.Rating, known.Evidence
	runs := ""
	if c.Finding != "" {
		rating, evidence = v.measure(c, testbed)
		runs = v.ofRuns(c.Finding, testbed)
	}
	for path := range strings.FieldsSeq(known.Finding) {
		if value := v.evidence(path, testbed); value != "" {
			evidence += ", " + value
			runs = v.ofRuns(path, testbed)
		}
	}
	evidence += runs
	if rating == "" {
		if evidence == "" {
			evidence = "not judged"
		}
		return text(evidence)
	}
	if evidence == "" {
		evidence = "nothing of its own"
	}
	cell := strong(strings.ReplaceAll(rating, "-", "−"))
	cell.Text = append(cell.Text, document.Text(" "+signs(evidence)))
	if known.Source != "" {
		cell.Text = append(cell.Text, document.Text(nbsp), cite(known.Source))
	}
	return cell
}

// evidence is the value that a judgement refers to.
func (v *view) evidence(path, testbed string) string {
	analysis, name, _ := strings.Cut(path, "/")
	f, ok := v.set.Scalar(analysis, testbed, name)
	if !ok {
		return ""
	}
	what := map[string]string{"image_build": "in ", "checkpoint": "saved in ", "restore": "restored in "}[name]
	return what + quantity.NewEstimate(f).WithUnit()
}

// ofRuns says in parentheses which runs a value is of: the one, or how many it is the mean over.
func (v *view) ofRuns(path, testbed string) string {
	analysis, name, _ := strings.Cut(path, "/")
	rows := v.set.Rows(analysis, testbed, name).Absolute()
	f, ok := rows.Overall().First()
	each := rows.EachRun()
	switch {
	case !ok || !f.Value.Present():
		return ""
	case len(each) == 1:
		return fmt.Sprintf(" (run%s%d)", nbsp, each[0].Run)
	}
	return fmt.Sprintf(" (n%s=%s%d)", nbsp, nbsp, f.N)
}

// measure rates a testbed by what was measured.
func (v *view) measure(c criterion, testbed string) (rating, evidence string) {
	analysis, name, _ := strings.Cut(c.Finding, "/")
	f, ok := v.set.Scalar(analysis, testbed, name)
	if !ok || !f.Value.Present() {
		if why := v.impossible(testbed, c.ID); why != "" {
			return "", "n/a here"
		}
		return "", "not measured"
	}
	value := float64(f.Value)
	evidence = quantity.NewEstimate(f).WithUnit()
	if analysis == finding.Footprint { // judged against the leanest
		least, others := value, 0
		for _, b := range v.set.Testbeds() {
			if g, ok := v.set.Scalar(analysis, b, name); ok && g.Value > 0 {
				least = min(least, float64(g.Value))
				others++
			}
		}
		if others < 2 || least <= 0 {
			return "", evidence + ", nothing to compare it with"
		}
		if value /= least; value == 1 {
			evidence += ", the leanest"
		} else if quantity.Number(value) == quantity.Number(1) {
			evidence += ", as lean as the leanest"
		} else {
			evidence += fmt.Sprintf(", %s times the leanest", quantity.Number(value))
		}
	}
	for _, step := range []struct {
		most   finding.Number
		rating string
	}{{c.Best, "++"}, {c.Good, "+"}, {c.Fair, "0"}, {c.Poor, "-"}} {
		if value <= float64(step.most) {
			return step.rating, evidence
		}
	}
	return "--", evidence
}

// judged2014 is what is left of the ratings of 2014, or "".
func (v *view) judged2014(c criterion) string {
	var readable []string
	for _, j := range v.sources.judgements {
		if j.Criterion == c.ID && slices.Contains([]string{"coreos", "xenserver", "ec2"}, j.Technology) {
			readable = append(readable, fmt.Sprintf("%s, %s: %s", strings.ToUpper(j.Technology), strings.ToLower(c.Title), j.Rating))
		}
	}
	return list(readable)
}
