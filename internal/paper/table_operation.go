package paper

import (
	"slices"
	"strings"
	"unicode/utf8"

	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/quantity"
	"virtcmp/internal/result"
)

// operations are the rows of the operations table. action is what the testbed did, or
// could not do, by the name that collect records why under.
var operations = []struct{ title, analysis, name, action string }{
	{"Start to first page, cold", finding.Operation, "first_page_cold", "cold_start"},
	{"Start to first page, warm", finding.Operation, "first_page_warm", ""},
	{"Written until then", finding.Operation, "written", "written"},
	{"Stop and clear up", finding.Operation, "teardown", ""},
	{"Pause", finding.Operation, "pause", "pause"},
	{"Resume to next page", finding.Operation, "resume", "pause"},
	{"Snapshot", finding.Operation, "snapshot", "snapshot"},
	{"Size of the snapshot", finding.Operation, "snapshot_size", "snapshot"},
	{"Checkpoint", finding.Operation, "checkpoint", "checkpoint"},
	{"Size of the checkpoint", finding.Operation, "checkpoint_size", "checkpoint"},
	{"Restore to next page", finding.Operation, "restore", "restore"},
	{"Host memory a guest", finding.Footprint, "guest", ""},
}

// operated reports whether any testbed has findings of its operation.
func (v *view) operated() bool {
	return slices.ContainsFunc(v.set.Testbeds(), func(t string) bool { return v.set.Has(finding.Operation, t) })
}

// impossible is why a testbed can't do something, as recorded, or "".
func (v *view) impossible(testbed, action string) string {
	f, _ := v.set.Rows(finding.Environment, testbed, result.OperationFact+action).First()
	return f.Note.Get("reason")
}

// operationTable shows what operating the testbeds takes. What one can't do has a
// letter, and the reason under the table.
func (v *view) operationTable() *document.Table {
	if !v.operated() {
		return nil
	}
	t := &document.Table{Wide: true, Columns: []document.Column{{Wrap: true}}}
	head := document.Row{Cells: []document.Cell{text("Operation")}}
	for _, b := range v.set.Testbeds() {
		t.Columns = append(t.Columns, document.Column{Align: document.Right, Wrap: true})
		head.Cells = append(head.Cells, text(v.names[b]))
	}
	t.Head = []document.Row{head}
	var reasons notes
	for _, o := range operations {
		row, known := document.Row{Cells: []document.Cell{text(o.title)}}, false
		for _, b := range v.set.Testbeds() {
			cell := text("–")
			if f, ok := v.set.Scalar(o.analysis, b, o.name); ok && f.Value.Present() {
				cell, known = estimate(quantity.NewEstimate(f), len(v.set.Testbeds()) > mostBeside), true
			} else if why := v.impossible(b, o.action); why != "" {
				cell, known = text("n/a"+nbsp), true
				cell.Text = append(cell.Text, reasons.letter(firstComplaint(why)))
			}
			row.Cells = append(row.Cells, cell)
		}
		if known {
			t.Body = append(t.Body, row)
		}
	}
	t.Notes = reasons.inlines()
	return t
}

// letter numbers notes: a to z, and then aa.
func letter(i int) document.Inline {
	name := strings.Repeat(string(rune('a'+i%26)), 1+i/26)
	return &document.Emphasis{Text: []document.Inline{document.Text(name)}}
}

// firstComplaint is the part of a recorded reason that says enough: programs add to their complaint.
func firstComplaint(why string) string {
	const enough = 70 // characters
	if i := strings.Index(why, "; "); i > 0 && utf8.RuneCountInString(why) > enough {
		why = why[:i]
	}
	return why
}
