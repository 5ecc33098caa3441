package paper

import (
	"fmt"

	"virtcmp/internal/finding"
	"virtcmp/internal/paper/document"
	"virtcmp/internal/quantity"
)

// onsetTable shows when regimes began on each testbed, where they are too many for
// sentences.
func (v *view) onsetTable() *document.Table {
	if len(v.set.Testbeds()) <= mostInBrief {
		return nil
	}
	var kinds []string
	t := &document.Table{Wide: true, Columns: []document.Column{{Wrap: true}}}
	over, head := document.Row{Cells: []document.Cell{{}}}, document.Row{Cells: []document.Cell{text("Testbed")}}
	for _, k := range []struct{ kind, title string }{{"swap", "Swapping"}, {"degradation", "Degradation"}, {"error", "Failures"}} {
		if ok, _ := v.looked(k.kind); !ok {
			continue
		}
		kinds = append(kinds, k.kind)
		over.Cells = append(over.Cells, document.Cell{Text: text(k.title).Text, Span: 2})
		head.Cells = append(head.Cells, text("after (s)"), text("with users"))
		t.Columns = append(t.Columns, document.Column{Align: document.Right, Wrap: true}, document.Column{Align: document.Right, Wrap: true})
	}
	t.Head = []document.Row{over, head}
	var notes notes
	for _, b := range v.set.Testbeds() {
		row, known := document.Row{Cells: []document.Cell{text(v.names[b])}}, false
		for _, kind := range kinds {
			at, users, ok := v.onsetCells(kind, b, &notes)
			known = known || ok
			row.Cells = append(row.Cells, at, users)
		}
		if known {
			t.Body = append(t.Body, row)
		}
	}
	t.Notes = notes.inlines()
	return t
}

// onsetCells are when a regime began and with how many users; ok is false if nothing is
// known of it.
func (v *view) onsetCells(kind, testbed string, notes *notes) (at, users document.Cell, ok bool) {
	bare := quantity.Scale{Factor: 1}
	began, ok := v.onset(kind, testbed, "time")
	if ok {
		at = text(tabular(quantity.EstimateIn(began, bare)))
		if missed := began.Note.Get("without"); missed != "" && missed != "0" {
			at.Text = append(at.Text, document.Text(nbsp), notes.letter(fmt.Sprintf("not in %s of its %s runs", missed, began.Note.Get("runs"))))
		}
		if unknown := began.Note.Get("unknown"); unknown != "" {
			at.Text = append(at.Text, document.Text(nbsp), notes.letter(fmt.Sprintf("%s of its %s runs cannot tell", unknown, began.Note.Get("runs"))))
		}
		if u, ok := v.onset(kind, testbed, "users"); ok {
			users = text(tabular(quantity.EstimateIn(u, bare)))
		}
		return at, users, true
	}
	if _, ok := v.onset(kind, testbed, "none"); ok {
		return text("never"), text("–"), true
	}
	if until, ok := v.onset(kind, testbed, "unknown_after"); ok {
		at = text("unknown" + nbsp)
		at.Text = append(at.Text, notes.letter("samples end after "+quantity.Format(float64(until.Value), finding.Seconds)))
		return at, text("–"), true
	}
	return text("–"), text("–"), false
}

// notes are what letters in a table stand for.
type notes []string

// letter returns the letter of a note, which stands once however often it is referred to.
func (n *notes) letter(note string) document.Inline {
	for i, known := range *n {
		if known == note {
			return letter(i)
		}
	}
	*n = append(*n, note)
	return letter(len(*n) - 1)
}

// inlines are the notes as they stand under the table.
func (n notes) inlines() []document.Inline {
	var all []document.Inline
	for i, note := range n {
		if i > 0 {
			all = append(all, document.Text("; "))
		}
		all = append(all, letter(i), document.Text(nbsp+clip(signs(note), 200)))
	}
	if all != nil {
		all = append(all, document.Text("."))
	}
	return all
}
