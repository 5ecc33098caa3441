package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/quantity"
	"virtcmp/internal/result"
)

// notRecovered marks what the transcription of 2014 has lost.
const notRecovered = "not recovered"

// flexibilityTable judges how the technologies measured here are operated, by the
// criteria of 2014: a rating and its evidence a cell.
func (v *view) flexibilityTable() *document.Table {
	t := &document.Table{Wide: true, Columns: []document.Column{{Wrap: true}}}
	head := document.Row{Cells: []document.Cell{text("Criterion")}}
	for _, b := range v.set.Testbeds() {
		t.Columns = append(t.Columns, document.Column{Wrap: true})
		head.Cells = append(head.Cells, text(v.names[b]))
	}
	t.Columns = append(t.Columns, document.Column{Wrap: true})
	head.Cells = append(head.Cells, text("CoreOS, XenServer, EC2 (2014)"))
	t.Head = []document.Row{head}
	t.Notes = []document.Inline{&document.Emphasis{Text: []document.Inline{document.Text("Rubric.")}}, document.Text(" ")}
	for i, c := range v.sources.criteria {
		row := document.Row{Cells: []document.Cell{text(c.Title)}}
		for _, b := range v.set.Testbeds() {
			row.Cells = append(row.Cells, v.judge(c, b))
		}
		row.Cells = append(row.Cells, v.judged2014(c))
		t.Body = append(t.Body, row)
		end := "; "
		if i == len(v.sources.criteria)-1 {
			end = "."
		}
		rubric := strings.ReplaceAll(strings.ReplaceAll(signs(c.Text), "; ", ", "), ", ++", ": ++")
		t.Notes = append(t.Notes, &document.Emphasis{Text: []document.Inline{document.Text(c.Title)}}, document.Text(" – "+rubric+end))
	}
	return t
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
	if c.Finding != "" {
		rating, evidence = v.measure(c, testbed)
	}
	if known.Finding != "" {
		if value := v.evidence(known.Finding, testbed); value != "" {
			evidence += ", " + value
		}
	}
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
	what := ""
	if name == "image_build" {
		what = "in "
	}
	return what + quantity.NewEstimate(f).WithUnit()
}

// measure rates a testbed by what was measured.
func (v *view) measure(c criterion, testbed string) (rating, evidence string) {
	analysis, name, _ := strings.Cut(c.Finding, "/")
	f, ok := v.set.Scalar(analysis, testbed, name)
	if !ok || !f.Value.Present() {
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

// judged2014 is what is left of the ratings of 2014.
func (v *view) judged2014(c criterion) document.Cell {
	var readable []string
	for _, j := range v.sources.judgements {
		if j.Criterion == c.ID && slices.Contains([]string{"coreos", "xenserver", "ec2"}, j.Technology) {
			readable = append(readable, strings.ToUpper(j.Technology)+" "+j.Rating)
		}
	}
	if len(readable) > 0 {
		return document.Cell{Text: []document.Inline{document.Text(strings.Join(readable, ", ") + ", others " + notRecovered)}}
	}
	return document.Cell{Text: []document.Inline{document.Text(notRecovered)}}
}

// listDigest is the digest of the files' digests, as sha256sum of sha256sum gives it.
func listDigest(files []result.Source) string {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%s  %s\n", f.SHA256, f.File)
	}
	return hex.EncodeToString(h.Sum(nil))
}
